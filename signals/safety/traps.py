"""Yellow traps: a left that gives way ends on yellow while the traffic it gives way to stays green.

Who waits inside the junction sees yellow, takes it that the oncoming traffic has yellow too, and turns (invariant I14).
A flashing yellow arrow tied to the oncoming through cannot do so, and is judged by its displays like any other left.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from networks.junction import Intersection, Pair, PairKind
from networks.turns import across_turns, vehicle_turns
from signals.control import Successions
from signals.safety.spans import both
from signals.safety.today import Today
from signals.safety.violation import Violation

_GREEN = "gG"


class TrapJudge:
    """Judges pairs in which a turn across oncoming traffic loses its yellow while that is green before and after.

    The turn is the left, in left-hand traffic the right. A trap that the running program has is inherited, not new.
    """

    def __init__(self, intersection: Intersection, today: Today, *, left_hand: bool) -> None:
        self._names = [group.id for group in intersection.groups]
        self._where = f"intersection {intersection.id!r}"
        position = {name: at for at, name in enumerate(self._names)}
        served, across = vehicle_turns(intersection), across_turns(left_hand)
        none: frozenset[str] = frozenset()
        self._pairs: list[tuple[int, int, Pair]] = []  # turning, oncoming
        for pair in intersection.pairs:
            for turning in pair.yields if pair.kind is PairKind.YIELDING else ():
                oncoming = pair.second if turning == pair.first else pair.first
                meets = served.get(turning, none) & across and "through" in served.get(oncoming, none)
                if meets and not today.trapped(turning, oncoming):
                    self._pairs.append((position[turning], position[oncoming], pair))
        self._sprung = lru_cache(maxsize=8192)(self._sprung_from)

    def violations(self, course: Successions) -> Iterator[Violation]:
        """All traps, each once."""
        yield from dict.fromkeys(violation for violation, _ in self.by_plans(course))

    def by_plans(self, course: Successions) -> Iterator[tuple[Violation, tuple[int, ...]]]:
        """All traps with the plans that spring them."""
        told: set[tuple[int, tuple[int, ...]]] = set()
        for before, followers in enumerate(course.following):
            for one, other in ((course.pictures[before], course.pictures[after]) for after in followers):
                plans = both(one.plans, other.plans)
                for number in self._sprung(one.displays, other.displays):
                    if (number, plans) not in told:
                        told.add((number, plans))
                        yield self._violation(number, other.place), plans

    def _sprung_from(self, shown: str, then: str) -> tuple[int, ...]:
        """The traps from one picture to the next, by the number of their pair."""
        return tuple(
            number
            for number, (turning, oncoming, _) in enumerate(self._pairs)
            if shown[turning] == "y"
            and then[turning] in "rs"
            and shown[oncoming] in _GREEN
            and then[oncoming] in _GREEN
        )

    def _violation(self, number: int, place: str) -> Violation:
        turning, oncoming, pair = self._pairs[number]
        where = f"{self._where}, signal group {self._names[turning]!r}"
        found = f"yellow ends while group {self._names[oncoming]!r} stays green"
        return Violation("yellow-trap", where, found, f"green until the oncoming green ends ({pair.reason})", place)
