"""Whether the service lives, and whether it can work. Both are open: who watches it needs no key."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import APIRouter
from pydantic import BaseModel

from signals.api.declared import answers
from signals.api.service import DatabaseOf

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The service answers."""

    status: str = "ok"
    version: str


@router.get("/health")
def health() -> Health:
    """The process lives."""
    return Health(version=version("greenband"))


@router.get("/ready", responses=answers(503))
def ready(database: DatabaseOf) -> Health:
    """The database answers and can be read."""
    with database.reading():
        return health()
