"""Times that a plan chooses, against the resolution of the rules: whole seconds where the profile asks for them.

Safety inputs (yellow, red clearance, walk, minimum green, passage) are not chosen, and may have tenths.
"""

from __future__ import annotations

from collections.abc import Iterator

from signals.plan import IntersectionPlan, RingsBody, StagesBody, seconds
from signals.rules import IntersectionRules
from signals.safety.violation import Violation

_SHOWN = 3


def resolution_violations(timing: IntersectionPlan, rules: IntersectionRules) -> Iterator[Violation]:
    """Cycle, offset, and of stages their times, limits and the sum of each interstage, of rings the splits: one
    violation for all that are no multiples of the resolution."""
    if rules.resolution is None:
        return
    step_ds = rules.resolution.value_ds
    body = timing.body
    own = _of_rings(body) if isinstance(body, RingsBody) else _of_stages(body)
    clock = () if timing.cycle_ds is None else (("cycle", timing.cycle_ds), ("offset", timing.offset_ds))
    odd = [f"{name} {seconds(time_ds)}" for name, time_ds in (*clock, *own) if time_ds % step_ds]
    if odd:
        found = ", ".join(odd[:_SHOWN]) + (f", {len(odd) - _SHOWN} more" if len(odd) > _SHOWN else "")
        steps = "whole seconds" if step_ds == 10 else f"steps of {seconds(step_ds)}"
        needed = f"{steps} ({rules.resolution.source})"
        yield Violation("resolution", f"intersection {timing.intersection_id!r}", found, needed)


def _of_rings(body: RingsBody) -> Iterator[tuple[str, int]]:
    yield from ((f"split of ring phase {phase.number}", phase.split_ds) for phase in body.ring_phases)


def _of_stages(body: StagesBody) -> Iterator[tuple[str, int]]:
    for stage in body.sequence:
        yield f"stage {stage.id}", stage.duration_ds
        yield f"interstage after {stage.id}", sum(step.duration_ds for step in stage.interstage)
        limits = stage.actuation
        if limits is not None:
            for name, time_ds in (
                ("minimum", limits.min_ds),
                ("maximum", limits.max_ds),
                ("earliest end", limits.earliest_end_ds),
                ("latest end", limits.latest_end_ds),
            ):
                if time_ds is not None:
                    yield f"{name} of {stage.id}", time_ds
    for way in body.transitions:
        yield f"transition {way.from_stage} to {way.to_stage}", sum(step.duration_ds for step in way.interstage)
