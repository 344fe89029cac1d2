from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizers.models import hcm, profile
from optimizers.solution import given_solution, score
from tests.optimizers.problems import crossing, grid


@pytest.mark.parametrize("flow", [100.0, 400.0, 700.0, 1000.0])
def test_without_feeds_the_profile_gives_uniform_delay(flow: float) -> None:
    problem = crossing((flow, flow), cycle_s=80.0)
    given_plan = given_solution(problem)
    expected = hcm.evaluate(problem, given_plan).uniform_s
    assert profile.evaluate(problem, given_plan).uniform_s == pytest.approx(expected, rel=0.02)


@settings(max_examples=15)
@given(st.integers(1, 500), st.integers(0, 3))
def test_one_constant_on_all_offsets_changes_nothing(shift_s: int, seed: int) -> None:
    problem = grid(2, 2, seed=seed)
    plan = given_solution(problem)
    moved = plan.replace(offset_s=plan.offset_s + shift_s)
    assert score(problem, moved) == pytest.approx(score(problem, plan), rel=1e-9)


def test_offsets_matter() -> None:
    problem = grid(2, 1)
    plan = given_solution(problem)
    values = [score(problem, plan.replace(offset_s=np.array([0.0, float(o)]))) for o in range(0, 82, 10)]
    assert max(values) > 1.03 * min(values)


def test_a_platoon_that_meets_green_is_delayed_less() -> None:
    problem = grid(2, 1, spacing_s=30.0)
    plan = given_solution(problem)
    fed = np.isin(np.arange(problem.uses), problem.feed_to_use)
    free = profile.evaluate(problem.replace(feed_share=np.zeros_like(problem.feed_share)), plan)
    tried = [profile.evaluate(problem, plan.replace(offset_s=np.array([0.0, o]))) for o in np.arange(82.0)]
    best = min(tried, key=lambda evaluation: evaluation.objective_veh_h_per_h)
    assert best.uniform_s[fed].mean() < free.uniform_s[fed].mean()
