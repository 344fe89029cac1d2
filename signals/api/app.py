"""The app: routers under /api/v1, errors as problem documents, a complete OpenAPI document; and pages beside it."""

from __future__ import annotations

from functools import partial
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.types import Receive, Scope, Send

from signals.api.declared import finished
from signals.api.idempotency import Idempotency
from signals.api.metrics import Counted, Numbers
from signals.api.polling import Polls
from signals.api.problems import add_handlers
from signals.api.routers import (
    audit,
    controllers,
    files,
    fleet,
    health,
    jobs,
    keys,
    metrics,
    moves,
    pages,
    plans,
    schedules,
)
from signals.api.service import Service
from signals.api.standing import Standing
from signals.api.wire import BodyLimit, Tags
from signals.service.readiness import Readiness
from signals.store.documents import LARGEST_BYTES

PREFIX = "/api/v1"
LARGEST_BODY_BYTES = 2**20  # of operations that do not say otherwise
_LARGER_BYTES = {f"{PREFIX}/files": LARGEST_BYTES}
_WITHOUT_KEY = (f"{PREFIX}/files", f"{PREFIX}/controllers/")  # done again without harm, so no request is kept
_AREAS = (plans, moves, schedules, jobs, files, fleet, controllers, keys, audit, health, metrics)
_ROUTERS = (controllers.direct, *(area.router for area in _AREAS))  # polls first: they are most of what is asked
_ABOUT = "Signal timing plans: planned, proved, approved, released, fetched."


class _App(FastAPI):
    """The framework's app, with polls answered before it begins."""

    polls: Polls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.polls(scope, receive, send)


def make_app(service: Service) -> FastAPI:
    """The app over these collaborators. It opens and closes nothing: who hands them in does."""
    app = _App(
        title="Greenband",
        version=version("greenband"),
        description=_ABOUT,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,  # its pages load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.service, app.state.readiness = service, Readiness(service.database)
    app.state.numbers = Numbers(Standing(service, app.state.readiness))
    for router in _ROUTERS:
        app.include_router(router, prefix=PREFIX)
    app.include_router(pages.router)
    add_handlers(app)
    app.add_middleware(Tags)  # the last one added is the first that sees a request
    app.add_middleware(Idempotency, service=service, without=_WITHOUT_KEY)
    app.add_middleware(BodyLimit, usual_bytes=LARGEST_BODY_BYTES, larger_bytes=_LARGER_BYTES)
    app.add_middleware(Counted, numbers=app.state.numbers)
    app.polls = Polls(partial(FastAPI.__call__, app), service, app.state.numbers, PREFIX)
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]  # as FastAPI's documentation tells to
    return app


def _document(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        plain = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        app.openapi_schema = finished(plain, without_key=_WITHOUT_KEY)
    return app.openapi_schema
