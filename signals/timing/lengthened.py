"""Running fixed stages as long as the rules ask for, and as short a cycle; nothing else changes."""

from __future__ import annotations

from networks.junction import Intersection
from signals.plan import IntersectionPlan, StagesBody
from signals.rules import Rules
from signals.timing.bounds import stage_minimums_ds


def lengthened(timing: IntersectionPlan, intersection: Intersection, rules: Rules) -> IntersectionPlan:
    """Fixed stages at least as long as their minimums, in steps of the rules' resolution; the longest takes what the
    shortest cycle still asks for. Lawful interstages are given (`lawful`)."""
    body = timing.body
    if timing.untouched or not isinstance(body, StagesBody):
        return timing
    lows_ds = stage_minimums_ds(timing, intersection, rules)
    lengths_ds = [max(stage.duration_ds, low_ds) for stage, low_ds in zip(body.sequence, lows_ds, strict=True)]
    lengths_ds = _in_steps(lengths_ds, rules.resolution_ds(timing.intersection_id))
    grown_ds = sum(lengths_ds) - sum(stage.duration_ds for stage in body.sequence)
    shortest_ds, _ = rules.cycle_bounds_ds(timing.intersection_id)
    lengths_ds[lengths_ds.index(max(lengths_ds))] += max(0, shortest_ds - body.length_ds - grown_ds)
    stages = tuple(
        stage.model_copy(update={"duration_ds": length_ds})
        for stage, length_ds in zip(body.sequence, lengths_ds, strict=True)
    )
    longer = StagesBody(sequence=stages, transitions=body.transitions)
    cycle_ds = None if timing.cycle_ds is None else longer.length_ds
    offset_ds = timing.offset_ds if cycle_ds is None else timing.offset_ds % cycle_ds
    return timing.model_copy(update={"body": longer, "cycle_ds": cycle_ds, "offset_ds": offset_ds})


def _in_steps(lengths_ds: list[int], step_ds: int) -> list[int]:
    """Whole steps by largest remainder: none more than a step away, the sum as near to theirs as it can be."""
    found = [length_ds // step_ds * step_ds for length_ds in lengths_ds]
    missing = round((sum(lengths_ds) - sum(found)) / step_ds)
    by_rest = sorted(range(len(found)), key=lambda at: lengths_ds[at] % step_ds, reverse=True)
    for at in by_rest[:missing]:
        found[at] += step_ds
    return found
