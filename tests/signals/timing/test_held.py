"""Greens that are held from stage to stage: nobody who stays green sees a yellow, and nobody else anything new."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from networks.importers import sumo_net
from networks.junction import Program, ProgramStep
from networks.network import Network
from networks.running import with_running
from signals.plan import StagesBody, TimingPlan
from signals.rules import rules_of
from signals.safety import check
from signals.timing.held import held
from tests.fakes import crossroads
from tests.signals.plans import touched
from tests.signals.sumo_streets import street


def with_stages(*states: str) -> Network:
    """The crossroads with these stages, between them yellow and red for all."""
    steps = []
    for state in states:
        yellow = state.replace("G", "y").replace("g", "y")
        steps += [ProgramStep(state, 200), ProgramStep(yellow, 30), ProgramStep("r" * len(state), 20)]
    network = with_running(crossroads(), [Program("C", "0", "static", 0, tuple(steps), source="test")])
    return replace(network, digest="1" * 64)


def test_who_is_green_before_and_after_shows_no_yellow() -> None:
    """The north (groups 0, 1) is shown yellow between two stages in which it is green."""
    network = with_stages("GGrrrrGGrrrr", "GGgrrrrrrrrr", "rrrrrrGGgrrr", "rrrGGgrrrGGg")
    rules, (timing,) = rules_of(network), touched(network).intersections
    lasting = held(timing, network.intersections[0], rules)
    assert isinstance(lasting.body, StagesBody)
    first, *others = lasting.body.sequence
    assert [(step.displays, step.duration_ds) for step in first.interstage] == [
        ("GGrrrryyrrrr", 30),
        ("GGrrrrrrrrrr", 20),
    ]
    assert tuple(others) == timing.body.sequence[1:]  # type: ignore[union-attr]
    plan = TimingPlan(network_digest=network.digest, intersections=(lasting,))
    assert check(plan, network, rules) == ()


def test_a_green_with_a_maximum_ends_where_it_ends(tmp_path: Path) -> None:
    network = with_stages("GGrrrrGGrrrr", "GGgrrrrrrrrr", "rrrrrrGGgrrr", "rrrGGgrrrGGg")
    path = tmp_path / "rules.toml"
    path.write_text("[intersection.C.group.0]\nmax_green_s = 20\n[intersection.C.group.1]\nmax_green_s = 20\n")
    (timing,) = touched(network).intersections
    assert held(timing, network.intersections[0], rules_of(network, engineer_file=path)) == timing


def test_nothing_is_held_beside_the_yellow_of_a_left() -> None:
    """The left from the south (group 8) would see its yellow beside the green of the oncoming north."""
    network = with_stages("GGgrrrGGgrrr", "GGgrrrrrrrrr", "rrrGGgrrrGGg")
    (timing,) = touched(network).intersections
    assert held(timing, network.intersections[0], rules_of(network)) == timing


@pytest.mark.parametrize("kind", ["grid", "cleared", "legs", "lefts"])
def test_what_is_held_is_safe_and_held_once(kind: str) -> None:
    network = sumo_net.read(street(kind))
    rules = rules_of(network)
    for timing in touched(network).intersections:
        intersection = network.intersection(timing.intersection_id)
        again = held(held(timing, intersection, rules), intersection, rules)
        assert again == held(timing, intersection, rules)
        plan = touched(network).model_copy(update={"intersections": tuple(
            again if one.intersection_id == again.intersection_id else one for one in touched(network).intersections
        )})  # fmt: skip
        assert check(plan, network, rules) == ()
