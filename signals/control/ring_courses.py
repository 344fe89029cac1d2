"""One ring at a time, in time: everything that one ring can show, one picture after the other, shortest and longest.

Within a concurrency group the rings go their own ways, so what a group of lamps shows, and for how long, follows from
the rings that drive it there. A *choice* names one ring per concurrency group; its course is exact for all groups that
only these rings drive. What other rings do meanwhile only adds waiting; of that only what is certain is known: a ring
phase that is the only one of its ring between two barriers stays green until the others have served one as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from signals.control.ring_displays import RED, Drive, Slot, change_slots, displays
from signals.control.ring_service import ENDLESS_DS, TO_RED, Entry, Service
from signals.control.successions import Picture, Successions
from signals.plan import RingPhase


def ring_course(service: Service, drives: Sequence[Drive], count: int, choice: Sequence[int]) -> Successions:
    """The pictures of the chosen rings, with how long each can stand and what can follow it; red for all, where they
    may end so, is the first."""
    return _Course(service, drives, count, choice).built()


class _Green(NamedTuple):
    """The picture with which a green starts, and the one with which it ends."""

    start: int
    end: int


class _Course:
    def __init__(self, service: Service, drives: Sequence[Drive], count: int, choice: Sequence[int]) -> None:
        self._service, self._drives, self._count, self._choice = service, drives, count, choice
        self._pictures: list[Picture] = []
        self._following: list[tuple[int, ...]] = []
        self._known: dict[tuple[object, ...], tuple[int, ...]] = {}

    def built(self) -> Successions:
        if self._service.to_red:
            self._put(RED, 1, ENDLESS_DS, "red for all")
        begun = [at for group in self._service.groups for at in self._entered(group, frozenset())]
        if self._service.to_red:
            self._following[0] = tuple(dict.fromkeys(begun))
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
        if group == TO_RED:
            return (0,)
        return self._resting(group) if entry is None else self._started(entry, group, before, first=True)

    def _resting(self, group: int) -> tuple[int, ...]:
        key = ("rest", group)
        if key not in self._known:
            low, high = self._service.rest_bounds_ds(self._choice[group], group)
            at = self._put(RED, low, high, f"no ring phase in concurrency group {group + 1}")
            self._known[key] = (at,)
            nexts = self._service.next_groups(group)
            begun = tuple(start for b in nexts for start in self._entered(b, frozenset()))
            self._following[at] = (*begun, 0) if self._service.to_red else begun
        return self._known[key]

    def _started(self, phase: RingPhase, group: int, before: frozenset[int], *, first: bool) -> tuple[int, ...]:
        """Where a ring phase begins, `first` at the barrier or not: with red-amber, or with green."""
        walks = self._service.walks(phase)
        first = first and any(self._service.wait_ds(phase, walked=walked) for walked in walks)
        if not phase.red_amber_ds:
            return self._greens(phase, group, first)
        key = ("amber", phase.number, before - {phase.number}, first)
        if key not in self._known:
            slot = Slot(phase.number, "red-amber", before=before - {phase.number})
            at = self._put(slot, phase.red_amber_ds, phase.red_amber_ds, f"ring phase {phase.number}")
            self._known[key] = (at,)
            self._following[at] = self._greens(phase, group, first)
        return self._known[key]

    def _greens(self, phase: RingPhase, group: int, first: bool) -> tuple[int, ...]:
        """Its green, with and without pedestrians; one that is both first and last waits for the other rings."""
        key = ("green", phase.number, first)
        if key in self._known:
            return self._known[key]
        leading, last, either = list[_Green](), list[_Green](), list[_Green]()
        for walked in self._service.walks(phase):
            wait_ds = self._service.wait_ds(phase, walked=walked) if first else 0
            if not wait_ds:
                either.append(self._green(phase, walked))
                continue
            if self._service.after(phase):
                leading.append(self._green(phase, walked))
            last.append(self._green(phase, walked, green_wait_ds=wait_ds))
            if walked and phase.pedestrian_mode == "rest in walk":
                last.append(self._green(phase, walked, walk_wait_ds=wait_ds))
        self._known[key] = tuple(green.start for green in (*leading, *last, *either))
        onward, over = self._onward(phase, group), self._over(phase, group)
        for greens, following in ((leading, onward), (last, over), (either, (*onward, *over))):
            for green in greens:
                self._following[green.end] = tuple(dict.fromkeys(following))
        return self._known[key]

    def _green(self, phase: RingPhase, walked: bool, *, walk_wait_ds: int = 0, green_wait_ds: int = 0) -> _Green:
        place = f"ring phase {phase.number}"
        low, high = self._service.green_bounds_ds(phase, walked=walked)
        green = self._put(Slot(phase.number, "green"), low + green_wait_ds, max(high, low + green_wait_ds), place)
        if not walked:
            return _Green(green, green)
        shortest_ds = phase.foot_ds + walk_wait_ds
        longest_ds = phase.foot_ds + (high - low if phase.pedestrian_mode == "rest in walk" else 0)
        walk = self._put(
            Slot(phase.number, "green", True), shortest_ds, max(shortest_ds, longest_ds), f"{place}, walking"
        )
        self._following[walk] = (green,)
        return _Green(walk, green)

    def _onward(self, phase: RingPhase, group: int) -> tuple[int, ...]:
        """Where the end of its green can lead within the concurrency group: by its clearance to the next ring phase."""
        return tuple(
            at for following in self._service.after(phase) for at in self._change(phase, following, group, None)
        )

    def _over(self, phase: RingPhase, group: int) -> tuple[int, ...]:
        """Where the end of its green can lead over the barrier."""
        goals: list[tuple[int, Entry]] = [(TO_RED, None)] if self._service.to_red else []
        for target in self._service.next_groups(group):
            goals += [(target, entry) for entry in self._service.entries(self._choice[target], target)]
        return tuple(at for target, entry in goals for at in self._change(phase, entry, group, target))

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
        ended = frozenset({phase.number})
        if target is None and following is not None:
            goal = self._started(following, group, ended, first=False)
        else:
            goal = self._entry(following, group if target is None else target, ended)
        for at, onward in zip(chain, [*((k,) for k in chain[1:]), goal], strict=False):
            self._following[at] = onward
        if not chain:
            self._known[key] = goal
        return self._known[key]

    def _waiting_ds(self, phase: RingPhase, group: int) -> int:
        others = [p.clearance_ds for r in self._service.rings for p in self._service.part(r, group)]
        return max(0, max(others, default=0) - phase.clearance_ds)
