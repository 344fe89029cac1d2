"""Free choice of the next stage: every way of it is safe, everybody is served, and SUMO shows nothing else."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from networks.importers import sumo_net
from networks.network import Network
from signals.control import longest_round_ds, longest_wait_ds
from signals.plan import StagesBody, TimingPlan
from signals.programs import sumo
from signals.rules import Rules, rules_of
from signals.safety import audit, check
from signals.timing.plans import actuated
from signals.timing.response import Response
from tests.fakes import crossroads
from tests.signals.plans import touched
from tests.signals.sumo_streets import executed, street

CHOICE = Response(presence_limit_ds=100, chooses=True)
KINDS = ("grid", "walkers", "legs", "lefts", "shared", "arrows")


def chosen(network: Network, rules: Rules) -> TimingPlan:
    return actuated(touched(network), network, rules, CHOICE)


def ways(plan: TimingPlan) -> list[tuple[str, str]]:
    body = plan.intersections[0].body
    assert isinstance(body, StagesBody)
    return [(way.from_stage, way.to_stage) for way in body.transitions]


@pytest.mark.parametrize("kind", KINDS)
def test_every_choice_is_safe(kind: str) -> None:
    network = sumo_net.read(street(kind))
    rules = rules_of(network)
    plan = chosen(network, rules)
    assert ways(plan)
    assert check(plan, network, rules) == ()
    for timing in plan.intersections:
        assert isinstance(timing.body, StagesBody)
        assert timing.call_limit_ds == (longest_round_ds(timing) if timing.body.transitions else None)


def test_from_every_stage_to_every_other_where_all_are_called() -> None:
    """Lefts have lanes and stages of their own: whoever waits calls one."""
    network = sumo_net.read(street("lefts"))
    found = ways(chosen(network, rules_of(network)))
    following = {("S1", "S2"), ("S2", "S3"), ("S3", "S4"), ("S4", "S1")}
    stages = ("S1", "S2", "S3", "S4")
    assert {*found} | following == {(one, other) for one in stages for other in stages if one != other}


def test_stages_that_walkers_need_are_never_passed_over() -> None:
    network = sumo_net.read(street("walkers"))
    assert {*ways(chosen(network, rules_of(network)))} == {("S1", "S3"), ("S3", "S1")}  # S1 and S3 in every round


def test_greens_with_a_maximum_do_not_begin_again_before_they_end(tmp_path: Path) -> None:
    """Group 3 is green in S1 and S2; from S2 back to S1 it would go on for ever."""
    network = sumo_net.read(street("lefts"))
    path = tmp_path / "rules.toml"
    path.write_text('[intersection.A0.group."3"]\nmax_green_s = 90\n')
    rules = rules_of(network, engineer_file=path)
    plan = chosen(network, rules)
    assert ("S2", "S1") not in ways(plan)
    assert ("S1", "S3") in ways(plan)
    assert check(plan, network, rules) == ()


def test_nothing_to_choose_with_two_stages_or_where_the_stages_stay_as_today() -> None:
    network = crossroads()
    assert chosen(network, rules_of(network)) == actuated(
        touched(network), network, rules_of(network), Response(presence_limit_ds=100)
    )
    lefts = sumo_net.read(street("lefts"))
    field = rules_of(lefts, "field", pedestrians="none")
    assert ways(chosen(lefts, field)) == []


@pytest.mark.parametrize("kind", ["grid", "legs", "lefts"])
def test_sumo_shows_what_the_plan_allows_and_makes_use_of_the_choice(kind: str, tmp_path: Path) -> None:
    path = street(kind)
    network = sumo_net.read(path)
    plan = chosen(network, rules_of(network))
    programs = tmp_path / "plan.add.xml"
    sumo.write(plan, network, programs)
    assert sumo.read(programs, network) == plan
    shown = executed(path, programs, tmp_path, 900)
    assert audit(shown, plan, network) == ()
    assert _moves(shown, plan, network) & {*ways(plan)}
    assert _longest_red_s(shown, network) <= longest_wait_ds(plan.intersections[0]) / 10


def _moves(shown: dict[str, list[tuple[float, str]]], plan: TimingPlan, network: Network) -> set[tuple[str, str]]:
    """From stage to stage, as SUMO went at the first intersection."""
    timing, intersection = plan.intersections[0], network.intersections[0]
    assert isinstance(timing.body, StagesBody)
    channels = [group.channels[0] for group in intersection.groups]
    names = {stage.displays: stage.id for stage in timing.body.sequence}
    pictures = ("".join(state[channel] for channel in channels) for _, state in shown[intersection.id])
    course = [names[picture] for picture in pictures if picture in names]
    return {(one, other) for one, other in pairwise(course) if one != other}


def _longest_red_s(shown: dict[str, list[tuple[float, str]]], network: Network) -> int:
    """Of any group at the first intersection; all of them are called all the time."""
    intersection = network.intersections[0]
    rows = [state for _, state in shown[intersection.id]]
    columns = ("".join(row[group.channels[0]] for row in rows) for group in intersection.groups)
    return max(len(red) for column in columns for red in re.split("[gG]+", column))
