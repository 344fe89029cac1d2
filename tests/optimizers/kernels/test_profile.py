from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizers.kernels.arrays import arrays_of, state_of
from optimizers.kernels.profile import evaluate_profile, spillback_cost
from optimizers.solution import given_solution
from tests.optimizers.problems import grid


@settings(max_examples=20)
@given(st.floats(50.0, 1500.0), st.integers(0, 5), st.booleans())
def test_vehicles_are_conserved(flow: float, seed: int, protected: bool) -> None:
    problem = grid(3, 1, seed=seed, flow_veh_per_h=flow, protected=protected)
    arrays = arrays_of(problem)
    state = state_of(arrays, given_solution(problem))
    evaluate_profile(arrays, state, 8, 1e-4)
    served = np.minimum(1.0, 1.0 / state.saturation)[problem.use_lane]
    due = arrays.flow_veh_per_s * served * state.cycle_s[problem.use_junction]
    assert state.out_sum_veh == pytest.approx(due, rel=1e-6)
    assert state.out_veh.min() >= -1e-9
    assert np.all(state.out_veh <= state.part[:, None] * state.rate_veh + 1e-9)


@pytest.mark.parametrize(("up_s", "down_s"), [(80.0, 40.0), (40.0, 80.0), (80.0, 80.0), (80.0, 70.0)])
def test_vehicles_are_conserved_between_unlike_cycles(up_s: float, down_s: float) -> None:
    problem = grid(2, 1, protected=False)
    scale = np.array([up_s, down_s])[problem.step_junction] / 78.0
    steps_s = problem.step_given_s * scale
    solution = given_solution(problem).replace(cycle_s=np.array([up_s, down_s]), step_s=steps_s)
    arrays = arrays_of(problem)
    state = state_of(arrays, solution)
    evaluate_profile(arrays, state, 8, 1e-4)
    served = np.minimum(1.0, 1.0 / state.saturation)[problem.use_lane]
    due = arrays.flow_veh_per_s * served * state.cycle_s[problem.use_junction]
    assert state.out_sum_veh == pytest.approx(due, rel=1e-6)


def test_spillback_cost_is_smooth_where_it_becomes_straight() -> None:
    assert spillback_cost(5.0, 6.0, 0.05) == 0.0
    assert spillback_cost(16.0, 6.0, 0.05) == pytest.approx(5.0)
    slope = spillback_cost(17.0, 6.0, 0.05) - spillback_cost(16.0, 6.0, 0.05)
    assert slope == pytest.approx(1.0)
