"""Operations for those who ask every other second: declared like all others, called without anything in between.

The framework's own way from a request to a function and back costs more than what these functions do.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from signals.api.identity import actors_asking
from signals.api.service import Service
from signals.release import Actor, Verb, permit


class DirectRoute(APIRoute):
    """A route whose endpoint takes the request and gives the answer."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        return self.endpoint


async def remembered(request: Request, verb: Verb) -> Actor:
    """Who asks, remembered where possible, where its role may do that. Raises as `actors_asking`, and `NotAllowed`."""
    service: Service = request.app.state.service
    actor = await _known(service, request)
    permit(actor, verb, f"{request.method} {request.url.path}")
    return actor


async def _known(service: Service, request: Request) -> Actor:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if service.ticking is not None and scheme.lower() == "bearer":
        known_keys = service.ticking.known_keys
        if known_keys.stale():
            await run_in_threadpool(known_keys.freshen)
        if (known := known_keys.get(secret)) is not None:
            service.rates.count_poll(known)
            return known
    return (await run_in_threadpool(actors_asking, service, request))[0]
