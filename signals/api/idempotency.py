"""A POST with an `Idempotency-Key` is done once: the same request again gets the same answer.

The request is kept before it is done and the answer before it is sent. Refused for want of a key, a role or room, or
for another writer, it was not done, and may be tried again. Where nobody knows whether it was done (a fault of our own,
a database that went away) or the answer could not be kept, the same request is refused from then on.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from networks.faults import Fault, NotNow
from signals.api.identity import ACTORS, actors_asking
from signals.api.limiting import TooMany
from signals.api.problems import TOLD, answer, input_error, too_many
from signals.api.service import Service
from signals.release import NotAllowed
from signals.service.library.judges import CheckFailed
from signals.store import requests
from signals.store.failures import DatabaseFailed, DatabaseLocked, NoConnection
from signals.store.requests import GIVEN_UP, KeptAnswer, KeyTaken

HEADER, REPLAYED, LONGEST = "Idempotency-Key", "Idempotency-Replayed", 100
FORM = rf"^[\x21-\x7e]{{1,{LONGEST}}}$"
_NOT_KEPT = (401, 403, 413, 429)
_KEPT_AFTER_S = (0.0, 0.5, 2.0)  # tries to keep an answer
_ONCE = "once"


def shown_once(request: Request) -> None:
    """Say that the answer holds a secret: it is not kept, and not given a second time."""
    request.scope[_ONCE] = True


class Idempotency:
    """The app, with idempotency keys but on paths that begin with one of `without`."""

    def __init__(self, app: ASGIApp, service: Service, without: tuple[str, ...]) -> None:
        self.app, self.service, self.without = app, service, without

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        takes_key = scope["type"] == "http" and not scope["path"].startswith(self.without)
        request = Request(scope, receive) if takes_key else None
        key = request.headers.get(HEADER) if request and request.method == "POST" else None
        if request is None or key is None:
            await self.app(scope, receive, send)
        elif not re.fullmatch(FORM, key):
            fault = Fault(HEADER, "header", repr(key[:60]), f"1 to {LONGEST} printable letters of ASCII")
            await answer(HTTPStatus.UNPROCESSABLE_ENTITY, str(fault), [fault])(scope, receive, send)
        else:
            await self._once(request, key, send)

    async def _once(self, request: Request, key: str, send: Send) -> None:
        try:
            actors = await run_in_threadpool(actors_asking, self.service, request)
        except NotAllowed:
            await self.app(request.scope, request.receive, send)  # refused there, in the same words
            return
        except (TooMany, NotNow) as error:  # not tried there: what goes well then would be done without its key
            refused = too_many(request, error) if isinstance(error, TooMany) else input_error(request, error)
            await refused(request.scope, request.receive, send)
            return
        request.scope[ACTORS] = actors
        body = await request.body()
        replay = _Replay(body)
        try:
            claimed = await run_in_threadpool(self._claim, actors[0].proof, key, _digest(request, body))
        except KeyTaken as error:
            found: Response = answer(HTTPStatus.CONFLICT, str(error), error.faults)
        except DatabaseFailed as error:
            found = input_error(request, error)
        else:
            if isinstance(claimed, KeptAnswer):
                headers = {REPLAYED: "true"}
                found = Response(claimed.body, claimed.status, headers, claimed.media_type)
            else:
                await self._do(request, claimed, replay, send)
                return
        await found(request.scope, replay, send)

    def _claim(self, owner: str, key: str, digest: str) -> int | KeptAnswer:
        with self.service.database.writing() as writing:
            return requests.claim(writing, owner, key, digest)

    async def _keep(self, number: int, kept: KeptAnswer) -> None:
        """Keep an answer; where the database takes it not even later, the claim stays, and nothing is done again."""
        for wait_s in _KEPT_AFTER_S:
            await asyncio.sleep(wait_s)
            with suppress(DatabaseFailed):
                await run_in_threadpool(self._write, number, kept)
                return

    def _write(self, number: int, kept: KeptAnswer) -> None:
        with self.service.database.writing() as writing:
            requests.keep_answer(writing, number, kept)

    async def _do(self, request: Request, number: int, receive: Receive, send: Send) -> None:
        sent: list[Message] = []

        async def hold(message: Message) -> None:
            sent.append(message)

        await self.app(request.scope, receive, hold)  # raised or cancelled: the claim stays
        kept = _answer_of(request.scope, sent)
        if kept is not None:
            await self._keep(number, kept)
        for message in sent:
            await send(message)


class _Replay:
    """A body that was read, given again."""

    def __init__(self, body: bytes) -> None:
        self.messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def __call__(self) -> Message:
        return self.messages.pop() if self.messages else {"type": "http.disconnect"}


def _digest(request: Request, body: bytes) -> str:
    asked = f"{request.method} {request.url.path}?{request.url.query} {request.headers.get('content-type', '')}\n"
    return hashlib.sha256(asked.encode() + body).hexdigest()


def _answer_of(scope: Scope, sent: Sequence[Message]) -> KeptAnswer | None:
    """What to keep; None where it is not known whether the request was done."""
    status = next((message["status"] for message in sent if message["type"] == "http.response.start"), 500)
    if status in _NOT_KEPT or (status >= HTTPStatus.INTERNAL_SERVER_ERROR and _before_all(scope.get(TOLD))):
        return KeptAnswer(GIVEN_UP, "", b"")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    if scope.get(_ONCE) and status < HTTPStatus.BAD_REQUEST:
        told = answer(HTTPStatus.CONFLICT, "done before with this key; its answer held a secret, which is shown once")
        return KeptAnswer(HTTPStatus.CONFLICT, str(told.media_type), bytes(told.body))
    headers = next(message["headers"] for message in sent if message["type"] == "http.response.start")
    media_type = dict(headers).get(b"content-type", b"").decode("latin-1")
    return KeptAnswer(status, media_type, b"".join(message.get("body", b"") for message in sent))


def _before_all(error: object) -> bool:
    """Whether an error comes before anything was done."""
    # The first thing that writes waits for other writers, and comes after the check that it needs.
    return isinstance(error, DatabaseLocked | HTTPException | CheckFailed) and not isinstance(error, NoConnection)
