"""Are rings those that run today? Cycle, splits, offset are free, how traffic calls and extends, and whether lefts lead
or lag; nothing else is.

What a ring phase drives, how pedestrians are served, overlaps and clearances are safety inputs: as today, or (of times
and of service on foot) no less. Whether a left is trapped by leading or lagging is the rule `yellow-trap`.
"""

from __future__ import annotations

from collections.abc import Iterator

from signals.plan import IntersectionPlan, Overlap, RingPhase, RingsBody, seconds
from signals.safety.ring_sequence import Turning, may_lead_or_lag
from signals.safety.violation import Violation

RULE = "rings-as-today"
_DRIVEN = ("group_ids", "yielding_group_ids", "pedestrian_group_ids")
_NO_LESS = (
    *("red_amber_ds", "yellow_ds", "red_clearance_ds", "min_green_ds"),
    *("walk_ds", "pedestrian_clearance_ds", "pedestrian_buffer_ds"),
)
_ON_FOOT = ("none", "actuated", "recall", "rest in walk")


def structure_violations(timing: IntersectionPlan, running: RingsBody, turning: Turning) -> Iterator[Violation]:
    """Violations of a timing where rings run today."""
    where, body = turning.where, timing.body
    if not isinstance(body, RingsBody):
        yield Violation(RULE, where, "stages", "rings, as today")
        return
    parts, needed = ([[sorted(part) for part in ring] for ring in one.rings] for one in (body, running))
    if parts != needed:
        yield Violation(RULE, where, f"rings {body.order}", f"these ring phases between the barriers {running.order}")
        return
    if _overlaps(body) != _overlaps(running):
        yield Violation(RULE, where, "other overlaps", "those of today")
    if sorted(body.coordinated) != sorted(running.coordinated):
        yield Violation(
            RULE, where, f"coordinated {sorted(body.coordinated)}", f"{sorted(running.coordinated)}, as today"
        )
    for phase in body.ring_phases:
        yield from _phase(phase, running.phase(phase.number), where)
    for ring in range(len(body.rings)):
        for group in range(body.barrier_count):
            bound, today = (
                [p.number for p in one.served(ring, group) if not may_lead_or_lag(p, running, group, turning)]
                for one in (body, running)
            )
            if bound != today:
                found = f"ring {ring + 1}: {', '.join(map(str, bound))}"
                yield Violation(RULE, where, found, "today's order: only lefts may lead or lag their throughs")


def _overlaps(body: RingsBody) -> dict[str, Overlap]:
    """By group, whatever the order in which they and their ring phases are listed."""
    return {
        overlap.group_id: overlap.model_copy(
            update={"parents": tuple(sorted(overlap.parents)), "modifiers": tuple(sorted(overlap.modifiers))}
        )
        for overlap in body.overlaps
    }


def _phase(phase: RingPhase, today: RingPhase, where: str) -> Iterator[Violation]:
    place = f"ring phase {phase.number}"
    groups_differ = any({*getattr(phase, name)} != {*getattr(today, name)} for name in _DRIVEN)
    if groups_differ or phase.omitted != today.omitted:
        yield Violation(RULE, where, "drives other signal groups", "those of today", place)
    if _ON_FOOT.index(phase.pedestrian_mode) < _ON_FOOT.index(today.pedestrian_mode):
        yield Violation(RULE, where, f"pedestrians {phase.pedestrian_mode}", today.pedestrian_mode, place)
    for name in _NO_LESS:
        found_ds, needed_ds = getattr(phase, name), getattr(today, name)
        if found_ds < needed_ds:
            what = name.removesuffix("_ds").replace("_", " ")
            yield Violation(
                RULE, where, f"{what} {seconds(found_ds)}", f"at least {seconds(needed_ds)}, as today", place
            )
