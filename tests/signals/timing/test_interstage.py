"""Interstages: any two stages of a safe program can follow each other."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from networks.junction import Intersection, SafetyValue
from networks.network import Network
from signals.plan import IntersectionPlan, StagesBody, TimingPlan
from signals.rules import rules_of
from signals.safety import check
from signals.timing.interstage import UnknownIntergreen, interstage
from tests.fakes import crossroads, t_junction
from tests.signals.plans import touched


def _two_stages(timing: IntersectionPlan, intersection: Intersection, first: int, second: int) -> IntersectionPlan:
    assert isinstance(timing.body, StagesBody)
    one, other = timing.body.sequence[first], timing.body.sequence[second]
    stages = tuple(
        stage.model_copy(
            update={"duration_ds": 300, "interstage": interstage(intersection, stage.displays, following.displays)}
        )
        for stage, following in ((one, other), (other, one))
    )
    body = StagesBody(sequence=stages)
    return timing.model_copy(
        update={"body": body, "cycle_ds": body.length_ds, "offset_ds": 0, "reference": (stages[0].id,)}
    )


def _with_red_amber(network: Network) -> Network:
    intersection = network.intersections[0]
    groups = tuple(replace(group, red_amber=SafetyValue(10, "test")) for group in intersection.groups)
    return replace(network, intersections=(replace(intersection, groups=groups),))


@pytest.mark.parametrize(
    "network",
    [crossroads(), crossroads(True), t_junction(), _with_red_amber(crossroads())],
    ids=["plain", "walkers", "t", "red-amber"],
)
def test_any_two_stages_can_follow_each_other(network: Network) -> None:
    plan: TimingPlan = touched(network)
    timing, intersection = plan.intersections[0], network.intersections[0]
    assert isinstance(timing.body, StagesBody)
    for first, second in permutations(range(len(timing.body.sequence)), 2):
        two = _two_stages(timing, intersection, first, second)
        found = check(plan.model_copy(update={"intersections": (two,)}), network, rules_of(network))
        assert [violation for violation in found if violation.rule not in ("service", "cycle")] == []


def test_yellow_and_clearance_as_they_run_today() -> None:
    network = crossroads()
    timing = touched(network).intersections[0]
    assert isinstance(timing.body, StagesBody)
    first, second = timing.body.sequence
    assert interstage(network.intersections[0], first.displays, second.displays) == first.interstage


def test_walkers_clear_the_road_before_the_cross_street_starts() -> None:
    intersection = crossroads(True).intersections[0]
    steps = interstage(intersection, "gGgrrrgGgrrrrGrG", "rrrgGgrrrgGgrrrr")
    assert [step.duration_ds for step in steps] == [30, 100]
    assert steps[0].displays == "yyyrrryyyrrrrrrr"


def test_red_amber_stands_at_the_end() -> None:
    intersection = _with_red_amber(crossroads()).intersections[0]
    steps = interstage(intersection, "GGgrrrGGgrrr", "rrrGGgrrrGGg")
    assert [(step.displays, step.duration_ds) for step in steps] == [
        ("yyyrrryyyrrr", 30),
        ("rrrrrrrrrrrr", 10),
        ("rrruuurrruuu", 10),
    ]


def test_groups_green_before_and_after_stay_green_and_give_way_in_time() -> None:
    intersection = crossroads().intersections[0]
    steps = interstage(intersection, "GGgrrrGGgrrr", "GGrrrrrrrrrr")
    assert [(step.displays, step.duration_ds) for step in steps] == [("GGyrrryyyrrr", 30)]
    steps = interstage(intersection, "rrgrrrrGrrrr", "rrGrrrrrrrrr")
    assert [step.displays for step in steps] == ["rrgrrrryrrrr"]


def test_a_right_turn_arrow_stays_as_it_runs() -> None:
    intersection = crossroads().intersections[0]
    steps = interstage(intersection, "GGgsrrGGgsrr", "srrGGgsrrGGg")
    assert [step.displays for step in steps] == ["yyysrryyysrr", "srrsrrsrrsrr"]


def test_nothing_that_ends_needs_no_interstage() -> None:
    assert interstage(crossroads().intersections[0], "rGrrrrrrrrrr", "rGrrrrrGrrrr") == ()


def test_an_unknown_intergreen_is_refused() -> None:
    intersection = crossroads().intersections[0]
    pairs = tuple(replace(pair, intergreen_ds=(None, None)) for pair in intersection.pairs)
    with pytest.raises(UnknownIntergreen, match="from group '0' to"):
        interstage(replace(intersection, pairs=pairs), "GGgrrrGGgrrr", "rrrGGgrrrGGg")
