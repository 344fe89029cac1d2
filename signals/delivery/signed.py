"""Signed bytes: one header line, then the canonical text of a JSON object, to the last byte.

    greenband-signed 1 <key id, 16 hex> <signature, 128 hex>
    {"activation":...}

Signed (Ed25519, RFC 8032) is `greenband-signed 1 <key id>` with a line end, and all that follows the header. So the
signature is checked over bytes as they came, before anything in them is read, and there is one spelling of everything:
every bit belongs to the key's name, to the signature, or to what is signed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from signals.delivery.key_ring import KeyRing
from signals.delivery.refusal import refused
from signals.delivery.spoken import instant
from signals.store.steps import canonical_bytes

LARGEST_BYTES = 4 * 2**20
_HEADER = re.compile(rb"greenband-signed 1 ([0-9a-f]{16}) ([0-9a-f]{128})\n")
_HEADER_BYTES = len("greenband-signed 1 ") + 16 + 1 + 128 + 1


def message_of(key_id: str, payload: bytes) -> bytes:
    """What is signed."""
    return f"greenband-signed 1 {key_id}\n".encode() + payload


def joined(key_id: str, signature: bytes, payload: bytes) -> bytes:
    """The document."""
    return f"greenband-signed 1 {key_id} {signature.hex()}\n".encode() + payload


def digest_of_document(document: bytes) -> str:
    """SHA-256 [hex] over a whole document: its name, and its ETag."""
    return hashlib.sha256(document).hexdigest()


def opened(document: bytes, keys: KeyRing, at_ds: int | None) -> Mapping[str, Any]:
    """What is signed, if a key of the ring signed it that is accepted at an instant [ds since 1970, UTC].

    Without an instant a retired key is as good as any: for what was accepted before. Raises `Refused` (`form`, `key`,
    `signature`).
    """
    if len(document) > LARGEST_BYTES:
        raise refused("form", f"{len(document)} bytes", f"at most {LARGEST_BYTES}")
    header = _HEADER.match(document[:_HEADER_BYTES])
    if header is None:
        raise refused("form", repr(document[:40]), "greenband-signed 1 KEY SIGNATURE in the first line")
    key_id, payload = header[1].decode(), document[_HEADER_BYTES:]
    key = keys.get(key_id)
    if key is None:
        raise refused("key", f"{key_id}, unknown", "a key of the ring")
    if at_ds is not None and not key.accepted(at_ds):
        raise refused("key", f"{key_id}, not accepted at {instant(at_ds)}", "a key that is accepted now")
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key.public_hex))
        public.verify(bytes.fromhex(header[2].decode()), message_of(key_id, payload))
    except InvalidSignature:
        raise refused(
            "signature", f"one that is not by {key_id} over these bytes", "bytes as they were signed"
        ) from None
    return _object(payload)


def own_payload(document: bytes) -> Mapping[str, Any]:
    """What a document says that we signed and kept ourselves: nobody is asked who signed it. Raises `Refused`."""
    return _object(document[_HEADER_BYTES:])


def _object(payload: bytes) -> Mapping[str, Any]:
    """Signed bytes are ours; still only their canonical text is read, so that all readers read the same."""
    needed = "the canonical text of a JSON object"
    try:
        value = json.loads(payload)
        canonical = isinstance(value, dict) and canonical_bytes(value) == payload
    except (ValueError, RecursionError) as error:
        raise refused("form", error, needed) from None
    if not canonical:
        raise refused("form", "another text", needed)
    return dict(value)
