"""Keys: made, listed, revoked. A secret is in the answer that made it and nowhere else."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, Field

from signals.api.declared import NAMED, OF_GET, OF_POST
from signals.api.documents import NamedPage, page_by_name
from signals.api.idempotency import shown_once
from signals.api.identity import Known, asking
from signals.api.service import DatabaseOf
from signals.api.texts import AfterName, Asked, Limit, Line, Reason, Why
from signals.release import Actor, Role, Verb
from signals.service import identity
from signals.store.keys import KeptKey

router = APIRouter(tags=["keys"])
KeyId = Annotated[str, Path(pattern="^[0-9a-f]{8}$")]


class NewKey(Asked):
    """Who gets a key, for what, for how long."""

    holder: Annotated[Line, Field(min_length=1, max_length=100)]
    role: Role
    days: Annotated[int | None, Field(ge=1, le=3660, description="It expires after so many days.")] = None
    why: Why = ""


class MadeKey(BaseModel):
    """A new key, with its secret: shown this once."""

    key: str
    id: str
    holder: str
    role: Role
    at: str
    made_by: str
    expires_at: str | None
    revoked_at: str | None
    last_used: str | None


class Person(BaseModel):
    """The holder of the key that asks."""

    name: str
    role: Role
    proof: str


@router.get("/me", responses=OF_GET)
def me(by: Known) -> Person:
    """Who I am."""
    return Person(name=by.name, role=by.role, proof=by.proof)


@router.get("/keys", responses=OF_GET)
def list_keys(
    by: Annotated[Actor, Depends(asking(Verb.KEY_LIST))],
    database: DatabaseOf,
    after: AfterName = "",
    limit: Limit = 100,
) -> NamedPage[KeptKey]:
    """Keys in the order of their ids: holder, role, last use, expiry, revocation; never the key itself."""
    found, onward = page_by_name(identity.list_keys(database, by), lambda kept: kept.id, after, limit)
    return NamedPage(items=found, next=onward)


@router.post("/keys", status_code=201, responses=OF_POST)
def create_key(
    by: Annotated[Actor, Depends(asking(Verb.KEY_CREATE))], database: DatabaseOf, asked: NewKey, request: Request
) -> MadeKey:
    """A new key. Its secret is in this answer alone."""
    shown_once(request)
    expires_at = None if asked.days is None else database.now() + timedelta(days=asked.days)
    secret, kept = identity.create_key(
        database, by, asked.holder, asked.role, expires_at=expires_at, why=asked.why or "a new key"
    )
    return MadeKey(key=secret, **asdict(kept))


@router.post("/keys/{key_id}/revoke", responses=OF_POST | NAMED)
def revoke_key(
    by: Annotated[Actor, Depends(asking(Verb.KEY_REVOKE))], database: DatabaseOf, key_id: KeyId, asked: Reason
) -> KeptKey:
    """The key is worth nothing from now on, on every process."""
    return identity.revoke_key(database, by, key_id, why=asked.why)
