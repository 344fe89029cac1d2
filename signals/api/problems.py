"""Errors as problem documents (RFC 9457): one handler per kind, the same words as on the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from networks.faults import Fault, InputError, NotNow
from signals.api.identity import NoKey
from signals.api.limiting import TooMany
from signals.release import NotAllowed, NotReleasable, WrongState
from signals.service.jobs import JobConflict, NoSuchJob
from signals.service.library.judges import CheckFailed
from signals.store.events import MovedMeanwhile
from signals.store.failures import NotThere

MEDIA_TYPE = "application/problem+json"
TOLD = "greenband.told"  # in the scope of a request: the error that its answer tells
_MOST_FAULTS = 100
_LONGEST_TEXT = 400
_LOCK_WAIT_S = "5"
_OF_THE_MOMENT = re.compile(r"\S*/greenband-[a-z]+-\w+/(?:results/|street/)?")


class FaultTold(BaseModel):
    """One thing that is wrong: what, where, what was found and what is needed."""

    what: str
    where: str
    found: str
    needed: str


class Problem(BaseModel):
    """Why a request was not done. Nothing of it was done."""

    type: str = Field("about:blank", description="about:blank: no more is known than the status says.")
    title: str
    status: int
    detail: str
    faults: list[FaultTold] = Field(default_factory=list)
    reasons: list[str] = Field(default_factory=list, description="Why a plan or schedule may not go out.")


def answer(
    status: HTTPStatus,
    detail: str,
    faults: Iterable[Fault] = (),
    reasons: Iterable[str] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A problem document."""
    told = [
        FaultTold(what=_short(one.what), where=_short(one.where), found=_short(one.found), needed=_short(one.needed))
        for one in [*faults][:_MOST_FAULTS]
    ]
    content = Problem(title=status.phrase, status=status, detail=detail, faults=told, reasons=[*map(_short, reasons)])
    return JSONResponse(content.model_dump(), status, headers, MEDIA_TYPE)


def _short(text: str) -> str:
    """A text of others: printable, of one line, not endless, and without folders of the moment."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in text)
    return _OF_THE_MOMENT.sub("", shown)[:_LONGEST_TEXT]


_STATUS_OF: Mapping[type[InputError], HTTPStatus] = {
    NoKey: HTTPStatus.UNAUTHORIZED,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotThere: HTTPStatus.NOT_FOUND,
    WrongState: HTTPStatus.CONFLICT,
    MovedMeanwhile: HTTPStatus.CONFLICT,
    JobConflict: HTTPStatus.CONFLICT,
    NoSuchJob: HTTPStatus.NOT_FOUND,
    NotNow: HTTPStatus.SERVICE_UNAVAILABLE,
    InputError: HTTPStatus.UNPROCESSABLE_ENTITY,
}


def status_of(error: InputError) -> HTTPStatus:
    """The status that tells of an error; that of the nearest class in the table."""
    return next(_STATUS_OF[kind] for kind in type(error).__mro__ if kind in _STATUS_OF)


def input_error(request: Request, error: InputError) -> JSONResponse:
    """Faults in what was asked."""
    request.scope[TOLD] = error
    status, headers = status_of(error), {}
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    elif status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = _LOCK_WAIT_S
    count, first = len(error.faults), _short(str(error.faults[0]))
    detail = first if count == 1 else f"{count} faults, the first: {first}"
    return answer(status, detail, error.faults, headers=headers)


def not_releasable(request: Request, error: NotReleasable) -> JSONResponse:
    """A plan or schedule that is not proved."""
    return answer(HTTPStatus.CONFLICT, "not releasable: " + _short("; ".join(error.reasons)), reasons=error.reasons)


def not_checked(request: Request, error: CheckFailed) -> JSONResponse:
    """A safety check that was not made, so that nothing was done."""
    request.scope[TOLD] = error
    status, headers = HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": _LOCK_WAIT_S} if error.passing else {}
    return answer(status, f"the safety check was not made: {_short(str(error))}", headers=headers)


def too_many(request: Request, error: TooMany) -> JSONResponse:
    """Somebody who asks too often."""
    return answer(HTTPStatus.TOO_MANY_REQUESTS, str(error), headers={"Retry-After": str(error.wait_s)})


def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    """A request that is not of the form that the OpenAPI document tells."""
    faults = [fault for one in error.errors()[:_MOST_FAULTS] for fault in _faults_of(one)]
    return answer(HTTPStatus.UNPROCESSABLE_ENTITY, f"the request: {_short(str(faults[0]))}", faults)


def _faults_of(error: Mapping[str, Any]) -> Iterator[Fault]:
    inner, place = error.get("ctx", {}).get("error"), error["loc"]
    if isinstance(inner, InputError):
        yield from inner.faults
        return
    what, where = ".".join(map(str, place)), str(place[0] if place else "request")
    yield Fault(what or "request", where, repr(error.get("input"))[:80], str(error["msg"]))


def http_error(request: Request, error: HTTPException) -> JSONResponse:
    """What the framework refuses: an unknown path, a method that a path has not, a body that is too large."""
    request.scope[TOLD] = error
    status = HTTPStatus(error.status_code)
    return answer(status, f"{request.method} {request.url.path[:200]}: {error.detail}", headers=error.headers)


def our_fault(request: Request, error: Exception) -> JSONResponse:
    """A fault of our own: told as one, its words kept for the log."""
    return answer(HTTPStatus.INTERNAL_SERVER_ERROR, "a fault of our own; the log of the service tells more")


def add_handlers(app: FastAPI) -> None:
    """Let every error of this app become a problem document."""
    app.add_exception_handler(InputError, input_error)  # type: ignore[arg-type]  # Starlette's type knows no subclasses
    app.add_exception_handler(NotReleasable, not_releasable)  # type: ignore[arg-type]
    app.add_exception_handler(CheckFailed, not_checked)  # type: ignore[arg-type]
    app.add_exception_handler(TooMany, too_many)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, invalid)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, http_error)  # type: ignore[arg-type]
    app.add_exception_handler(Exception, our_fault)
