"""When a controller was heard last outlives the process, is written seldom, and decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from signals.delivery.beat import ds_of
from signals.delivery.messages import Report
from signals.delivery.roll_out import Heard
from signals.service.delivery.fleet import fleet
from signals.service.delivery.last_heard import BETWEEN_DS, LastHeard
from signals.store import heard
from signals.store.place import Place
from signals.store.scratch import Scratch, open_scratch
from tests.signals.service.delivery.corridors import Corridor, Database, grouped, released


def _at(**instants_ds: int) -> Mapping[str, Heard]:
    return {name: Heard(Report(name, 0, 1), at_ds) for name, at_ds in instants_ds.items()}


def test_it_is_found_by_the_next_one(place: Place) -> None:
    with open_scratch(place) as scratch:
        first = LastHeard(scratch)
        first.read()
        assert first.at_ds() == {}
        first.write(_at(west=1_000, east=2_000))
        first.write(_at(west=1_000 + BETWEEN_DS, east=2_001))
    with open_scratch(place) as scratch:
        second = LastHeard(scratch)
        second.read()
        assert second.at_ds() == {"west": 1_000 + BETWEEN_DS, "east": 2_000}
        second.write(_at(west=1_000 + BETWEEN_DS, east=2_001), all_of_it=True)  # at the end of the process
        assert heard.heard_at_ds(scratch) == {"west": 1_000 + BETWEEN_DS, "east": 2_001}


@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_a_controller_is_written_seldom_and_thousands_in_turns(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []

    def noted(scratch: Scratch, at_ds: Mapping[str, int]) -> None:
        written.append(len(at_ds))

    monkeypatch.setattr("signals.service.delivery.last_heard.note_heard", noted)
    with open_scratch(place) as scratch:
        last_heard = LastHeard(scratch)
        for second in range(60):
            last_heard.write(_at(**{f"c{number}": 10**10 + 10 * second for number in range(2500)}))
    assert max(written) == 1000
    assert sum(written) == 2 * 2500  # in a minute


@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_the_fleet_shows_it_after_a_restart_and_nobody_counts_as_heard(database: Database, tmp_path: Path) -> None:
    corridor = Corridor(database, tmp_path)
    grouped(database, released(database, tmp_path / "a"))
    corridor.pass_s(600)
    last_ds = {name: one.at_ds for name, one in corridor.coordinator.heard().items()}
    corridor.coordinator.close()
    corridor.at += timedelta(seconds=10)
    corridor.coordinator = corridor.taken()
    before, after = (fleet(database, corridor.coordinator, known) for known in ({}, last_ds))
    assert {row.alarms for row in before} == {("not heard for 600 s",)}  # since it told something new
    assert {row.heard_at for row in after} == {"2026-03-02T06:40:00.000000Z"}
    assert all(row.alarms == () for row in after)
    state = corridor.coordinator.state_of("west")
    assert state is not None
    known = corridor.coordinator.heard()
    assert {ds_of(database.now()) - one.at_ds for one in known.values()} == {6_000}  # what is decided by it
    corridor.coordinator.close()
