"""The quick estimate: Webster's numbers where greens are simple, more delay where gaps or lanes are missing."""

from __future__ import annotations

import math

import pytest

from signals.timing.stages.estimate import Loads
from tests.fakes import crossroads

JUNCTION = crossroads().intersections[0]
NORTH_SOUTH, EAST_WEST = "rGrrrrrGrrrr", "rrrrGrrrrrGr"


def test_cycle_and_greens_are_websters() -> None:
    """y of 0.25 and 0.35, 10 s lost: C = (1.5 * 10 + 5) / (1 - 0.6) = 50 s; greens in the proportion of 0.25 to 0.35
    (beyond 5 s each)."""
    uses = [("N", "1", 500.0, 2000.0), ("S", "7", 300.0, 2000.0), ("E", "4", 700.0, 2000.0)]
    found = Loads(JUNCTION, uses, (30.0, 120.0))
    estimate = found.estimate([found.rates(NORTH_SOUTH), found.rates(EAST_WEST)], [5.0, 5.0])
    assert estimate.flow_ratio_sum == pytest.approx(0.6)
    assert estimate.cycle_s == pytest.approx(50.0)
    assert estimate.greens_s == pytest.approx((5 + 30 * 0.25 / 0.6, 5 + 30 * 0.35 / 0.6))


def test_where_flows_are_too_high_for_webster_the_cycle_is_the_longest() -> None:
    uses = [("N", "1", 1200.0, 2000.0), ("E", "4", 1000.0, 2000.0)]
    found = Loads(JUNCTION, uses, (30.0, 120.0))
    estimate = found.estimate([found.rates(NORTH_SOUTH), found.rates(EAST_WEST)], [5.0, 5.0])
    assert estimate.cycle_s == 120.0


def test_a_red_group_blocks_the_lane_that_it_shares_unless_it_is_seldom_there() -> None:
    blocked = Loads(JUNCTION, [("N", "1", 400.0, 2000.0), ("N", "2", 100.0, 2000.0)], (30.0, 120.0))
    seldom = Loads(JUNCTION, [("N", "1", 400.0, 2000.0), ("N", "2", 10.0, 2000.0)], (30.0, 120.0))
    assert blocked.rates(NORTH_SOUTH) == (0.0,)
    assert seldom.rates(NORTH_SOUTH) == (5.0,)


def test_a_left_that_gives_way_is_let_go_in_the_gaps() -> None:
    """600 veh/h oncoming, gap 4.5 s, follow-up 2.5 s: 600 e^-0.75 / (1 - e^-0.4167) = 831 veh/h (HCM 7, 31-100)."""
    uses = [("N", "2", 200.0, 1500.0), ("S", "7", 600.0, 2000.0)]
    found = Loads(JUNCTION, uses, (30.0, 120.0))
    assert found.rates("rrgrrrrGrrrr")[0] == pytest.approx(
        600 * math.exp(-0.75) / (1 - math.exp(-600 * 2.5 / 3600)) / 200
    )
    assert found.rates("rrgrrrrrrrrr")[0] == pytest.approx(1500 / 200)


def test_a_lane_that_is_never_let_go_costs_without_end() -> None:
    found = Loads(JUNCTION, [("N", "1", 400.0, 2000.0)], (30.0, 120.0))
    assert found.estimate([found.rates(EAST_WEST)] * 2, [5.0, 5.0]).delay_veh_h_per_h == math.inf


def test_a_lane_green_before_and_after_a_change_is_green_in_it() -> None:
    uses = [("N", "1", 500.0, 2000.0), ("E", "4", 300.0, 2000.0)]
    found = Loads(JUNCTION, uses, (30.0, 120.0))
    rates = [found.rates(NORTH_SOUTH), found.rates(EAST_WEST), found.rates(NORTH_SOUTH)]
    apart = found.estimate(rates, [4.0, 4.0, 0.0])
    joined = found.estimate(rates, [2.0, 2.0, 4.0])
    assert joined.cycle_s == apart.cycle_s
    assert joined.delay_veh_h_per_h < apart.delay_veh_h_per_h
