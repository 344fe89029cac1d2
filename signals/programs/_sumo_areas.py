"""Loops in the road of actuated rings. SUMO's NEMA programs (1.28, measured) take one lane area detector per lane,
named by a parameter (lane, detector); what it sees calls and extends every ring phase with a `G` from its lane.

- A lane without a parameter gets a detector of SUMO's own, 20 m long at the stop line; `NO_DETECTOR`, as in its
  actuated programs, is an error. So a lane of which the plan says nothing gets an area that sees nobody: its type of
  vehicle does not exist.
- SUMO looks once a step who stands in the area, whereas a loop tells of everybody who passed. In steps of 1 s an area
  as long as a loop of 2 m missed half of the vehicles at 50 km/h; one as long as the way of a second missed 0 of 279,
  and was occupied in as many steps (413) as the loop (427). It begins where the loop does, or ends with the lane.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from networks.faults import Fault, refuse_if_any
from networks.junction import Intersection, Program
from networks.network import Detector, Lane, Network
from networks.own_names import OWN_PREFIX, is_own
from signals.control import NotExpressible
from signals.plan import ControlMode, DetectorUse, IntersectionPlan, RingPhase, RingsBody
from signals.programs._sumo_markup import attributes

NEVER_S = "100000.00"  # the detector's own output is of no use, and goes nowhere
_NOBODY = f"{OWN_PREFIX}nobody"
_LOOKS_EVERY_S = 1.0  # the longest step there is


def area_id(program_id: str, lane_id: str) -> str:
    """Our name for what SUMO's program of this id has in a lane."""
    return f"{OWN_PREFIX}{program_id}.{lane_id}"


def without_areas(program: Program) -> Program:
    """The program less the parameters that name our areas."""
    return replace(program, parameters=tuple(item for item in program.parameters if not is_own(item[1])))


def areas_of(
    timing: IntersectionPlan, program_id: str, intersection: Intersection, network: Network
) -> Iterator[tuple[str, str, str]]:
    """Lane, id and line of XML of each area of actuated rings; nothing where the plan says of no loop.

    Raises `InputError` for detectors that the network does not have, `NotExpressible` where SUMO would call or extend
    other ring phases than the plan says.
    """
    body = timing.body
    if timing.control_mode is ControlMode.FIXED or not isinstance(body, RingsBody):
        return
    if not timing.detectors:
        return
    there = {detector.id: detector for detector in network.detectors}
    refuse_if_any(
        Fault("detector", f"intersection {intersection.id!r}", use.detector_id, "a detector of the network")
        for use in timing.detectors
        if use.detector_id not in there
    )
    lanes = _ring_phases_by_lane(body, intersection, network)
    used = [use for use in timing.detectors if use.calls or use.extends]
    reasons = list(dict.fromkeys(_reasons(timing, body, used, there, lanes)))
    if reasons:
        raise NotExpressible("\n".join(f"intersection {intersection.id!r}: {reason}" for reason in reasons))
    by_lane = {there[use.detector_id].lane_id: there[use.detector_id] for use in used}
    for lane_id in sorted(lanes):
        name = area_id(program_id, lane_id)
        yield lane_id, name, _line(name, network.lane(lane_id), by_lane.get(lane_id))


def _ring_phases_by_lane(body: RingsBody, intersection: Intersection, network: Network) -> dict[str, set[int]]:
    """Per lane with a signal the ring phases that give a way from it their protected green."""
    protected: defaultdict[str, set[int]] = defaultdict(set)
    for phase in body.ring_phases:
        for name in () if phase.omitted else phase.group_ids:
            protected[name].add(phase.number)
    found: defaultdict[str, set[int]] = defaultdict(set)
    for movement in intersection.movements:
        for lane_link in map(network.lane_link, movement.lane_link_ids):
            if lane_link.group_id is not None:
                found[lane_link.from_lane_id] |= protected[lane_link.group_id]
    return found


def _reasons(
    timing: IntersectionPlan,
    body: RingsBody,
    used: Sequence[DetectorUse],
    there: dict[str, Detector],
    lanes: dict[str, set[int]],
) -> Iterator[str]:
    """Where SUMO, which knows one detector a lane for all that it is green for, would do something else."""
    targets: defaultdict[str, set[int]] = defaultdict(set)
    by_lane: defaultdict[str, set[str]] = defaultdict(set)
    for use in used:
        lane_id, number = there[use.detector_id].lane_id, int(use.target)
        by_lane[lane_id].add(use.detector_id)
        targets[lane_id].add(number)
        phase = body.phase(number)
        if number not in lanes.get(lane_id, ()) and not _ends_by_itself(timing, phase):
            yield f"detector {use.detector_id!r} is for ring phase {number}, which has no protected green from its lane"
        if not use.extends and not _ends_by_itself(timing, phase):
            yield f"detector {use.detector_id!r} calls and does not extend ring phase {number}; SUMO's do both"
        if not use.calls and not (_ends_by_itself(timing, phase) or phase.recall == "minimum"):
            yield f"detector {use.detector_id!r} extends and does not call ring phase {number}; SUMO's do both"
    for lane_id, names in sorted(by_lane.items()):
        if len(names) > 1:
            yield f"lane {lane_id!r} has the detectors {', '.join(sorted(names))}; SUMO knows one a lane"
        for number in sorted(lanes.get(lane_id, set()) - targets[lane_id]):
            if not _ends_by_itself(timing, body.phase(number)):
                yield f"detector {min(names)!r} is not for ring phase {number}, which is green from its lane as well"


def _ends_by_itself(timing: IntersectionPlan, phase: RingPhase) -> bool:
    return phase.omitted or timing.on_the_clock(phase) or phase.recall == "maximum"


def _line(name: str, lane: Lane, detector: Detector | None) -> str:
    length_m = min(lane.length_m, max(lane.speed_m_per_s * _LOOKS_EVERY_S, detector.length_m if detector else 0.0))
    start_m = min(0.0 if detector is None else detector.position_m, lane.length_m - length_m)
    place = (("lane", lane.id), ("pos", f"{start_m:.3f}"), ("endPos", f"{start_m + length_m:.3f}"))
    sees = () if detector is not None else (("vTypes", _NOBODY),)
    output = (("friendlyPos", "true"), ("period", NEVER_S), ("file", "NUL"))
    return f"    <laneAreaDetector {attributes((('id', name), *place, *output, *sees))}/>"
