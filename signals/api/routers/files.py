"""Files: networks, flows, rules and whatever else a job or a plan is made from, handed in and had back by digest."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel

from signals.api.declared import NAMED, OF_GET, OF_POST, Declared
from signals.api.identity import asking
from signals.api.service import DatabaseOf
from signals.api.texts import DigestOf
from signals.release import Actor, Verb
from signals.service import uploads

router = APIRouter(tags=["files"])
_BYTES = "application/octet-stream"
_BINARY = {_BYTES: {"schema": {"type": "string", "format": "binary"}}}
_BODY = {"requestBody": {"required": True, "content": _BINARY}}
_KEPT = {"description": "Kept already: the same bytes were handed in before."}
_CONTENT: Declared = {200: {"description": "The bytes.", "content": _BINARY}}


class KeptFile(BaseModel):
    """A file that is kept, and found again by its SHA-256."""

    digest: str
    size_bytes: int


async def _body(request: Request) -> bytes:
    return await request.body()


@router.post("/files", status_code=201, openapi_extra=_BODY, responses=OF_POST | {200: {**_KEPT, "model": KeptFile}})
def put_file(
    by: Annotated[Actor, Depends(asking(Verb.FILE_PUT))],
    database: DatabaseOf,
    content: Annotated[bytes, Depends(_body)],
    response: Response,
) -> KeptFile:
    """Hand a file in, as the body."""
    digest, new = uploads.keep_file(database, by, content)
    response.status_code = 201 if new else 200
    return KeptFile(digest=digest, size_bytes=len(content))


@router.get("/files/{digest}", response_class=Response, responses=OF_GET | NAMED | _CONTENT)
def get_file(
    by: Annotated[Actor, Depends(asking(Verb.FILE_READ))],
    database: DatabaseOf,
    digest: DigestOf,
    if_none_match: Annotated[str, Header()] = "",
) -> Response:
    """The bytes of a file that was handed in, or of a plan, report, release or schedule."""
    tag = {"ETag": f'"{digest}"', "Cache-Control": "private, max-age=31536000, immutable"}
    with database.reading() as reading:
        content = uploads.content_of(reading, digest)
    if tag["ETag"] in if_none_match:
        return Response(status_code=304, headers=tag)
    return Response(content, headers=tag | {"X-Content-Type-Options": "nosniff"}, media_type=_BYTES)
