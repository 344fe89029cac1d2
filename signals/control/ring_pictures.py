"""All rings together: which picture can follow which. Only the order is told here; `ring_courses` knows the times.

Rings change on their own within a concurrency group, so any of them may change first, or some at once; they leave it
together, as `ring_service` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

from signals.control.ring_displays import RED, Drive, Slot, change_slots, displays
from signals.control.ring_service import ENDLESS_DS, TO_RED, Entry, Service
from signals.control.successions import Picture, Successions
from signals.plan import RingPhase


@dataclass(frozen=True, slots=True)
class _Ring:
    """One ring: what it does; in a change within the concurrency group its step, and the ring phase that follows."""

    slot: Slot
    step: int = 0
    goal: int | None = None


@dataclass(frozen=True, slots=True)
class _State:
    """All rings. While they cross a barrier, `crossing` holds what is still to come before `target` is entered."""

    group: int
    rings: tuple[_Ring, ...]
    target: tuple[int, tuple[Entry, ...]] | None = None
    crossing: tuple[tuple[Slot, ...], ...] = ()


def ring_pictures(service: Service, drives: Sequence[Drive], count: int) -> Successions:
    """Every picture that all rings together can show, and what can follow it; red for all, where they may end so, is
    the first."""
    return _Pictures(service).found(drives, count)


class _Pictures:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._changes = cache(lambda number, following: change_slots(self._phase(number), service.body, following))

    def found(self, drives: Sequence[Drive], count: int) -> Successions:
        order: dict[_State, int] = {}
        waiting: list[_State] = []

        def at(state: _State) -> int:
            if state not in order:
                order[state] = len(order)
                waiting.append(state)
            return order[state]

        if self._service.to_red:
            at(self._red)
        for state in self._begun():
            at(state)
        following: dict[int, tuple[int, ...]] = {}
        while waiting:
            state = waiting.pop()
            following[order[state]] = tuple(dict.fromkeys(at(onward) for onward in self._after(state)))
        pictures = [
            Picture(displays(drives, count, [ring.slot for ring in s.rings]), 1, ENDLESS_DS, None, _place(s))
            for s in order
        ]
        return Successions(tuple(pictures), tuple(following[k] for k in range(len(order))))

    @property
    def _red(self) -> _State:
        return _State(TO_RED, tuple(_Ring(RED) for _ in self._service.rings))

    def _begun(self) -> Iterator[_State]:
        """Where the rings can begin when all have been red."""
        for group in self._service.groups:
            for entries in self._service.joint_entries(group):
                yield from self._entered(group, entries, frozenset())

    def _phase(self, number: int | None) -> RingPhase:
        assert number is not None
        return self._service.body.phase(number)

    def _entered(self, group: int, entries: Sequence[Entry], before: frozenset[int]) -> Iterator[_State]:
        if group == TO_RED:
            yield self._red
            return
        started = [[_Ring(RED)] if entry is None else self._started(entry, before) for entry in entries]
        for rings in product(*started):
            yield _State(group, rings)

    def _started(self, phase: RingPhase, before: frozenset[int]) -> list[_Ring]:
        if phase.red_amber_ds:
            return [_Ring(Slot(phase.number, "red-amber", before=before - {phase.number}))]
        return [_Ring(Slot(phase.number, "green", walked)) for walked in self._service.walks(phase)]

    def _after(self, state: _State) -> Iterator[_State]:
        if state.target is not None:
            yield from self._crossed(state, state.target)
            return
        if state.group == TO_RED:
            yield from self._begun()
            return
        moves = [list(self._moves(ring)) for ring in state.rings]
        for rings in product(*([ring, *move] for ring, move in zip(state.rings, moves, strict=True))):
            if rings != state.rings:
                yield replace(state, rings=rings)
        yield from self._leave(state)

    def _moves(self, ring: _Ring) -> Iterator[_Ring]:
        """What one ring can do on its own within the concurrency group."""
        slot = ring.slot
        if slot.number is None:
            return
        phase = self._phase(slot.number)
        if ring.goal is not None:
            steps = self._changes(phase.number, slot.following)
            if ring.step + 1 < len(steps):
                yield replace(ring, slot=steps[ring.step + 1][1], step=ring.step + 1)
            else:
                yield from self._started(self._phase(ring.goal), frozenset({phase.number}))
        elif slot.part == "red-amber":
            yield from (_Ring(Slot(phase.number, "green", walked)) for walked in self._service.walks(phase))
        else:
            if slot.walking:
                yield _Ring(Slot(phase.number, "green"))
            if self._may_end(ring):
                for following in self._service.after(phase):
                    yield from self._changing(phase, following)

    def _changing(self, phase: RingPhase, following: RingPhase) -> Iterator[_Ring]:
        steps = self._changes(phase.number, frozenset({following.number}))
        if steps:
            yield _Ring(steps[0][1], goal=following.number)
        else:
            yield from self._started(following, frozenset({phase.number}))

    def _may_end(self, ring: _Ring) -> bool:
        """Whether its green can end now; straight after walk and clearance, where nothing more is needed."""
        if ring.goal is not None or ring.slot.part != "green":
            return False
        return not ring.slot.walking or not self._service.green_bounds_ds(self._phase(ring.slot.number), walked=True)[0]

    def _leave(self, state: _State) -> Iterator[_State]:
        """All rings end their last greens: at once, or so much apart that their clearances end at once."""
        ending = [self._phase(ring.slot.number) for ring in state.rings if ring.slot.number is not None]
        if not all(self._may_end(ring) for ring in state.rings if ring.slot.number is not None):
            return
        longest_ds = max(phase.clearance_ds for phase in ending)
        apart = {phase.number: longest_ds - phase.clearance_ds for phase in ending}
        for target in self._targets(state.group):
            for later in (dict.fromkeys(apart, 0), apart) if any(apart.values()) else (apart,):
                going = replace(state, target=target, crossing=self._crossing(state, target[1], later))
                yield from self._crossed(going, target)

    def _targets(self, group: int) -> Iterator[tuple[int, tuple[Entry, ...]]]:
        """Where the rings can go over a barrier."""
        for onward in self._service.next_groups(group):
            for entries in self._service.joint_entries(onward):
                yield onward, entries
        if self._service.to_red:
            yield TO_RED, ()

    def _crossed(self, state: _State, target: tuple[int, tuple[Entry, ...]]) -> Iterator[_State]:
        if state.crossing:
            rings = tuple(_Ring(slot) for slot in state.crossing[0])
            yield replace(state, rings=rings, crossing=state.crossing[1:])
        else:
            ended = frozenset(ring.slot.number for ring in state.rings if ring.slot.number is not None)
            yield from self._entered(*target, ended)

    def _crossing(
        self, state: _State, entries: Sequence[Entry], later_ds: dict[int, int]
    ) -> tuple[tuple[Slot, ...], ...]:
        """The pictures from the first end of green to the barrier; greens end `later_ds` after the first."""
        following = frozenset(entry.number for entry in entries if entry is not None)
        rows: list[list[tuple[int, Slot]]] = []  # per ring: from when on it does what
        over_ds = 0
        for ring in state.rings:
            number = ring.slot.number
            if number is None:
                rows.append([(0, RED)])
                continue
            at, row = later_ds[number], [(0, ring.slot)] if later_ds[number] else []
            for length_ds, slot in self._changes(number, following):
                row.append((at, slot))
                at += length_ds
            row.append((at, Slot(number, since_ds=at - later_ds[number], following=following - {number})))
            rows.append(row)
            over_ds = max(over_ds, at)
        starts = sorted({at for row in rows for at, _ in row if at < over_ds})
        return tuple(tuple([slot for at, slot in row if at <= start][-1] for row in rows) for start in starts)


def _place(state: _State) -> str:
    words = [
        f"{ring.slot.number} {'walking' if ring.slot.walking else ring.slot.part}"
        for ring in state.rings
        if ring.slot.number is not None
    ]
    return f"ring phases {', '.join(words)}" if state.group != TO_RED else "red for all"
