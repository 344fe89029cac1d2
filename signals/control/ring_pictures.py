"""All rings together: which picture can follow which. Only the order is told here; `ring_courses` knows the times.

Rings change on their own within a concurrency group, so any of them may change first, or some at once; they leave it
together, as `ring_service` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Literal

from signals.control.ring_displays import RED, Drive, Slot, change_slots, displays
from signals.control.ring_service import ENDLESS_DS, Entry, Service
from signals.control.successions import Picture, Successions
from signals.plan import RingPhase


@dataclass(frozen=True, slots=True)
class _Ring:
    """One ring: what it does, and what comes next. `ready`: its change is over, or it serves nothing."""

    slot: Slot
    step: int = 0  # of the change
    goal: int | None = None  # the ring phase that follows within the concurrency group
    state: Literal["timing", "changing", "leaving", "ready"] = "timing"


@dataclass(frozen=True, slots=True)
class _State:
    group: int
    rings: tuple[_Ring, ...]
    target: tuple[int, tuple[Entry, ...]] | None = None  # concurrency group and ring phases that are entered next


def ring_pictures(service: Service, drives: Sequence[Drive], count: int) -> Successions:
    """Every picture that all rings together can show, and what can follow it."""
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

        for group in self._service.groups:
            for entries in self._service.joint_entries(group):
                for state in self._entered(group, entries, frozenset()):
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

    def _phase(self, number: int | None) -> RingPhase:
        assert number is not None
        return self._service.body.phase(number)

    def _entered(self, group: int, entries: Sequence[Entry], before: frozenset[int]) -> Iterator[_State]:
        started = [[_Ring(RED, state="ready")] if entry is None else self._started(entry, before) for entry in entries]
        for rings in product(*started):
            yield _State(group, rings)

    def _started(self, phase: RingPhase, before: frozenset[int]) -> list[_Ring]:
        if phase.red_amber_ds:
            return [_Ring(Slot(phase.number, "red-amber", before=before - {phase.number}))]
        return [_Ring(Slot(phase.number, "green", walked)) for walked in self._service.walks(phase)]

    def _after(self, state: _State) -> Iterator[_State]:
        moves = [list(self._moves(state, ring)) for ring in state.rings]
        for rings in product(*([ring, *move] for ring, move in zip(state.rings, moves, strict=True))):
            if rings != state.rings:
                yield replace(state, rings=rings)
        if state.target is None:
            yield from self._leave(state)
        elif all(ring.state == "ready" or self._over(ring) for ring in state.rings):
            before = frozenset(ring.slot.number for ring in state.rings if ring.slot.number is not None)
            yield from self._entered(*state.target, before)

    def _moves(self, state: _State, ring: _Ring) -> Iterator[_Ring]:
        """What one ring can do on its own."""
        slot = ring.slot
        if ring.state == "ready":
            return
        if ring.state == "leaving":
            yield self._ending(slot.number, self._following(state))
            return
        if ring.state == "changing":
            phase = self._phase(slot.number)
            steps = self._changes(slot.number, slot.following)
            if ring.step + 1 < len(steps):
                onward = steps[ring.step + 1][1]
                if self._in_time(state, phase, onward.since_ds):
                    yield replace(ring, slot=onward, step=ring.step + 1)
            elif ring.goal is not None:
                yield from self._started(self._phase(ring.goal), frozenset({phase.number}))
            elif self._in_time(state, phase, phase.clearance_ds):
                yield replace(ring, slot=replace(slot, part="red", since_ds=phase.clearance_ds), state="ready")
            return
        phase = self._phase(slot.number)
        if slot.part == "red-amber":
            yield from (_Ring(Slot(phase.number, "green", walked)) for walked in self._service.walks(phase))
            return
        if slot.walking:
            yield _Ring(Slot(phase.number, "green"))
        if state.target is None and self._may_end(ring):
            for following in self._service.after(phase):
                yield from self._changing(phase, following)

    def _over(self, ring: _Ring) -> bool:
        """Whether a change over the barrier is in its last step, and the next ring phase can come straight after it."""
        steps = len(self._changes(ring.slot.number, ring.slot.following)) if ring.state == "changing" else 0
        return ring.goal is None and steps > 0 and ring.step == steps - 1

    def _may_end(self, ring: _Ring) -> bool:
        """Whether its green can end now; straight after walk and clearance, where nothing more is needed."""
        if ring.state != "timing" or ring.slot.part != "green":
            return False
        return not ring.slot.walking or not self._service.green_bounds_ds(self._phase(ring.slot.number), walked=True)[0]

    def _changing(self, phase: RingPhase, following: RingPhase) -> Iterator[_Ring]:
        steps = self._changes(phase.number, frozenset({following.number}))
        if steps:
            yield _Ring(steps[0][1], goal=following.number, state="changing")
        else:
            yield from self._started(following, frozenset({phase.number}))

    def _ending(self, number: int | None, following: frozenset[int]) -> _Ring:
        """The first step of a change over the barrier."""
        steps = self._changes(number, following)
        if steps:
            return _Ring(steps[0][1], state="changing")
        return _Ring(Slot(number, following=following - {self._phase(number).number}), state="ready")

    def _following(self, state: _State) -> frozenset[int]:
        assert state.target is not None
        return frozenset(entry.number for entry in state.target[1] if entry is not None)

    def _in_time(self, state: _State, phase: RingPhase, since_ds: int) -> bool:
        """Whether a change can have come so far while other rings are still green: not beyond the difference."""
        still = [self._phase(ring.slot.number) for ring in state.rings if ring.state == "leaving"]
        return all(since_ds < phase.clearance_ds - other.clearance_ds for other in still)

    def _leave(self, state: _State) -> Iterator[_State]:
        """Every ring ends its last green: all at once, or the one with the longest clearance first."""
        ending: list[tuple[int, RingPhase]] = []
        for r, ring in enumerate(state.rings):
            if ring.state == "ready":
                continue
            if not self._may_end(ring):
                return
            ending.append((r, self._phase(ring.slot.number)))
        if not ending:
            return
        longest_ds = max(phase.clearance_ds for _, phase in ending)
        for group in self._service.next_groups(state.group):
            for entries in self._service.joint_entries(group):
                going = replace(state, target=(group, entries))
                following = self._following(going)
                at_once, in_turn = list(state.rings), list(state.rings)
                for r, phase in ending:
                    at_once[r] = in_turn[r] = self._ending(phase.number, following)
                    if phase.clearance_ds < longest_ds:
                        in_turn[r] = replace(state.rings[r], state="leaving")
                yield replace(going, rings=tuple(at_once))
                if in_turn != at_once:
                    yield replace(going, rings=tuple(in_turn))


def _place(state: _State) -> str:
    words = [
        f"{ring.slot.number} {'walking' if ring.slot.walking else ring.slot.part}"
        for ring in state.rings
        if ring.slot.number is not None
    ]
    return f"ring phases {', '.join(words)}"
