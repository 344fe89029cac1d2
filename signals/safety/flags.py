"""What is safe, and still has to be known by whoever signs: it changes no verdict."""

from __future__ import annotations

from collections.abc import Iterator

from signals.plan import ControlMode, IntersectionPlan, RingPhase, RingsBody, TimingPlan
from signals.safety.violation import Violation, seconds


def flags(plan: TimingPlan) -> tuple[Violation, ...]:
    """Rule `ped-exceeds-split` (signal timing, I5): people on foot who are served on call need more than the green of
    their split, so that each call runs over it. Rule `tenths`: times that are no whole seconds, which many controllers
    do not take."""
    return tuple(flag for timing in plan.intersections if not timing.untouched for flag in _flags(timing))


def _flags(timing: IntersectionPlan) -> Iterator[Violation]:
    body = timing.body
    if isinstance(body, RingsBody):
        if timing.control_mode is ControlMode.COORDINATED:
            yield from (_over(timing, phase) for phase in body.ring_phases if _exceeds(phase))
        times_ds = [phase.split_ds for phase in body.ring_phases]
    else:
        times_ds = [stage.duration_ds for stage in body.sequence]
    odd = sorted({time_ds for time_ds in (*times_ds, timing.offset_ds) if time_ds % 10})
    if odd:
        found = ", ".join(map(seconds, odd[:3])) + (", ..." if len(odd) > 3 else "")
        yield Violation("tenths", timing.intersection_id, found, "whole seconds, for controllers that take no others")


def _exceeds(phase: RingPhase) -> bool:
    return not phase.omitted and phase.pedestrian_mode == "actuated" and phase.pedestrian_need_ds > phase.green_ds


def _over(timing: IntersectionPlan, phase: RingPhase) -> Violation:
    over_ds = phase.pedestrian_need_ds - phase.green_ds
    found = f"a green of {seconds(phase.green_ds)}; each call on foot runs {seconds(over_ds)} over the split"
    needed = f"{seconds(phase.pedestrian_need_ds)}, or a controller that gets back in step after each call"
    return Violation("ped-exceeds-split", timing.intersection_id, found, needed, f"ring phase {phase.number}")
