"""Peak hour factors, and the busiest quarter held for the whole period."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.demand import Demand, Knowledge, MovementDemand, Period
from signals.flows.choice import Design
from signals.service.estimate import Estimated
from signals.service.peak import held, peak_hour_factor, peak_of
from tests.fakes import crossroads

MOVES = (("NC", "CS"), ("WC", "CE"))


def demand(begin_s: float, length_s: float, north: float, west: float) -> Demand:
    rows = zip(MOVES, (north, west), strict=True)
    movements = tuple(MovementDemand(a, b, flow, 0.0, Knowledge.OBSERVED) for (a, b), flow in rows)
    return Demand(Period(begin_s, begin_s + length_s), movements, (("NC", north), ("WC", west)), (), (("CS", north),))


def course(*flows: tuple[float, float], length_s: float = 900.0) -> tuple[Demand, ...]:
    return tuple(demand(25_200 + length_s * at, length_s, *pair) for at, pair in enumerate(flows))


def test_the_factor_is_volume_over_four_times_the_peak() -> None:
    peak = peak_of(crossroads(), course((200, 100), (400, 200), (300, 200), (100, 100)))
    assert peak is not None
    assert peak.hour == Period(25_200, 28_800)
    assert peak.quarter == Period(26_100, 27_000)
    assert peak.factor == pytest.approx(1600 / (4 * 600))
    (row,) = peak.intersections
    assert (row.hour_veh, row.peak15_veh_per_h, row.factor) == (400.0, 600.0, peak.factor)


def test_the_busiest_hour_of_a_longer_period() -> None:
    peak = peak_of(crossroads(), course(*[(100, 0)] * 3, *[(300, 0)] * 4, (400, 0), (100, 0)))
    assert peak is not None
    assert (peak.hour.begin_s, peak.quarter.begin_s) == (25_200 + 4 * 900, 25_200 + 7 * 900)


def test_what_does_not_tell_a_quarter_has_no_peak() -> None:
    assert peak_of(crossroads(), course((1, 1), (2, 2), length_s=1800.0)) is None
    assert peak_of(crossroads(), course(*[(1, 1)] * 3)) is None
    assert peak_of(crossroads(), course(*[(0, 0)] * 4)) is None


@given(st.lists(st.tuples(st.floats(0, 900), st.floats(0, 900)), min_size=12, max_size=24))
def test_factors_are_between_a_quarter_and_one(flows: list[tuple[float, float]]) -> None:
    peak = peak_of(crossroads(), course(*flows, length_s=300.0))
    factors = [] if peak is None else [peak.factor, *(row.factor for row in peak.intersections)]
    assert all(0.25 <= factor <= 1.0 for factor in factors)


@given(st.lists(st.floats(0, 500), min_size=4, max_size=4).filter(any))
def test_one_is_an_even_hour(quarters: list[float]) -> None:
    factor = peak_hour_factor(np.array(quarters))
    assert 0.25 <= factor <= 1.0
    assert peak_hour_factor(np.full(4, max(quarters))) == pytest.approx(1.0)


def test_the_busiest_quarter_is_held_for_the_whole_period() -> None:
    """Flows are those of the whole, at the share that the parts give to the quarter."""
    parts = course(*[(100, 50)] * 3, *[(300, 50)] * 3, *[(100, 50)] * 6, length_s=300.0)
    whole = demand(25_200, 3600.0, 180.0, 60.0)  # the whole knows more than the parts
    busy, again = held(whole, parts, Period(26_100, 27_000))
    assert [m.flow_veh_per_h for m in busy.movements] == pytest.approx([180.0 * 2, 60.0])
    assert dict(busy.link_inflow_veh_per_h) == pytest.approx({"NC": 360.0, "WC": 60.0})
    assert dict(busy.link_outflow_veh_per_h) == pytest.approx({"CS": 360.0})
    assert [part.period for part in again] == [part.period for part in parts]
    assert {part.flow_veh_per_h(*MOVES[0]) for part in again} == {300.0}


def test_plans_are_found_for_the_design_that_was_asked_for() -> None:
    parts = course((100, 50), (300, 50), (100, 50), (100, 50))
    whole = demand(25_200, 3600.0, 150.0, 50.0)
    estimated = Estimated(whole, parts, peak_of(crossroads(), parts))
    assert estimated.tuned(Design.HOUR) is estimated
    assert estimated.tuned(Design.PEAK15).whole.flow_veh_per_h(*MOVES[0]) == pytest.approx(300.0)
