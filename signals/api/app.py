"""The app: routers under /api/v1, errors as problem documents, a complete OpenAPI document."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from signals.api.declared import as_problems
from signals.api.problems import add_handlers
from signals.api.routers import controllers, fleet, health, keys
from signals.api.service import Service

PREFIX = "/api/v1"
LARGEST_BODY_BYTES = 2**20  # of operations that do not say otherwise
_ROUTERS = (health.router, keys.router, fleet.router, controllers.router, controllers.direct)
_ABOUT = "Signal timing plans: planned, proved, approved, released, fetched."


def make_app(service: Service) -> FastAPI:
    """The app over these collaborators. It opens and closes nothing: who hands them in does."""
    app = FastAPI(
        title="Greenband",
        version=version("greenband"),
        description=_ABOUT,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,  # its pages load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        max_body_size=LARGEST_BODY_BYTES,
    )
    app.state.service = service
    for router in _ROUTERS:
        app.include_router(router, prefix=PREFIX)
    add_handlers(app)
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]  # as FastAPI's documentation tells to
    return app


def _document(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        plain = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        app.openapi_schema = as_problems(plain)
    return app.openapi_schema
