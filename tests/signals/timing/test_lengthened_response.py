"""Running stages that traffic changes, raised to the rules: still changed by traffic, in step, safe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from networks.detectors import with_detectors
from networks.importers import sumo_net
from networks.junction import SafetyValue
from networks.network import Detector, DetectorKind, Network
from signals.control import longest_round_ds
from signals.intervals import greens
from signals.plan import Actuation, ControlMode, IntersectionPlan, OffsetReference, StagesBody, TimingPlan, referred
from signals.programs.sumo import write
from signals.rules import Rules, rules_of
from signals.safety import audit, check
from signals.timing.lengthened_response import lengthened_response, on_stage_loops
from signals.timing.plans import actuated, coordinated
from signals.timing.response import Response
from tests.fakes import crossroads
from tests.signals.plans import touched
from tests.signals.rules.test_field import with_groups, with_tight_pairs
from tests.signals.sumo_streets import executed, loops_of, street


def _seen(network: Network) -> Network:
    """With a loop in every lane, 28 m before its stop line."""
    lanes = sorted({link.from_lane_id for link in network.lane_links if link.group_id is not None})
    return with_detectors(network, [Detector(f"loop:{n}", n, 272.0, 28.0, 2.0, DetectorKind.ADVANCE) for n in lanes])


NETWORK = _seen(with_tight_pairs(crossroads(green_s=(40, 30))))  # nothing but the yellow of 3 s between stages
TODAY = rules_of(NETWORK)
FIELD = rules_of(NETWORK, "field", pedestrians="none")


def _running(mode: ControlMode, response: Response = Response(), network: Network = NETWORK) -> IntersectionPlan:
    form = coordinated if mode is ControlMode.COORDINATED else actuated
    (timing,) = form(touched(network), network, rules_of(network), response).intersections
    return timing.model_copy(update={"loops_ahead_ds": None})


def _limited(timing: IntersectionPlan, at: int, **values: Any) -> IntersectionPlan:
    body = timing.body
    assert isinstance(body, StagesBody)
    stages = list(body.sequence)
    rule = stages[at].actuation
    assert rule is not None
    stages[at] = stages[at].model_copy(update={"actuation": Actuation.model_validate(dict(rule) | values)})
    return timing.model_copy(update={"body": body.model_copy(update={"sequence": tuple(stages)})})


def _found(timing: IntersectionPlan, network: Network = NETWORK, rules: Rules = FIELD) -> IntersectionPlan:
    (intersection,) = network.intersections
    return lengthened_response(timing, intersection, rules)


def _safe(timing: IntersectionPlan, network: Network = NETWORK, rules: Rules = FIELD) -> None:
    answering = on_stage_loops(timing, network)
    plan = TimingPlan(network_digest=network.digest, rules_digest=rules.digest(), intersections=(answering,))
    assert check(plan, network, rules) == ()


def _rules_of(timing: IntersectionPlan) -> list[Actuation]:
    assert isinstance(timing.body, StagesBody)
    return [stage.actuation for stage in timing.body.sequence if stage.actuation is not None]


def test_a_free_signal_stays_free_with_longer_minimums_and_clearances() -> None:
    before = _limited(_running(ControlMode.ACTUATED), 1, min_ds=30)
    after = _found(before)
    assert (after.control_mode, after.cycle_ds) == (ControlMode.ACTUATED, None)
    assert isinstance(before.body, StagesBody)
    assert isinstance(after.body, StagesBody)
    for old, new in zip(before.body.sequence, after.body.sequence, strict=True):
        assert new.duration_ds >= old.duration_ds  # nothing is given up for what is longer
        assert sum(step.duration_ds for step in new.interstage) > sum(step.duration_ds for step in old.interstage)
    assert _rules_of(after)[1].min_ds == 70
    assert [one.max_ds for one in _rules_of(after)] == [one.max_ds for one in _rules_of(before)]
    assert {use.target for use in on_stage_loops(after, NETWORK).detectors} == {one.id for one in after.body.sequence}
    _safe(after)


def test_a_coordinated_signal_keeps_its_cycle_its_stage_and_its_second() -> None:
    before = _running(ControlMode.COORDINATED)
    after = _found(before)
    assert isinstance(before.body, StagesBody)
    assert isinstance(after.body, StagesBody)
    assert (after.control_mode, after.cycle_ds) == (ControlMode.COORDINATED, before.cycle_ds)
    assert after.body.coordinated == before.body.coordinated
    assert (after.offset_reference, after.reference) == (OffsetReference.GREEN_END, (after.body.coordinated,))
    own = referred(before, OffsetReference.GREEN_END, [before.body.coordinated or ""])
    assert after.offset_ds == own.offset_ds
    assert [_early_ds(after, at) for at in (0, 1)] == [_early_ds(before, at) for at in (0, 1)] == [0, 50]
    _safe(after)


def _early_ds(timing: IntersectionPlan, at: int) -> int:
    rule = _rules_of(timing)[at]
    assert rule.earliest_end_ds is not None
    assert rule.latest_end_ds is not None
    assert timing.cycle_ds is not None
    return (rule.latest_end_ds - rule.earliest_end_ds) % timing.cycle_ds


def test_a_yellow_below_its_floor_is_raised_between_all_stages() -> None:
    network = _seen(with_groups(crossroads(), yellow=SafetyValue(20, "running program")))
    rules = rules_of(network, "field", pedestrians="none")
    for mode in (ControlMode.ACTUATED, ControlMode.COORDINATED):
        after = _found(_running(mode, network=network), network, rules)
        assert isinstance(after.body, StagesBody)
        longest_ds = [
            max(step.duration_ds for step in s.interstage if "y" in step.displays) for s in after.body.sequence
        ]
        assert min(longest_ds) >= 30
        _safe(after, network, rules)


def test_ways_beside_the_sequence_are_raised_and_a_round_is_the_limit_of_calls() -> None:
    path = street("lefts")
    network = sumo_net.read(path, [loops_of(path)])
    rules = rules_of(network, "field", pedestrians="none")
    before = _running(ControlMode.ACTUATED, Response(chooses=True), network)
    before = before.model_copy(update={"call_limit_ds": 100, "parameters": (("inactive-threshold", "10"),)})
    for at, rule in enumerate(_rules_of(before)):
        before = _limited(before, at, min_ds=min(30, rule.min_ds))
    after = _found(before, network, rules)
    assert isinstance(after.body, StagesBody)
    assert after.body.transitions
    assert (after.call_limit_ds, after.parameters) == (longest_round_ds(after), ())
    answering = on_stage_loops(after, network)
    plan = TimingPlan(network_digest=network.digest, rules_digest=rules.digest(), intersections=(answering,))
    assert {one.rule for one in check(plan, network, rules)} <= {"stages-as-today"}  # the street runs in its order


def test_the_cycle_grows_by_what_the_planned_greens_lack() -> None:
    network = _seen(with_tight_pairs(crossroads(green_s=(45, 6))))
    rules = rules_of(network, "field", pedestrians="none")
    before = _running(ControlMode.COORDINATED, network=network)
    after = _found(before, network, rules)
    assert (before.cycle_ds, after.cycle_ds) == (610, 620)  # 6 s become 7 s; the reds are taken from the 45 s
    assert all(end_ds - start_ds >= 70 for windows in greens(after).values() for start_ds, end_ds in windows)
    _safe(after, network, rules)


@pytest.mark.parametrize("windows", [{"latest_end_ds": 780}, {"latest_end_ds": 350, "max_ds": 800}])
def test_who_could_keep_the_coordinated_stage_from_its_second_ends_in_time(windows: dict[str, int]) -> None:
    """Of 30 s, it may end 3 s late (as long as the next minimum fits), or 40 s (when it does not)."""
    before = _limited(_running(ControlMode.COORDINATED), 1, **windows)
    after = _found(before)
    _safe(after)
    late_ds = (_rules_of(after)[1].latest_end_ds or 0) - (_early_end_ds(after, 1) + 50)
    assert late_ds == (30 if windows == {"latest_end_ds": 780} else 0)


def _early_end_ds(timing: IntersectionPlan, at: int) -> int:
    return _rules_of(timing)[at].earliest_end_ds or 0


def test_a_coordinated_stage_that_begins_sooner_lasts_until_its_second() -> None:
    before = _limited(_running(ControlMode.COORDINATED), 0, max_ds=400)
    _safe(_found(before))


def test_what_nobody_sees_lasts_as_planned() -> None:
    unseen = with_tight_pairs(crossroads(green_s=(40, 30)))
    rules = rules_of(unseen, "field", pedestrians="none")
    for mode in (ControlMode.ACTUATED, ControlMode.COORDINATED):
        after = _found(_running(mode, network=unseen), unseen, rules)
        assert after.control_mode is mode
        _safe(after, unseen, rules)
        held = _rules_of(on_stage_loops(after, unseen))
        if mode is ControlMode.ACTUATED:
            assert [one.min_ds for one in held] == [one.max_ds for one in held]
        else:
            assert [one.earliest_end_ds for one in held] == [one.latest_end_ds for one in held]


def test_where_the_rules_ask_for_no_more_nothing_changes() -> None:
    for mode in (ControlMode.ACTUATED, ControlMode.COORDINATED):
        before = _running(mode)
        assert _found(before, NETWORK, TODAY) is before
        after = _found(before)
        assert _found(after).body == after.body
        untouched = before.model_copy(update={"untouched": True})
        assert _found(untouched) is untouched


def test_another_cycle_than_the_stages_have_is_left() -> None:
    before = _running(ControlMode.COORDINATED).model_copy(update={"cycle_ds": 900})
    assert _found(before) is before


# --- the real SUMO --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [ControlMode.ACTUATED, ControlMode.COORDINATED])
def test_sumo_shows_what_was_raised(mode: ControlMode, tmp_path: Path) -> None:
    """A generated street with the minimums of a detector's passing time, raised, with the street's loops."""
    path = street("lefts")
    network = sumo_net.read(path, [loops_of(path)])
    form = coordinated if mode is ControlMode.COORDINATED else actuated
    (running,) = form(touched(network), network, rules_of(network)).intersections
    rules = rules_of(network, "field", pedestrians="none")
    before = running.model_copy(update={"loops_ahead_ds": None})
    for at, rule in enumerate(_rules_of(before)):
        before = _limited(before, at, min_ds=min(30, rule.min_ds))
    after = _found(before, network, rules)
    assert after.body != before.body
    _safe(after, network, rules)
    plan = TimingPlan(
        network_digest=network.digest, rules_digest=rules.digest(), intersections=(on_stage_loops(after, network),)
    )
    write(plan, network, tmp_path / "plan.add.xml")
    both = f"{loops_of(path)},{tmp_path / 'plan.add.xml'}"
    shown = executed(path, Path(both), tmp_path, 900)
    assert audit(shown, plan, network) == ()
