"""Loops in the road of actuated stages: SUMO is told for each lane which induction loop ends its green, or none.
(Of rings see `_sumo_areas`.)"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from networks.faults import Fault, refuse_if_any
from networks.inherited import RING_KINDS
from networks.junction import Intersection, Program
from networks.network import Network
from signals.control.spoken import NO_LOOP
from signals.plan import ControlMode, DetectorUse, IntersectionPlan, RingsBody, StagesBody, TimingPlan
from signals.programs._sumo_areas import NEVER_S
from signals.programs._sumo_markup import attributes

Entries = tuple[tuple[str, str], ...]


def loop_parameters(timing: IntersectionPlan, intersection: Intersection, network: Network) -> Entries:
    """One entry (lane, loop) for every lane with a signal; nothing where the plan does not say which loops there are.

    Raises `InputError` for detectors that the network does not have.
    """
    if timing.untouched or timing.control_mode is ControlMode.FIXED or not isinstance(timing.body, StagesBody):
        return ()
    return _entries(timing.detectors, intersection, network)


def without_loops(
    program: Program, uses: Sequence[DetectorUse], intersection: Intersection, network: Network
) -> Entries:
    """The parameters of a program that was written with these detectors, less those that say which lane has which."""
    if not uses:
        return program.parameters
    lanes, named = _lanes(intersection, network), {NO_LOOP, *(use.detector_id for use in uses)}
    return tuple((key, value) for key, value in program.parameters if key not in lanes or value not in named)


def loops_of(plan: TimingPlan, network: Network) -> Iterator[str]:
    """The detectors that the programs of a plan name, as lines of XML: they must stand before the programs."""
    loops = {use.detector_id for timing in plan.intersections for use in timing.detectors if not _in_rings(timing)}
    areas = set[str]()
    for timing in plan.intersections:
        values = {value for _, value in timing.parameters}
        if _in_rings(timing):
            areas |= values
        elif timing.untouched:
            running = network.intersection(timing.intersection_id).running
            (areas if running.kind in RING_KINDS else loops).update(values)
    for detector in network.detectors:
        lane = (("id", detector.id), ("lane", detector.lane_id), ("pos", f"{detector.position_m:.3f}"))
        output = (("friendlyPos", "true"), ("period", NEVER_S), ("file", "NUL"))
        if detector.id in loops:
            length = (("length", f"{detector.length_m:.3f}"),) if detector.length_m > 0 else ()
            yield f"    <inductionLoop {attributes((*lane, *length, *output))}/>"
        if detector.id in areas:
            yield f"    <laneAreaDetector {attributes((*lane, ('length', f'{detector.length_m:.3f}'), *output))}/>"


def _in_rings(timing: IntersectionPlan) -> bool:
    return isinstance(timing.body, RingsBody) and timing.control_mode is not ControlMode.FIXED


def _entries(uses: Sequence[DetectorUse], intersection: Intersection, network: Network) -> Entries:
    if not uses:
        return ()
    there = {detector.id: detector.lane_id for detector in network.detectors}
    refuse_if_any(
        Fault("detector", f"intersection {intersection.id!r}", use.detector_id, "a detector of the network")
        for use in uses
        if use.detector_id not in there
    )
    loop_on = {there[use.detector_id]: use.detector_id for use in uses if use.extends}
    return tuple((lane_id, loop_on.get(lane_id, NO_LOOP)) for lane_id in sorted(_lanes(intersection, network)))


def _lanes(intersection: Intersection, network: Network) -> set[str]:
    """The lanes that end at a signal of the intersection."""
    lane_links = (network.lane_link(name) for movement in intersection.movements for name in movement.lane_link_ids)
    return {link.from_lane_id for link in lane_links if link.group_id is not None}
