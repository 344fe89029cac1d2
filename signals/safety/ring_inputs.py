"""What ring phases say of themselves against the rules: walk, pedestrian clearance, maximum greens of actuation.

A maximum green limits a ring phase *after a conflicting call*; without one its green rests, and at a barrier it waits
for the other ring. So under actuated control the controller's own limit is judged, not how long a green can stand.
"""

from __future__ import annotations

from collections.abc import Iterator

from signals.plan import ControlMode, IntersectionPlan, RingPhase, RingsBody, seconds
from signals.rules import Rules
from signals.safety.violation import Violation


def ring_input_violations(timing: IntersectionPlan, body: RingsBody, rules: Rules) -> Iterator[Violation]:
    """Ring phases with less walk or clearance, or a longer maximum green, than the groups that they drive may have."""
    for phase in body.ring_phases:
        if phase.omitted:
            continue
        for name in phase.pedestrian_group_ids:
            rule = rules.group(timing.intersection_id, name)
            for what, found_ds, needed in (
                ("walk", phase.walk_ds, rule.walk),
                ("pedestrian-clearance", phase.pedestrian_clearance_ds, rule.pedestrian_clearance),
            ):
                if needed is not None and found_ds < needed.value_ds:
                    wanted = f"at least {seconds(needed.value_ds)} ({needed.source})"
                    yield Violation(what, _where(timing, name), seconds(found_ds), wanted, f"ring phase {phase.number}")
        if timing.control_mode is not ControlMode.FIXED:
            yield from _too_long(timing, body, phase, rules)


def _too_long(timing: IntersectionPlan, body: RingsBody, phase: RingPhase, rules: Rules) -> Iterator[Violation]:
    longest_ds = phase.max_green_2_ds if body.maximum_mode == "max2" else phase.max_green_ds
    if timing.control_mode is ControlMode.COORDINATED:
        longest_ds = phase.green_ds
    for name in phase.vehicle_group_ids:
        limit = rules.group(timing.intersection_id, name).max_green
        if limit is not None and longest_ds is not None and longest_ds > limit.value_ds:
            wanted = f"at most {seconds(limit.value_ds)} ({limit.source})"
            place = f"ring phase {phase.number}"
            yield Violation("max-green", _where(timing, name), seconds(longest_ds), wanted, place)


def _where(timing: IntersectionPlan, group_id: str) -> str:
    return f"intersection {timing.intersection_id!r}, signal group {group_id!r}"
