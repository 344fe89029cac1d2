"""Realisations move departures, keep every vehicle, and never leave the period."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from networks.faults import InputError
from signals.simulation.demand_files import DemandFile, read_demand
from signals.simulation.realisation import jittered_s, write_definitions, write_realisation

Write = Callable[..., Path]


@pytest.fixture
def demand(written: Write) -> DemandFile:
    vehicles = "".join(
        f'<vehicle id="v{at}" depart="{at * 3}" type="t"><route edges="a b"/></vehicle>' for at in range(400)
    )
    person = '<person id="p" depart="100"><walk edges="a"/></person>'
    return read_demand([written(f'<routes><vType id="t" length="4"/>{vehicles}{person}</routes>')])


def departs(path: Path) -> dict[str, float]:
    return {one.get("id", ""): float(one.get("depart", "")) for one in ElementTree.parse(path).getroot()}


def test_realisation_zero_moves_nothing_and_keeps_who_is_due(demand: DemandFile, tmp_path: Path) -> None:
    count = write_realisation(demand, tmp_path / "0.xml", 0, begin_s=60.0, end_s=600.0)
    found = departs(tmp_path / "0.xml")
    assert count == 180
    assert found == {f"v{at}": at * 3.0 for at in range(20, 200)} | {"p": 100.0}
    write_realisation(demand, tmp_path / "none.xml", None, begin_s=60.0, end_s=600.0)
    assert departs(tmp_path / "none.xml") == found


def test_moved_departures_stay_in_the_period_and_within_a_minute(demand: DemandFile, tmp_path: Path) -> None:
    write_realisation(demand, tmp_path / "1.xml", 1, begin_s=60.0, end_s=600.0)
    moved = departs(tmp_path / "1.xml")
    write_realisation(demand, tmp_path / "0.xml", 0, begin_s=60.0, end_s=600.0)
    due = departs(tmp_path / "0.xml")
    assert moved.keys() == due.keys()
    assert list(moved.values()) == sorted(moved.values())
    assert all(60.0 <= time < 600.0 for time in moved.values())
    moves = np.array([moved[name] - due[name] for name in due])
    assert np.abs(moves).max() <= 60.01
    assert abs(moves.mean()) < 8.0
    assert moves.std() > 25.0


def test_the_same_realisation_is_the_same_file_and_another_is_another(demand: DemandFile, tmp_path: Path) -> None:
    for name, realisation in (("a", 3), ("b", 3), ("c", 4)):
        write_realisation(demand, tmp_path / name, realisation, begin_s=0.0, end_s=1200.0)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a").read_bytes() != (tmp_path / "c").read_bytes()


@given(
    some.lists(some.floats(0, 1, exclude_max=True), min_size=1, max_size=30),
    some.floats(0, 1e5),
    some.floats(1, 5000),
    some.integers(1, 99),
)
def test_nobody_falls_out_of_any_period(shares: list[float], begin_s: float, span_s: float, realisation: int) -> None:
    end_s = begin_s + span_s
    moved = jittered_s(begin_s + np.array(shares) * span_s, realisation, begin_s, end_s)
    assert moved.shape == (len(shares),)
    # Hundredths of a second: the period's first and last hundredth.
    assert (moved >= begin_s - 1e-6).all()
    assert (moved < end_s).all()


def test_reflection_at_the_ends() -> None:
    many = jittered_s(np.full(2000, 5.0), 1, 0.0, 3600.0)
    assert many.min() >= 0
    assert 64.0 < many.max() <= 65.0
    late = jittered_s(np.full(2000, 3595.0), 1, 0.0, 3600.0)
    assert late.max() < 3600.0
    assert 3535.0 <= late.min() < 3536.0


def test_no_vehicle_due_is_refused(demand: DemandFile, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none of 401 departs from 5000 to 6000 s"):
        write_realisation(demand, tmp_path / "x", 1, begin_s=5000.0, end_s=6000.0)


def test_definitions_are_written_beside(demand: DemandFile, tmp_path: Path) -> None:
    write_definitions(demand, tmp_path / "d.xml")
    (only,) = ElementTree.parse(tmp_path / "d.xml").getroot()
    assert (only.tag, only.attrib) == ("vType", {"id": "t", "length": "4"})


def test_a_busier_day_adds_vehicles_and_keeps_those_that_are_there(demand: DemandFile, tmp_path: Path) -> None:
    usual = write_realisation(demand, tmp_path / "usual.xml", 901, begin_s=0.0, end_s=1200.0)
    busy = write_realisation(demand, tmp_path / "busy.xml", 901, begin_s=0.0, end_s=1200.0, factor=1.25)
    before, then = departs(tmp_path / "usual.xml"), departs(tmp_path / "busy.xml")
    assert usual == 400
    assert 1.15 * usual < busy < 1.35 * usual
    assert {*before} < {*then}
    assert len(then) == busy + 1  # one person, and nobody walks twice
    write_realisation(demand, tmp_path / "again.xml", 901, begin_s=0.0, end_s=1200.0, factor=1.25)
    assert departs(tmp_path / "again.xml") == then
