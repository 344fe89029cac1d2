"""Damped solutions stay feasible, keep cycles and offsets, and lie between their two ends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizers.damping import damped
from optimizers.method import never, silent
from optimizers.methods import webster
from optimizers.problem import TimingProblem
from optimizers.solution import TimingSolution, feasible
from tests.optimizers.problems import grid


def found() -> tuple[TimingProblem, TimingSolution]:
    problem = grid(2, 2)
    return problem, webster.propose(problem, start=None, effort=100, seed=1, stop=never, report=silent)[0]


@given(st.floats(0, 1))
def test_a_damped_solution_keeps_bounds_cycles_and_offsets(share: float) -> None:
    problem, solution = found()
    between = damped(problem, solution, share)
    assert feasible(problem, between)
    assert np.array_equal(between.cycle_s, solution.cycle_s)
    assert np.array_equal(between.offset_s, solution.offset_s)


def test_no_damping_changes_nothing() -> None:
    problem, solution = found()
    assert np.array_equal(damped(problem, solution, 0.0).step_s, solution.step_s)


def test_a_share_outside_the_unit_interval_is_refused() -> None:
    problem, solution = found()
    with pytest.raises(ValueError, match="share"):
        damped(problem, solution, 1.5)
