"""Every file in `optimizers/models` keeps the contract of a model."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import optimizers.models
from optimizers.evaluation import Evaluation, TrafficEvaluation
from optimizers.faults import ArrayError
from optimizers.problem import TimingProblem
from optimizers.solution import given_solution
from tests.optimizers.problems import crossing, grid, with_traffic

ALL = sorted(m.name for m in pkgutil.iter_modules(optimizers.models.__path__) if not m.name.startswith("_"))
NEEDS_TRAFFIC = [
    name for name in ALL if getattr(importlib.import_module(f"optimizers.models.{name}"), "NEEDS_TRAFFIC", False)
]
NAMES = [name for name in ALL if name not in NEEDS_TRAFFIC]


def evaluate(name: str) -> Callable[..., Evaluation]:
    function: Callable[..., Evaluation] = importlib.import_module(f"optimizers.models.{name}").evaluate
    return function


def problems() -> list[TimingProblem]:
    return [crossing(), grid(3, 1), grid(2, 2, protected=False), crossing((0.0, 3000.0))]


@pytest.mark.parametrize("name", NAMES)
def test_numbers_have_their_shapes_and_are_finite(name: str) -> None:
    for p in problems():
        found = evaluate(name)(p, given_solution(p))
        assert found.model == name
        for values in (found.capacity_veh_per_h, found.uniform_s, found.incremental_s, found.delay_s, found.stops):
            assert values.shape == (p.uses,)
            assert np.all(np.isfinite(values))
            assert np.all(values >= 0.0)
        assert found.saturation.shape == found.queue_veh.shape == (p.lanes,)
        assert found.junction_delay_s.shape == (p.junctions,)
        assert found.junction_objective_veh_h_per_h.sum() == pytest.approx(found.objective_veh_h_per_h)
        plain = (found.delay_s * p.use_flow_veh_per_h).sum() / 3600.0
        assert found.delay_veh_h_per_h == pytest.approx(plain)
        assert found.objective_veh_h_per_h >= found.delay_veh_h_per_h - 1e-9


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15)
@given(flow=st.floats(20.0, 900.0), factor=st.floats(1.01, 1.5))
def test_more_traffic_is_more_delay(name: str, flow: float, factor: float) -> None:
    p = grid(2, 1, flow_veh_per_h=flow)
    more = p.replace(use_flow_veh_per_h=factor * p.use_flow_veh_per_h)
    before, after = (evaluate(name)(q, given_solution(q)) for q in (p, more))
    assert after.objective_veh_h_per_h > before.objective_veh_h_per_h
    assert np.all(after.incremental_s >= before.incremental_s)


@pytest.mark.parametrize("name", NAMES)
def test_weights_count_in_the_objective_only(name: str) -> None:
    p = grid(2, 1, storage_veh=1e9)
    plan = given_solution(p)
    one, two = evaluate(name)(p, plan), evaluate(name)(p.replace(use_weight=np.full(p.uses, 2.0)), plan)
    assert two.objective_veh_h_per_h == pytest.approx(2.0 * one.objective_veh_h_per_h)
    assert two.delay_veh_h_per_h == pytest.approx(one.delay_veh_h_per_h)


@pytest.mark.parametrize("name", NAMES)
def test_realisations_are_averaged(name: str) -> None:
    p = grid(2, 1)
    plan = given_solution(p)
    flows = np.stack([p.use_flow_veh_per_h, 0.5 * p.use_flow_veh_per_h])
    parts = [evaluate(name)(p.replace(use_flow_veh_per_h=f), plan).objective_veh_h_per_h for f in flows]
    assert evaluate(name)(p, plan, flows).objective_veh_h_per_h == pytest.approx(np.mean(parts))


@pytest.mark.parametrize("name", NAMES)
def test_the_same_question_has_the_same_answer(name: str) -> None:
    p = grid(3, 1)
    values = {evaluate(name)(p, given_solution(p)).objective_veh_h_per_h for _ in range(3)}
    assert len(values) == 1


def traffic_problems() -> list[TimingProblem]:
    return [with_traffic(p) for p in (crossing(), grid(3, 1), grid(2, 2, protected=False), crossing((0.0, 3000.0)))]


def evaluate_traffic(name: str) -> Callable[..., TrafficEvaluation]:
    function: Callable[..., TrafficEvaluation] = importlib.import_module(f"optimizers.models.{name}").evaluate
    return function


@pytest.mark.parametrize("name", NEEDS_TRAFFIC)
def test_numbers_of_vehicles_are_finite_and_no_less_than_zero(name: str) -> None:
    for p in traffic_problems():
        found = evaluate_traffic(name)(p, given_solution(p))
        assert found.model == name
        assert np.isfinite(found.objective_veh_h_per_h)
        assert found.objective_veh_h_per_h >= found.delay_veh_h_per_h > 0.0
        assert found.delay_s_per_veh > 0.0
        assert found.stops_per_veh >= 0.0
        assert 0.0 <= found.gridlocked_share <= 1.0


@pytest.mark.parametrize("name", NEEDS_TRAFFIC)
def test_more_vehicles_are_more_delay(name: str) -> None:
    plain = [grid(2, 1, flow_veh_per_h=flow) for flow in (150.0, 400.0, 700.0)]
    delays = [evaluate_traffic(name)(with_traffic(p), given_solution(p)).delay_veh_h_per_h for p in plain]
    assert delays == sorted(delays)


@pytest.mark.parametrize("name", NEEDS_TRAFFIC)
def test_realisations_of_vehicles_are_averaged_and_may_be_chosen(name: str) -> None:
    p = with_traffic(grid(2, 1), realisations=3)
    plan = given_solution(p)
    each = [evaluate_traffic(name)(p, plan, [r]).objective_veh_h_per_h for r in range(3)]
    assert len(set(each)) == 3
    assert evaluate_traffic(name)(p, plan).objective_veh_h_per_h == pytest.approx(np.mean(each))
    assert evaluate_traffic(name)(p, plan, [2, 0]).objective_veh_h_per_h == pytest.approx((each[0] + each[2]) / 2)


@pytest.mark.parametrize("name", NEEDS_TRAFFIC)
def test_the_same_question_about_vehicles_has_the_same_answer(name: str) -> None:
    p = with_traffic(grid(2, 2, protected=False))
    assert len({evaluate_traffic(name)(p, given_solution(p)).objective_veh_h_per_h for _ in range(3)}) == 1


@pytest.mark.parametrize("name", NEEDS_TRAFFIC)
def test_without_vehicles_it_says_what_is_missing(name: str) -> None:
    with pytest.raises(ArrayError, match="traffic"):
        evaluate_traffic(name)(crossing(), given_solution(crossing()))
