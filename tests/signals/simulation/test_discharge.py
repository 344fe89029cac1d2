"""The laboratory street in the real simulator: known headways, the same every time, and refusals that say why."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

from signals.simulation.demand_files import Item
from signals.simulation.discharge import StopLine, TypeShare, headways_s
from signals.simulation.fleet import MADE
from signals.simulation.job import Cancelled, Limits, OutputExceeded, SimulationFailed

TOWN = StopLine(13.89, 13.89)


def measured(folder: Path, step_s: float, lines: list[StopLine]) -> dict[StopLine, float]:
    folder.mkdir()
    return headways_s(lines, MADE.types, step_s, folder)


def test_the_default_car_discharges_as_it_is_known_to(tmp_path: Path) -> None:
    """About 1,850 vehicles an hour in steps of 1 s at 50 km/h, a tenth more in steps of half a second."""
    whole, half = measured(tmp_path / "1", 1.0, [TOWN]), measured(tmp_path / "2", 0.5, [TOWN])
    assert 3600 / whole[TOWN] == pytest.approx(1850, rel=0.02)
    assert 3600 / half[TOWN] == pytest.approx(2040, rel=0.02)


def test_slower_and_longer_paths_discharge_less_and_the_same_every_time(tmp_path: Path) -> None:
    lines = [TOWN, StopLine(13.89, 8.0), StopLine(13.89, 8.0, 40.0), StopLine(13.89, 5.0)]
    found = measured(tmp_path / "1", 1.0, lines)
    assert sorted(found.values()) == [found[line] for line in lines]
    assert found == measured(tmp_path / "2", 1.0, lines)


def test_the_slowest_paths_of_the_calibration_are_given_the_time_they_need(tmp_path: Path) -> None:
    """A narrow bend, driven at 2.8 m/s: the last of some queues comes after 150 s of green."""
    bend = StopLine(13.89, 2.8, 30.0)
    assert headways_s([bend], MADE.with_gap(1.3), 1.0, tmp_path)[bend] > 4.5


def test_a_queue_that_stands_is_refused(tmp_path: Path) -> None:
    stuck = Item("vType", (("id", "stuck"), ("maxSpeed", "0.2")))
    with pytest.raises(SimulationFailed, match="did not discharge"):
        headways_s([TOWN], [TypeShare(stuck, 1.0)], 1.0, tmp_path)


def test_it_can_be_cancelled_and_keeps_its_limits(tmp_path: Path) -> None:
    for name in ("cancelled", "limited"):
        (tmp_path / name).mkdir()
    gone = Event()
    gone.set()
    with pytest.raises(Cancelled):
        headways_s([TOWN], MADE.types, 0.1, tmp_path / "cancelled", cancelled=gone)
    with pytest.raises(OutputExceeded):
        headways_s([TOWN], MADE.types, 0.1, tmp_path / "limited", limits=Limits(file_bytes=1000))
