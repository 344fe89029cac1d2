from __future__ import annotations

import itertools

import numpy as np
import pytest

from optimizers.kernels.arrays import arrays_of, state_of
from optimizers.kernels.climb import climb_offsets
from optimizers.kernels.hcm import junction_cost
from optimizers.kernels.profile import evaluate_profile
from optimizers.solution import given_solution, score
from optimizers.splits import exchange_seconds, solved_tables
from tests.optimizers.problems import crossing, grid


@pytest.mark.parametrize(
    ("flows", "cycle_s", "grid_s"),
    [((600.0, 500.0), 60.0, 1), ((700.0, 350.0, 250.0), 90.0, 1), ((500.0, 200.0, 400.0, 150.0), 96.0, 4)],
)
def test_exchange_reaches_the_exhaustive_optimum(flows: tuple[float, ...], cycle_s: float, grid_s: int) -> None:
    problem = crossing(flows, cycle_s=cycle_s)
    arrays = arrays_of(problem)
    state = solved_tables(arrays, given_solution(problem))
    exchange_seconds(arrays, state, problem, np.array([True]), platoons=False, effort=100_000)
    found = junction_cost(arrays, state, 0)
    total = int(problem.step_given_s[problem.step_variable].sum())
    best = np.inf
    for greens in itertools.product(range(5, total, grid_s), repeat=len(flows) - 1):
        last = total - sum(greens)
        if last < 5:
            continue
        state.step_s[problem.step_variable] = [*greens, last]
        best = min(best, junction_cost(arrays, state, 0))
    assert found <= best * 1.001


def test_two_junctions_reach_the_best_of_all_offsets() -> None:
    problem = grid(2, 1)
    given = given_solution(problem)
    arrays = arrays_of(problem)
    state = state_of(arrays, given)
    evaluate_profile(arrays, state, 8, 1e-4)
    free = np.array([False, True])
    climb_offsets(arrays, state, np.arange(2), free, np.array([0.15, 0.4, 0.01, 0.0]), 3, 10_000)
    found = score(problem, given.replace(offset_s=state.offset_s))
    offsets = [np.array([given.offset_s[0], o]) for o in range(int(given.cycle_s[1]))]
    best = min(score(problem, given.replace(offset_s=o)) for o in offsets)
    assert found <= best * 1.005


def test_climbing_stops_at_its_effort() -> None:
    problem = grid(3, 3)
    arrays = arrays_of(problem)
    state = state_of(arrays, given_solution(problem))
    evaluate_profile(arrays, state, 8, 1e-4)
    used = climb_offsets(arrays, state, np.arange(9), np.ones(9, bool), np.array([0.15, 0.4, 0.01, 0.0]), 5, 17)
    assert used <= 18
