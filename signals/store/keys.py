"""Keys as they are kept: never the secret, only its SHA-256. Nothing is remembered between two look-ups."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, insert, select

from signals.store.database import Reading, Writing
from signals.store.instants import instant_text
from signals.store.tables import api_keys, key_revocations, key_uses


@dataclass(frozen=True, slots=True)
class KeptKey:
    """A key; instants as text in UTC. `last_used` is a day, for a use is written down once a day."""

    id: str
    holder: str
    role: str
    at: str
    made_by: str
    expires_at: str | None
    revoked_at: str | None
    last_used: str | None


def add_key(
    writing: Writing, *, key_id: str, holder: str, role: str, secret_hash: str, made_by: str, expires_at: str | None
) -> None:
    """Keep a key."""
    row = {"id": key_id, "holder": holder, "role": role, "secret_hash": secret_hash, "made_by": made_by}
    writing.connection.execute(insert(api_keys), row | {"at": instant_text(writing.at), "expires_at": expires_at})


def find_by_hash(reading: Reading, secret_hash: str) -> KeptKey | None:
    """The key with the secret of this SHA-256 [hex], revoked and expired ones too."""
    row = reading.connection.execute(_keys().where(api_keys.c.secret_hash == secret_hash)).first()
    return None if row is None else _key_of(row)


def find_key(reading: Reading, key_id: str) -> KeptKey | None:
    """The key of this id."""
    row = reading.connection.execute(_keys().where(api_keys.c.id == key_id)).first()
    return None if row is None else _key_of(row)


def list_keys(reading: Reading) -> list[KeptKey]:
    """All keys in the order in which they were made."""
    return [_key_of(row) for row in reading.connection.execute(_keys().order_by(api_keys.c.at, api_keys.c.id))]


def add_revocation(writing: Writing, key_id: str, *, who: str, why: str) -> None:
    """Keep that a key is worth nothing from now on."""
    row = {"key_id": key_id, "at": instant_text(writing.at), "who": who, "why": why}
    writing.connection.execute(insert(key_revocations), row)


def version(reading: Reading) -> tuple[int, int]:
    """How many keys were made and revoked so far: what is remembered of keys holds as long as these numbers do."""
    made, revoked = (select(func.count()).select_from(table).scalar_subquery() for table in (api_keys, key_revocations))
    row = reading.connection.execute(select(made, revoked)).one()
    return int(row[0]), int(row[1])


def keys_by_hash(reading: Reading) -> dict[str, KeptKey]:
    """All keys by the SHA-256 of their secrets."""
    rows = reading.connection.execute(_keys().add_columns(api_keys.c.secret_hash.label("secret_hash")))
    return {row.secret_hash: KeptKey(*row[:-1]) for row in rows}


def note_use(writing: Writing, key_id: str) -> None:
    """Write down that a key was used today, once."""
    note_uses(writing, [key_id])


def note_uses(writing: Writing, key_ids: Collection[str]) -> None:
    """Write down that these keys were used today, each once."""
    day = instant_text(writing.at)[:10]
    known = set(writing.connection.execute(select(key_uses.c.key_id).where(key_uses.c.day == day)).scalars())
    rows = [{"key_id": key_id, "day": day} for key_id in sorted(key_ids) if key_id not in known]
    if rows:
        writing.connection.execute(insert(key_uses), rows)


def _keys() -> Select[Any]:
    last_used = select(func.max(key_uses.c.day)).where(key_uses.c.key_id == api_keys.c.id).scalar_subquery()
    columns = [api_keys.c[name] for name in ("id", "holder", "role", "at", "made_by", "expires_at")]
    joined = select(*columns, key_revocations.c.at.label("revoked_at"), last_used.label("last_used"))
    return joined.outerjoin(key_revocations, key_revocations.c.key_id == api_keys.c.id)


def _key_of(row: Row[Any]) -> KeptKey:
    return KeptKey(**row._mapping)
