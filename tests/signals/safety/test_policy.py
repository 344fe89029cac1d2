"""What the rules of the street leave as it runs: stages, their order, the mode of lefts, preempted junctions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

from networks.importers import sumo_net
from networks.network import Network
from signals.control import timing_of
from signals.plan import StagesBody, TimingPlan
from signals.programs.sumo import running_plan
from signals.rules import Rules, rules_of
from signals.safety import check
from tests.fakes import crossroads
from tests.signals.brute_force import SecondJudge
from tests.signals.ring_plans import of_sumo, plan_of, rings
from tests.signals.sumo_streets import loops_of, street


def touched(network: Network, rules: Rules) -> TimingPlan:
    """What runs, as a plan that is no longer untouched."""
    timings = tuple(timing_of(one.running, one) for one in network.intersections)
    return running_plan(network).model_copy(update={"intersections": timings, "rules_digest": rules.digest()})


def broken(plan: TimingPlan, network: Network, rules: Rules) -> set[str]:
    return {violation.rule for violation in check(plan, network, rules)}


def turned(plan: TimingPlan, displays: dict[str, str]) -> TimingPlan:
    """A plan with other letters in its stages."""
    (timing,) = plan.intersections
    assert isinstance(timing.body, StagesBody)
    table = {stage.displays: "".join(displays.get(c, c) for c in stage.displays) for stage in timing.body.sequence}
    stages = tuple(stage.model_copy(update={"displays": table[stage.displays]}) for stage in timing.body.sequence)
    body = timing.body.model_copy(update={"sequence": stages})
    return plan.model_copy(update={"intersections": (timing.model_copy(update={"body": body}),)})


def test_what_runs_keeps_the_policies() -> None:
    network = crossroads()
    rules = rules_of(network, "field", pedestrians="none")
    assert broken(touched(network, rules), network, rules) == set()


def test_the_round_may_begin_anywhere_and_no_stage_may_go() -> None:
    network = crossroads()
    rules = rules_of(network, "field", pedestrians="none")
    plan = touched(network, rules)
    (timing,) = plan.intersections
    assert isinstance(timing.body, StagesBody)
    first, *others = timing.body.sequence
    round_on = timing.body.model_copy(update={"sequence": (*others, first)})
    moved = plan.model_copy(update={"intersections": (timing.model_copy(update={"body": round_on}),)})
    assert "stages-as-today" not in broken(moved, network, rules)
    twice = timing.body.model_copy(update={"sequence": (first, *others, *others)})
    longer = plan.model_copy(update={"intersections": (timing.model_copy(update={"body": twice}),)})
    assert broken(longer, network, rules)  # no sound plan, or not the running stages


def test_a_left_is_served_as_today() -> None:
    network = crossroads()
    rules = rules_of(network, "field", pedestrians="none")
    plan = turned(touched(network, rules), {"g": "G"})
    assert "left-turn-mode" in broken(plan, network, rules)
    assert "left-turn-mode" not in broken(
        turned(touched(network, rules_of(network)), {"g": "G"}), network, rules_of(network)
    )


def test_who_is_preempted_may_not_be_timed_anew(tmp_path: Path) -> None:
    network = crossroads()
    file = tmp_path / "mine.toml"
    file.write_text('[intersection."C"]\nuntouched = true\n')
    rules = rules_of(network, "field", file, pedestrians="none")
    plan = touched(network, rules)
    assert broken(plan, network, rules) == {"preempted"}
    as_it_runs = replace(network)  # the same street: untouched is allowed
    running = running_plan(as_it_runs).model_copy(update={"rules_digest": rules.digest()})
    assert broken(running, network, rules) == set()


def test_right_turn_on_red_stays_where_it_is_today(tmp_path: Path) -> None:
    """The right from the top stops and then turns while others are green; in stages it still does, in rings nobody
    does, and both judges say so under rules that leave the street as it runs."""
    tree = ElementTree.parse(street("lefts"))
    (logic,) = tree.getroot().iter("tlLogic")
    for phase in logic.iter("phase"):
        state = phase.attrib["state"]
        if state[0] == "r" and "y" not in state and set("gG") & set(state):
            phase.set("state", "s" + state[1:])
    tree.write(tmp_path / "arrow.net.xml")
    network = sumo_net.read(tmp_path / "arrow.net.xml", [loops_of(street("lefts"))])
    in_rings = plan_of(rings(of_sumo), network)
    for profile, told in (("field", {("right-on-red", "A0")}), ("literature", set())):
        rules = rules_of(network, profile, pedestrians="none")
        assert "right-on-red" not in broken(touched(network, rules), network, rules)
        found = {(one.rule, "A0") for one in check(in_rings, network, rules) if one.rule == "right-on-red"}
        second = SecondJudge(tmp_path / "arrow.net.xml", rules.model_dump(mode="json"), network.digest)
        theirs = second.broken_rules(in_rings.model_dump(mode="json"))
        assert found == {one for one in theirs if one[0] == "right-on-red"} == told
