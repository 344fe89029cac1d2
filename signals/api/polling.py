"""Polls by the short way: nearly all that is asked of the service, answered before the framework begins with it.

Only what is as usual goes this way: a key that is known in memory, on the path of its own controller, a whole report,
a coordinator that takes it. Everything else goes the usual way, where whatever is wrong with it is found and told. So
there is one place that refuses, and this one only grants what that one would: it asks the same keys, roles, rates and
coordinator.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from signals.api.metrics import Numbers
from signals.api.service import Service
from signals.delivery.wire import LARGEST_REPORT_BYTES, answer_bytes, report_of
from signals.release import Actor, Verb, may

_END = "/reports"
_BEARER = b"Bearer "


class Polls:
    """The app, with polls answered before it; `prefix`: of the paths of controllers."""

    def __init__(self, app: ASGIApp, service: Service, numbers: Numbers, prefix: str) -> None:
        self._app, self._service, self._begin = app, service, f"{prefix}/controllers/"
        route = f"{self._begin.removeprefix(prefix)}{{controller_id}}{_END}"  # as the framework names routes
        self._count = numbers.requests.labels("POST", route, int(HTTPStatus.OK)).inc
        self._observe = numbers.seconds.labels("POST", route).observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        controller_id = self._controller(scope)
        if controller_id is None:
            await self._app(scope, receive, send)
            return
        begun_s = time.perf_counter()
        taken, body = await _taken(receive)
        answer = None if body is None else self._answer(scope["headers"], controller_id, body)
        if answer is None:
            await self._app(scope, _again(taken, receive), send)
            return
        length = b"%d" % len(answer)
        headers = [(b"content-length", length), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": int(HTTPStatus.OK), "headers": headers})
        await send({"type": "http.response.body", "body": answer})
        self._count()
        self._observe(time.perf_counter() - begun_s)

    def _controller(self, scope: Scope) -> str | None:
        """Who is said to poll, where it is a poll."""
        if scope["type"] != "http" or scope["method"] != "POST":
            return None
        path: str = scope["path"]
        if not path.startswith(self._begin) or not path.endswith(_END):
            return None
        name = path[len(self._begin) : -len(_END)]
        return name if name and "/" not in name else None

    def _answer(self, headers: Iterable[tuple[bytes, bytes]], controller_id: str, body: bytes) -> bytes | None:
        """The answer; None where anything is not as usual."""
        ticking = self._service.ticking
        coordinator = None if ticking is None else ticking.coordinator
        if ticking is None or coordinator is None:
            return None
        actor = _known(headers, ticking.known_keys.get)
        if actor is None or actor.name != controller_id or not may(actor.role, Verb.RECEIPT_PUT):
            return None
        try:
            report = report_of(body)
            if report.controller_id != controller_id:
                return None
            self._service.rates.count_poll(actor)
            return answer_bytes(coordinator.hear(report))
        except Exception:  # whatever it is, the usual way meets it again, and tells it
            return None


def _known(headers: Iterable[tuple[bytes, bytes]], holder_of: Callable[[str], Actor | None]) -> Actor | None:
    given = [value for name, value in headers if name == b"authorization"]
    if len(given) != 1 or not given[0].startswith(_BEARER):
        return None
    return holder_of(given[0][len(_BEARER) :].decode("latin-1"))


async def _taken(receive: Receive) -> tuple[list[Message], bytes | None]:
    """What came of a request so far, and its body; None where that is too long or was broken off."""
    taken, size = list[Message](), 0
    while True:
        message = await receive()
        taken.append(message)
        size += len(message.get("body", b""))
        if message["type"] != "http.request" or size > LARGEST_REPORT_BYTES:
            return taken, None
        if not message.get("more_body", False):
            return taken, b"".join(one.get("body", b"") for one in taken)


def _again(taken: list[Message], receive: Receive) -> Receive:
    """What came already, and then what comes."""
    left = iter(taken)

    async def received() -> Message:
        for message in left:
            return message
        return await receive()

    return received
