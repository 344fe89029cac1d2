"""The public keys that a controller trusts, and since when; a ring follows another one by a signed document.

A *retired* key brings in nothing new; what was accepted before stays, so that nobody falls back because a key is old.
A key that is *removed* counts for nothing from then on, also not for what a controller keeps: for stolen keys.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from networks.faults import Fault, refuse_if_any
from signals.delivery.fields import Fields

_KEY_HEX = re.compile(r"[0-9a-f]{64}")
MOST_KEYS = 16


def key_id_of(public_hex: str) -> str:
    """The name of a key: the first 16 hexadecimal digits of the SHA-256 of its 32 bytes, so that no name lies."""
    return hashlib.sha256(bytes.fromhex(public_hex)).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 key (32 bytes, hexadecimal), accepted from one instant to before another [ds since 1970, UTC]."""

    public_hex: str
    accepted_from_ds: int = 0
    retired_at_ds: int | None = None

    @property
    def id(self) -> str:
        return key_id_of(self.public_hex)

    def accepted(self, at_ds: int) -> bool:
        """Whether new documents by it count."""
        return self.accepted_from_ds <= at_ds and (self.retired_at_ds is None or at_ds < self.retired_at_ds)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """What is trusted. `version` grows with each change. Raises `InputError` for an empty or contradictory one."""

    version: int
    keys: tuple[PublicKey, ...]

    def __post_init__(self) -> None:
        faults = [Fault("version", "key ring", str(self.version), "1 or more")] if self.version < 1 else []
        if not 1 <= len(self.keys) <= MOST_KEYS:
            faults.append(Fault("keys", "key ring", str(len(self.keys)), f"from 1 to {MOST_KEYS}"))
        if len({key.public_hex for key in self.keys}) < len(self.keys):
            faults.append(Fault("keys", "key ring", "a key twice", "each key once"))
        for key in self.keys:
            if _KEY_HEX.fullmatch(key.public_hex) is None:
                faults.append(Fault("public key", "key ring", repr(key.public_hex)[:80], "64 hexadecimal digits"))
            elif key.retired_at_ds is not None and key.retired_at_ds <= key.accepted_from_ds:
                faults.append(Fault("retirement", f"key {key.id}", "before it was accepted", "a later instant"))
        refuse_if_any(faults)

    def get(self, key_id: str) -> PublicKey | None:
        """The key of this name, whether accepted or not."""
        return next((key for key in self.keys if key.id == key_id), None)

    def rotated(self, public_hex: str, now_ds: int, overlap_ds: int) -> KeyRing:
        """The next ring: a new key from now on; those accepted now are retired when the overlap is over.

        Long enough is an overlap in which every controller has fetched the new ring, and no document by an old key is
        under way any more.
        """
        end_ds = now_ds + overlap_ds
        ending = tuple(
            replace(key, retired_at_ds=end_ds if key.retired_at_ds is None else min(end_ds, key.retired_at_ds))
            if key.accepted(now_ds)
            else key
            for key in self.keys
        )
        return KeyRing(self.version + 1, (*ending, PublicKey(public_hex, now_ds)))

    def without(self, key_id: str) -> KeyRing:
        """The next ring without a key, which counts for nothing from then on."""
        return KeyRing(self.version + 1, tuple(key for key in self.keys if key.id != key_id))

    def payload(self) -> dict[str, Any]:
        """As it stands in a document."""
        return {
            "kind": "key-ring",
            "version": 1,
            "ring": self.version,
            "keys": [
                {"public": k.public_hex, "accepted_from_ds": k.accepted_from_ds, "retired_at_ds": k.retired_at_ds}
                for k in self.keys
            ],
        }

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Self:
        """From its document. Raises `Refused`, `InputError`."""
        fields = Fields(payload, "key-ring")
        ring, rows = fields.integer("ring"), fields.rows("keys")
        fields.end()
        return cls(ring, tuple(_key(row) for row in rows))


def _key(row: Mapping[str, Any]) -> PublicKey:
    fields = Fields(row, None)
    found = PublicKey(
        fields.text("public"), fields.integer("accepted_from_ds"), fields.integer_or_none("retired_at_ds")
    )
    fields.end()
    return found
