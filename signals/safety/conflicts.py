"""Conflicting groups: never open together, and apart by their intergreen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from networks.junction import Intersection, Pair, PairKind
from signals.rules import Rules
from signals.safety.courses import Courses
from signals.safety.spans import Spans
from signals.safety.violation import Violation, seconds

_GREEN = "gG"
_UNKNOWN_DS = 10**9  # no time is enough where nobody knows what is needed


class ConflictJudge:
    """Judges the conflicting pairs of one intersection on all reachable successions."""

    def __init__(self, intersection: Intersection, rules: Rules) -> None:
        self._where = f"intersection {intersection.id!r}"
        self._names = [group.id for group in intersection.groups]
        position = {name: at for at, name in enumerate(self._names)}
        self._pairs: dict[tuple[int, int], Pair] = {
            (position[pair.first], position[pair.second]): pair
            for pair in intersection.pairs
            if pair.kind is PairKind.CONFLICTING
        }
        self._needed_ds: list[dict[int, int | None]] = [{} for _ in self._names]  # by ending, then starting group
        for one, other in self._pairs:
            for ending, starting in ((one, other), (other, one)):
                its, others = self._names[ending], self._names[starting]
                self._needed_ds[ending][starting] = rules.intergreen_ds(intersection.id, its, others)
        self._together = lru_cache(maxsize=4096)(self._together_in)

    def violations(self, courses: Courses) -> Iterator[Violation]:
        """All violations, wrap-around and repeated service included."""
        together: dict[tuple[tuple[int, int], str], str] = {}
        for picture in courses.order.course.pictures:
            for clash in self._together(picture.displays):
                together.setdefault(clash, picture.place)
        for (columns, found), place in together.items():
            pair = self._pairs[columns]
            where = f"{self._where}, signal groups {pair.first!r} and {pair.second!r}"
            yield Violation("conflict", where, found, f"one after the other ({pair.reason})", place)
        clashing = {columns for columns, _ in together}
        for ending, starting in self._near(courses.timed[0]) if courses.single else self._all():
            apart = (ending, starting) in courses.reach.apart
            if apart and {(ending, starting), (starting, ending)} & clashing:
                continue  # green at the same time, whatever lies between their ends and starts
            found_ds = (
                (0, "different rings between the same barriers") if apart else _shortest(courses, ending, starting)
            )
            yield from self._intergreen(found_ds, ending, starting)

    def _together_in(self, displays: str) -> tuple[tuple[tuple[int, int], str], ...]:
        """The pairs that are open together in a picture, and how."""
        found = []
        for columns in self._pairs:
            first, second = (displays[at] for at in columns)
            if first in _GREEN and second in _GREEN:
                found.append((columns, "both green"))
            elif (first in _GREEN and second in "yu") or (second in _GREEN and first in "yu"):
                found.append((columns, f"green against {'yellow' if 'y' in first + second else 'red-amber'}"))
        return tuple(found)

    def _all(self) -> Iterable[tuple[int, int]]:
        return [(ending, starting) for ending, needed in enumerate(self._needed_ds) for starting in needed]

    def _near(self, spans: Spans) -> Iterable[tuple[int, int]]:
        """The ordered pairs that come closer to each other than they may, somewhere in the course."""
        greens = [[at for at, letter in enumerate(shown) if letter in _GREEN] for shown in spans.displays]
        found: dict[tuple[int, int], None] = {}
        for ending, needed in enumerate(self._needed_ds):
            if not needed:
                continue
            most_ds = max(_UNKNOWN_DS if ds is None else ds for ds in needed.values())
            for picture, passed_ds in enumerate(spans.soonest_after_end_ds(spans.columns[ending], _GREEN)):
                if passed_ds is None or passed_ds >= most_ds:
                    continue
                for starting in greens[picture]:
                    if starting in needed:
                        needed_ds = needed[starting]
                        if needed_ds is None or passed_ds < needed_ds:
                            found[ending, starting] = None
        return found

    def _intergreen(self, found: tuple[int, str] | None, ending: int, starting: int) -> Iterator[Violation]:
        if found is None:
            return
        found_ds, place = found
        where = f"{self._where}, from signal group {self._names[ending]!r} to {self._names[starting]!r}"
        needed_ds = self._needed_ds[ending][starting]
        if needed_ds is None:
            yield Violation("intergreen-unknown", where, seconds(found_ds), "a known intergreen", place)
        elif found_ds < needed_ds:
            yield Violation("intergreen", where, seconds(found_ds), f"at least {seconds(needed_ds)}", place)


def _shortest(courses: Courses, ending: int, starting: int) -> tuple[int, str] | None:
    """The shortest time [ds] from the end of one green to the start of another, and where; None: never so."""
    reached = [
        (ds, spans.course.pictures[at].place)
        for spans in courses.times_of(ending, starting)
        for at, ds in enumerate(spans.soonest_after_end_ds(spans.columns[ending], _GREEN))
        if ds is not None and spans.columns[starting][at] in _GREEN
    ]
    return min(reached, default=None)
