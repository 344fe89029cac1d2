"""Interstages: any two stages of a safe program can follow each other."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from networks.junction import Intersection, PairKind, SafetyValue
from networks.network import Network
from signals.plan import IntersectionPlan, StagesBody, Step, TimingPlan
from signals.rules import Rules, rules_of
from signals.safety import check
from signals.timing.interstage import UnknownIntergreen, interstage
from tests.fakes import crossroads, t_junction
from tests.signals.plans import touched


def _two_stages(
    timing: IntersectionPlan, intersection: Intersection, rules: Rules, first: int, second: int
) -> IntersectionPlan:
    assert isinstance(timing.body, StagesBody)
    one, other = timing.body.sequence[first], timing.body.sequence[second]
    stages = []
    for stage, following in ((one, other), (other, one)):
        steps = interstage(intersection, rules, stage.displays, following.displays)
        stages.append(stage.model_copy(update={"duration_ds": 300, "interstage": steps}))
    body = StagesBody(sequence=tuple(stages))
    return timing.model_copy(
        update={"body": body, "cycle_ds": body.length_ds, "offset_ds": 0, "reference": (stages[0].id,)}
    )


def _steps(network: Network, before: str, after: str, today: tuple[Step, ...] = ()) -> tuple[Step, ...]:
    return interstage(network.intersections[0], rules_of(network), before, after, today)


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
        two = _two_stages(timing, intersection, rules_of(network), first, second)
        found = check(plan.model_copy(update={"intersections": (two,)}), network, rules_of(network))
        assert [violation for violation in found if violation.rule not in ("service", "cycle")] == []


def test_yellow_and_clearance_as_they_run_today() -> None:
    network = crossroads()
    timing = touched(network).intersections[0]
    assert isinstance(timing.body, StagesBody)
    first, second = timing.body.sequence
    assert _steps(network, first.displays, second.displays) == first.interstage


def test_walkers_clear_the_road_before_the_cross_street_starts() -> None:
    steps = _steps(crossroads(True), "gGgrrrgGgrrrrGrG", "rrrgGgrrrgGgrrrr")
    assert [step.duration_ds for step in steps] == [30, 100]
    assert steps[0].displays == "yyyrrryyyrrrrrrr"


def test_red_amber_stands_at_the_end() -> None:
    steps = _steps(_with_red_amber(crossroads()), "GGgrrrGGgrrr", "rrrGGgrrrGGg")
    assert [(step.displays, step.duration_ds) for step in steps] == [
        ("yyyrrryyyrrr", 30),
        ("rrrrrrrrrrrr", 10),
        ("rrruuurrruuu", 10),
    ]


def test_groups_green_before_and_after_stay_green_and_give_way_in_time() -> None:
    steps = _steps(crossroads(), "GGgrrrGGgrrr", "GGrrrrrrrrrr")
    assert [(step.displays, step.duration_ds) for step in steps] == [("GGyrrryyyrrr", 30)]
    steps = _steps(crossroads(), "rrgrrrrGrrrr", "rrGrrrrrrrrr")
    assert [step.displays for step in steps] == ["rrgrrrryrrrr"]


def test_a_right_turn_arrow_stays_as_it_runs() -> None:
    steps = _steps(crossroads(), "GGgsrrGGgsrr", "srrGGgsrrGGg")
    assert [step.displays for step in steps] == ["yyysrryyysrr", "srrsrrsrrsrr"]


def test_nothing_that_ends_needs_no_interstage() -> None:
    assert _steps(crossroads(), "rGrrrrrrrrrr", "rGrrrrrGrrrr") == ()


def test_an_unknown_intergreen_is_refused() -> None:
    network = crossroads()
    intersection = network.intersections[0]
    pairs = tuple(replace(pair, intergreen_ds=(None, None)) for pair in intersection.pairs)
    with pytest.raises(UnknownIntergreen, match="unknown intergreen from group '7' to '3'"):
        _steps(replace(network, intersections=(replace(intersection, pairs=pairs),)), "GGgrrrGGgrrr", "rrrGGgrrrGGg")


def test_today_s_order_and_distances_of_greens_are_kept() -> None:
    """Groups that end one after the other, and one that starts earlier than the rest, as a program was laid out."""
    today = (
        Step(displays="yyyrrrGGgrrr", duration_ds=20),
        Step(displays="yrrrrryyyrrr", duration_ds=10),
        Step(displays="rrrrrryyyrrr", duration_ds=20),
        Step(displays="rrrrrrrrrrrr", duration_ds=20),
        Step(displays="rrrGrrrrrrrr", duration_ds=10),
    )
    first, second = "GGgrrrGGgrrr", "rrrGGgrrrGGg"
    steps = _steps(crossroads(), first, second, today)
    assert [(step.displays, step.duration_ds) for step in steps] == [
        ("yyyrrrGGgrrr", 20),
        ("yyyrrryyyrrr", 10),  # all yellows are 3 s
        ("rrrrrryyyrrr", 20),
        ("rrrrrrrrrrrr", 20),
        ("rrrGrrrrrrrr", 10),
    ]


def test_what_keeps_the_rules_is_left_as_it_is_step_by_step() -> None:
    today = (Step(displays="yyyrrryyyrrr", duration_ds=30), *2 * (Step(displays="r" * 12, duration_ds=40),))
    assert _steps(crossroads(), "GGgrrrGGgrrr", "rrrGGgrrrGGg", today) is today


def test_a_green_that_is_interrupted_today_stays_so_with_the_red_in_it() -> None:
    """The left is protected, then red for a second, then permitted; all yellows are 3 s."""
    before, after = "rrGrrrrrGrrr", "rGgrrrrGgrrr"
    dark = Step(displays="rrrrrrrrrrrr", duration_ds=10)
    for yellow_ds in (10, 20, 30):
        today = (Step(displays="rryrrrrryrrr", duration_ds=yellow_ds), dark)
        steps = _steps(crossroads(), before, after, today)
        assert [(step.displays, step.duration_ds) for step in steps] == [("rryrrrrryrrr", 30), ("r" * 12, 10)]
    straight = (Step(displays="rryrrrrryrrr", duration_ds=20),)  # green again right after the yellow, as some do
    steps = _steps(crossroads(), before, after, straight)
    assert [(step.displays, step.duration_ds) for step in steps] == [("rryrrrrryrrr", 30)]


def test_clearances_are_whole_seconds_together() -> None:
    network = crossroads()
    intersection = network.intersections[0]
    groups = tuple(replace(group, yellow=SafetyValue(35, "test")) for group in intersection.groups)
    pairs = tuple(
        replace(pair, intergreen_ds=(35, 35)) if pair.kind is PairKind.CONFLICTING else pair
        for pair in intersection.pairs
    )
    slow = replace(network, intersections=(replace(intersection, groups=groups, pairs=pairs),))
    steps = _steps(slow, "GGgrrrGGgrrr", "rrrGGgrrrGGg")
    assert [(step.displays, step.duration_ds) for step in steps] == [("yyyrrryyyrrr", 35), ("r" * 12, 5)]
