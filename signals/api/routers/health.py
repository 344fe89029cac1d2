"""Whether the service lives, and whether it can work. Both are open: who watches it needs no key."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import APIRouter, Request
from pydantic import BaseModel

from signals.api.declared import answers
from signals.service.readiness import Readiness

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
def ready(request: Request) -> Health:
    """The database can be read, and could be written within the last seconds; its disk has room."""
    readiness: Readiness = request.app.state.readiness
    readiness.refuse()
    return health()
