"""Costs over a grid of cycles are those of the HCM model at greens in proportion."""

from __future__ import annotations

import numpy as np
import pytest

from optimizers.kernels.arrays import arrays_of
from optimizers.kernels.cycles import costs_in_cycles
from optimizers.kernels.hcm import junction_cost
from optimizers.problem import TimingProblem
from optimizers.rounding import with_cycle
from optimizers.solution import given_solution
from optimizers.splits import solved_tables
from tests.optimizers.problems import crossing, grid

GRID_S = np.array([20.0, 40.0, 60.0, 95.0])


def costs_of(problem: TimingProblem) -> np.ndarray:
    arrays = arrays_of(problem)
    state = solved_tables(arrays, given_solution(problem), 100.0)
    costs = np.zeros((problem.junctions, len(GRID_S)))
    bounds = (problem.step_variable, problem.step_min_s, problem.step_max_s, problem.step_given_s, problem.step_given_s)
    costs_in_cycles(arrays, state, np.arange(problem.junctions), GRID_S, 1.0, *bounds, costs)
    return costs


@pytest.mark.parametrize("problem", [crossing((500.0, 700.0, 200.0)), grid(2, 2, protected=False)])
def test_each_cost_is_that_of_the_junction_at_these_greens(problem: TimingProblem) -> None:
    arrays, given = arrays_of(problem), given_solution(problem)
    costs = costs_of(problem)
    for j in range(problem.junctions):
        rows = slice(int(problem.first_step[j]), int(problem.first_step[j + 1]))
        wanted = given.step_s[rows][problem.step_variable[rows]]
        for c, cycle_s in enumerate(GRID_S):
            least = problem.step_min_s[rows].sum()
            if cycle_s < least:
                assert costs[j, c] == 1e300
                continue
            cycles, steps = np.array(given.cycle_s), np.array(given.step_s)
            cycles[j], steps[rows] = cycle_s, with_cycle(problem, j, wanted, float(cycle_s), exact=True)
            state = solved_tables(arrays, given.replace(cycle_s=cycles, step_s=steps))
            assert costs[j, c] == pytest.approx(junction_cost(arrays, state, j), rel=1e-6)


def test_greens_that_may_not_grow_admit_no_longer_cycle() -> None:
    problem = crossing((500.0, 700.0), cycle_s=60.0)
    short = problem.replace(step_max_s=np.minimum(problem.step_max_s, 30.0))
    assert [cost < 1e300 for cost in costs_of(short)[0]] == [True, True, True, False]
