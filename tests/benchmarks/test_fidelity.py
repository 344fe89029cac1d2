"""Random responses of the fidelity benchmark: of every kind, the same for one seed, and hosted as they are written."""

from __future__ import annotations

from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from benchmarks.fidelity import Fidelity, line_of, random_response, responding
from signals.plan import ControlMode
from signals.rules import rules_of
from signals.timing.hosted import responsive_of
from signals.timing.problem import problem_of
from tests.fakes import corridor
from tests.signals.plans import touched
from tests.signals.timing.demands import demand


def test_responses_differ_in_everything() -> None:
    rng = np.random.default_rng(1)
    drawn = [random_response(rng) for _ in range(50)]
    for field in fields(drawn[0]):
        assert len({getattr(one, field.name) for one in drawn}) > 1


@pytest.mark.parametrize(
    ("control", "mode"), [("actuated", ControlMode.ACTUATED), ("coordinated", ControlMode.COORDINATED)]
)
def test_every_intersection_has_a_response_of_its_own(control: str, mode: ControlMode) -> None:
    network = corridor(3)
    rules = rules_of(network)
    street: Any = SimpleNamespace(network=network, rules=rules)
    named = problem_of(network, demand(network), rules, touched(network))
    plan = responding(named, touched(network), street, control, 7)
    assert {one.control_mode for one in plan.intersections} == {mode}
    assert plan == responding(named, touched(network), street, control, 7)
    assert len({one.loops_ahead_ds for one in plan.intersections}) > 1
    assert {*responsive_of(named, plan, network).controllers} == {0, 1, 2}


def test_the_mean_of_seeds_counts_and_seeds_are_held_against_each_other() -> None:
    runs_s = np.array([[10.0, 20.0, 30.0, 40.0], [12.0, 18.0, 44.0, 40.0]])
    found = Fidelity("x", runs_s, np.array([1.0, 2.0, 4.0, 3.0]), 1e-3, 2, 0.5)
    assert found.simulated_s.tolist() == [11.0, 19.0, 37.0, 40.0]
    assert found.rank_correlation == pytest.approx(0.8)
    assert found.rank_correlation_of_seeds == pytest.approx(0.8)
    assert line_of(found) == "| x | 4 | 0.800 | 0.800 | -91% | 1.00 | 1000 |"
    assert np.isnan(Fidelity("x", runs_s[:1], np.ones(4), 1e-3, 1, 1.0).rank_correlation_of_seeds)
