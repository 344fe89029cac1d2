"""What a running program in rings means for the street: its planned course, its clearances, its whole timing."""

from __future__ import annotations

from collections.abc import Iterator

from networks.junction import InRings, Intersection, ProgramStep
from signals.control import expanded, in_step
from signals.plan import IntersectionPlan, RingsBody


def in_rings(timing: IntersectionPlan, intersection: Intersection) -> InRings:
    """The meaning of a program that runs `timing`, a body in rings."""
    body = timing.body
    assert isinstance(body, RingsBody)
    position = {group_id: at for at, group_id in enumerate(timing.group_ids)}
    group_at = [""] * intersection.channel_count
    for group in intersection.groups:
        for channel in group.channels:
            group_at[channel] = group.id
    course = tuple(
        ProgramStep("".join(shown[position[group_id]] for group_id in group_at), duration_ds)
        for shown, duration_ds in expanded(timing, in_step(body))
    )
    clearance_ds = {name: min(_clearances_ds(body, name), default=None) for name in timing.group_ids}
    return InRings(course, tuple(clearance_ds[name] for name in group_at), timing.model_dump_json())


def _clearances_ds(body: RingsBody, group_id: str) -> Iterator[int]:
    """From each end of the group's green until its ring is through [ds]; on foot, the buffer if that is longer."""
    for phase in body.ring_phases:
        if phase.omitted:
            continue
        if group_id in phase.vehicle_group_ids:
            yield phase.clearance_ds
        if group_id in phase.pedestrian_group_ids:
            yield max(phase.pedestrian_buffer_ds, phase.clearance_ds)
    for overlap in body.overlaps:
        if overlap.group_id == group_id:
            parents = (body.phase(number) for number in overlap.parents)
            yield from (p.clearance_ds - overlap.trailing_green_ds for p in parents if not p.omitted)
