"""Requests that may come twice: each is kept under its sender's key before it is done, and with its answer after."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select

from networks.faults import Fault, InputError
from signals.store.database import Writing
from signals.store.instants import instant_text
from signals.store.numbers import next_number
from signals.store.tables import kept_answers, kept_requests

GIVEN_UP = 0  # status of a request that was not done, and may be tried again
_WHAT, _LONGEST_SHOWN = "idempotency key", 80


class KeyTaken(InputError):
    """The key was used for another request, or for this one, of which the answer is not known."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What was answered."""

    status: int
    media_type: str
    body: bytes


def claim(writing: Writing, owner: str, key: str, request_digest: str) -> int | KeptAnswer:
    """The number under which the request is done now, or what was answered before. Raises `KeyTaken`."""
    columns = [kept_requests.c[name] for name in ("number", "attempt", "request_digest", "at")]
    answers = [kept_answers.c[name] for name in ("status", "media_type", "body")]
    rows = select(*columns, *answers).outerjoin(kept_answers, kept_answers.c.request_number == kept_requests.c.number)
    of_key = rows.where(kept_requests.c.owner == owner, kept_requests.c.key == key)
    last = writing.connection.execute(of_key.order_by(kept_requests.c.attempt.desc()).limit(1)).first()
    attempt = 1
    if last is not None:
        where = f"key {key[:_LONGEST_SHOWN]!r}"
        if last.request_digest != request_digest:
            raise KeyTaken([Fault(_WHAT, where, f"used for another request at {last.at}", "a key of its own")])
        if last.status is None:
            needed = "its answer first; where there is none, look whether it was done, and take another key"
            raise KeyTaken([Fault(_WHAT, where, f"the same request, under way since {last.at}", needed)])
        if last.status != GIVEN_UP:
            return KeptAnswer(last.status, last.media_type, bytes(last.body))
        attempt = last.attempt + 1
    number = next_number(writing, kept_requests)
    row = {"number": number, "owner": owner, "key": key, "attempt": attempt, "request_digest": request_digest}
    writing.connection.execute(insert(kept_requests), row | {"at": instant_text(writing.at)})
    return number


def keep_answer(writing: Writing, number: int, answer: KeptAnswer) -> None:
    """Keep what was answered to the request of this number; the first answer stays."""
    known = select(kept_answers.c.request_number).where(kept_answers.c.request_number == number)
    if writing.connection.execute(known).first() is not None:
        return
    row = {"request_number": number, "status": answer.status, "media_type": answer.media_type}
    writing.connection.execute(insert(kept_answers), row | {"body": answer.body, "at": instant_text(writing.at)})
