from __future__ import annotations

import numpy as np
import pytest

from optimizers.faults import ArrayError
from optimizers.solution import TimingSolution, check_solution, feasible, given_solution, score, solution_faults
from tests.optimizers.problems import crossing, grid


def test_offsets_lie_inside_the_cycle() -> None:
    assert TimingSolution(np.array([60.0]), np.array([125.0]), np.array([60.0])).offset_s.tolist() == [5.0]


def test_numbers_that_are_no_times_are_refused() -> None:
    with pytest.raises(ArrayError) as caught:
        TimingSolution(np.array([0.0]), np.array([np.nan]), np.array([-1.0]))
    assert [f.where for f in caught.value.faults] == ["cycle_s[0]", "offset_s[0]", "step_s[0]"]


def test_every_broken_bound_is_named() -> None:
    problem = crossing(minimum_s=10.0)
    broken = TimingSolution(np.array([130.0]), np.array([0.0]), np.array([9.0, 4.0, 1.0, 100.0, 3.0, 1.0]))
    assert [(f.what, f.where) for f in solution_faults(problem, broken)] == [
        ("sum of the steps", "junction 0"),
        ("cycle", "junction 0"),
        ("step length", "step 0"),
        ("step length", "step 1"),
    ]
    with pytest.raises(ArrayError):
        check_solution(problem, broken)


def test_fixed_junctions_stay() -> None:
    problem = grid(2, 1, fixed=(1,))
    given = given_solution(problem)
    assert feasible(problem, given)
    assert feasible(problem, given.replace(offset_s=given.offset_s + np.array([3.0, 0.0])))
    assert not feasible(problem, given.replace(offset_s=given.offset_s + np.array([0.0, 3.0])))


def test_score_is_that_of_the_named_model() -> None:
    problem = crossing()
    given = given_solution(problem)
    assert score(problem, given, model="hcm") == pytest.approx(score(problem, given, model="profile"), rel=0.02)
    with pytest.raises(ArrayError):
        score(problem, given, model="../hcm")
