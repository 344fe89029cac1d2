"""The keys that documents are signed with: secrets as files that only their owner reads, the ring in the database.

The first key is made at the first start. A ring is signed by a key of the ring before it; the first one by itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from networks.faults import Fault, InputError
from signals.delivery.beat import ds_of
from signals.delivery.key_ring import KeyRing, PublicKey
from signals.delivery.signed import digest_of_document
from signals.delivery.signing import SigningKey
from signals.delivery.verifier import first_met
from signals.release import Actor, Verb, permit
from signals.store import audit, delivery, documents
from signals.store.database import Database, Reading, Writing
from signals.store.kinds import Kind

FOLDER = "signing-keys"
_OTHERS = 0o077


class NoSigningKey(InputError):
    """No secret is here with which anything could be signed now."""


def ring_in_force(reading: Reading, known: tuple[KeyRing, bytes] | None = None) -> tuple[KeyRing, bytes] | None:
    """The key ring and its signed document; None before the first start. `known`: the one that it was before."""
    digest = delivery.latest_of(reading, Kind.KEY_RING)
    if digest is None or (known is not None and digest_of_document(known[1]) == digest):
        return known
    document = documents.get(reading, digest)
    return first_met(document), document


def first_ring(database: Database, folder: Path, by: Actor) -> KeyRing:
    """The ring in force; where there is none, one with a new key, whose secret is written into the folder."""
    with database.reading() as reading:
        if (known := ring_in_force(reading)) is not None:
            return known[0]
    with database.writing() as writing:
        if (known := ring_in_force(writing)) is not None:
            return known[0]
        key = _new_key(folder)
        ring = KeyRing(1, (PublicKey(key.public_hex),))
        _put(writing, ring, key, by, f"{Verb.SIGNING_KEY_CHANGE}: first key {key.id}", "the first start")
    return ring


def rotate(database: Database, folder: Path, by: Actor, overlap_ds: int, *, why: str) -> KeyRing:
    """A new key from now on; those of today bring in nothing new when the overlap is over. Raises `NotAllowed`."""
    permit(by, Verb.SIGNING_KEY_CHANGE, "signing keys")

    def changed(ring: KeyRing, now_ds: int) -> tuple[KeyRing, str]:
        new = _new_key(folder)
        return ring.rotated(new.public_hex, now_ds, overlap_ds), f"new key {new.id}"

    return _changed(database, folder, by, changed, why)


def remove(database: Database, folder: Path, by: Actor, key_id: str, *, why: str) -> KeyRing:
    """A key counts for nothing from now on: for stolen keys. What it signed is to be delivered anew.

    Raises `NotAllowed`, and `InputError` where it is unknown, or the only one that could sign the next ring.
    """
    permit(by, Verb.SIGNING_KEY_CHANGE, "signing keys")

    def changed(ring: KeyRing, now_ds: int) -> tuple[KeyRing, str]:
        if ring.get(key_id) is None:
            needed = f"one of {', '.join(key.id for key in ring.keys)}"
            raise InputError([Fault("key", f"key ring {ring.version}", key_id[:80], needed)])
        if len(ring.keys) == 1:
            needed = "another key first: `greenband keys rotate`"
            raise InputError([Fault("key", f"key ring {ring.version}", f"{key_id}, its only one", needed)])
        return ring.without(key_id), f"key {key_id} removed"

    return _changed(database, folder, by, changed, why)


def signing_key(ring: KeyRing, folder: Path, now_ds: int) -> SigningKey:
    """The newest accepted key whose secret is here. Raises `NoSigningKey` where there is none that can be used."""
    accepted = [key.id for key in ring.keys if key.accepted(now_ds)]
    for key_id in reversed(accepted):
        if _file(folder, key_id).exists():
            return _read(folder, key_id)
    needed = "the secret of a key that is accepted now, or another ring"
    found = f"no file of {', '.join(accepted) or 'any accepted key'}"
    raise NoSigningKey([Fault("signing key", str(folder), found, needed)])


def refuse_without_key(database: Database, folder: Path) -> None:
    """Raise `NoSigningKey` where there is a ring, and no secret of it here: who cannot sign must not coordinate."""
    with database.reading() as reading:
        known = ring_in_force(reading)
    if known is not None:
        signing_key(known[0], folder, ds_of(database.now()))


def _changed(
    database: Database, folder: Path, by: Actor, change: Callable[[KeyRing, int], tuple[KeyRing, str]], why: str
) -> KeyRing:
    with database.writing() as writing:
        known = ring_in_force(writing)
        if known is None:
            raise InputError([Fault("key ring", "database", "none yet", "a service that was started once")])
        before, now_ds = known[0], ds_of(writing.at)
        after, told = change(before, now_ds)
        staying = [key for key in before.keys if after.get(key.id) is not None]
        signer = signing_key(KeyRing(before.version, tuple(staying)), folder, now_ds)
        _put(writing, after, signer, by, f"{Verb.SIGNING_KEY_CHANGE}: {told}", why or told)
    return after


def _put(writing: Writing, ring: KeyRing, signer: SigningKey, by: Actor, what: str, why: str) -> None:
    before = delivery.latest_of(writing, Kind.KEY_RING)
    after = documents.put(writing, Kind.KEY_RING, signer.sign(ring.payload()))
    audit.append(writing, who=str(by), what=what, why=why, before=before, after=after)


def _file(folder: Path, key_id: str) -> Path:
    return folder / f"{key_id}.key"


def _new_key(folder: Path) -> SigningKey:
    """A key whose secret is on the disk, readable by its owner alone, before anything is signed with it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = SigningKey.new()
    descriptor = os.open(_file(folder, key.id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(f"{key.secret.hex()}\n")
        stream.flush()
        os.fsync(stream.fileno())
    return key


def _read(folder: Path, key_id: str) -> SigningKey:
    path = _file(folder, key_id)
    try:
        mode, text = path.stat().st_mode, path.read_text(errors="replace").strip()
    except OSError as error:
        needed = "a file that this user may read"
        raise NoSigningKey([Fault("signing key", str(path), str(error.strerror), needed)]) from None
    if mode & _OTHERS:
        needed = "one that only its owner reads (chmod 600)"
        raise NoSigningKey([Fault("signing key", str(path), f"permissions {mode & 0o777:o}", needed)])
    try:
        key = SigningKey(bytes.fromhex(text))
    except ValueError:
        raise NoSigningKey([Fault("signing key", str(path), "no secret of a key", "64 hexadecimal digits")]) from None
    if key.id != key_id:
        raise NoSigningKey([Fault("signing key", str(path), f"the secret of key {key.id}", f"that of {key_id}")])
    return key
