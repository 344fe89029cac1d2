"""The safety check: each rule broken once on junctions known by heart, and what is allowed stays allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from networks.importers import sumo_net
from networks.network import Network
from signals.control import timing_of
from signals.plan import Actuation, ControlMode, TimingPlan, Transition
from signals.rules import Rules, rules_of
from signals.safety import Violation, audit, check, inherited, inherited_digest, run_on
from tests.fakes import corridor, crossroads, t_junction
from tests.signals.plans import changed, touched
from tests.signals.sumo_streets import street

NETWORK = crossroads()
RULES = rules_of(NETWORK)


def _violations(change: Callable[[dict[str, Any]], None], network: Network = NETWORK) -> tuple[Violation, ...]:
    return check(changed(touched(network), change), network, rules_of(network))


def _stage(fields: dict[str, Any], at: int) -> dict[str, Any]:
    stage: dict[str, Any] = fields["body"]["sequence"][at]
    return stage


def _show(picture: str, at: int, letter: str) -> str:
    return picture[:at] + letter + picture[at + 1 :]


@pytest.mark.parametrize("network", [crossroads(), crossroads(True), t_junction(), corridor(3)])
def test_what_runs_is_safe_here(network: Network) -> None:
    assert check(touched(network), network, rules_of(network)) == ()
    assert inherited(network, rules_of(network)) == ()


def test_other_durations_are_safe() -> None:
    def change(fields: dict[str, Any]) -> None:
        _stage(fields, 0)["duration_ds"] = 155
        _stage(fields, 1)["duration_ds"] = 203
        fields["offset_ds"] = 17

    assert _violations(change) == ()


def _short_green(fields: dict[str, Any]) -> None:
    _stage(fields, 1)["duration_ds"] = 49


def _short_cycle(fields: dict[str, Any]) -> None:
    _stage(fields, 0)["duration_ds"] = _stage(fields, 1)["duration_ds"] = 60


def _long_cycle(fields: dict[str, Any]) -> None:
    _stage(fields, 0)["duration_ds"] = 1200


def _short_yellow(fields: dict[str, Any]) -> None:
    _stage(fields, 0)["interstage"][0]["duration_ds"] = 25


def _long_yellow(fields: dict[str, Any]) -> None:
    _stage(fields, 0)["interstage"][0]["duration_ds"] = 35


def _no_yellow(fields: dict[str, Any]) -> None:
    step = _stage(fields, 0)["interstage"][0]
    step["displays"] = step["displays"].replace("y", "r")


def _short_clearance(fields: dict[str, Any]) -> None:
    _stage(fields, 1)["interstage"][1]["duration_ds"] = 19


def _both_green(fields: dict[str, Any]) -> None:
    _stage(fields, 0)["displays"] = _show(_stage(fields, 0)["displays"], 4, "G")


def _yellow_against_green(fields: dict[str, Any]) -> None:
    step = _stage(fields, 0)["interstage"][0]
    step["displays"] = _show(step["displays"], 4, "G")


def _left_not_giving_way(fields: dict[str, Any]) -> None:
    _stage(fields, 0)["displays"] = _show(_stage(fields, 0)["displays"], 2, "G")


def _through_giving_way(fields: dict[str, Any]) -> None:
    _stage(fields, 0)["displays"] = _show(_stage(fields, 0)["displays"], 1, "g")


def _not_served(fields: dict[str, Any]) -> None:
    stage = _stage(fields, 0)
    stage["displays"] = _show(stage["displays"], 2, "r")
    stage["interstage"][0]["displays"] = _show(stage["interstage"][0]["displays"], 2, "r")


def _dark(fields: dict[str, Any]) -> None:
    _stage(fields, 0)["interstage"][1]["displays"] = "O" * 12


def _stop_then_turn(fields: dict[str, Any]) -> None:
    _stage(fields, 1)["displays"] = _show(_stage(fields, 1)["displays"], 0, "s")


def _red_amber(fields: dict[str, Any]) -> None:
    steps = _stage(fields, 1)["interstage"]
    steps[1]["displays"] = _show(steps[1]["displays"], 1, "u")


def _blinking(fields: dict[str, Any]) -> None:
    stage = _stage(fields, 0)
    on = dict(stage["interstage"][0], displays=stage["displays"])
    stage["interstage"] = [stage["interstage"][0], on, *stage["interstage"]]


def _too_many_stages(fields: dict[str, Any]) -> None:
    first, second = fields["body"]["sequence"]
    extra = [dict(s, id=f"{s['id']}{k}", duration_ds=60) for k in range(4) for s in (first, second)]
    fields["body"]["sequence"] = [dict(first, duration_ds=60), dict(second, duration_ds=60), *extra]


BROKEN: list[tuple[Callable[[dict[str, Any]], None], str]] = [
    (_short_green, "min-green"),
    (_short_cycle, "cycle"),
    (_long_cycle, "cycle"),
    (_short_yellow, "yellow"),
    (_long_yellow, "yellow"),
    (_no_yellow, "change"),
    (_short_clearance, "intergreen"),
    (_both_green, "conflict"),
    (_yellow_against_green, "conflict"),
    (_left_not_giving_way, "yielding"),
    (_through_giving_way, "protection"),
    (_not_served, "service"),
    (_dark, "display"),
    (_stop_then_turn, "display"),
    (_red_amber, "change"),
    (_blinking, "change"),
    (_too_many_stages, "stages"),
]


@pytest.mark.parametrize(("change", "rule"), BROKEN)
def test_each_broken_rule_is_named(change: Callable[[dict[str, Any]], None], rule: str) -> None:
    assert rule in {violation.rule for violation in _violations(change)}


def test_a_violation_says_where_found_and_needed() -> None:
    (violation,) = [v for v in _violations(_short_green) if "'4'" in v.where]
    assert str(violation) == (
        "min-green: intersection 'C', signal group '4' (stage 'S2'): "
        "found 4.9 s, needed at least 5 s (profile literature)"
    )


def test_pedestrians_keep_their_walk_and_clearance() -> None:
    network = crossroads(pedestrians=True)

    def change(fields: dict[str, Any]) -> None:
        _stage(fields, 0)["duration_ds"] = 189

    assert {v.rule for v in _violations(change, network)} == {"pedestrian-green"}


def test_walkers_who_share_the_lamps_of_vehicles_keep_their_walk_and_clearance() -> None:
    network = sumo_net.read(street("shared"))
    assert check(touched(network), network, rules_of(network)) == ()

    def change(fields: dict[str, Any]) -> None:
        for stage in fields["body"]["sequence"]:
            stage["duration_ds"] = 100

    found = check(changed(touched(network), change), network, rules_of(network))
    assert {v.where.split("'")[3] for v in found if v.rule == "pedestrian-green"} == {"1", "9", "16", "17"}
    clearance = rules_of(network).group("A0", "1").pedestrian_clearance
    assert clearance is not None
    assert clearance.value_ds > 100


def test_an_intergreen_holds_over_repeated_service_and_over_local_zero() -> None:
    def change(fields: dict[str, Any]) -> None:
        _stage(fields, 1)["interstage"].pop()  # all red at the end of the cycle
        fields["offset_ds"] = 400

    found = {(v.rule, v.where.split(", ")[1]) for v in _violations(change)}
    assert ("intergreen", "from signal group '4' to '1'") in found
    assert ("intergreen", "from signal group '1' to '4'") not in found


def test_an_unknown_intergreen_is_refused_where_it_is_needed() -> None:
    old = NETWORK.intersections[0]
    pairs = tuple(replace(p, intergreen_ds=(None, 50)) if (p.first, p.second) == ("1", "4") else p for p in old.pairs)
    network = replace(NETWORK, intersections=(replace(old, pairs=pairs),))
    found = check(touched(network), network, rules_of(network))
    assert [v.rule for v in found] == ["intergreen-unknown"]


def _giving_way_only(*groups: str) -> Callable[[dict[str, Any]], None]:
    """These groups give way wherever they have priority now, and in the steps around."""

    def change(fields: dict[str, Any]) -> None:
        columns = [fields["group_ids"].index(group) for group in groups]
        for stage in fields["body"]["sequence"]:
            for picture in (stage, *stage["interstage"]):
                letters = list(picture["displays"])
                for column in columns:
                    letters[column] = letters[column].replace("G", "g")
                picture["displays"] = "".join(letters)

    return change


def test_only_a_left_may_lose_the_protected_part_of_what_it_has() -> None:
    network = sumo_net.read(street("arrows"))
    assert check(touched(network), network, rules_of(network)) == ()
    (right,) = _violations(_giving_way_only("0"), network)
    assert str(right) == (
        "protection: intersection 'A0', signal group '0': "
        "found only green giving way, needed protected green in each cycle, as today"
    )
    assert _violations(_giving_way_only("3"), network) == ()


def test_nothing_is_safe_where_nobody_knows_whose_paths_cross() -> None:
    network = sumo_net.read(street("lawless"))
    assert {v.rule for v in check(touched(network), network, rules_of(network))} == {"intergreen-unknown"}


def _actuated(
    low_ds: int, high_ds: int = 900, transitions: tuple[Transition, ...] = (), rules: Rules = RULES
) -> tuple[Violation, ...]:
    def change(fields: dict[str, Any]) -> None:
        fields["control_mode"] = ControlMode.ACTUATED
        fields["cycle_ds"] = None
        for stage in fields["body"]["sequence"]:
            stage["actuation"] = Actuation(min_ds=low_ds, max_ds=high_ds)
        fields["body"]["transitions"] = transitions

    return check(changed(touched(NETWORK), change), NETWORK, rules)


def test_actuated_stages_are_judged_at_their_shortest() -> None:
    assert _actuated(50) == ()
    assert {v.rule for v in _actuated(49)} == {"min-green"}


def test_every_transition_is_judged() -> None:
    steps = touched(NETWORK).intersections[0].body.sequence[0].interstage  # type: ignore[union-attr]
    good = Transition(from_stage="S1", to_stage="S1", interstage=steps)
    assert {v.rule for v in _actuated(50, transitions=(good,))} == {"waiting"}
    bad = Transition(from_stage="S1", to_stage="S1", interstage=steps[:1])
    assert {v.rule for v in _actuated(50, transitions=(bad,))} == {"change", "waiting"}


def test_maximum_greens_hold_on_the_longest_way(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text("[intersection.C.group.1]\nmax_green_s = 60\n")
    rules = rules_of(NETWORK, engineer_file=path)
    assert _actuated(50, 600, rules=rules) == ()
    assert [v.rule for v in _actuated(50, 601, rules=rules)] == ["max-green"]
    stay = Transition(from_stage="S1", to_stage="S1", interstage=())
    found = [(v.rule, v.found) for v in _actuated(50, 600, (stay,), rules) if v.rule != "waiting"]
    assert found == [("max-green", "for ever")]


def test_a_plan_covers_exactly_the_network() -> None:
    network = corridor(2)
    rules = rules_of(network)
    plan = touched(network)
    part = plan.model_copy(update={"intersections": plan.intersections[:1]})
    assert {v.rule for v in check(part, network, rules)} == {"intersections"}
    assert "intersections" in {v.rule for v in check(plan, crossroads(), RULES)}
    other = plan.model_copy(update={"network_digest": "f" * 64, "rules_digest": "e" * 64})
    assert {v.rule for v in check(other, network, rules)} == {"network", "rules"}
    elsewhere = replace(network, digest="f" * 64)
    assert {v.rule for v in check(plan, elsewhere, rules)} == {"network", "rules"}


def test_what_was_built_past_the_checks_is_refused() -> None:
    plan = touched(NETWORK)
    timing = plan.intersections[0].model_copy(update={"offset_ds": 5000})
    forged = plan.model_copy(update={"intersections": (timing,)})
    assert {v.rule for v in check(forged, NETWORK, RULES)} == {"plan"}


def _faulty() -> Network:
    """Short all-red runs today while the rules ask for more, from the engineer's view of the street."""
    old = NETWORK.intersections[0]
    pairs = tuple(replace(p, intergreen_ds=(60, 50)) if (p.first, p.second) == ("1", "4") else p for p in old.pairs)
    return replace(NETWORK, intersections=(replace(old, pairs=pairs),))


def test_untouched_means_exactly_what_runs() -> None:
    network = _faulty()
    rules = rules_of(network)
    intersection = network.intersections[0]
    timing = timing_of(intersection.running, intersection, untouched=True)
    plan = TimingPlan(network_digest=network.digest, intersections=(timing,))
    assert check(plan, network, rules) == ()
    assert [v.rule for v in inherited(network, rules)] == ["intergreen"]
    moved = plan.model_copy(update={"intersections": (timing.model_copy(update={"offset_ds": 10}),)})
    assert [v.rule for v in check(moved, network, rules)] == ["untouched"]
    assert run_on(plan, network, rules) == inherited(network, rules)
    assert run_on(touched(network), network, rules) == ()


def test_inherited_faults_are_allowed_only_as_they_are() -> None:
    network = _faulty()
    rules = rules_of(network)
    digest = inherited_digest(network, rules)
    assert [v.rule for v in check(touched(network), network, rules)] == ["intergreen"]
    assert check(touched(network), network, rules, allow_inherited=digest) == ()
    worse = changed(touched(network), _short_yellow)
    assert check(worse, network, rules, allow_inherited=digest) != ()
    assert "inherited" in {v.rule for v in check(touched(network), network, rules, allow_inherited="0" * 64)}


def test_what_was_shown_is_compared_second_by_second() -> None:
    def change(fields: dict[str, Any]) -> None:
        fields["offset_ds"] = 130

    plan = changed(touched(NETWORK), change)
    steps = NETWORK.intersections[0].running.steps
    spelled = [step.state for step in steps for _ in range(step.duration_ds // 10)]
    rows = [(float(second), spelled[(second - 13) % 80]) for second in range(200)]
    assert audit({"C": rows}, plan, NETWORK) == ()
    rows[77] = (77.0, "r" * 12)
    (violation,) = audit({"C": rows}, plan, NETWORK)
    assert "1 of 200 rows differ, first at second 77" in violation.place
    assert audit({}, plan, NETWORK) != ()
    assert audit({"C": rows[:50] + rows[51:]}, plan, NETWORK) != ()
    assert audit({"C": [(0.0, "r")]}, plan, NETWORK) != ()


def _shown(*runs: tuple[int, int]) -> dict[str, list[tuple[float, str]]]:
    """Rows of the crossroads: (step of its program, seconds), one after the other."""
    steps = NETWORK.intersections[0].running.steps
    states = [steps[index].state for index, length_s in runs for _ in range(length_s)]
    return {"C": [(float(second), state) for second, state in enumerate(states)]}


def test_what_actuated_control_showed_obeys_minimum_maximum_and_order() -> None:
    def change(fields: dict[str, Any]) -> None:
        fields["control_mode"] = ControlMode.ACTUATED
        fields["cycle_ds"] = None
        for stage in fields["body"]["sequence"]:
            stage["actuation"] = Actuation(min_ds=50, max_ds=200)

    plan = changed(touched(NETWORK), change)
    good = [(0, 7), (1, 3), (2, 2), (3, 20), (4, 3), (5, 2), (0, 5), (1, 3), (2, 1)]
    assert audit(_shown(*good), plan, NETWORK) == ()
    for wrong in (
        [(3, 1), *good[4:6], (0, 4), *good[1:]],  # too short
        [(3, 1), *good[4:6], (0, 22), *good[1:]],  # too long
        [(0, 7), (1, 2), (2, 2), (3, 9)],  # yellow cut
        [(0, 7), (2, 2), (3, 9)],  # yellow left out
        [(0, 7), (1, 3), (2, 2), (0, 9)],  # wrong order
    ):
        assert [v.rule for v in audit(_shown(*wrong), plan, NETWORK)] == ["executed"]


def test_a_program_that_stages_cannot_express_is_judged_by_nobody() -> None:
    old = NETWORK.intersections[0]
    network = replace(NETWORK, intersections=(replace(old, running=replace(old.running, kind="NEMA")),))
    rules = rules_of(network)
    timing = timing_of(network.intersections[0].running, network.intersections[0], untouched=True)
    plan = TimingPlan(network_digest=network.digest, intersections=(timing,))
    assert check(plan, network, rules) == ()
    assert {v.rule for v in inherited(network, rules)} == {"program"}
    assert audit({}, plan, network) == ()
