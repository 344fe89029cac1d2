"""Overlaps whose modifiers run beside their parents in another ring: how much green the modifiers leave them."""

from __future__ import annotations

from dataclasses import dataclass

from signals.control.ring_displays import Drive
from signals.control.ring_service import Service
from signals.plan import RingPhase


@dataclass(frozen=True, slots=True)
class Cut:
    """What a modifier does to an overlap: the shortest green it can leave [ds], and whether it can cut a yellow."""

    shortest_ds: int
    yellow: bool


def cut_of(drive: Drive, service: Service) -> Cut | None:
    """The worst that the modifiers of an overlap can do; None where none of them runs beside a parent.

    A modifier that can begin or end at any time to its parent leaves nothing. One that begins with the concurrency
    group, while the parent ends with it, leaves at least what its ring serves after it.
    """
    found = [
        _one(drive, parent, modifier, service)
        for parent in drive.ring_phases
        for modifier in drive.modifiers
        if service.place(parent)[1] == service.place(modifier)[1]
        and service.place(parent)[0] != service.place(modifier)[0]
    ]
    if not found:
        return None
    return Cut(min(cut.shortest_ds for cut in found), any(cut.yellow for cut in found))


def _one(drive: Drive, parent_number: int, modifier_number: int, service: Service) -> Cut:
    parent, modifier = service.body.phase(parent_number), service.body.phase(modifier_number)
    part, beside = service.part(*service.place(parent_number)), service.part(*service.place(modifier_number))
    if part[-1] is not parent or beside[0] is not modifier:
        return Cut(0, yellow=True)
    later = [_left_ds(parent, modifier, following) for following in service.after(modifier)]
    opened_ds = modifier.red_amber_ds - parent.red_amber_ds  # green from the barrier on, before the modifier is
    if opened_ds > 0 and parent in service.entries(*service.place(parent_number)):
        later.append(opened_ds)
    ended_first_ds = modifier.clearance_ds - parent.clearance_ds  # where both end the concurrency group
    if ended_first_ds > 0:
        later.append(ended_first_ds)
    yellow = ended_first_ds < 0
    if drive.trailing_green_ds and _trails(drive, parent, service):
        ends_ds = (
            0,
            -ended_first_ds,
        )  # of the modifier's green after the parent's: the greens at once, or the clearances
        left_ds = drive.trailing_green_ds + min(0, ended_first_ds)
        if left_ds > 0:
            later.append(left_ds)  # dark beside the modifier, green when both have ended
        yellow = yellow or any(_cuts_trailing_yellow(drive, modifier, end_ds) for end_ds in ends_ds)
    return Cut(max(0, min([parent.min_green_ds, *later])), yellow=yellow)


def _cuts_trailing_yellow(drive: Drive, modifier: RingPhase, end_ds: int) -> bool:
    """Whether the yellow of a modifier, green until `end_ds` after the parent, hides a part of the trailing yellow."""
    start_ds = drive.trailing_green_ds
    hidden_ds = min(start_ds + drive.trailing_yellow_ds, end_ds + modifier.yellow_ds) - max(start_ds, end_ds)
    return 0 < hidden_ds < drive.trailing_yellow_ds


def _trails(drive: Drive, parent: RingPhase, service: Service) -> bool:
    """Whether the overlap can end with its parent at the barrier, for no other parent follows."""
    return service.to_red or any(
        not {phase.number for phase in entries if phase is not None} & drive.ring_phases
        for group in service.next_groups(service.place(parent.number)[1])
        for entries in service.joint_entries(group)
    )


def _left_ds(parent: RingPhase, modifier: RingPhase, following: RingPhase) -> int:
    """From the end of the modifier to that of the parent, where one more ring phase is served in between [ds]."""
    early_ds = max(0, parent.clearance_ds - following.clearance_ds)
    return modifier.clearance_ds + following.red_amber_ds + following.min_green_ds - early_ds
