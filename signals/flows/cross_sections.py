"""Which detectors together measure which cross-section of the street."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from networks.demand import LaneCount, LinkCount
from networks.network import Detector, DetectorKind, Network

CAR = "passenger"
BEST_FIRST = (DetectorKind.ENTRY, DetectorKind.MID_BLOCK, DetectorKind.EXIT, DetectorKind.ADVANCE)


@dataclass(frozen=True, slots=True)
class DetectorFlow:
    """One detector in one period; `standing`: a queue stood on it, `censored`: and kept vehicles from being counted
    whose number is not known; `imputed`: from other days."""

    flow_veh_per_h: float
    observed_s: float
    standing: bool
    censored: bool = False
    imputed: bool = False


def cross_sections(
    seen: Mapping[str, DetectorFlow], network: Network
) -> tuple[tuple[LinkCount, ...], tuple[LaneCount, ...]]:
    """Link counts from the best cross-section of each link, and counts per lane at its stop lines.

    A cross-section with a lane uncounted, or with a queue standing on it or before it, bounds the link's flow from
    below; of several such sections the one that counted most does. A stop-line count is a lower bound where a queue
    stood on the detector farthest upstream of it.
    """
    by_link: dict[str, list[Detector]] = defaultdict(list)
    for detector in network.detectors:
        lane = network.lane(detector.lane_id)
        if detector.id in seen and lane.admits(CAR):
            by_link[lane.link_id].append(detector)
    links, lanes = [], []
    for link_id in sorted(by_link):
        detectors = by_link[link_id]
        needed = {lane_id for lane_id in network.link(link_id).lane_ids if network.lane(lane_id).admits(CAR)}
        link_count = _link_count(link_id, detectors, seen, needed)
        if link_count is not None:
            links.append(link_count)
        queued = _queued_lanes(detectors, seen)
        stop_lines: dict[str, Detector] = {}
        for detector in detectors:  # the one nearest to the line speaks for its lane
            if detector.kind is DetectorKind.STOP_LINE:
                best = stop_lines.get(detector.lane_id)
                if best is None or _order(detector) < _order(best):
                    stop_lines[detector.lane_id] = detector
        for lane_id, detector in sorted(stop_lines.items()):
            flow = seen[detector.id]
            censored = queued.get(lane_id, any(queued.values()))
            lanes.append(LaneCount(lane_id, flow.flow_veh_per_h, flow.observed_s, censored, flow.imputed))
    return tuple(links), tuple(lanes)


def _order(detector: Detector) -> tuple[float, str]:
    return detector.distance_to_stop_line_m, detector.id


def _link_count(
    link_id: str, detectors: list[Detector], seen: Mapping[str, DetectorFlow], needed: set[str]
) -> LinkCount | None:
    """The best of the link's cross-sections: whole and free of queues first, then by kind."""
    sections: dict[tuple[int, int], dict[str, DetectorFlow]] = defaultdict(dict)
    for kind_rank, kind in enumerate(BEST_FIRST):
        on_lane: dict[str, int] = defaultdict(int)
        for detector in sorted((d for d in detectors if d.kind is kind), key=_order, reverse=True):
            counted = replace(seen[detector.id], censored=_held_back(detector, detectors, seen))
            sections[kind_rank, on_lane[detector.lane_id]][detector.lane_id] = counted
            on_lane[detector.lane_id] += 1
    best: tuple[tuple[bool, bool, float, tuple[int, int]], LinkCount] | None = None
    for key, by_lane in sections.items():
        flow = sum(one.flow_veh_per_h for one in by_lane.values())
        queue, partial = any(one.censored for one in by_lane.values()), set(by_lane) != needed
        imputed = any(one.imputed for one in by_lane.values())
        observed_s = min(one.observed_s for one in by_lane.values())
        count = LinkCount(link_id, flow, observed_s, queue or partial, imputed)
        rank = (queue or partial, partial, -flow if queue or partial else 0.0, key)
        if best is None or rank < best[0]:
            best = (rank, count)
    return None if best is None else best[1]


def _held_back(detector: Detector, detectors: list[Detector], seen: Mapping[str, DetectorFlow]) -> bool:
    """Whether a queue on this detector, or on one before it in its lane, kept vehicles from being counted here."""
    return any(
        seen[other.id].censored
        for other in detectors
        if other.lane_id == detector.lane_id and other.distance_to_stop_line_m >= detector.distance_to_stop_line_m
    )


def _queued_lanes(detectors: list[Detector], seen: Mapping[str, DetectorFlow]) -> dict[str, bool]:
    """Per lane with a detector before its stop line: whether a queue stood on the farthest one."""
    farthest: dict[str, Detector] = {}
    for detector in detectors:
        if detector.kind is not DetectorKind.STOP_LINE:
            known = farthest.get(detector.lane_id)
            if known is None or _order(detector) > _order(known):
                farthest[detector.lane_id] = detector
    return {lane_id: seen[detector.id].standing for lane_id, detector in farthest.items()}
