"""Offsets in words: what runs today also by the reference of what comes, for only so are the two to be compared."""

from __future__ import annotations

from signals.plan import IntersectionPlan, RingsBody, StagesBody, referred


def offset_of(timing: IntersectionPlan) -> str:
    """The offset with its reference."""
    if timing.cycle_ds is None:
        return "none, it runs free"
    return f"{timing.offset_ds / 10:g} s: {timing.offset_reference.value} of {', '.join(timing.reference)}"


def offset_before(before: IntersectionPlan, after: IntersectionPlan) -> str:
    """Today's offset by its own reference and, where that is another one, by the reference of `after` as well."""
    own, alike = offset_of(before), offset_of(told_alike(before, after))
    if alike == own:
        return own
    return alike if alike == offset_of(after) else f"{own} ({alike})"


def told_alike(before: IntersectionPlan, after: IntersectionPlan) -> IntersectionPlan:
    """What runs today with the offset, and so the local clock, by the reference of `after`; as it is where either has
    no clock, or where nothing today is what that reference speaks of."""
    if before.cycle_ds is None or after.cycle_ds is None or not _same_meaning(before, after):
        return before
    try:
        return referred(before, after.offset_reference, after.reference)
    except ValueError:  # nothing shows it today
        return before


def _same_meaning(before: IntersectionPlan, after: IntersectionPlan) -> bool:
    """Whether the names that the reference speaks of are of the same greens in both."""
    old, new = before.body, after.body
    if isinstance(old, RingsBody) and isinstance(new, RingsBody):
        shown = [{str(phase.number): phase.group_ids for phase in body.ring_phases} for body in (old, new)]
        return all(name in shown[0] and shown[0][name] == shown[1][name] for name in after.reference)
    if not isinstance(old, StagesBody) or not isinstance(new, StagesBody) or before.group_ids != after.group_ids:
        return False
    displays = [{stage.id: stage.displays for stage in body.sequence} for body in (old, new)]
    return all(name in displays[0] and displays[0][name] == displays[1][name] for name in after.reference)
