"""What the detectors of a street see, and what they could end or call in the plan that runs: for people."""

from __future__ import annotations

from collections.abc import Iterator

from networks.detectors import ADVANCE_WITHIN_M
from networks.network import Detector, DetectorKind, Network
from signals.control import running_plan
from signals.plan import IntersectionPlan, StagesBody
from signals.timing.detection import Detection, Loops
from signals.timing.ring_detection import detection_of


def detectors_told(network: Network) -> Iterator[str]:
    """A line per detector with its lane, place and kind, and per stage or ring phase with lanes that none sees."""
    yield f"detectors: {len(network.detectors)}"
    intersection_of = {
        lane_link.from_lane_id: lane_link.intersection_id
        for lane_link in network.lane_links
        if lane_link.group_id is not None and lane_link.turn != "crossing"
    }
    found = {
        timing.intersection_id: _detections(network, timing, Loops(network))
        for timing in running_plan(network).intersections
    }
    for detector in network.detectors:
        name = intersection_of.get(detector.lane_id)
        yield f"  {_place(detector, name)}: {_use(detector, network, found.get(name or '', []))}"
    for name, detections in found.items():
        for target, detection in detections:
            if detection.unseen_lane_ids:
                yield f"  intersection {name}, {target}: nobody sees lanes {', '.join(detection.unseen_lane_ids)}"


def _detections(network: Network, timing: IntersectionPlan, loops: Loops) -> list[tuple[str, Detection]]:
    """What the loops could end, call or extend, by the words for it."""
    body, intersection = timing.body, network.intersection(timing.intersection_id)
    if isinstance(body, StagesBody):
        return [(f"stage {stage.id}", loops.of(stage, body, intersection)) for stage in body.sequence]
    return [
        (f"ring phase {phase.number}", detection_of(phase, intersection, loops))
        for phase in body.ring_phases
        if not phase.omitted
    ]


def _place(detector: Detector, intersection_id: str | None) -> str:
    where = "no signal ahead" if intersection_id is None else f"intersection {intersection_id}"
    metres = f"{detector.distance_to_stop_line_m:.1f} m before the end of lane {detector.lane_id}"
    return f"{where}, detector {detector.id} ({detector.kind.value}), {metres}"


def _use(detector: Detector, network: Network, detections: list[tuple[str, Detection]]) -> str:
    targets = [name for name, found in detections if any(use.detector_id == detector.id for use in found.uses)]
    if targets:
        return f"could {'end' if targets[0].startswith('stage') else 'call and extend'} {', '.join(targets)}"
    return f"counts only: {_why_not(detector, network, detections)}"


def _why_not(detector: Detector, network: Network, detections: list[tuple[str, Detection]]) -> str:
    if detector.kind is DetectorKind.EXIT or not detections:
        return "no signal ahead of it" if not detections else "on the way out"
    if detector.distance_to_stop_line_m > ADVANCE_WITHIN_M:
        return f"more than {ADVANCE_WITHIN_M:g} m before the stop line"
    on_lane = {one.id for one in network.detectors if one.lane_id == detector.lane_id}
    better = [use.detector_id for _, found in detections for use in found.uses if use.detector_id in on_lane]
    return f"{better[0]} of its lane is better placed" if better else "its lane holds no green"
