"""Smaller stage sets: what they keep, and that each of them is safe."""

from __future__ import annotations

from dataclasses import replace

import pytest

from networks.importers import sumo_net
from networks.junction import Program, ProgramStep
from networks.network import Network
from networks.running import with_running
from signals.control import timing_of
from signals.intervals import greens
from signals.plan import ControlMode, IntersectionPlan, StagesBody, TimingPlan
from signals.rules import rules_of
from signals.safety import check, inherited
from signals.timing.held import held
from signals.timing.variants import reduced, stage_sets
from tests.fakes import crossroads, t_junction
from tests.signals.plans import touched
from tests.signals.sumo_streets import street
from tests.signals.timing.test_held import with_stages


def _alone(plan: TimingPlan, timing: IntersectionPlan) -> TimingPlan:
    others = (t if t.intersection_id != timing.intersection_id else timing for t in plan.intersections)
    return plan.model_copy(update={"intersections": tuple(others)})


def _smaller(network: Network) -> list[IntersectionPlan]:
    plan, rules = touched(network), rules_of(network)
    assert inherited(network, rules) == ()
    found = []
    for timing, intersection in zip(plan.intersections, network.intersections, strict=True):
        sets = stage_sets(timing, intersection, rules)
        assert sets[0] is timing
        for smaller in sets[1:]:
            assert [v for v in check(_alone(plan, smaller), network, rules) if v.rule != "cycle"] == []
            assert {g for g, windows in greens(smaller).items() if windows} == {
                g for g, windows in greens(timing).items() if windows
            }
        found += sets[1:]
    return found


def test_every_smaller_set_of_the_crossroads_with_walkers_is_safe() -> None:
    found = _smaller(crossroads(True))
    assert [len(timing.body.sequence) for timing in found if isinstance(timing.body, StagesBody)] == [3, 3, 2]


@pytest.mark.parametrize("kind", ["grid", "walkers", "cleared", "legs", "lefts"])
def test_every_smaller_set_of_a_generated_street_is_safe(kind: str) -> None:
    for timing in _smaller(sumo_net.read(street(kind))):
        assert isinstance(timing.body, StagesBody)
        assert timing.cycle_ds == timing.body.length_ds


def test_two_stages_are_never_made_fewer() -> None:
    for network in (crossroads(), t_junction()):
        timing = touched(network).intersections[0]
        assert stage_sets(timing, network.intersections[0], rules_of(network)) == [timing]
        assert reduced(timing, network.intersections[0], rules_of(network), (0,)) is None


def test_greens_are_held_only_where_asked_for() -> None:
    network = with_stages("GGrrrrGGrrrr", "GGgrrrrrrrrr", "rrrrrrGGgrrr", "rrrGGgrrrGGg")
    (timing,), (intersection,), rules = touched(network).intersections, network.intersections, rules_of(network)
    plain, holding = (stage_sets(timing, intersection, rules, hold=hold) for hold in (False, True))
    assert [len(plain), plain[0], holding[0]] == [len(holding) - 1, timing, timing]
    assert holding[1] == held(timing, intersection, rules) != timing
    assert holding[1] not in plain


def test_untouched_intersections_keep_their_stages() -> None:
    network = crossroads(True)
    intersection = network.intersections[0]
    timing = timing_of(intersection.running, intersection, untouched=True)
    assert stage_sets(timing, intersection, rules_of(network)) == [timing]


def _protected_left() -> tuple[IntersectionPlan, Network]:
    """Lefts of the north-south street: permitted, red, then protected."""
    network = crossroads()
    intersection = network.intersections[0]
    steps = intersection.running.steps
    yellow, red = steps[1], steps[2]
    left = [
        replace(steps[0], state="rrGrrrrrGrrr", duration_ds=100),
        replace(yellow, state="rryrrrrryrrr"),
        red,
    ]
    running = replace(intersection.running, steps=(*steps, *left))
    changed = replace(intersection, running=running)
    return timing_of(running, changed), replace(network, intersections=(changed,))


def test_a_permitted_left_may_lose_its_own_stage_but_no_group_changes_its_green_as_never_today() -> None:
    timing, network = _protected_left()
    assert isinstance(timing.body, StagesBody)
    intersection, rules = network.intersections[0], rules_of(network)
    kept = reduced(timing, intersection, rules, (0, 1))
    assert kept is not None
    assert kept.offset_ds == 0
    # Without the east-west stage the lefts would go from permitted to protected green and back at once.
    assert reduced(timing, intersection, rules, (0, 2)) is None
    assert reduced(timing, intersection, rules, (1, 2)) is None  # the through movements would never be green


def test_the_first_kept_stage_starts_when_it_does_today() -> None:
    network = crossroads(True)
    timing = touched(network).intersections[0].model_copy(update={"offset_ds": 100})
    kept = reduced(timing, network.intersections[0], rules_of(network), (2, 3, 0))
    smaller = reduced(timing, network.intersections[0], rules_of(network), (1, 2, 3))
    assert smaller is None  # the walkers over the north and south legs would never be green
    assert kept is not None
    assert kept.offset_ds == 100 + 320 + 80 + 50
    assert kept.control_mode is ControlMode.FIXED


def test_no_smaller_set_traps_a_left() -> None:
    """South's left gives way in S1; without the stage between, S1 would lead to S3: north's through goes on."""
    pictures = ("GGgrrrGGgrrr", "rrrGGgrrrGGg", "GGrrrrrrrrrr", "rrrGGgrrrGGg")
    steps = []
    for picture in pictures:
        steps.append(ProgramStep(picture, 200))
        steps += [ProgramStep(picture.replace("G", "y").replace("g", "y"), 30), ProgramStep("r" * 12, 20)]
    network = with_running(crossroads(), [Program("C", "0", "static", 0, tuple(steps))])
    timing, intersection = touched(network).intersections[0], network.intersections[0]
    rules = rules_of(network)
    assert check(touched(network), network, rules) == ()
    assert reduced(timing, intersection, rules, (0, 1, 2)) is not None
    assert reduced(timing, intersection, rules, (0, 2, 3)) is None
    assert _smaller(network)
