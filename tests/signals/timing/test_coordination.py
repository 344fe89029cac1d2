"""Which stage is coordinated: named by the engineer, by platoons, by the largest flow; and what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from signals.plan import IntersectionPlan, StagesBody, TimingPlan
from signals.rules import Coordinated, Rules, rules_of
from signals.timing.coordination import (
    UNKNOWN,
    GroupFlow,
    GroupFlows,
    coordinated_stage,
    group_flows,
    why_coordinated,
)
from signals.timing.plans import coordinated
from signals.timing.problem import problem_of
from tests.fakes import corridor
from tests.signals.plans import touched
from tests.signals.timing.demands import demand

NETWORK = corridor(3)
PLAN = touched(NETWORK)
RULES = rules_of(NETWORK)
NORTH, EAST = "1", "4"  # through movements: of the first stage (40 s), of the second one (30 s)


def _stage(flows: GroupFlows, rules: Rules = RULES, plan: TimingPlan = PLAN, at: int = 1) -> tuple[int, str]:
    """Which stage of the sequence it is, and why."""
    timing = plan.intersections[at]
    name = coordinated_stage(timing, plan, rules, flows)
    body = timing.body
    assert isinstance(body, StagesBody)
    found = timing.model_copy(update={"body": body.model_copy(update={"coordinated": name})})
    return [stage.id for stage in body.sequence].index(name), why_coordinated(found, plan, rules, flows)


def _flows(**of_groups: GroupFlow) -> GroupFlows:
    return {("C1", name.removeprefix("group")): flow for name, flow in of_groups.items()}


def test_without_flows_it_is_the_longest() -> None:
    assert _stage(UNKNOWN) == (0, "its green is the longest; no flow is known here")


def test_platoons_go_before_flow() -> None:
    flows = _flows(group1=GroupFlow(900.0, {}), group4=GroupFlow(500.0, {"C0": 300.0, "C2": 100.0}))
    assert _stage(flows) == (1, "it serves 400 of the 400 veh/h that come in platoons from other signals")


def test_few_vehicles_in_platoons_decide_nothing() -> None:
    flows = _flows(group1=GroupFlow(900.0, {}), group4=GroupFlow(500.0, {"C0": 139.0}))
    at, why = _stage(flows)
    assert at == 0
    assert why == "hardly any platoons come from other signals; the largest flow is its group 1's, 900 veh/h"


@pytest.mark.parametrize(("factor", "at"), [(1, 1), (2, 1), (3, 0)])
def test_platoons_of_a_cycle_that_meets_ours_anywhere_are_none(factor: int, at: int) -> None:
    flows = _flows(group1=GroupFlow(900.0, {}), group4=GroupFlow(500.0, {"C0": 400.0}))
    first = PLAN.intersections[0].model_copy(update={"cycle_ds": 800 * factor})
    plan = PLAN.model_copy(update={"intersections": (first, *PLAN.intersections[1:])})
    assert _stage(flows, plan=plan)[0] == at
    free = first.model_copy(update={"cycle_ds": None})
    assert _stage(flows, plan=plan.model_copy(update={"intersections": (free, *PLAN.intersections[1:])}))[0] == 0


def test_who_gives_way_counts_half() -> None:
    """Group 2, a left from the north, gives way in the first stage; group 4 does not in the second one."""
    platoons = {"C0": 100.0}
    assert _stage(_flows(group2=GroupFlow(190.0, {"C0": 190.0}), group4=GroupFlow(100.0, platoons)))[0] == 1
    assert _stage(_flows(group2=GroupFlow(210.0, {"C0": 210.0}), group4=GroupFlow(100.0, platoons)))[0] == 0


def test_the_engineer_goes_first() -> None:
    flows = _flows(group1=GroupFlow(900.0, {"C0": 900.0}))
    places = [
        place.model_copy(update={"coordinated": Coordinated(group_ids=(EAST, "10"), source="engineer's file x")})
        for place in RULES.intersections
    ]
    asked = Rules.model_validate(dict(RULES) | {"intersections": tuple(places)})
    assert _stage(flows, asked) == (1, "engineer's file x: of the groups to be coordinated it shows 4, 10")


def test_flows_of_a_corridor_come_from_its_neighbours() -> None:
    named = problem_of(NETWORK, demand(NETWORK), RULES, PLAN)
    flows = group_flows(named)
    assert {*flows["C1", EAST].platoons_veh_per_h} == {"C2"}
    assert {*flows["C1", "10"].platoons_veh_per_h} == {"C0"}
    assert not flows["C1", NORTH].platoons_veh_per_h
    assert sum(flows["C1", EAST].platoons_veh_per_h.values()) <= flows["C1", EAST].flow_veh_per_h + 1e-6
    assert [_main(timing) for timing in coordinated(PLAN, NETWORK, RULES, flows=flows).intersections] == [1, 1, 1]


def _main(timing: IntersectionPlan) -> int:
    assert isinstance(timing.body, StagesBody)
    return [stage.id for stage in timing.body.sequence].index(str(timing.body.coordinated))


def test_from_the_engineers_file(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('[intersection."C1"]\ncoordinated_groups = ["1", "7"]\n')
    rules = rules_of(NETWORK, engineer_file=path)
    flows = group_flows(problem_of(NETWORK, demand(NETWORK), rules, PLAN))
    assert [_main(t) for t in coordinated(PLAN, NETWORK, rules, flows=flows).intersections] == [1, 0, 1]
