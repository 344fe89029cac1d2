from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizers.rounding import fit, nearest_feasible, whole_cycle_s, whole_seconds, with_cycle
from optimizers.solution import feasible, given_solution
from tests.optimizers.problems import crossing, grid

steps = st.lists(st.tuples(st.floats(0.0, 60.0), st.floats(0.0, 20.0), st.floats(0.0, 40.0)), min_size=1, max_size=8)


@given(steps, st.floats(0.0, 1.0))
def test_rounding_keeps_bounds_and_sum(rows: list[tuple[float, float, float]], where: float) -> None:
    wanted, low, room = (np.array(column) for column in zip(*rows, strict=True))
    high = low + room
    total = float(low.sum() + where * room.sum())
    for lengths in (whole_seconds(wanted, low, high, total), fit(wanted, low, high, total)):
        assert lengths.sum() == pytest.approx(total, abs=1e-6)
        assert np.all(lengths >= low - 1e-6)
        assert np.all(lengths <= high + 1e-6)


@given(steps, st.integers(0, 100))
def test_whole_bounds_and_whole_sum_give_whole_seconds(rows: list[tuple[float, float, float]], extra: int) -> None:
    wanted, low, _ = (np.array(column) for column in zip(*rows, strict=True))
    low = np.round(low)
    lengths = whole_seconds(wanted, low, np.full(len(low), np.inf), float(low.sum() + extra))
    assert np.array_equal(lengths, np.round(lengths))
    assert lengths.sum() == low.sum() + extra


def test_largest_remainder_wins() -> None:
    assert whole_seconds(np.array([10.6, 20.3, 9.1]), np.zeros(3), np.full(3, 99.0), 40.0).tolist() == [11.0, 20.0, 9.0]


def test_fraction_of_the_interstages_goes_to_the_longest_green() -> None:
    problem = crossing(interstage_s=3.25)
    assert with_cycle(problem, 0, np.array([2.0, 1.0]), 60.0)[problem.step_variable].tolist() == [35.5, 18.0]


def test_a_feasible_plan_is_left_alone_and_others_are_moved_into_the_bounds() -> None:
    problem = grid(2, 2)
    start = nearest_feasible(problem)
    assert np.array_equal(start.step_s, problem.step_given_s)
    strict = problem.replace(cycle_max_s=np.full(4, 70.0), step_min_s=np.tile([10.0, 3.0, 1.0], 16))
    assert not feasible(strict, given_solution(strict))
    moved = nearest_feasible(strict)
    assert feasible(strict, moved)
    assert moved.cycle_s.tolist() == [70.0] * 4


def test_whole_cycle() -> None:
    assert whole_cycle_s(60.4, 30.0, 120.0) == 60.0
    assert whole_cycle_s(60.4, 60.3, 61.2) == 61.0
    assert whole_cycle_s(60.4, 60.3, 60.5) == 60.4


@given(steps, st.floats(0.0, 1.0), st.booleans())
def test_fit_finds_what_bisection_on_the_factor_finds(
    rows: list[tuple[float, float, float]], where: float, open_ended: bool
) -> None:
    wanted, low, room = (np.array(column) for column in zip(*rows, strict=True))
    high = np.full(len(low), np.inf) if open_ended else low + room
    total = float(low.sum() + where * (100.0 if open_ended else room.sum()))
    asked = np.maximum(wanted, 1e-3)
    below, above = 0.0, 1e9
    for _ in range(200):
        middle = 0.5 * (below + above)
        if np.clip(middle * asked, low, high).sum() < total:
            below = middle
        else:
            above = middle
    bisected = np.clip(above * asked, low, high)
    assert fit(wanted, low, high, total) == pytest.approx(bisected, abs=1e-6)
