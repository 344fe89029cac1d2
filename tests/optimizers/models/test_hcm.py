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
