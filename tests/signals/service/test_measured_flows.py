"""Saturation flows out of counts on a T-junction: which detectors tell what, what rules make of it, and every refusal.

From the east lane 0 goes straight on alone (group "0", 40 s of green in 70 s), lane 1 gives way (group "1"); from the
west one lane has two groups; from the south rights and lefts have a lane each (groups "2", "3", 20 s).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from networks.demand import Period
from networks.network import Detector, DetectorKind, LaneLink, Network, Node
from signals.control import running_plan
from signals.discharge import MeasuredDischarge
from signals.flows import DetectorCounts, turn_flows_of
from signals.flows.queues import records_under_queues
from signals.flows.records import record_frame
from signals.flows.saturated import Green
from signals.plan import ControlMode, TimingPlan
from signals.rules import rules_of
from signals.service.estimate import Counted, Street
from signals.service.measured_flows import for_rules, measured_flows
from tests.fakes import t_junction

BEGIN_S, RECORD_S, NUMBER = 7 * 3600, 300, 12
MIDNIGHT_S = 1_772_496_000.0  # 2026-03-03, UTC
PLACES = {
    "far": (DetectorKind.MID_BLOCK, 200.0),
    "near": (DetectorKind.ADVANCE, 40.0),
    "stop": (DetectorKind.STOP_LINE, 1.5),
}
FLOW_VEH_PER_H = 1700.0
GREENS_S = {"EC": (0.0, 40.0), "SC": (45.0, 65.0)}
LENGTH_M = 300.0
Queues = Mapping[str, float]  # occupancy by detector


def detector(lane_id: str, word: str, kind: DetectorKind, distance_m: float) -> Detector:
    return Detector(f"{lane_id}:{word}", lane_id, LENGTH_M - distance_m, distance_m, 2.0, kind)


def laid(words: tuple[str, ...] = ("far", "near", "stop")) -> Network:
    """Detectors on both lanes from the east and from the south, and where those from the east drive on to."""
    lanes = ("EC_0", "EC_1", "SC_0", "SC_1")
    found = [detector(lane_id, word, *PLACES[word]) for lane_id in lanes for word in words]
    return replace(t_junction(), detectors=(*found, detector("CW_0", "exit", DetectorKind.EXIT, 280.0)))


QUEUED: Queues = {f"{lane}:{word}": 0.5 for lane in ("EC_0", "SC_0", "SC_1") for word in ("far", "near")}


def records(
    network: Network,
    queues: Queues = QUEUED,
    factors: Mapping[str, float] | None = None,
    only: slice = slice(0, NUMBER),
) -> pd.DataFrame:
    """An hour in which 1,700 vehicles an hour of green leave each lane; under `queues` in the records `only`."""
    rows = []
    for one in network.detectors:
        green = Green.of([GREENS_S.get(one.lane_id[:2], (0.0, 40.0))], 70.0, 2.0, 2.0)
        edges_s = BEGIN_S + np.arange(NUMBER + 1, dtype=np.float64) * RECORD_S
        passed = np.floor(green.shown_s(np.zeros(NUMBER + 1), edges_s) * (FLOW_VEH_PER_H / 3600))
        let_go = (factors or {}).get(one.id, 1.0) * np.diff(passed)
        queued = np.zeros(NUMBER, dtype=bool)
        queued[only] = True
        for at in range(NUMBER):
            share = queues.get(one.id, 0.15) if queued[at] else 0.15
            rows.append((one.id, MIDNIGHT_S + edges_s[at], let_go[at], share, 3.0 if share > 0.3 else 9.0))
    ids, start_s, count_veh, occupancy, speed = zip(*rows, strict=True)
    return record_frame(
        detector_id=ids,
        start_s=start_s,
        duration_s=[float(RECORD_S)] * len(rows),
        count_veh=count_veh,
        occupancy_share=occupancy,
        speed_m_per_s=speed,
    )


def counted(network: Network, frame: pd.DataFrame) -> Counted:
    period = Period(BEGIN_S, BEGIN_S + NUMBER * RECORD_S)
    counts = DetectorCounts(frame, network)
    return Counted(period, counts.of(period), (), queues=records_under_queues(counts.timed, network, period, None))


def measured(
    network: Network, given: pd.DataFrame | None = None, incumbent: TimingPlan | None = None
) -> dict[str, MeasuredDischarge]:
    street = Street(network, rules_of(network, "field"), incumbent or running_plan(network))
    found = measured_flows(counted(network, records(network) if given is None else given), street)
    return {one.group_id: one for one in found}


def flow_of(one: MeasuredDischarge) -> float:
    assert one.flow is not None, one.why_not
    return one.flow.flow_veh_per_h


def test_lanes_under_a_queue_tell_their_saturation_flow() -> None:
    """Ten of twelve records have a queue in those around them."""
    found = measured(laid())
    for group_id in ("0", "2", "3"):
        assert flow_of(found[group_id]) == pytest.approx(FLOW_VEH_PER_H, rel=0.01)
        assert str(found[group_id].flow).startswith("measured: 10 saturated intervals of 5 min, 1,")


def test_the_rules_take_what_was_measured_before_any_formula_and_after_the_engineer(tmp_path: Path) -> None:
    network = laid()
    flows = for_rules(measured(network).values())
    file = tmp_path / "rules.toml"
    file.write_text(
        '[all]\nlane_width_m = 2.9\n[intersection."C".group."3"]\nsaturation_flow_veh_per_h_per_lane = 1500\n'
    )
    ruled = rules_of(network, "field", file, measured=flows).intersection("C").lane_groups
    said = {one.group_id: one for one in ruled}
    assert said["0"].target_veh_per_h_per_lane == pytest.approx(FLOW_VEH_PER_H, rel=0.01)
    assert said["0"].source == next(one.source for one in flows if one.group_id == "0")
    assert (said["3"].target_veh_per_h_per_lane, said["3"].source) == (1500.0, "engineer's file rules.toml")
    assert said["5"].source.startswith("formula: 1800")
    assert rules_of(network, "literature", measured=flows).intersection("C").lane_groups == ()


def test_of_several_detectors_the_one_at_the_stop_line_counts() -> None:
    network = laid()
    twice = records(network, factors={"EC_0:near": 1.4, "EC_0:far": 0.6})
    assert flow_of(measured(network, twice)["0"]) == pytest.approx(FLOW_VEH_PER_H, rel=0.01)
    without = laid(("far", "near"))
    more = records(without, factors={"EC_0:near": 1.1, "EC_0:far": 0.6})
    assert flow_of(measured(without, more)["0"]) == pytest.approx(1.1 * FLOW_VEH_PER_H, rel=0.01)


def test_where_the_one_at_the_stop_line_is_faulty_the_next_one_counts() -> None:
    network = laid()
    dead = records(network, factors={"EC_0:stop": 0.0, "EC_0:near": 1.1})
    assert flow_of(measured(network, dead)["0"]) == pytest.approx(1.1 * FLOW_VEH_PER_H, rel=0.01)


def test_only_records_with_a_queue_from_end_to_end_are_used() -> None:
    found = measured(laid(), records(laid(), only=slice(2, 10)))["0"]
    assert found.flow is not None
    assert (found.flow.intervals, found.flow.interval_s) == (6, 300.0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"queues": {}}, "no queue seen by occupancy on EC_0:far"),
        ({"only": slice(2, 4)}, "no interval with a standing queue from end to end"),
        ({"only": slice(2, 7)}, "3 saturated intervals with 13 greens, needed 4 with 15"),
        (
            {"factors": {"EC_0:stop": 0.6}},
            "not within 1,260 to 2,340 (70 to 130 % of formula: 1800 (profile field)): it may be that vehicles are",
        ),
        ({"factors": {"EC_0:stop": 1.5}}, "it may be that vehicles count twice"),
        (
            {"factors": {"EC_0:stop": 0.0, "EC_0:near": 0.0}},
            "detector EC_0:stop: contradiction, occupancy without a vehicle",
        ),
        ({"queues": {**QUEUED, "CW_0:exit": 0.6}}, "held back by a queue behind the junction in 12 of 12 records"),
    ],
)
def test_thin_or_doubtful_evidence_is_refused_with_a_reason(given: dict[str, object], said: str) -> None:
    network = laid()
    found = measured(network, records(network, **given))["0"]  # type: ignore[arg-type]
    assert found.flow is None
    assert said in found.why_not


def test_lanes_that_say_nothing_of_saturation_are_refused_with_a_reason() -> None:
    found = measured(laid())
    assert found["1"].why_not == "gives way in some of its green: such a green does not discharge at saturation"
    assert found["4"].why_not == "lane WC_0 is let go by other signals too (group 5)"
    assert measured(laid(("far",)))["0"].why_not == "no detector at the stop line of lane EC_0"
    near = measured(laid(("near", "stop")))["0"].why_not
    assert near == "no detector for lane EC_0 75 m or more before the stop line"


def test_counts_of_turns_say_nothing() -> None:
    turns = pd.DataFrame(
        {
            "from_link_id": ["EC"],
            "to_link_id": ["CW"],
            "start": [pd.Timestamp(MIDNIGHT_S + BEGIN_S, unit="s", tz="UTC")],
            "duration_s": [3600.0],
            "count_veh": [900.0],
        }
    )
    network, period = t_junction(), Period(BEGIN_S, BEGIN_S + 3600)
    counted = Counted(period, turn_flows_of(turns, network, period), ())
    found = measured_flows(counted, Street(network, rules_of(network, "field"), running_plan(network)))
    assert {one.why_not for one in found} == {"counts of turns tell of no queue"}


def test_green_that_depends_on_traffic_is_not_known() -> None:
    network = laid()
    plan = running_plan(network)
    actuated = [one.model_copy(update={"control_mode": ControlMode.ACTUATED}) for one in plan.intersections]
    found = measured(network, incumbent=plan.model_copy(update={"intersections": tuple(actuated)}))
    assert found["0"].why_not == "runs actuated: how much green was shown is not known"


def test_the_clock_of_the_plan_counts() -> None:
    """Greens that the ends of the records cut are told by offset and zero of the common clock; a wrong one shows."""
    network = laid()
    plan = running_plan(network)
    (timing,) = plan.intersections
    later = plan.model_copy(
        update={"intersections": (timing.model_copy(update={"offset_ds": 250}),), "sync_reference_s": 25}
    )
    assert "their clock is not that of the signals" in measured(network, incumbent=later)["0"].why_not
    whole_cycle = later.model_copy(update={"sync_reference_s": 45})
    assert measured(network, incumbent=whole_cycle)["0"].flow == measured(network)["0"].flow


def fed(*to_lanes: str) -> Network:
    """The lanes from the east begin after 300 m, fed by one lane with the only detector far enough."""
    street = laid(("near", "stop"))
    link, lane = street.link("EC"), street.lane("EC_0")
    paths = [LaneLink(f"XE_0->{to}", "E", "XE_0", to, "through", 0.0, 13.9, None) for to in to_lanes]
    nodes = tuple(replace(one, kind="priority") if one.id == "E" else one for one in street.nodes)
    return replace(
        street,
        nodes=(*nodes, Node("X", "dead_end", 700.0, 0.0)),
        links=(*street.links, replace(link, id="XE", from_node_id="X", to_node_id="E", lane_ids=("XE_0",))),
        lanes=(*street.lanes, replace(lane, id="XE_0", link_id="XE")),
        lane_links=(*street.lane_links, *paths),
        detectors=(*street.detectors, detector("XE_0", "far", DetectorKind.STOP_LINE, 10.0)),
    )


def test_a_queue_on_the_lane_that_feeds_this_one_alone_is_its_own() -> None:
    network = fed("EC_0")
    assert flow_of(measured(network, records(network, {"XE_0:far": 0.5}))["0"]) == pytest.approx(1700, rel=0.01)
    assert measured(network, records(network, {}))["0"].why_not == "no queue seen by occupancy on XE_0:far"


def test_a_queue_on_the_lane_that_feeds_others_too_has_to_stand_here_as_well() -> None:
    network = fed("EC_0", "EC_1")
    both = records(network, {"XE_0:far": 0.5, "EC_0:near": 0.5})
    assert flow_of(measured(network, both)["0"]) == pytest.approx(1700, rel=0.01)
    of_the_left = records(network, {"XE_0:far": 0.5, "EC_1:near": 0.5})
    assert measured(network, of_the_left)["0"].why_not == "no interval with a standing queue from end to end"
