from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizers.models import hcm
from optimizers.models.hcm import akcelik_delay_s, incremental_delay_s, uniform_delay_s, webster_delay_s
from optimizers.solution import given_solution
from tests.optimizers.problems import crossing


@given(st.floats(20.0, 200.0), st.floats(0.05, 0.95), st.floats(0.0, 2.0), st.floats(0.1, 10.0))
def test_uniform_delay_scales_with_time(cycle_s: float, share: float, x: float, factor: float) -> None:
    once = uniform_delay_s(cycle_s, share * cycle_s, x)
    assert uniform_delay_s(factor * cycle_s, factor * share * cycle_s, x) == pytest.approx(factor * once)


@given(st.floats(0.01, 1.9), st.floats(0.001, 0.5), st.floats(100.0, 2000.0))
def test_incremental_delay_grows_with_saturation(x: float, more: float, capacity: float) -> None:
    assert incremental_delay_s(x + more, capacity, 0.25, 0.5, 1.0) > incremental_delay_s(x, capacity, 0.25, 0.5, 1.0)


def test_evaluation_of_one_lane_is_the_two_formulas() -> None:
    problem = crossing((600.0, 800.0), cycle_s=68.0)
    found = hcm.evaluate(problem, given_solution(problem))
    capacity = 1800.0 * 30.0 / 68.0
    assert found.capacity_veh_per_h == pytest.approx([capacity, capacity])
    for u, flow in enumerate((600.0, 800.0)):
        assert found.uniform_s[u] == pytest.approx(uniform_delay_s(68.0, 30.0, flow / capacity))
        assert found.incremental_s[u] == pytest.approx(incremental_delay_s(flow / capacity, capacity, 0.25, 0.5, 1.0))
    assert found.delay_veh_h_per_h == pytest.approx((found.delay_s * [600.0, 800.0]).sum() / 3600.0)


def test_formulas_above_saturation() -> None:
    assert np.isinf(webster_delay_s(60.0, 30.0, 1800.0, 900.0))
    assert akcelik_delay_s(60.0, 30.0, 1800.0, 1000.0) > akcelik_delay_s(60.0, 30.0, 1800.0, 900.0)


def test_the_back_of_queue_of_an_evaluation_is_that_of_the_manual_above_and_below_capacity() -> None:
    """c 794 veh/h, X 0.76 and 1.26, z = 1.64; d_a of 10.6 s."""
    problem = crossing((600.0, 1000.0), cycle_s=68.0)
    found = hcm.evaluate(problem, given_solution(problem))
    capacity, share = 1800.0 * 30.0 / 68.0, 30.0 / 68.0
    for lane, flow in enumerate((600.0, 1000.0)):
        x = flow / capacity
        let_through = min(flow, capacity) / 3600.0
        uniform = let_through * (68.0 - 30.0 - 10.6) / (1.0 - min(1.0, x) * share)
        mean = uniform + capacity / 3600.0 * incremental_delay_s(x, capacity, 0.25, 0.5, 1.0)
        more = 0.6 * 1.64**0.24 * share**0.33 * (1.0 - np.exp(2.0 - 2.0 * x)) if x > 1.0 else 0.0
        expected = mean * min(1.8, 1.0 + 1.64 / mean**0.5 + more)
        assert found.queue_veh[lane] == pytest.approx(expected, rel=1e-6)


def test_a_queue_far_above_capacity_is_what_arrives_without_being_let_through() -> None:
    """In a quarter of an hour (q - c) / 4 are left over at its end, and half of that on average."""
    problem = crossing((2400.0, 100.0), cycle_s=68.0)
    capacity = 1800.0 * 30.0 / 68.0
    found = hcm.evaluate(problem, given_solution(problem))
    left_over = (2400.0 - capacity) * 0.25 / 2.0
    assert 1.2 * left_over < found.queue_veh[0] < 1.8 * (1.1 * left_over)
