"""Saturation flows that counts show: by lane group, from its detectors under a queue and the greens of the plan.

Of several detectors on a lane the one nearest to the stop line counts, at most 80 m before it unless the lane is alone
on its link: who has passed it farther upstream may still change lanes. That a queue outlasts the greens is told by
detectors behind at least half of what a green clears, which ordinary queues at red reach for a short time only. Where
the lane begins after such a detector, those on the lane that feeds it tell; if that feeds other lanes too, the queue
has to stand on a further detector of the lane itself, for it may be that of a full turning lane beside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from networks.network import Detector, DetectorKind, LaneLink, Network
from networks.saturation import VEHICLE_AND_GAP_M
from networks.turns import across_turns
from optimizers.problem import Constants
from signals.discharge import MeasuredDischarge
from signals.flows.queues import DetectorRecords, Mask
from signals.flows.saturated import (
    Green,
    Intervals,
    LaneRecords,
    NotMeasured,
    SaturatedFlow,
    saturated_intervals,
    saturation_flow,
)
from signals.intervals import greens, intervals
from signals.plan import ControlMode, IntersectionPlan
from signals.rules import LaneGroup, MeasuredFlow
from signals.rules.saturation import turn_of
from signals.service.estimate import Counted, Street

PLAUSIBLE_SHARE = (0.70, 1.30)
"""Of what the rules say without a measurement. Less is no discharge at saturation but vehicles that something holds
back; more is a detector that counts twice."""
REACHING_SHARE = 0.5
"""Of the vehicles that a green lets go, how many stand before the detector that tells of a queue, at least."""
_AT_THE_LINE = frozenset({DetectorKind.STOP_LINE, DetectorKind.ADVANCE})
_BEHIND_THE_JUNCTION = frozenset({DetectorKind.ENTRY, DetectorKind.EXIT})
_CAR = "passenger"
_MOST_FEEDERS = 4  # lanes one behind the other
_NOBODY_YIELDS = frozenset("GyYru")  # displays


def measured_flows(counted: Counted, street: Street) -> tuple[MeasuredDischarge, ...]:
    """What was measured for each lane group of the rules, or why nothing was."""
    lanes = _Lanes(counted, street.network)
    zero_s = float(street.incumbent.sync_reference_s)
    found = []
    for rules in street.rules.intersections:
        for group in rules.lane_groups:
            timing = street.incumbent.intersection(rules.intersection_id)
            try:
                if counted.whole.turns:
                    raise NotMeasured("counts of turns tell of no queue")
                flow, why_not = _of_group(lanes, timing, group, zero_s), ""
            except NotMeasured as reason:
                flow, why_not = None, str(reason)
            found.append(MeasuredDischarge(rules.intersection_id, group.group_id, flow, why_not))
    return tuple(found)


def for_rules(measured: Iterable[MeasuredDischarge]) -> tuple[MeasuredFlow, ...]:
    """What rules take of it."""
    return tuple(
        MeasuredFlow(
            intersection_id=one.intersection_id,
            group_id=one.group_id,
            veh_per_h_per_lane=round(one.flow.flow_veh_per_h, 1),
            source=str(one.flow),
        )
        for one in measured
        if one.flow is not None
    )


class _Lanes:
    """Lanes with their detectors and records, ready for questions."""

    def __init__(self, counted: Counted, network: Network) -> None:
        self.network = network
        self.across = across_turns(network.left_hand_traffic)
        self.records = counted.queues
        self._faulty = dict.fromkeys(counted.whole.silent, "without records")
        self._faulty |= {
            row.detector_id: f"{row.test}, {row.found}" for row in counted.whole.dropped if row.whole_detector
        }
        self._detectors: defaultdict[str, list[Detector]] = defaultdict(list)
        for detector in sorted(network.detectors, key=lambda one: (one.distance_to_stop_line_m, one.id)):
            self._detectors[detector.lane_id].append(detector)
        self.onward: defaultdict[str, list[LaneLink]] = defaultdict(list)
        self._feeders: defaultdict[str, list[LaneLink]] = defaultdict(list)
        self._of_group: defaultdict[tuple[str | None, str | None], dict[str, None]] = defaultdict(dict)
        for x in network.lane_links:
            if x.turn != "crossing":
                self.onward[x.from_lane_id].append(x)
                self._feeders[x.to_lane_id].append(x)
                self._of_group[x.intersection_id, x.group_id][x.from_lane_id] = None

    def of_group(self, intersection_id: str, group_id: str) -> list[str]:
        """The lanes that a signal group lets go and cars may use."""
        return [one for one in self._of_group[intersection_id, group_id] if self.network.lane(one).admits(_CAR)]

    def counter(self, lane_id: str) -> Detector:
        """The detector that counts what the lane discharges. NotMeasured where there is none, or none that works."""
        link = self.network.link(self.network.lane(lane_id).link_id)
        alone = sum(self.network.lane(name).admits(_CAR) for name in link.lane_ids) == 1
        there = [one for one in self._detectors[lane_id] if alone or one.kind in _AT_THE_LINE]
        return self._working(there, f"no detector at the stop line of lane {lane_id}")[0]

    def reached_by_queues(self, lane_id: str, least_m: float) -> tuple[list[Detector], list[Detector]]:
        """Detectors at least so far before the stop line, of which one tells of a queue, and those that must tell of it
        too (none: no need). NotMeasured where there is none, or none that works."""
        nearer_m, at, alone = 0.0, lane_id, True
        for _ in range(_MOST_FEEDERS):
            there = [one for one in self._detectors[at] if nearer_m + one.distance_to_stop_line_m >= least_m]
            feeders = self._feeders[at]
            if there or len(feeders) != 1 or feeders[0].intersection_id is not None:
                break
            nearer_m += self.network.lane(at).length_m + feeders[0].via_length_m
            at = feeders[0].from_lane_id
            alone = alone and len(self.onward[at]) == 1
        found = self._working(there, f"no detector for lane {lane_id} {least_m:.0f} m or more before the stop line")
        if alone:
            return found, []
        own = [one for one in self._detectors[lane_id] if one.kind is not DetectorKind.STOP_LINE]
        beside = (
            f"a queue on {found[0].id} may be that of a lane beside {lane_id}, which has no such detector of its own"
        )
        return found, self._working(own, beside)

    def behind_the_junction(self, lane_id: str) -> list[Detector]:
        """Detectors where vehicles of the lane drive on to: near the junction, or on a link that leaves the network."""
        links = {self.network.lane(one.to_lane_id).link_id for one in self.onward[lane_id]}
        lanes = [name for link_id in sorted(links) for name in self.network.link(link_id).lane_ids]
        return [one for name in lanes for one in self._detectors[name] if one.kind in _BEHIND_THE_JUNCTION]

    def _working(self, detectors: Sequence[Detector], none: str) -> list[Detector]:
        working = [one for one in detectors if one.id not in self._faulty]
        if working:
            return working
        raise NotMeasured(f"detector {detectors[0].id}: {self._faulty[detectors[0].id]}" if detectors else none)


def _of_group(lanes: _Lanes, timing: IntersectionPlan, group: LaneGroup, zero_s: float) -> SaturatedFlow:
    green = _green(timing, group.group_id)
    found: list[Intervals] = []
    reasons: list[str] = []
    for lane_id in lanes.of_group(timing.intersection_id, group.group_id):
        try:
            found.append(_of_lane(lanes, lane_id, group, green, zero_s + timing.offset_ds / 10))
        except NotMeasured as reason:
            reasons.append(str(reason))
    if not found:
        raise NotMeasured("; ".join(dict.fromkeys(reasons)) or "no lane that cars may use")
    flow = saturation_flow(found)
    low, high = PLAUSIBLE_SHARE
    least, most = low * group.target_veh_per_h_per_lane, high * group.target_veh_per_h_per_lane
    if not least <= flow.flow_veh_per_h <= most:
        held = "vehicles are held back behind the stop line" if flow.flow_veh_per_h < least else "vehicles count twice"
        expected = f"{least:,.0f} to {most:,.0f} ({100 * low:.0f} to {100 * high:.0f} % of {group.source})"
        raise NotMeasured(f"{flow}, not within {expected}: it may be that {held}")
    return flow


def _green(timing: IntersectionPlan, group_id: str) -> Green:
    """Effective green of a group. NotMeasured where it is not known or lets go who has to give way."""
    if timing.control_mode is not ControlMode.FIXED:
        raise NotMeasured(f"runs {timing.control_mode.value}: how much green was shown is not known")
    shown = {one.display for one in intervals(timing)[group_id]}
    if not shown <= _NOBODY_YIELDS:
        raise NotMeasured("gives way in some of its green: such a green does not discharge at saturation")
    if "G" not in shown or not shown & set("ru"):
        raise NotMeasured("is not green" if "G" not in shown else "is always green")
    windows_s = [(start_ds / 10, end_ds / 10) for start_ds, end_ds in greens(timing)[group_id]]
    constants = Constants()
    return Green.of(windows_s, timing.body.length_ds / 10, constants.start_loss_s, constants.yellow_usable_s)


def _of_lane(lanes: _Lanes, lane_id: str, group: LaneGroup, green: Green, zero_s: float) -> Intervals:
    """Saturated intervals of a lane; its signal's local clock is at zero `zero_s` after midnight."""
    onward = lanes.onward[lane_id]
    others = sorted({x.group_id or "none" for x in onward} - {group.group_id})
    if others:
        raise NotMeasured(f"lane {lane_id} is let go by other signals too (group {', '.join(others)})")
    if {turn_of({x.turn}, lanes.across) for x in onward} != {group.turn}:
        raise NotMeasured(f"lane {lane_id} serves other turns too, and their share is not known")
    counter = lanes.counter(lane_id)
    let_go_m = VEHICLE_AND_GAP_M * group.target_veh_per_h_per_lane / 3600.0 * green.longest_s
    reached, confirming = lanes.reached_by_queues(lane_id, REACHING_SHARE * let_go_m)
    mine = lanes.records.get(counter.id)
    if mine is None or not (queued := _stood(lanes, reached, mine)).any():
        raise NotMeasured(f"no queue seen by occupancy on {', '.join(one.id for one in reached)}")
    if confirming:
        queued &= _stood(lanes, confirming, mine)
    blocked = _stood(lanes, lanes.behind_the_junction(lane_id), mine)
    found = saturated_intervals(
        LaneRecords(mine.begin_s, mine.clock_s - zero_s, mine.duration_s, mine.count_veh, queued & ~blocked), green
    )
    if not len(found.count_veh) and (queued & blocked).any():
        held = f"{int((queued & blocked).sum())} of {int(queued.sum())} records"
        raise NotMeasured(f"vehicles of lane {lane_id} were held back by a queue behind the junction in {held}")
    return found


def _stood(lanes: _Lanes, detectors: Sequence[Detector], of: DetectorRecords) -> Mask:
    """Per record of another detector (n,): whether a queue stood on any of these in the same time."""
    begin_ms = np.round(1000.0 * of.begin_s)
    found = np.zeros(len(begin_ms), dtype=bool)
    for detector in detectors:
        theirs = lanes.records.get(detector.id)
        if theirs is not None:
            found |= np.isin(begin_ms, np.round(1000.0 * theirs.begin_s[theirs.standing]))
    return found
