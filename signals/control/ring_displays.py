"""What signal groups show while the rings do what they do: the table of who is driven by what, made letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from signals.plan import IntersectionPlan, RingPhase, RingsBody

_STRENGTH = {letter: rank for rank, letter in enumerate("ruygG")}
Part = Literal["red-amber", "green", "yellow", "red"]


@dataclass(frozen=True, slots=True)
class Slot:
    """What one ring does at a moment. `number` None: it serves nothing and is red.

    In yellow and red `since_ds` is the time since the end of green, and `following` are the ring phases that start when
    this change is over, in all rings where a barrier is crossed; in red-amber `before` are those that have ended.
    """

    number: int | None
    part: Part = "red"
    walking: bool = False
    since_ds: int = 0
    following: frozenset[int] = frozenset()
    before: frozenset[int] = frozenset()


RED = Slot(None)


@dataclass(frozen=True, slots=True)
class Drive:
    """One reason for a group to be green: its position, the letter it then shows, and the ring phases that drive it."""

    position: int
    letter: Literal["G", "g"]
    ring_phases: frozenset[int]
    modifiers: frozenset[int] = frozenset()
    on_foot: bool = False
    trailing_green_ds: int = 0
    trailing_yellow_ds: int = 0

    def shown(self, slots: Iterable[Slot]) -> str:
        """The letter that this drive alone gives its group."""
        listed = tuple(slots)
        best = max((self._under(slot) for slot in listed), key=_STRENGTH.__getitem__, default="r")
        for slot in listed if self.modifiers else ():
            if slot.number in self.modifiers and (
                (slot.part == "green" and best in "gG") or (slot.part == "yellow" and best == "y")
            ):
                return "r"
        return best

    def _under(self, slot: Slot) -> str:
        if slot.number not in self.ring_phases:
            return "r"
        if self.on_foot:
            return "G" if slot.walking else "r"
        if slot.part == "green":
            return self.letter
        if slot.part == "red-amber":
            return self.letter if slot.before & self.ring_phases else "u"
        if slot.following & self.ring_phases or slot.since_ds < self.trailing_green_ds:
            return self.letter
        if self.trailing_green_ds:
            return "y" if slot.since_ds < self.trailing_green_ds + self.trailing_yellow_ds else "r"
        return "y" if slot.part == "yellow" else "r"


def drives_of(timing: IntersectionPlan, body: RingsBody) -> tuple[Drive, ...]:
    """The table: ring phases and overlaps to groups. Ring phases that drive a group alike are taken together."""
    position = {group_id: at for at, group_id in enumerate(timing.group_ids)}
    direct: dict[tuple[str, Literal["G", "g"], bool], set[int]] = {}
    for phase in body.ring_phases:
        if phase.omitted:
            continue
        for names, letter, on_foot in (
            (phase.group_ids, "G", False),
            (phase.yielding_group_ids, "g", False),
            (phase.pedestrian_group_ids, "G", True),
        ):
            for name in names:
                direct.setdefault((name, letter, on_foot), set()).add(phase.number)  # type: ignore[arg-type]
    served = {phase.number for phase in body.ring_phases if not phase.omitted}
    found = [
        Drive(position[name], letter, frozenset(numbers), on_foot=on_foot)
        for (name, letter, on_foot), numbers in direct.items()
    ]
    for overlap in body.overlaps:
        found.append(
            Drive(
                position[overlap.group_id],
                "G" if overlap.kind == "protected" else "g",
                frozenset(overlap.parents) & served,
                frozenset(overlap.modifiers) & served,
                trailing_green_ds=overlap.trailing_green_ds,
                trailing_yellow_ds=overlap.trailing_yellow_ds,
            )
        )
    return tuple(found)


def displays(drives: Sequence[Drive], count: int, slots: Sequence[Slot]) -> str:
    """One letter for each of `count` groups; where several drives speak for a group, the strongest of r, u, y, g, G."""
    letters = ["r"] * count
    for drive in drives:
        shown = drive.shown(slots)
        if _STRENGTH[shown] > _STRENGTH[letters[drive.position]]:
            letters[drive.position] = shown
    return "".join(letters)


def change_slots(phase: RingPhase, body: RingsBody, following: frozenset[int]) -> list[tuple[int, Slot]]:
    """Yellow and red clearance of a ring phase in steps [ds], cut wherever a display can change."""
    ends = {phase.yellow_ds, phase.clearance_ds}
    for overlap in body.overlaps:
        if phase.number in overlap.parents and overlap.trailing_green_ds:
            green_ds = overlap.trailing_green_ds
            ends |= {green_ds, green_ds + overlap.trailing_yellow_ds, overlap.trailing_ds}
    steps, at = [], 0
    for end in sorted(ends - {0}):
        part: Part = "yellow" if at < phase.yellow_ds else "red"
        steps.append((end - at, Slot(phase.number, part, since_ds=at, following=following - {phase.number})))
        at = end
    return steps
