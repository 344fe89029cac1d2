"""Transactions: readers see one moment, writers wait for each other, and an acknowledged write lasts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from networks.faults import InputError
from signals.store import audit, documents
from signals.store.database import MOST_CONNECTIONS, Database, new_database, open_database, upgrade_database
from signals.store.failures import DatabaseLocked
from signals.store.kinds import Kind
from signals.store.place import Place


def test_a_reader_sees_one_moment_while_others_write(database: Database) -> None:
    with database.reading() as reading:
        before = audit.head(reading)
        with database.writing() as writing:
            audit.append(writing, who="me", what="write", why="meanwhile")
        assert audit.head(reading) == before
    with database.reading() as reading:
        assert audit.head(reading).number == 1


def test_a_reader_cannot_write(database: Database) -> None:
    statement = text("INSERT INTO flows (digest) VALUES ('a')")
    with database.reading() as reading, pytest.raises(DBAPIError, match=r"read-?only"):
        reading.connection.execute(statement)


def test_a_writer_that_waits_too_long_is_told_who_is_in_the_way(place: Place) -> None:
    def write(database: Database) -> None:
        with database.writing():
            pass

    with open_database(place) as first, open_database(place, lock_wait_s=0.2) as second:
        with first.writing(), pytest.raises(DatabaseLocked, match="locked by another writer"):
            write(second)
        write(second)


def test_who_waits_too_long_for_a_connection_is_told_to_try_again(place: Place) -> None:
    with open_database(place, lock_wait_s=0.2) as database:
        with ExitStack() as stack:
            for _ in range(MOST_CONNECTIONS):
                stack.enter_context(database.session())
            with pytest.raises(DatabaseLocked, match="all its connections in use"), database.reading():
                pass
        with database.reading():
            pass


def test_what_was_written_is_there_for_who_opens_the_database_anew(place: Place) -> None:
    with open_database(place) as database, database.writing() as writing:
        digest = documents.put(writing, Kind.RULES, b"rules")
    with open_database(place) as database, database.reading() as reading:
        assert documents.get(reading, digest) == b"rules"


def test_a_commit_waits_for_the_disk_so_that_a_power_cut_loses_nothing(database: Database) -> None:
    with database.writing() as writing:
        ask = writing.connection.exec_driver_sql
        if database.place.file is None:
            assert ask("SHOW synchronous_commit").scalar() == "on"
            return
        found = {name: ask(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys")}
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_who_makes_the_database_at_once_makes_it_once(new_place: Callable[[], Place]) -> None:
    place, found = new_place(), []
    makers = [threading.Thread(target=lambda: found.append(upgrade_database(place))) for _ in range(4)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert sorted(before is None for before, _ in found) == [False, False, False, True]


def test_a_new_database_that_fails_leaves_nothing_behind(new_place: Callable[[], Place]) -> None:
    place = new_place()

    def fill() -> None:
        with new_database(place) as connection:
            connection.execute(text("SELECT count(*) FROM documents"))
            raise KeyError("a fault of the caller")

    with pytest.raises(KeyError):
        fill()
    if place.file:
        assert list(place.file.parent.iterdir()) == []
    with new_database(place):
        pass


def test_a_new_database_overwrites_none(place: Place) -> None:
    with pytest.raises(InputError, match="there already"), new_database(place):
        pass
