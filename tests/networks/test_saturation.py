"""Saturation flow from speeds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.saturation import lane_saturation_veh_per_h

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
