"""Published values of yellow, red clearance and clearance on foot: NCHRP Report 731 (pp. 44-51), ITE's worked example
(45 mph, +4 %), RiLSA's amber times, and the least splits of signal timing with pedestrians."""

from __future__ import annotations

import pytest

from signals.rules import formulas

MPH_M_PER_S, FOOT_M = 0.44704, 0.3048


def test_yellow_of_the_worked_example() -> None:
    yellow_s = formulas.ite_yellow_s(45 * MPH_M_PER_S, 0.04, 10 * FOOT_M)
    assert yellow_s == pytest.approx(3.93, abs=0.015)


def test_red_clearance_of_the_worked_example() -> None:
    red_s = formulas.ite_red_clearance_s(60 * FOOT_M, 35 * MPH_M_PER_S, 16 * FOOT_M)
    assert red_s == pytest.approx(1.48, abs=0.005)


@pytest.mark.parametrize(
    ("speed_mph", "yellow_s"), [(25, 2.8), (30, 3.2), (35, 3.6), (40, 3.9), (45, 4.3), (50, 4.7), (55, 5.0)]
)
def test_yellow_on_the_level(speed_mph: float, yellow_s: float) -> None:
    assert formulas.ite_yellow_s(speed_mph * MPH_M_PER_S) == pytest.approx(yellow_s, abs=0.05)


@pytest.mark.parametrize(("speed_km_per_h", "amber_s"), [(30, 3), (50, 3), (60, 4), (70, 5)])
def test_amber_of_rilsa(speed_km_per_h: float, amber_s: float) -> None:
    assert formulas.rilsa_amber_s(speed_km_per_h / 3.6) == amber_s


def test_least_split_with_walkers_and_least_cycle() -> None:
    """Walk 7 s, 15 m at 1.07 m/s, yellow and red 5.1 s: 26.1 s; two of these and two lefts of 9.5 s: 71.2 s."""
    split_s = 7.0 + formulas.walk_clearance_s(15.0, 1.07) + 5.1
    assert split_s == pytest.approx(26.1, abs=0.03)
    assert 2 * split_s + 2 * 9.5 == pytest.approx(71.2, abs=0.06)
