"""One timing in rings in its forms of control: fixed, coordinated, free; and with what the rules ask of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from networks.faults import InputError
from networks.junction import Intersection
from signals.control import in_step, timing_of
from signals.plan import ControlMode, IntersectionPlan, RingPhase, RingsBody, position_ds
from signals.rules import Rules
from signals.timing.extended import longest_green_ds
from signals.timing.rings.barriers import together_at_barriers
from signals.timing.rings.slices import with_splits
from signals.timing.rings.splits import fitted_ds, least_cycle_ds, least_splits_ds

_SECOND_DS = 10


def rings_today(intersection: Intersection) -> IntersectionPlan | None:
    """What runs at an intersection, if it runs in rings."""
    if intersection.running.in_rings is None:
        return None
    try:
        return timing_of(intersection.running, intersection)
    except InputError:
        return None


def fixed_rings(timing: IntersectionPlan, intersection: Intersection, rules: Rules) -> IntersectionPlan:
    """A timing in rings as fixed control that keeps the rules (`lawful_rings`); on foot everybody is served in each
    cycle. What runs free gets the cycle of its splits; every cycle is within the rules' bounds if it can be."""
    body = timing.body
    assert isinstance(body, RingsBody)
    body = in_step(body)
    phases = tuple(
        phase.model_copy(update={"pedestrian_mode": "recall"}) if phase.pedestrian_mode == "actuated" else phase
        for phase in body.ring_phases
    )
    low_ds, high_ds = rules.cycle_bounds_ds(intersection.id)
    cycle_ds = timing.cycle_ds or -(-body.length_ds // _SECOND_DS) * _SECOND_DS
    cycle_ds = min(high_ds, max(low_ds, cycle_ds))
    fixed = timing.model_copy(
        update={
            "control_mode": ControlMode.FIXED,
            "body": body.model_copy(update={"ring_phases": phases}),
            "cycle_ds": cycle_ds,
            "detectors": (),
            "parameters": (),
        }
    )
    start_ds = 0 if timing.cycle_ds is None else timing.offset_ds - position_ds(timing)
    return _fitted(fixed, intersection, rules, cycle_ds, start_ds)


def lawful_rings(timing: IntersectionPlan, intersection: Intersection, rules: Rules) -> IntersectionPlan:
    """A timing in rings with yellow, clearance, minimum green and times on foot as the rules have them where these ask
    for more; itself where they do not.

    The cycle stays as it runs where the splits can give the time, and grows where they cannot. The first barrier stays
    where it is on the clock.
    """
    if timing.cycle_ds is not None:
        start_ds = timing.offset_ds - position_ds(timing)
        return _fitted(timing, intersection, rules, timing.cycle_ds, start_ds)
    longer = _raised(timing, intersection, rules)
    assert isinstance(longer.body, RingsBody)
    least_ds = least_splits_ds(longer)
    phases = tuple(
        phase.model_copy(update={"split_ds": max(phase.split_ds, least_ds[phase.number])})
        for phase in longer.body.ring_phases
    )
    return longer.model_copy(update={"body": longer.body.model_copy(update={"ring_phases": phases})})


def _fitted(
    timing: IntersectionPlan, intersection: Intersection, rules: Rules, cycle_ds: int, start_ds: int
) -> IntersectionPlan:
    longer = _raised(timing, intersection, rules)
    assert isinstance(longer.body, RingsBody)
    least_ds = least_splits_ds(longer)
    low_ds, _ = rules.cycle_bounds_ds(intersection.id)
    cycle_ds = max(least_cycle_ds(longer.body, least_ds), low_ds, cycle_ds)
    wanted_ds = {phase.number: phase.split_ds for phase in longer.body.ring_phases}
    return with_splits(longer, fitted_ds(longer.body, wanted_ds, least_ds, cycle_ds), start_ds)


def _raised(timing: IntersectionPlan, intersection: Intersection, rules: Rules) -> IntersectionPlan:
    body = timing.body
    assert isinstance(body, RingsBody)
    phases = tuple(_lawful(phase, intersection, rules) for phase in body.ring_phases)
    return timing.model_copy(update={"body": body.model_copy(update={"ring_phases": phases})})


def coordinated_rings(timing: IntersectionPlan, today: IntersectionPlan) -> IntersectionPlan:
    """A fixed timing in rings as coordinated actuated control with force-offs, recalls, detectors as they are `today`.

    Fixed control stays fixed: what could respond there is a matter of detectors (`ring_detection`). Splits may change
    within their ring and concurrency group (`together_at_barriers`).
    """
    if today.control_mode is ControlMode.FIXED:
        return timing
    start_ds = timing.offset_ds - position_ds(timing)
    timing = with_splits(timing, together_at_barriers(_on_foot_as(timing, today)), start_ds)
    return timing.model_copy(
        update={
            "control_mode": ControlMode.COORDINATED,
            "body": _on_foot_as(timing, today),
            "detectors": today.detectors,
            "parameters": today.parameters,
        }
    )


def free_rings(timing: IntersectionPlan, today: IntersectionPlan) -> IntersectionPlan:
    """A fixed timing in rings as actuated control without a cycle: greens up to 1.5 times the planned ones; where fixed
    control runs today it stays fixed."""
    if today.control_mode is ControlMode.FIXED:
        return timing
    body = _on_foot_as(timing, today)
    longest_ds = {one.number: longest_green_ds(one.green_ds, one.min_green_ds) for one in body.ring_phases}
    phases = tuple(one.model_copy(update={"max_green_ds": longest_ds[one.number]}) for one in body.ring_phases)
    return coordinated_rings(timing, today).model_copy(
        update={
            "control_mode": ControlMode.ACTUATED,
            "cycle_ds": None,
            "offset_ds": 0,
            "body": body.model_copy(update={"ring_phases": phases}),
        }
    )


def _on_foot_as(timing: IntersectionPlan, today: IntersectionPlan) -> RingsBody:
    """The body with the pedestrian modes of today."""
    body, before = timing.body, today.body
    assert isinstance(body, RingsBody)
    assert isinstance(before, RingsBody)
    modes = {phase.number: phase.pedestrian_mode for phase in before.ring_phases}
    phases = tuple(phase.model_copy(update={"pedestrian_mode": modes[phase.number]}) for phase in body.ring_phases)
    return body.model_copy(update={"ring_phases": phases})


def _lawful(phase: RingPhase, intersection: Intersection, rules: Rules) -> RingPhase:
    """A ring phase with the rules' values for all that it drives, each no shorter than it is."""
    on_wheels, on_foot = phase.vehicle_group_ids, phase.pedestrian_group_ids
    driving = [rules.group(intersection.id, name) for name in on_wheels]
    walking = [rules.group(intersection.id, name) for name in on_foot]
    yellow_ds = max([phase.yellow_ds, *(rule.yellow_ds for rule in driving)])
    red_ds = max(phase.red_clearance_ds, _intergreen_ds(on_wheels, intersection, rules) - yellow_ds)
    min_green_ds = max([phase.min_green_ds, *(rule.min_green_ds for rule in driving)])
    buffer_ds = _intergreen_ds(on_foot, intersection, rules)
    limits = {name: getattr(phase, name) for name in ("max_green_ds", "max_green_2_ds")}
    return phase.model_copy(
        update={
            "red_amber_ds": max([phase.red_amber_ds, *(rule.red_amber_ds or 0 for rule in driving)]),
            "yellow_ds": yellow_ds,
            "red_clearance_ds": red_ds,
            "min_green_ds": min_green_ds,
            "walk_ds": max([phase.walk_ds, *(rule.walk_ds or 0 for rule in walking)]),
            "pedestrian_clearance_ds": max(
                [phase.pedestrian_clearance_ds, *(rule.pedestrian_clearance_ds or 0 for rule in walking)]
            ),
            "pedestrian_buffer_ds": max(phase.pedestrian_buffer_ds, buffer_ds if buffer_ds > yellow_ds + red_ds else 0),
            **{name: max(min_green_ds, limit_ds) for name, limit_ds in limits.items() if limit_ds is not None},
        }
    )


def _intergreen_ds(own: Sequence[str], intersection: Intersection, rules: Rules) -> int:
    """The longest intergreen from one of these groups to what clashes with it [ds]; 0 where nothing does."""
    found = [0]
    for pair in intersection.pairs:
        for ending, starting in permutations((pair.first, pair.second)):
            if ending in own and starting not in own and pair.clashes(ending):
                found.append(rules.intergreen_ds(intersection.id, ending, starting) or 0)
    return max(found)
