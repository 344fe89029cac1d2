"""A worker's rounds: it shows that it lives, hands queued jobs to the engine, and sees after those of dead workers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Event as Flag
from typing import Protocol

from signals.service.abandoned import Clearing
from signals.service.attempts import run_of
from signals.service.crew import Crew
from signals.service.jobs import OPEN, State
from signals.store import jobs
from signals.store.database import Database, Reading
from signals.store.failures import DatabaseAway, DatabaseLocked, told
from signals.store.jobs import Event, JobMovedMeanwhile, Kept
from signals.store.presence import Presence

ROUND_S = 0.5
_ELECTED = "elected"  # the lock of the worker that sees after the others
_AT_ONCE = 500


class Engine(Protocol):
    """Takes runs up, one at a time, and keeps where each one is."""

    def enqueue(self, run: str, priority: int) -> None: ...
    def ended(self, runs: Collection[str]) -> Mapping[str, str | None]: ...
    def resume_dead(self, is_alive: Callable[[str], bool]) -> list[str]: ...
    def resume_lost(self) -> list[str]: ...
    def at_jobs(self) -> set[str]: ...


@dataclass(frozen=True, slots=True)
class Worker:
    """`name` is the worker's among all that ever were; `crew` are those beside it."""

    name: str
    database: Database
    presence: Presence
    engine: Engine
    crew: Crew
    clearing: Clearing
    tell: Callable[[str], None]

    def rounds(self, stopping: Flag) -> None:
        """Go round until the flag is set. While the database is away, the rounds go on until it is back."""
        away = False
        while not stopping.wait(ROUND_S):
            try:
                with told(
                    self.database.place
                ):  # the engine, which has a database of its own, tells it in its own words
                    self.round()
                if away:
                    self.tell("the database is back")
                away = False
            except (DatabaseAway, DatabaseLocked) as error:
                if not away:
                    self.tell(f"waiting: {error}")
                away = True

    def round(self) -> None:
        """One round."""
        self.presence.hold(self.name)
        self._hand_on()
        for run in self.engine.resume_lost():
            self.tell(f"lost on the way, and begun again: {run}")
        elected = self.presence.hold(_ELECTED)
        if elected:
            for run in self.engine.resume_dead(self.presence.is_held):
                self.tell(f"taken over from a worker that is gone: {run}")
            for job_id in self.clearing.round():
                self.tell(f"what job {job_id} had measured is cleared: nobody asks for it any more")
        self.crew.look(self.presence.is_held, self.engine.at_jobs, sweep=elected)

    def _hand_on(self) -> None:
        """Every open job is known to the engine; one that ended there but not here is begun again, or failed."""
        with self.database.reading() as reading:
            waiting = {run_of(kept): kept for kept in _open_jobs(reading)}
        ended = self.engine.ended(waiting)
        for run, kept in waiting.items():
            if run not in ended:
                self.engine.enqueue(run, kept.job.priority)
            elif (why := ended[run]) is not None:
                self._append(kept, _failed(kept.last, why) if why else _again(kept.last))

    def _append(self, kept: Kept, event: Event) -> None:
        with suppress(JobMovedMeanwhile), self.database.writing() as writing:
            jobs.append_event(writing, kept.job.id, kept.seen, replace(event, who=self.name, seconds_left=None))


def _failed(last: Event, why: str) -> Event:
    return replace(last, state=State.FAILED, text=f"a fault of our own: {why}"[:2000])


def _again(last: Event) -> Event:
    """The next run. Two attempts at this one were under way, and the one that gave way was the first to tell its end.

    The attempts are still counted, so that this ends too.
    """
    return replace(last, state=State.QUEUED, run=last.run + 1, text="queued again: the run was lost with its database")


def _open_jobs(reading: Reading) -> Iterator[Kept]:
    after = 0
    while page := jobs.list_jobs(reading, OPEN, after=after, limit=_AT_ONCE):
        yield from page
        after = page[-1].number
