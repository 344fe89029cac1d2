"""Who signs: a private key, kept by the service alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from networks.faults import Fault, InputError
from signals.delivery.key_ring import key_id_of
from signals.delivery.signed import joined, message_of
from signals.store.steps import canonical_bytes

SECRET_BYTES = 32


class SigningKey:
    """An Ed25519 key that signs. Its secret is never shown: not in a text of it, not in an error."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SECRET_BYTES:
            raise InputError([Fault("signing key", "secret", f"{len(secret)} bytes", f"{SECRET_BYTES} bytes")])
        self._key = Ed25519PrivateKey.from_private_bytes(secret)
        self.public_hex = self._key.public_key().public_bytes_raw().hex()
        self.id = key_id_of(self.public_hex)

    @classmethod
    def new(cls) -> Self:
        """A key from the randomness of the machine."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def secret(self) -> bytes:
        """Its 32 bytes, to be kept where nobody else reads."""
        return self._key.private_bytes_raw()

    def sign(self, payload: Mapping[str, Any]) -> bytes:
        """The signed document of a JSON object; the same object gives the same bytes."""
        text = canonical_bytes(payload)
        return joined(self.id, self._key.sign(message_of(self.id, text)), text)

    def __repr__(self) -> str:
        return f"SigningKey({self.id})"
