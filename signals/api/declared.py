"""The statuses that operations can answer with, declared once per kind of operation."""

from __future__ import annotations

from typing import Any

from signals.api.idempotency import FORM, HEADER
from signals.api.problems import MEDIA_TYPE, Problem

_TOLD = {
    304: "As the client has it: the tag is the same.",
    400: "The request cannot be read.",
    401: "No key or token, or one that is worth nothing.",
    403: "The role of the key may not do that, or a token names no role of ours.",
    404: "Nothing by that name.",
    409: "Not in this state, not releasable, or the idempotency key was used for something else.",
    413: "The body is too large.",
    422: "Faults in what was asked, each with what was found and what is needed.",
    429: "Too many requests; Retry-After says when there is room again.",
    503: "The database cannot be used, a safety check not be made, or the keys of the issuer of tokens not be had now; "
    "Retry-After says when to try again; without it, the same would come of it.",
}
Declared = dict[int | str, dict[str, Any]]


def answers(*statuses: int) -> Declared:
    """Declare problem documents with these statuses."""
    return {status: {"description": _TOLD[status], "model": Problem} for status in statuses}


_IDEMPOTENCY_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "The same key and request again: the same answer, and nothing is done twice.",
    "schema": {"type": "string", "pattern": FORM},
}
OF_ALL = answers(400, 401, 403, 422, 429, 503)
OF_GET: Declared = OF_ALL | {304: {"description": _TOLD[304]}}
OF_POST: Declared = OF_ALL | answers(409, 413)
NAMED = answers(404)  # beside the others, where something is named that may not be there


def finished(document: dict[str, Any], without_key: tuple[str, ...]) -> dict[str, Any]:
    """The OpenAPI document with the media type of problems, and with what holds for every POST that takes a key."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for answer in operation["responses"].values():
                for content in [*answer.get("content", {}).values()]:
                    if content.get("schema", {}).get("$ref", "").endswith("/Problem"):
                        answer["content"] = {MEDIA_TYPE: content}
            if method == "post" and not path.startswith(without_key):
                operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
    return document
