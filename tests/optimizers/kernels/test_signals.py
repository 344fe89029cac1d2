from __future__ import annotations

import numpy as np
import pytest

from optimizers.kernels.arrays import arrays_of
from optimizers.kernels.delay import permitted_saturation_veh_per_s
from optimizers.problem import Constants
from optimizers.solution import given_solution
from optimizers.splits import solved_tables
from tests.optimizers.problems import crossing, grid


def test_effective_green_is_green_less_start_loss_plus_usable_yellow() -> None:
    problem = crossing(cycle_s=60.0, constants=Constants(start_loss_s=3.0, yellow_usable_s=2.0))
    state = solved_tables(arrays_of(problem), given_solution(problem))
    assert state.green_s.sum(axis=1) == pytest.approx([25.0, 25.0])
    assert state.green_s[0, :4].tolist() == [0.0, 0.0, 0.0, 1.0]
    assert state.green_s[1, 28:35].tolist() == [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0]
    assert state.capacity_veh_per_s == pytest.approx([0.5 * 25.0 / 60.0] * 2)


def test_green_that_never_ends_loses_nothing() -> None:
    problem = crossing(use_display=np.array([[3] * 6, [0, 0, 0, 3, 1, 0]], dtype=np.int8))
    state = solved_tables(arrays_of(problem), given_solution(problem))
    assert state.capacity_veh_per_s[0] == pytest.approx(0.5)


def test_green_over_the_end_of_the_cycle_is_one_run() -> None:
    problem = crossing(use_display=np.array([[3, 1, 0, 0, 0, 3], [0, 0, 0, 3, 1, 0]], dtype=np.int8))
    state = solved_tables(arrays_of(problem), given_solution(problem))
    assert state.green_s[0].sum() == pytest.approx(1.0 + 25.0)


def test_lane_saturation_is_the_sum_of_its_uses() -> None:
    problem = grid(1, 1)
    state = solved_tables(arrays_of(problem), given_solution(problem))
    x = problem.use_flow_veh_per_h / (state.capacity_veh_per_s * 3600.0)
    assert state.saturation == pytest.approx(np.bincount(problem.use_lane, weights=x))


def test_permitted_capacity_is_gaps_after_the_opposing_queue_plus_sneakers() -> None:
    problem = grid(1, 1, protected=False)
    state = solved_tables(arrays_of(problem), given_solution(problem))
    left = int(np.flatnonzero(np.diff(problem.yields_start))[0])
    opposing = problem.yields_to[problem.yields_start[left] : problem.yields_start[left + 1]]
    q = problem.use_flow_veh_per_h[opposing].sum() / 3600.0
    cycle_s, green_s = state.cycle_s[0], 35.0
    service_s = q * (cycle_s - green_s) / (0.5 - q)
    gaps = permitted_saturation_veh_per_s(q, 4.5, 2.5)
    expected = ((green_s - 2.0 - service_s) * gaps + 2.0) / cycle_s
    assert state.capacity_veh_per_s[left] == pytest.approx(expected, rel=0.06)  # time steps of 1 s


def test_permitted_saturation_flow_of_hcm_exhibit_31_76() -> None:
    assert 3600.0 * permitted_saturation_veh_per_s(624.0 / 3600.0, 4.5, 2.5) == pytest.approx(813.0, abs=1.0)
