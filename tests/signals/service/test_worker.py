"""A worker's rounds go on when a database is away, also where only the engine notices."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from threading import Event

import psycopg
from sqlalchemy.exc import OperationalError

from signals.service.abandoned import Clearing
from signals.service.crew import Crew
from signals.service.worker import Worker
from signals.store.database import Database
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
