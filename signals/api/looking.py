"""Who looks at a page: a browser gives the key as a password, and gets its refusals as pages.

A browser sends a password along with whatever it is led to, so that it opens pages, which change nothing, and no
operation of the API.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute

from networks.faults import InputError
from signals.api.identity import Asking, NoKey, actors_with, bearer_of
from signals.api.problems import TOLD, status_of
from signals.api.service import Service
from signals.release import Actor, Verb
from signals.web.html import HEADERS, page

_CHALLENGE = {"WWW-Authenticate": 'Basic realm="Greenband", charset="UTF-8"'}


class Looking(Asking):
    """Who looks: the holder of the key that was given as a password, or that a proxy gives for her; or of a token."""

    def actors(self, service: Service, request: Request) -> tuple[Actor, ...]:
        return actors_with(service, request, _password(request) or bearer_of(request))


def looking(*verbs: Verb) -> tuple[Looking, ...]:
    """Who looks at a page that shows what all these verbs let somebody read."""
    return tuple(Looking(verb) for verb in verbs)


class PageRoute(APIRoute):
    """A route that answers in pages, also where it refuses."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        usual = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await usual(request)
            except InputError as error:
                request.scope[TOLD] = error
                return _refused(error, request)

        return handler


def as_page(content: str, status: HTTPStatus = HTTPStatus.OK, **headers: str) -> HTMLResponse:
    """A page, with what a browser may do with it."""
    return HTMLResponse(content, status, HEADERS | headers)


def _refused(error: InputError, request: Request) -> HTMLResponse:
    status, sign_in = status_of(error), isinstance(error, NoKey)
    faults = [*map(str, error.faults)] if "Authorization" in request.headers else []
    shown = page("refused.html", title=status.phrase, faults=faults, sign_in=sign_in)
    return as_page(shown, status, **(_CHALLENGE if sign_in else {}))


def _password(request: Request) -> str | None:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(given, validate=True).decode().partition(":")[2] or None
    except (binascii.Error, UnicodeDecodeError):
        return None
