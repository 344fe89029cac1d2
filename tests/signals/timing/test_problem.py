"""From the street to arrays: what a problem says of the junctions known by heart."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from optimizers.problem import GREEN, GREEN_YIELDING, YELLOW
from optimizers.solution import feasible, given_solution
from signals.control import timing_of
from signals.plan import OffsetReference, TimingPlan
from signals.rules import rules_of
from signals.rules.types import Rules, Sourced
from signals.timing.problem import problem_of, restaged
from signals.timing.variants import stage_sets
from tests.fakes import corridor, crossroads, t_junction
from tests.signals.plans import touched
from tests.signals.timing.demands import demand


@pytest.mark.parametrize("network", [crossroads(), crossroads(True), t_junction(), corridor(3)])
def test_the_given_plan_is_a_solution_of_its_problem(network: object) -> None:
    named = problem_of(network, demand(network), rules_of(network), touched(network))  # type: ignore[arg-type]
    assert feasible(named.problem, given_solution(named.problem))
    assert not named.problem.fixed.any()


def test_rows_of_the_crossroads() -> None:
    network = crossroads()
    named = problem_of(network, demand(network), rules_of(network), touched(network))
    problem = named.problem
    assert problem.cycle_given_s.tolist() == [80.0]
    assert problem.step_given_s.tolist() == [40.0, 3.0, 2.0, 30.0, 3.0, 2.0]
    assert problem.step_variable.tolist() == [True, False, False, True, False, False]
    assert problem.step_min_s[problem.step_variable].tolist() == [14.0, 10.0]  # a third of today's, whole seconds
    assert len(named.uses) == 12
    left = next(u for u, use in enumerate(named.uses) if use.group_id == "2")
    assert problem.use_display[left].tolist() == [GREEN_YIELDING, YELLOW, 0, 0, 0, 0]
    opposing = problem.yields_to[problem.yields_start[left] : problem.yields_start[left + 1]]
    assert sorted(named.uses[u].group_id for u in opposing) == ["6", "7"]
    through = next(u for u, use in enumerate(named.uses) if use.group_id == "1")
    assert problem.use_display[through].tolist() == [GREEN, YELLOW, 0, 0, 0, 0]
    assert problem.use_flow_veh_per_h.tolist() == [150.0] * 12


def test_other_stages_of_the_same_street_make_the_problem_that_they_would_make_anew() -> None:
    network = crossroads(True)
    rules, plan = rules_of(network), touched(network)
    named = problem_of(network, demand(network), rules, plan)
    smaller = stage_sets(plan.intersections[0], network.intersections[0], rules)[-1]
    other = plan.model_copy(update={"intersections": (smaller,)})
    found, anew = restaged(named, network, rules, other), problem_of(network, demand(network), rules, other)
    assert (found.plan, found.uses) == (anew.plan, anew.uses)
    for each in fields(anew.problem):
        made, needed = getattr(found.problem, each.name), getattr(anew.problem, each.name)
        assert np.array_equal(made, needed) if isinstance(needed, np.ndarray) else made == needed


def test_untouched_junctions_are_fixed() -> None:
    network = crossroads()
    intersection = network.intersections[0]
    timing = timing_of(intersection.running, intersection, untouched=True)
    plan = TimingPlan(network_digest=network.digest, intersections=(timing,))
    assert problem_of(network, demand(network), rules_of(network), plan).problem.fixed.tolist() == [True]


def test_a_junction_that_the_rules_leave_no_cycle_is_fixed() -> None:
    network = crossroads()
    rules = rules_of(network)
    own = rules.intersections[0]
    groups = tuple(g.model_copy(update={"max_green": Sourced(value_ds=60, source="test")}) for g in own.groups)
    strict = Rules.model_validate(
        rules.model_copy(update={"intersections": (own.model_copy(update={"groups": groups}),)}).model_dump()
    )
    named = problem_of(network, demand(network), strict, touched(network))
    assert named.problem.fixed.tolist() == [True]  # 2 x 6 s of green and 10 s are less than the shortest cycle


def test_offsets_are_those_of_the_first_stage() -> None:
    network = crossroads()
    plan = touched(network)
    timing = plan.intersections[0]
    second = timing.body.sequence[1].id  # type: ignore[union-attr]
    moved = timing.model_copy(
        update={"offset_ds": 100, "offset_reference": OffsetReference.GREEN_END, "reference": (second,)}
    )
    named = problem_of(network, demand(network), rules_of(network), plan.model_copy(update={"intersections": (moved,)}))
    start_s = 10.0 - (40.0 + 5.0 + 30.0)
    assert given_solution(named.problem).offset_s.tolist() == [start_s % 80.0]


def test_no_traffic_is_a_problem_too() -> None:
    network = corridor(2)
    named = problem_of(network, demand(network, {}), rules_of(network), touched(network))
    assert np.all(named.problem.use_flow_veh_per_h == 0)
    assert len(named.problem.feed_share) == 0
