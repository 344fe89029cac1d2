"""Which loops in the road call and extend a ring phase, and rings laid out for them: what nobody sees is recalled."""

from __future__ import annotations

from collections.abc import Iterator

from networks.junction import Intersection
from networks.network import Network
from signals.plan import ControlMode, DetectorUse, IntersectionPlan, RingPhase, RingsBody, TimingPlan
from signals.timing.detection import Detection, Loops
from signals.timing.extended import longest_green_ds

_PASSAGE_DS = 20


def detection_of(phase: RingPhase, intersection: Intersection, loops: Loops) -> Detection:
    """The loops of a ring phase: in all lanes from which a way has its protected green. (So does SUMO.)"""
    groups = {*phase.group_ids}
    return loops.in_lanes(
        (
            lane_link.from_lane_id
            for movement in intersection.movements
            if movement.turn != "crossing"
            for lane_link in map(loops.lane_link, movement.lane_link_ids)
            if lane_link.group_id in groups
        ),
        str(phase.number),
    )


def on_loops(timing: IntersectionPlan, network: Network, loops: Loops) -> IntersectionPlan:
    """Actuated rings with the detectors that are there; a ring phase with a lane that none of them sees is served up to
    its maximum in every cycle (maximum recall), and has none. Coordinated ring phases end on the clock."""
    assert isinstance(timing.body, RingsBody)
    intersection = network.intersection(timing.intersection_id)
    phases = list[RingPhase]()
    uses = list[DetectorUse]()
    for phase in timing.body.ring_phases:
        found = detection_of(phase, intersection, loops)
        if phase.omitted or timing.on_the_clock(phase):
            phases.append(phase)
        elif found.complete and found.uses:
            phases.append(phase)
            uses += found.uses
        else:
            phases.append(phase.model_copy(update={"recall": "maximum"}))
    body = timing.body.model_copy(update={"ring_phases": tuple(phases)})
    return timing.model_copy(update={"body": body, "detectors": tuple(uses)})


def responding(timing: IntersectionPlan, network: Network, loops: Loops | None, mode: ControlMode) -> IntersectionPlan:
    """Fixed rings, run so that traffic calls and extends their ring phases: in their cycle, or free up to 1.5 times
    their greens. `loops`: only detectors that are there; rings in which these leave all as planned stay fixed.

    With overlaps or groups on foot they stay fixed too: no simulator here runs those under traffic, so nobody could
    prove them.
    """
    body = timing.body
    assert isinstance(body, RingsBody)
    served = [phase for phase in body.ring_phases if not phase.omitted]
    if body.overlaps or any(phase.pedestrian_group_ids for phase in served):
        return timing
    phases = tuple(phase if phase.omitted else _extended(phase, mode) for phase in body.ring_phases)
    free = mode is ControlMode.ACTUATED
    found = timing.model_copy(
        update={
            "control_mode": mode,
            "body": body.model_copy(update={"ring_phases": phases}),
            **({"cycle_ds": None, "offset_ds": 0} if free else {}),
        }
    )
    if loops is None:
        return found
    found = on_loops(found, network, loops)
    return found if found.detectors else timing


def _extended(phase: RingPhase, mode: ControlMode) -> RingPhase:
    changes: dict[str, int] = {"passage_ds": _PASSAGE_DS if phase.passage_ds is None else phase.passage_ds}
    if mode is ControlMode.ACTUATED and phase.max_green_ds is None:
        changes["max_green_ds"] = longest_green_ds(phase.green_ds, phase.min_green_ds)
    return phase.model_copy(update=changes)


def unseen_ring_phases(plan: TimingPlan, network: Network) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Ring phases of actuated rings with a lane that no detector sees: intersection, number, and these lanes (empty:
    no way of it has a protected green)."""
    loops = Loops(network)
    for timing in plan.intersections:
        if timing.untouched or timing.control_mode is ControlMode.FIXED or not isinstance(timing.body, RingsBody):
            continue
        for phase in timing.body.ring_phases:
            found = detection_of(phase, network.intersection(timing.intersection_id), loops)
            if not phase.omitted and not timing.on_the_clock(phase) and not (found.complete and found.uses):
                yield timing.intersection_id, phase.number, found.unseen_lane_ids
