from __future__ import annotations

import numpy as np
import pytest

from optimizers.kernels.arrays import arrays_of
from optimizers.solution import given_solution
from optimizers.splits import critical_cycle_s, critical_saturation, solved_tables, stage_flow_ratios, webster_cycle_s
from tests.optimizers.problems import crossing, grid


def test_stage_flow_ratios_are_the_greatest_of_their_lanes() -> None:
    problem = crossing((600.0, 450.0))
    state = solved_tables(arrays_of(problem), given_solution(problem))
    assert stage_flow_ratios(arrays_of(problem), state, problem, 0) == pytest.approx([600.0 / 1800.0, 450.0 / 1800.0])


def test_a_lane_with_two_greens_asks_only_for_what_they_lack() -> None:
    display = np.array([[3, 1, 0, 0, 0, 0], [3, 1, 0, 3, 1, 0]], dtype=np.int8)
    problem = crossing((600.0, 900.0), use_display=display)
    state = solved_tables(arrays_of(problem), given_solution(problem))
    ratios = stage_flow_ratios(arrays_of(problem), state, problem, 0)
    assert ratios.sum() == pytest.approx(0.5)
    assert ratios[0] == pytest.approx(1.0 / 3.0 + (0.5 - 1.0 / 3.0) / 2.0)


def test_every_stage_of_a_grid_junction_has_a_ratio() -> None:
    problem = grid(2, 1)
    state = solved_tables(arrays_of(problem), given_solution(problem))
    ratios = stage_flow_ratios(arrays_of(problem), state, problem, 1)
    assert ratios.shape == (4,)
    assert np.all(ratios > 0.0)


def test_too_much_traffic_has_no_finite_cycle() -> None:
    assert np.isinf(webster_cycle_s(1.0, 10.0))
    assert np.isinf(critical_cycle_s(0.95, 10.0, 0.9))


def test_critical_cycle_and_saturation_are_inverse() -> None:
    assert critical_saturation(0.6, 10.0, critical_cycle_s(0.6, 10.0, 0.85)) == pytest.approx(0.85)
