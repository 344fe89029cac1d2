"""Who takes the office keeps it only where it can coordinate; on real databases."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from signals.cli.desk_here import READERS
from signals.delivery.messages import Report
from signals.service.delivery import requests
from signals.service.delivery.consequences import SERVICE
from signals.service.delivery.last_heard import LastHeard
from signals.service.delivery.signing import first_ring
from signals.service.delivery.ticking import Ticking
from signals.service.library.judging_here import JudgingHere
from signals.store import delivery
from signals.store.database import Database
from signals.store.office import Office, latest_term
from signals.store.scratch import open_scratch
from tests.signals.service.delivery.corridors import grouped, released
from tests.signals.service.delivery.releasing import OPERATOR

TICK_S, PATIENCE_S = 0.05, 20.0


@contextmanager
def _ticking(database: Database, keys: Path) -> Iterator[tuple[Ticking, list[str]]]:
    told: list[str] = []
    ticking = Ticking(database, lambda: JudgingHere(READERS), keys, told.append, tick_s=TICK_S)
    ticking.start()
    try:
        yield ticking, told
    finally:
        ticking.stop()


def _comes(what: Callable[[], object]) -> bool:
    end = time.monotonic() + PATIENCE_S
    while not what() and time.monotonic() < end:
        time.sleep(TICK_S)
    return bool(what())


def test_who_fails_at_the_take_over_gives_the_office_back_and_tries_again(database: Database, tmp_path: Path) -> None:
    keys = tmp_path / "signing-keys"
    keys.write_text("no folder")
    with _ticking(database, keys) as (ticking, told):
        assert _comes(lambda: told)
        assert "FileExistsError" in told[0]
        keys.unlink()
        assert _comes(lambda: ticking.coordinator), told
        assert Office.taken(database, "another") is None


def test_who_has_no_secret_to_sign_with_leaves_the_office_to_others(database: Database, tmp_path: Path) -> None:
    first_ring(database, tmp_path / "signing-keys", SERVICE)
    with _ticking(database, tmp_path / "empty") as (ticking, told):
        assert _comes(lambda: told)
        assert "needed the secret of a key that is accepted now" in told[0]
        with _ticking(database, tmp_path / "signing-keys") as (other, _):
            assert _comes(lambda: other.coordinator)
            assert ticking.coordinator is None
        assert len(told) == 1
    with database.reading() as reading:
        assert latest_term(reading) == 1


@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_who_cannot_sign_any_more_leaves_the_office(database: Database, tmp_path: Path) -> None:
    keys, gone = tmp_path / "signing-keys", tmp_path / "gone"
    with _ticking(database, keys) as (ticking, told):
        assert _comes(lambda: ticking.coordinator)
        grouped(database, released(database, tmp_path / "a"))
        keys.rename(gone)
        requests.stop(database, OPERATOR, "corridor", why="queues on Main Street")
        assert _comes(lambda: told and ticking.coordinator is None)
        gone.rename(keys)
        assert _comes(lambda: _events(database) == ["rolled back"]), told


@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_a_check_that_is_made_does_not_wait_for_the_next_turn(database: Database, tmp_path: Path) -> None:
    plan = released(database, tmp_path / "a")
    grouped(database, plan)
    requests.roll_back(database, OPERATOR, "corridor", plan, why="queues on Main Street")
    ticking = Ticking(database, lambda: JudgingHere(READERS), tmp_path / "signing-keys", print, tick_s=600.0)
    ticking.start()
    try:
        assert _comes(lambda: _events(database))  # within the first turn and the one that the check called
    finally:
        ticking.stop()


@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_who_stops_writes_down_who_was_heard_and_the_next_one_knows(database: Database, tmp_path: Path) -> None:
    grouped(database, released(database, tmp_path / "a"))
    with open_scratch(database.place) as scratch:
        for heard in ({}, {"west"}):
            ticking = Ticking(
                database,
                lambda: JudgingHere(READERS),
                tmp_path / "signing-keys",
                print,
                last_heard=LastHeard(scratch),
                tick_s=TICK_S,
            )
            ticking.start()
            assert _comes(lambda one=ticking: one.coordinator and one.coordinator.state_of("west"))
            assert set(ticking.last_heard.at_ds()) == set(heard)
            assert ticking.coordinator is not None
            ticking.coordinator.hear(Report("west", 0, 1))
            ticking.stop()


def _events(database: Database) -> list[str]:
    with database.reading() as reading:
        return [event.what for event in delivery.list_events(reading, "corridor")]
