"""Which loops end a stage: the detectors that are there, and planned ends where there are none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from networks.detectors import with_detectors
from networks.importers import sumo_net
from networks.network import Detector, DetectorKind, Network
from signals.plan import ControlMode, IntersectionPlan, StagesBody
from signals.rules import Rules, rules_of
from signals.safety import check
from signals.timing.detection import Loops, unseen_stages
from signals.timing.plans import actuated, coordinated
from tests.fakes import crossroads
from tests.signals.plans import touched
from tests.signals.sumo_streets import street


def loop(lane_id: str, distance_m: float, kind: DetectorKind = DetectorKind.ADVANCE) -> Detector:
    return Detector(f"{lane_id}@{distance_m:g}", lane_id, 300.0 - distance_m, distance_m, 2.0, kind)


def as_found(network: Network) -> Rules:
    rules = rules_of(network)
    return rules.model_copy(update={"policy": rules.policy.model_copy(update={"detectors_as_found": True})})


def holding_lanes(network: Network) -> list[list[str]]:
    """Per stage, the lanes that could hold it; without detectors all of them are unseen."""
    (timing,) = touched(network).intersections
    assert isinstance(timing.body, StagesBody)
    loops = Loops(network)
    return [
        list(loops.of(stage, timing.body, network.intersections[0]).unseen_lane_ids) for stage in timing.body.sequence
    ]


def test_the_loop_two_seconds_before_the_stop_line_is_taken() -> None:
    network = crossroads()
    lane_id = holding_lanes(network)[0][0]
    assert network.lane(lane_id).speed_m_per_s == pytest.approx(13.89, abs=0.01)
    near = loop(lane_id, 1.0, DetectorKind.STOP_LINE)
    seen = with_detectors(network, [near, loop(lane_id, 40.0), loop(lane_id, 70.0)])
    body = touched(network).intersections[0].body
    assert isinstance(body, StagesBody)
    stage = body.sequence[0]
    (use,) = Loops(seen).of(stage, body, seen.intersections[0]).uses
    assert (use.detector_id, use.target, use.extends) == (f"{lane_id}@40", stage.id, True)


def test_what_lies_behind_the_queue_or_on_the_way_out_ends_nothing() -> None:
    network = crossroads()
    lane_id = holding_lanes(network)[0][0]
    far = with_detectors(network, [loop(lane_id, 200.0, DetectorKind.ENTRY), loop(lane_id, 20.0, DetectorKind.EXIT)])
    body = touched(network).intersections[0].body
    assert isinstance(body, StagesBody)
    found = Loops(far).of(body.sequence[0], body, far.intersections[0])
    assert found.uses == ()
    assert lane_id in found.unseen_lane_ids


def _only(network: Network, mode: ControlMode, rules: Rules) -> IntersectionPlan:
    plan = touched(network)
    on_the_clock = mode is ControlMode.COORDINATED
    form = coordinated(plan, network, rules) if on_the_clock else actuated(plan, network, rules)
    assert check(form, network, rules) == ()
    return form.intersections[0]


def test_a_stage_that_nobody_sees_ends_when_planned() -> None:
    """Detectors on the lanes of one stage alone: on the clock nothing may end early where that is the coordinated one,
    the longest; free only the second stage may."""
    network = crossroads()
    first, second = holding_lanes(network)
    main = with_detectors(network, [loop(lane_id, 40.0) for lane_id in first])
    assert _only(main, ControlMode.COORDINATED, as_found(main)).control_mode is ControlMode.FIXED
    seen = with_detectors(network, [loop(lane_id, 40.0) for lane_id in second])
    rules = as_found(seen)
    assert _only(seen, ControlMode.COORDINATED, rules).control_mode is ControlMode.COORDINATED
    free = _only(seen, ControlMode.ACTUATED, rules)
    assert isinstance(free.body, StagesBody)
    limits = [(s.actuation.min_ds, s.actuation.max_ds) for s in free.body.sequence if s.actuation is not None]
    assert limits[0] == (400, 400)
    assert limits[1][0] < limits[1][1]
    assert {use.detector_id for use in free.detectors} == {f"{lane_id}@40" for lane_id in second}
    plan = touched(seen)
    assert list(unseen_stages(plan, seen)) == [("C", free.body.sequence[0].id, tuple(first))]


def test_one_lane_without_a_detector_is_enough_to_keep_the_planned_end() -> None:
    network = crossroads()
    lanes = [lane_id for stage in holding_lanes(network) for lane_id in stage]
    seen = with_detectors(network, [loop(lane_id, 40.0) for lane_id in lanes[1:]])
    (timing,) = [_only(seen, ControlMode.ACTUATED, as_found(seen))]
    assert isinstance(timing.body, StagesBody)
    first = timing.body.sequence[0].actuation
    assert first is not None
    assert first.min_ds == first.max_ds


def test_without_any_detector_the_plan_stays_fixed() -> None:
    network = crossroads()
    for mode in (ControlMode.COORDINATED, ControlMode.ACTUATED):
        timing = _only(network, mode, as_found(network))
        assert timing.control_mode is ControlMode.FIXED
        assert timing.detectors == ()


def test_the_simulators_own_loops_need_no_detector() -> None:
    network = crossroads()
    timing = _only(network, ControlMode.COORDINATED, rules_of(network))
    assert timing.control_mode is ControlMode.COORDINATED
    assert timing.detectors == ()


def test_the_safety_check_refuses_an_early_end_without_a_detector() -> None:
    network = crossroads()
    plan = coordinated(touched(network), network, rules_of(network))
    assert [v.rule for v in check(plan, network, as_found(network))] == ["detectors"]
    lanes = [lane_id for stage in holding_lanes(network) for lane_id in stage]
    seen = with_detectors(network, [loop(lane_id, 40.0) for lane_id in lanes])
    own = replace(network, detectors=seen.detectors)
    assert check(coordinated(touched(own), own, as_found(own)), own, as_found(own)) == ()


def test_on_a_street_of_one_lane_a_left_that_waits_holds_the_green() -> None:
    """Beside others it does not where it has an arrow in another stage: its queue says nothing of this green."""
    single = sumo_net.read(street("walkers"))
    grid = sumo_net.read(street("grid"))
    for network, expected in ((single, True), (grid, False)):
        timing = touched(network).intersections[0]
        assert isinstance(timing.body, StagesBody)
        stage = next(one for one in timing.body.sequence if "g" in one.displays)
        holding = Loops(network).of(stage, timing.body, network.intersection(timing.intersection_id)).unseen_lane_ids
        giving_way = {
            lane_link.from_lane_id
            for lane_link in network.lane_links
            if lane_link.group_id is not None
            and lane_link.group_id in timing.group_ids
            and lane_link.turn == "left"
            and lane_link.from_lane_id in set(holding)
        }
        assert bool(giving_way) is expected
