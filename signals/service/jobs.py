"""Jobs as whoever asks for them sees them: submitted, watched, cancelled, tried again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from networks.faults import InputError
from signals.release import Actor
from signals.service.job_request import JobRequest


class State(StrEnum):
    """Where a job is. *Parked*: it took its worker down too often and waits for somebody to look."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PARKED = "parked"

    @property
    def final(self) -> bool:
        """Nothing more happens by itself."""
        return self not in (State.QUEUED, State.RUNNING)


OPEN, RETRIED = (State.QUEUED, State.RUNNING), (State.FAILED, State.CANCELLED, State.PARKED)


class NoSuchJob(InputError):
    """There is no job of this id."""


class JobConflict(InputError):
    """The job is not in a state for that, or the idempotency key belongs to another request."""


@dataclass(frozen=True, slots=True)
class JobResult:
    """What a job found: `files` by name (plan.json, report.html, ...) to digest; the plan's place in the library."""

    decision: str  # recommended, kept, undecided
    verdict: str | None
    reasons: tuple[str, ...]
    plan_digest: str  # the recommended plan, or the running one where it is kept
    files: Mapping[str, str] = field(default_factory=dict)
    library_version: int | None = None  # None: only recommended plans go there
    library_state: str | None = None


@dataclass(frozen=True, slots=True)
class JobState:
    """A job as it stands after its event `event`."""

    number: int  # of all jobs, in the order in which they were submitted
    id: str
    request_digest: str
    title: str
    priority: int
    state: State
    submitted_by: str
    submitted_at: datetime
    changed_by: str
    changed_at: datetime
    event: int
    step: str
    share: float | None  # done of the whole job
    seconds_left: float | None  # an estimate
    attempts: int  # times that a worker took it up since it was queued
    reason: str  # of a failure, a cancellation, a park: in plain words
    result: JobResult | None


@dataclass(frozen=True, slots=True)
class JobEvent:
    """One event of a job; numbers grow, over all jobs."""

    number: int
    at: datetime
    state: State
    text: str
    share: float | None
    seconds_left: float | None


class Jobs(Protocol):
    """All jobs. Every verb raises `NotAllowed` for a role that may not, `NoSuchJob` for an id that is unknown."""

    def keep_file(self, content: bytes, by: Actor) -> str:
        """Keep a file for requests to name; its digest. The same bytes again are no second file."""
        ...

    def file(self, digest: str) -> bytes:
        """The bytes of a file that was handed in, or that a job handed out. Raises `InputError` where it is unknown."""
        ...

    def submit(self, request: JobRequest, by: Actor, *, idempotency_key: str | None = None) -> JobState:
        """Queue a job. The same key and request again give the same job; with another request `JobConflict`.

        Raises `InputError` for files that are not kept.
        """
        ...

    def request(self, job_id: str) -> JobRequest:
        """What was asked for."""
        ...

    def state(self, job_id: str) -> JobState:
        """How the job stands."""
        ...

    def page(self, state: State | None = None, *, after: int = 0, limit: int = 100) -> Sequence[JobState]:
        """Jobs with numbers above `after`, in order, at most `limit`."""
        ...

    def events(self, job_id: str, *, after: int = 0, limit: int = 1000) -> Sequence[JobEvent]:
        """Events of the job with numbers above `after`, in order."""
        ...

    def cancel(self, job_id: str, by: Actor, *, why: str = "") -> JobState:
        """Nothing of it is published any more; its processes end within two seconds. Raises `JobConflict` at an end."""
        ...

    def retry(self, job_id: str, by: Actor, *, why: str = "") -> JobState:
        """Queue a job again that failed, was cancelled or parked; what it measured is kept. Raises `JobConflict`."""
        ...
