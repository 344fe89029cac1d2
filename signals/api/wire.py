"""What holds for every answer: bodies that are too large are refused, and what a client has is not sent again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from signals.api.problems import answer


class BodyLimit:
    """The app, refusing bodies that are larger than their path may have: by their header, or while they come."""

    def __init__(self, app: ASGIApp, usual_bytes: int, larger_bytes: Mapping[str, int]) -> None:
        self.app, self.usual_bytes, self.larger_bytes = app, usual_bytes, larger_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most_bytes = self.larger_bytes.get(scope["path"], self.usual_bytes)
        told = Headers(scope=scope).get("content-length", "0")
        if told.isdecimal() and int(told) > most_bytes:
            await answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_large(most_bytes))(scope, receive, send)
            return
        seen_bytes = 0

        async def counted() -> Message:
            nonlocal seen_bytes
            message = await receive()
            seen_bytes += len(message.get("body", b""))
            if seen_bytes > most_bytes:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_large(most_bytes))
            return message

        try:
            await self.app(scope, counted, send)
        except HTTPException as error:  # read outside of the app's own handlers
            await answer(HTTPStatus(error.status_code), error.detail)(scope, receive, send)


def _too_large(most_bytes: int) -> str:
    return f"the body is larger than the {most_bytes} bytes that this operation takes"


class Tags:
    """The app, with an ETag on every JSON document that is read, and 304 for who has it as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        wanted = {tag.strip() for tag in Headers(scope=scope).get("if-none-match", "").split(",")}
        start: Message | None = None
        parts: list[bytes] = []

        async def tagged(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _taggable(message):
                start = message
            elif start is None:
                await send(message)
            else:
                parts.append(message.get("body", b""))
                if not message.get("more_body", False):
                    await _send(start, b"".join(parts), wanted, send)

        await self.app(scope, receive, tagged)


def _taggable(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    is_json = headers.get("content-type", "").startswith("application/json")
    return start["status"] == HTTPStatus.OK and is_json and "etag" not in headers


async def _send(start: Message, body: bytes, wanted: set[str], send: Send) -> None:
    tag = f'"{hashlib.sha256(body).hexdigest()}"'
    headers = MutableHeaders(raw=list(start["headers"]))
    headers["ETag"], headers["Cache-Control"] = tag, "private, no-cache"
    if tag in wanted or "*" in wanted:
        del headers["content-length"], headers["content-type"]
        await send({**start, "status": HTTPStatus.NOT_MODIFIED, "headers": headers.raw})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({**start, "headers": headers.raw})
    await send({"type": "http.response.body", "body": body})
