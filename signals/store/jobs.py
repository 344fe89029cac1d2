"""Jobs and their events, appended and never changed: how a job stands is told by its last event."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import Join, Row, Select, func, insert, select

from networks.faults import Fault, InputError
from signals.store.database import Reading, Writing
from signals.store.documents import checked_page
from signals.store.instants import instant_text
from signals.store.numbers import next_number
from signals.store.tables import job_events, jobs


class JobMovedMeanwhile(InputError):
    """Something happened to the job after it was looked at; the same call may make no sense any more."""


@dataclass(frozen=True, slots=True)
class Job:
    """What was submitted. `who` acts in `role`, known by `proof`."""

    id: str
    request_digest: str
    title: str
    priority: int
    who: str
    role: str
    proof: str
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """An event as it is kept: `run` counts how often the job was queued, `attempts` how often that run was begun."""

    who: str
    state: str
    run: int
    attempts: int
    text: str
    share_permille: int | None = None
    seconds_left: int | None = None
    result: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A job with its last event: `seen` are its events so far, `event` is the last one's number of all."""

    number: int
    at: str
    job: Job
    seen: int
    event: int
    event_at: str
    last: Event


_JOB = [jobs.c[field.name] for field in fields(Job)]
_EVENT = [job_events.c[field.name] for field in fields(Event)]


def add_job(writing: Writing, job: Job, first: Event) -> None:
    """Keep a new job and its first event."""
    row = {"number": next_number(writing, jobs), "at": instant_text(writing.at)}
    writing.connection.execute(insert(jobs), row | asdict(job))
    append_event(writing, job.id, 0, first)


def append_event(writing: Writing, job_id: str, seen: int, event: Event) -> int:
    """Append to a job of which `seen` events were looked at; the event's number.

    Raises `JobMovedMeanwhile` where there are more by now: of those who looked at the same state, the first one wins.
    """
    last = select(func.coalesce(func.max(job_events.c.position), 0)).where(job_events.c.job_id == job_id)
    position = writing.connection.execute(last).scalar_one()
    if position != seen:
        found = f"{position} events, of which {seen} were looked at"
        raise JobMovedMeanwhile([Fault("state", f"job {job_id}", found, "the state that was looked at; look again")])
    number = next_number(writing, job_events)
    row = {"number": number, "job_id": job_id, "position": seen + 1, "at": instant_text(writing.at)}
    writing.connection.execute(insert(job_events), row | asdict(event))
    return number


def find_job(reading: Reading, job_id: str) -> Kept | None:
    """The job of this id, or None."""
    row = reading.connection.execute(_kept().where(jobs.c.id == job_id)).first()
    return None if row is None else _kept_from(row)


def find_submitted(reading: Reading, who: str, idempotency_key: str) -> Kept | None:
    """The job that was submitted with this key by this person, or None."""
    mine = _kept().where(jobs.c.who == who, jobs.c.idempotency_key == idempotency_key)
    row = reading.connection.execute(mine).first()
    return None if row is None else _kept_from(row)


def list_jobs(reading: Reading, states: Collection[str] = (), *, after: int = 0, limit: int = 100) -> list[Kept]:
    """Jobs (in one of these states) with numbers above `after`, in order. `InputError`: a limit out of range."""
    checked_page(after, limit)
    page = _kept().where(jobs.c.number > after).order_by(jobs.c.number).limit(limit)
    if states:
        page = page.where(job_events.c.state.in_(sorted(states)))
    return [_kept_from(row) for row in reading.connection.execute(page)]


@dataclass(frozen=True, slots=True)
class InState:
    """How many jobs are in a state, and the instant since which the one that is longest in it is."""

    state: str
    count: int
    since: str


def count_by_state(reading: Reading) -> list[InState]:
    """The states that jobs are in."""
    rows = select(job_events.c.state, func.count(), func.min(job_events.c.at)).select_from(_beside_last_events())
    return [InState(*row) for row in reading.connection.execute(rows.group_by(job_events.c.state))]


def list_events(reading: Reading, job_id: str, *, after: int = 0, limit: int = 1000) -> list[tuple[int, str, Event]]:
    """Events of the job with numbers above `after`, in order: number, instant, event."""
    checked_page(after, limit)
    rows = select(job_events.c.number, job_events.c.at, *_EVENT).where(job_events.c.job_id == job_id)
    page = rows.where(job_events.c.number > after).order_by(job_events.c.number).limit(limit)
    return [(row[0], row[1], Event(*row[2:])) for row in reading.connection.execute(page)]


def _kept() -> Select[Any]:
    of_event = [job_events.c.position, job_events.c.number, job_events.c.at, *_EVENT]
    return select(jobs.c.number, jobs.c.at, *_JOB, *of_event).select_from(_beside_last_events())


def _beside_last_events() -> Join:
    last = select(func.max(job_events.c.position)).where(job_events.c.job_id == jobs.c.id).scalar_subquery()
    return jobs.join(job_events, (job_events.c.job_id == jobs.c.id) & (job_events.c.position == last.correlate(jobs)))


def _kept_from(row: Row[Any]) -> Kept:
    number, at, *values = list(row)
    seen, event, event_at, *last = values[len(_JOB) :]
    return Kept(number, at, Job(*values[: len(_JOB)]), seen, event, event_at, Event(*last))
