"""A worker's rounds go on when a database is away, also where only the engine notices."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from threading import Event

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from signals.service.abandoned import Clearing
from signals.service.crew import Crew
from signals.service.jobs import State
from signals.service.worker import Worker
from signals.store import jobs
from signals.store.database import Database
from signals.store.files import put_file
from signals.store.place import Place
from signals.store.presence import presence_at
from signals.store.roster import RosterEntry
from signals.store.scratch import open_scratch


class Stumbling:
    """An engine whose database is away for one round; it says so as its driver does."""

    def __init__(self, stopping: Event) -> None:
        self._stopping, self.rounds = stopping, 0

    def enqueue(self, run: str, priority: int) -> None:
        raise AssertionError("there are no jobs")

    def ended(self, runs: Collection[str]) -> Mapping[str, str | None]:
        return {}

    def resume_dead(self, is_alive: Callable[[str], bool]) -> list[str]:
        self.rounds += 1
        if self.rounds == 1:
            raise OperationalError("SELECT 1", {}, psycopg.OperationalError("connection is bad"))
        self._stopping.set()
        return []

    def resume_lost(self) -> list[str]:
        return []

    def at_jobs(self) -> set[str]:
        return set()


def test_rounds_go_on_when_the_engine_loses_its_database(database: Database, place: Place) -> None:
    stopping, said = Event(), list[str]()
    engine, presence = Stumbling(stopping), presence_at(place, "")
    with open_scratch(place) as scratch:
        crew = Crew(scratch.database, RosterEntry("w", "host", 1, "1"), 1)
        clearing = Clearing(database, scratch, timedelta(days=1))
        Worker("w", database, presence, engine, crew, clearing, said.append).rounds(stopping)
    presence.close()
    assert engine.rounds == 2
    assert said[0].startswith("waiting: ")
    assert "no connection" in said[0]
    assert said[1:] == ["the database is back"]


class Ending(Stumbling):
    """An engine in which every run has ended."""

    def __init__(self, why: str) -> None:
        super().__init__(Event())
        self._why = why

    def ended(self, runs: Collection[str]) -> Mapping[str, str | None]:
        return dict.fromkeys(runs, self._why)

    def resume_dead(self, is_alive: Callable[[str], bool]) -> list[str]:
        return []


@pytest.mark.parametrize(
    ("why", "state", "run", "text"),
    [
        ("", State.QUEUED, 2, "queued again: the run was lost with its database"),
        ("error: no such thing", State.FAILED, 1, "a fault of our own: error: no such thing"),
    ],
)
def test_a_run_that_ended_in_the_engine_alone(
    database: Database, place: Place, why: str, state: State, run: int, text: str
) -> None:
    job = jobs.Job("j", put(database), "title", 1, "ann", "engineer", "key")
    with database.writing() as writing:
        jobs.add_job(writing, job, jobs.Event("w", State.RUNNING, 1, 3, "runs", 400, 60))
    presence = presence_at(place, "")
    with open_scratch(place) as scratch:
        crew = Crew(scratch.database, RosterEntry("w", "host", 1, "1"), 1)
        clearing = Clearing(database, scratch, timedelta(days=1))
        Worker("w", database, presence, Ending(why), crew, clearing, str).round()
    presence.close()
    with database.reading() as reading:
        kept = jobs.find_job(reading, "j")
    assert kept is not None
    assert kept.last == jobs.Event("w", state, run, 3, text, 400)


def put(database: Database) -> str:
    with database.writing() as writing:
        return put_file(writing, b"request")
