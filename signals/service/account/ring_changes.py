"""Rings old against new, line by line: order, splits, and what the rules lengthened, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator

from networks.junction import Intersection
from signals.plan import RingPhase, RingsBody
from signals.reports import PlanChange
from signals.service.sides import Side
from signals.timing.rings.splits import least_splits_ds

_SMALL_SHARE = 0.005
_LAWFUL = {
    "yellow_ds": "yellow",
    "red_clearance_ds": "red clearance",
    "red_amber_ds": "red-amber",
    "min_green_ds": "minimum green",
    "walk_ds": "walk",
    "pedestrian_clearance_ds": "pedestrian clearance",
    "pedestrian_buffer_ds": "pedestrian buffer",
}


def ring_rows(before: Side, after: Side, intersection: Intersection, why: str) -> Iterator[PlanChange]:
    """The rows of a junction that runs in rings before and after; `why` they have the order that they have."""
    old, new = before.timing(intersection.id).body, after.timing(intersection.id).body
    assert isinstance(old, RingsBody)
    assert isinstance(new, RingsBody)
    if old.rings != new.rings:
        reason = why or "lefts lead or lag in another way"
        yield PlanChange("order of ring phases", old.order, new.order, reason)
    least_ds = least_splits_ds(after.timing(intersection.id))
    for phase in new.ring_phases:
        was = old.by_number.get(phase.number)
        if was is None:
            continue
        for name, words in _LAWFUL.items():
            one, two = getattr(was, name), getattr(phase, name)
            if one != two:
                what = f"{words} of ring phase {phase.number}"
                yield PlanChange(what, f"{one / 10:g} s", f"{two / 10:g} s", "the rules ask for it")
        if was.split_ds != phase.split_ds:
            parts = [
                _shares(was, phase, before, after, intersection.id),
                *_loads(phase, before, after, intersection.id),
            ]
            if phase.split_ds <= least_ds[phase.number]:
                parts.append("no shorter one is allowed by its minimum green, and by walk and clearance")
            said = f"{was.split_ds / 10:g} s", f"{phase.split_ds / 10:g} s"
            yield PlanChange(f"split of ring phase {phase.number}", *said, "; ".join(parts))


def _shares(old: RingPhase, new: RingPhase, before: Side, after: Side, intersection_id: str) -> str:
    shares = (
        old.split_ds / 10 / before.cycle_s(intersection_id),
        new.split_ds / 10 / after.cycle_s(intersection_id),
    )
    if abs(shares[1] - shares[0]) <= _SMALL_SHARE:
        return f"same share of the cycle ({100 * shares[1]:.0f} %), which has another length"
    which = "larger" if shares[1] > shares[0] else "smaller"
    return f"{which} share: {said_of_shares(*shares)}"


def said_of_shares(old: float, new: float) -> str:
    """From which part of the cycle to which, with as many digits as tell them apart."""
    digits = int(f"{100 * old:.0f}" == f"{100 * new:.0f}")
    return f"{100 * old:.{digits}f} % to {100 * new:.{digits}f} % of the cycle"


def _loads(phase: RingPhase, before: Side, after: Side, intersection_id: str) -> Iterator[str]:
    """The most loaded lane of what it drives, in either plan."""
    driven = {*phase.vehicle_group_ids}
    problem = after.named.problem
    own = [
        number
        for number, use in enumerate(after.named.uses)
        if use.intersection_id == intersection_id and use.group_id in driven and use.flow_veh_per_h > 0
    ]
    if not own:
        yield "no traffic estimated for its groups"
        return
    critical = max(own, key=lambda number: (after.hcm.saturation[problem.use_lane[number]], -number))
    lane, lane_id = problem.use_lane[critical], after.named.uses[critical].lane_id
    flow_veh_per_h = sum(use.flow_veh_per_h for use in after.named.uses if use.lane_id == lane_id)
    loads = [float(side.hcm.saturation[lane]) for side in (before, after)]
    yield f"its critical lane {lane_id} ({flow_veh_per_h:.0f} veh/h): v/c {loads[0]:.2f} before, {loads[1]:.2f} after"
