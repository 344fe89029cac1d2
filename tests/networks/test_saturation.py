"""Saturation flow from speeds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.network import PathDischarge
from networks.saturation import lane_saturation_veh_per_h, with_discharge
from tests.fakes import crossroads

SPEEDS = st.floats(0.5, 50.0)


def test_known_values() -> None:
    """Headways 1.35 + 7.5/13.9 and 1.35 + 7.5/5 s."""
    assert lane_saturation_veh_per_h(13.9, 13.9) == pytest.approx(1905.2, abs=0.1)
    assert lane_saturation_veh_per_h(5.0, 13.9) == pytest.approx(1263.2, abs=0.1)


def test_a_closed_lane_discharges_nothing() -> None:
    assert lane_saturation_veh_per_h(8.0, 0.0) == 0.0


@given(SPEEDS, SPEEDS)
def test_the_slower_of_the_two_decides(via: float, lane: float) -> None:
    assert lane_saturation_veh_per_h(via, lane) == lane_saturation_veh_per_h(min(via, lane), 50.0)


@given(SPEEDS, SPEEDS)
def test_faster_is_never_less(first: float, second: float) -> None:
    slow, fast = sorted((first, second))
    assert lane_saturation_veh_per_h(slow, 50.0) <= lane_saturation_veh_per_h(fast, 50.0)


def test_what_was_measured_stands_on_its_path_alone() -> None:
    street, measured = crossroads(), PathDischarge(1650.0, 9.0)
    name = street.lane_links[4].id
    found = with_discharge(street, {name: measured, "elsewhere": measured})
    assert found.lane_link(name).discharge == measured
    assert [x.id for x in found.lane_links if x.discharge is not None] == [name]
    assert found.digest == street.digest
