"""Conflicting groups: never open together, and apart by their intergreen."""

from __future__ import annotations

from collections.abc import Iterator

from networks.junction import Intersection, Pair, PairKind
from signals.control import Reach, Successions
from signals.rules import Rules
from signals.safety.spans import soonest_after_end_ds
from signals.safety.violation import Violation, seconds

_GREEN = frozenset("gG")


def conflict_violations(reach: Reach, intersection: Intersection, rules: Rules) -> Iterator[Violation]:
    """All violations of conflicting pairs on all reachable successions, wrap-around and repeated service included."""
    course, intergreens = reach.order, _Intergreens(reach, intersection)
    letters = {
        group.id: [picture.displays[position] for picture in course.pictures]
        for position, group in enumerate(intersection.groups)
    }
    for pair in intersection.pairs:
        where = f"intersection {intersection.id!r}, signal groups {pair.first!r} and {pair.second!r}"
        if pair.kind is PairKind.CONFLICTING:
            together = [*_together(course, pair, letters, where)]
            yield from together
            if together and intergreens.apart(pair):
                continue  # green at the same time, whatever lies between their ends and starts
            for ending, starting in ((pair.first, pair.second), (pair.second, pair.first)):
                yield from _intergreen(intergreens.shortest(ending, starting), intersection, rules, ending, starting)


def _together(course: Successions, pair: Pair, letters: dict[str, list[str]], where: str) -> Iterator[Violation]:
    seen: set[str] = set()
    for picture, first, second in zip(course.pictures, letters[pair.first], letters[pair.second], strict=True):
        found = ""
        if first in _GREEN and second in _GREEN:
            found = "both green"
        elif (first in _GREEN and second in "yu") or (second in _GREEN and first in "yu"):
            found = f"green against {'yellow' if 'y' in first + second else 'red-amber'}"
        if found and found not in seen:
            seen.add(found)
            yield Violation("conflict", where, found, f"one after the other ({pair.reason})", picture.place)


class _Intergreens:
    """Shortest times from the end of one green to the start of another, over all courses that tell them."""

    def __init__(self, reach: Reach, intersection: Intersection) -> None:
        self._reach = reach
        self._position = {group.id: at for at, group in enumerate(intersection.groups)}
        self._green = [
            [[picture.displays[at] in _GREEN for picture in timed.course.pictures] for at in self._position.values()]
            for timed in reach.timed
        ]
        self._soonest = [
            [soonest_after_end_ds(timed.course, row) for row in rows]
            for timed, rows in zip(reach.timed, self._green, strict=True)
        ]

    def apart(self, pair: Pair) -> bool:
        """Whether different rings drive the two groups between the same barriers."""
        return (self._position[pair.first], self._position[pair.second]) in self._reach.apart

    def shortest(self, ending: str, starting: str) -> tuple[int, str] | None:
        """The shortest time [ds] and where it is found; None: never one after the other."""
        first, second = self._position[ending], self._position[starting]
        if (first, second) in self._reach.apart:
            return 0, "different rings between the same barriers"
        exact = [k for k, timed in enumerate(self._reach.timed) if {first, second} <= timed.exact][:1]
        reached = [
            (ds, self._reach.timed[k].course.pictures[at].place)
            for k in exact or range(len(self._reach.timed))
            for at, ds in enumerate(self._soonest[k][first])
            if ds is not None and self._green[k][second][at]
        ]
        return min(reached, default=None)


def _intergreen(
    found: tuple[int, str] | None, intersection: Intersection, rules: Rules, ending: str, starting: str
) -> Iterator[Violation]:
    if found is None:
        return
    found_ds, place = found
    where = f"intersection {intersection.id!r}, from signal group {ending!r} to {starting!r}"
    needed_ds = rules.intergreen_ds(intersection.id, ending, starting)
    if needed_ds is None:
        yield Violation("intergreen-unknown", where, seconds(found_ds), "a known intergreen", place)
    elif found_ds < needed_ds:
        yield Violation("intergreen", where, seconds(found_ds), f"at least {seconds(needed_ds)}", place)
