"""One junction settled: all others stay, bounds hold, and the answer is never worse than the best start."""

from __future__ import annotations

import numpy as np
import pytest

from optimizers.objective import Objective
from optimizers.settling import placed, settled, starts_at
from optimizers.solution import feasible, given_solution
from tests.optimizers.problems import crossing, grid, with_traffic


@pytest.mark.parametrize("alone", [True, False])
def test_the_junction_alone_is_changed_within_its_bounds_and_for_the_better(alone: bool) -> None:
    plain = crossing((500.0, 250.0)) if alone else grid(2, 1)
    problem = with_traffic(plain, duration_s=900.0)
    objective, given = Objective(problem), given_solution(problem)
    variable = problem.step_variable & (problem.step_junction == 0)
    starts = starts_at(problem, given, 0, given.step_s[variable], float(given.cycle_s[0]))
    before = objective.worth(given)
    found, days = settled(problem, objective, 0, starts, before, trials=40, rng=np.random.default_rng(1))
    assert found is not None
    solution, worth = found
    assert feasible(problem, solution)
    assert worth.value == objective.worth(solution).value < before.value
    assert len(starts) <= days <= 40 * objective.days
    others = problem.step_junction != 0
    assert np.array_equal(solution.step_s[others], given.step_s[others])
    assert np.array_equal(solution.offset_s[1:], given.offset_s[1:])
    if not alone:
        assert np.array_equal(solution.cycle_s, given.cycle_s)
    again, _ = settled(problem, objective, 0, starts, before, trials=40, rng=np.random.default_rng(1))
    assert again is not None
    assert np.array_equal(again[0].step_s, solution.step_s)


def test_starts_that_are_far_worse_than_now_are_given_up() -> None:
    problem = with_traffic(crossing((400.0, 400.0)), duration_s=900.0)
    objective, given = Objective(problem), given_solution(problem)
    steps = np.array(problem.step_given_s)
    steps[0], steps[3] = steps[0] + steps[3] - 5.0, 5.0
    starved = given.replace(step_s=steps)
    now = objective.worth(given)
    assert settled(problem, objective, 0, [starved], now, trials=9, rng=np.random.default_rng(1)) == (None, 1)


def test_a_cycle_that_the_bounds_do_not_have_is_no_place() -> None:
    problem = crossing((400.0, 400.0))
    given = given_solution(problem)
    greens_s = given.step_s[problem.step_variable]
    assert placed(problem, given, 0, greens_s, 1.0, 0.0) is None
    found = placed(problem, given, 0, greens_s, float(given.cycle_s[0]) + 4.4, -3.0)
    assert found is not None
    assert found.cycle_s[0] == given.cycle_s[0] + 4.0
    assert found.offset_s[0] == found.cycle_s[0] - 3.0
    assert found.step_s.sum() == found.cycle_s[0]
