"""One ring at a time, in time: everything that one ring can show, one picture after the other, shortest and longest.

Within a concurrency group the rings go their own ways, so what a group of lamps shows, and for how long, follows from
the rings that drive it there. A *choice* names one ring per concurrency group; its course is exact for all groups that
only these rings drive. What other rings do meanwhile only adds waiting.
"""

from __future__ import annotations

from collections.abc import Sequence

from signals.control.ring_displays import RED, Drive, Slot, change_slots, displays
from signals.control.ring_service import ENDLESS_DS, Entry, Service
from signals.control.successions import Picture, Successions
from signals.plan import RingPhase


def ring_course(service: Service, drives: Sequence[Drive], count: int, choice: Sequence[int]) -> Successions:
    """The pictures of the chosen rings, with how long each can stand and what can follow it."""
    return _Course(service, drives, count, choice).built()


class _Course:
    def __init__(self, service: Service, drives: Sequence[Drive], count: int, choice: Sequence[int]) -> None:
        self._service, self._drives, self._count, self._choice = service, drives, count, choice
        self._pictures: list[Picture] = []
        self._following: list[tuple[int, ...]] = []
        self._known: dict[tuple[object, ...], tuple[int, ...]] = {}

    def built(self) -> Successions:
        for group in self._service.groups:
            self._entered(group, frozenset())
        return Successions(tuple(self._pictures), tuple(self._following))

    def _put(self, slot: Slot, low_ds: int, high_ds: int, place: str) -> int:
        shown = displays(self._drives, self._count, (slot,))
        self._pictures.append(Picture(shown, low_ds, min(high_ds, ENDLESS_DS), None, place))
        self._following.append(())
        return len(self._pictures) - 1

    def _entered(self, group: int, before: frozenset[int]) -> tuple[int, ...]:
        entries = self._service.entries(self._choice[group], group)
        return tuple(at for entry in entries for at in self._entry(entry, group, before))

    def _entry(self, entry: Entry, group: int, before: frozenset[int]) -> tuple[int, ...]:
        return self._resting(group) if entry is None else self._started(entry, group, before)

    def _resting(self, group: int) -> tuple[int, ...]:
        key = ("rest", group)
        if key not in self._known:
            low, high = self._service.rest_bounds_ds(self._choice[group], group)
            at = self._put(RED, low, high, f"no ring phase in concurrency group {group + 1}")
            self._known[key] = (at,)
            nexts = self._service.next_groups(group)
            self._following[at] = tuple(start for b in nexts for start in self._entered(b, frozenset()))
        return self._known[key]

    def _started(self, phase: RingPhase, group: int, before: frozenset[int]) -> tuple[int, ...]:
        """Where a ring phase begins: with red-amber, or with green, with and without pedestrians."""
        if not phase.red_amber_ds:
            return self._greens(phase, group)
        key = ("amber", phase.number, before - {phase.number})
        if key not in self._known:
            slot = Slot(phase.number, "red-amber", before=before - {phase.number})
            at = self._put(slot, phase.red_amber_ds, phase.red_amber_ds, f"ring phase {phase.number}")
            self._known[key] = (at,)
            self._following[at] = self._greens(phase, group)
        return self._known[key]

    def _greens(self, phase: RingPhase, group: int) -> tuple[int, ...]:
        key = ("green", phase.number)
        if key in self._known:
            return self._known[key]
        place = f"ring phase {phase.number}"
        starts, ends = [], []
        for walked in self._service.walks(phase):
            low, high = self._service.green_bounds_ds(phase, walked=walked)
            green = self._put(Slot(phase.number, "green"), low, high, place)
            ends.append(green)
            if walked:
                longest_ds = phase.foot_ds + (high - low if phase.pedestrian_mode == "rest in walk" else 0)
                walk = self._put(Slot(phase.number, "green", True), phase.foot_ds, longest_ds, f"{place}, walking")
                self._following[walk] = (green,)
                starts.append(walk)
            else:
                starts.append(green)
        self._known[key] = tuple(starts)
        onward = self._ended(phase, group)
        for green in ends:
            self._following[green] = onward
        return self._known[key]

    def _ended(self, phase: RingPhase, group: int) -> tuple[int, ...]:
        """Where its green can lead: by its clearance to the next ring phase, or over the barrier."""
        found: list[int] = []
        for following in self._service.after(phase):
            found += self._change(phase, following, group, None)
        for target in self._service.next_groups(group):
            for entry in self._service.entries(self._choice[target], target):
                found += self._change(phase, entry, group, target)
        return tuple(dict.fromkeys(found))

    def _change(self, phase: RingPhase, following: Entry, group: int, target: int | None) -> tuple[int, ...]:
        """The clearance after a ring phase; over the barrier into `target`, or (None) within the concurrency group."""
        named = frozenset() if following is None else frozenset({following.number})
        after = "nothing" if following is None else str(following.number)
        place = f"between ring phases {phase.number} and {after}"
        key = ("change", phase.number, after, target)
        if key in self._known:
            return self._known[key]
        steps = [(length_ds, length_ds, slot) for length_ds, slot in change_slots(phase, self._service.body, named)]
        waiting_ds = 0 if target is None else self._waiting_ds(phase, group)
        if waiting_ds:
            steps.append(
                (0, waiting_ds, Slot(phase.number, since_ds=phase.clearance_ds, following=named - {phase.number}))
            )
        chain = [self._put(slot, low, high, place) for low, high, slot in steps]
        self._known[key] = (chain[0],) if chain else ()
        goal = self._entry(following, group if target is None else target, frozenset({phase.number}))
        for at, onward in zip(chain, [*((k,) for k in chain[1:]), goal], strict=False):
            self._following[at] = onward
        if not chain:
            self._known[key] = goal
        return self._known[key]

    def _waiting_ds(self, phase: RingPhase, group: int) -> int:
        others = [p.clearance_ds for r in self._service.rings for p in self._service.part(r, group)]
        return max(0, max(others, default=0) - phase.clearance_ds)
