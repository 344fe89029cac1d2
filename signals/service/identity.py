"""Who asks: keys of 256 random bits, made, looked up and revoked. A secret is shown once and never kept."""

from __future__ import annotations

import hashlib
import re
import secrets
from contextlib import suppress
from datetime import datetime

from networks.faults import Fault, InputError, refuse_if_any
from signals.release import STATED, Actor, NotAllowed, Role, Verb, permit
from signals.store import audit, keys
from signals.store.database import Database, Reading
from signals.store.failures import DatabaseFailed, NotThere
from signals.store.instants import instant_text
from signals.store.keys import KeptKey

_SECRET_BYTES = 32
_FORM = re.compile(r"gbk_([0-9a-f]{8})_[A-Za-z0-9_-]{43}")
_LONGEST_NAME = 100
_NEEDED = "a key that `greenband keys create` gave"


def create_key(
    database: Database,
    by: Actor,
    holder: str,
    role: Role,
    *,
    expires_at: datetime | None = None,
    only_first: bool = False,
    why: str,
) -> tuple[str, KeptKey]:
    """A new key for a person or controller: the secret, which nobody can show again, and what is kept of it.

    The first key of a database is an administrator's, and may be made by whoever can open the database; `only_first`:
    no other may. Raises `NotAllowed` and `InputError`.
    """
    secret_id, where = secrets.token_hex(4), f"key for {holder[:_LONGEST_NAME]!r}"
    secret = f"gbk_{secret_id}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    with database.writing() as writing:
        first = not keys.list_keys(writing)
        if only_first and not first:
            raise NotAllowed([Fault("key", where, "keys that are there already", "the key of an administrator")])
        if not first or by.proof != STATED:
            permit(by, Verb.KEY_CREATE, where)
        faults = []
        if not holder.strip() or len(holder) > _LONGEST_NAME or not holder.isprintable():
            faults.append(Fault("holder", where, repr(holder[:40]), f"a name of 1 to {_LONGEST_NAME} letters"))
        if expires_at is not None and expires_at <= writing.at:
            faults.append(Fault("expiry", where, instant_text(expires_at), f"after {instant_text(writing.at)}"))
        if first and role is not Role.ADMINISTRATOR:
            faults.append(Fault("role", where, role.value, "administrator, for the first key of a database"))
        refuse_if_any(faults)
        keys.add_key(
            writing,
            key_id=secret_id,
            holder=holder.strip(),
            role=role.value,
            secret_hash=hash_of(secret),
            made_by=str(by),
            expires_at=None if expires_at is None else instant_text(expires_at),
        )
        what = f"{Verb.KEY_CREATE} {secret_id} for {holder.strip()}, {role}"
        audit.append(writing, who=str(by), what=what, why=why or "a new key", after=hash_of(secret))
        kept = keys.find_key(writing, secret_id)
    assert kept is not None
    return secret, kept


def authenticate(database: Database, secret: str) -> Actor:
    """Who holds this key. Looked up anew every time, so that a revocation counts at once; never repeats the secret.

    Raises `NotAllowed` for a text that is no key of this database, and for a key that expired or was revoked.
    """
    match = _FORM.fullmatch(secret.strip())
    with database.reading() as reading:
        kept = None if match is None else keys.find_by_hash(reading, hash_of(secret.strip()))
    if kept is None:
        where = "API key" if match is None else f"API key {match[1]}"
        raise NotAllowed([Fault("key", where, "none of this database", _NEEDED)])
    now = instant_text(database.now())
    actor = holder_of(kept, now)
    if kept.last_used is None or kept.last_used < now[:10]:
        with suppress(DatabaseFailed), database.writing() as writing:  # a full disk refuses nobody who looks
            keys.note_use(writing, kept.id)
    return actor


def holder_of(kept: KeptKey, now: str) -> Actor:
    """Who holds a key that is kept. Raises `NotAllowed` where it expired or was revoked."""
    where = f"API key {kept.id}"
    if kept.revoked_at is not None:
        raise NotAllowed([Fault("key", where, f"revoked at {kept.revoked_at}", _NEEDED)])
    if kept.expires_at is not None and kept.expires_at <= now:
        raise NotAllowed([Fault("key", where, f"expired at {kept.expires_at}", _NEEDED)])
    return Actor(kept.holder, Role(kept.role), f"key {kept.id}")


def list_keys(database: Database, by: Actor) -> list[KeptKey]:
    """All keys, without their secrets. Raises `NotAllowed`."""
    permit(by, Verb.KEY_LIST, "keys")
    with database.reading() as reading:
        return keys.list_keys(reading)


def revoke_key(database: Database, by: Actor, key_id: str, *, why: str) -> KeptKey:
    """A key is worth nothing from the next look-up on. Raises `NotAllowed`, and `InputError` for an unknown one."""
    permit(by, Verb.KEY_REVOKE, f"key {key_id[:80]}")
    with database.writing() as writing:
        kept = _known(writing, key_id)
        if kept.revoked_at is not None:
            found = f"revoked already, at {kept.revoked_at}"
            raise InputError([Fault("key", key_id, found, "one that is worth something")])
        keys.add_revocation(writing, key_id, who=str(by), why=why)
        what = f"{Verb.KEY_REVOKE} {key_id} of {kept.holder}, {kept.role}"
        audit.append(writing, who=str(by), what=what, why=why or "no reason given")
        return _known(writing, key_id)


def _known(reading: Reading, key_id: str) -> KeptKey:
    kept = keys.find_key(reading, key_id)
    if kept is None:
        raise NotThere([Fault("key", key_id[:80], "none of this id", "one that `greenband keys list` shows")])
    return kept


def hash_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
