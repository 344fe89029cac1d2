"""Conflicting groups: never open together, and apart by their intergreen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from networks.junction import Intersection, Pair, PairKind
from signals.rules import Rules
from signals.safety.courses import Courses
from signals.safety.spans import Spans, Start
from signals.safety.violation import Violation, too_soon

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
        together: dict[tuple[tuple[int, int], str, tuple[int, ...]], str] = {}
        for picture in courses.order.course.pictures:
            for clash in self._together(picture.displays):
                together.setdefault((*clash, picture.plans), picture.place)
        for (columns, found, plans), place in together.items():
            pair = self._pairs[columns]
            where = f"{self._where}, signal groups {pair.first!r} and {pair.second!r}"
            violation = Violation("conflict", where, found, f"one after the other ({pair.reason})", place)
            if not courses.is_own(violation, plans):
                yield violation
        clashing = {columns for columns, _, _ in together}
        for ending, starting in self._near(courses.timed[0]) if courses.single else self._all():
            if (ending, starting) not in courses.reach.apart:
                yield from self._too_soon(courses, ending, starting)
            elif not {(ending, starting), (starting, ending)} & clashing:  # else green at once, whatever lies between
                violation = self._intergreen(0, "different rings between the same barriers", ending, starting)
                if not courses.is_own(violation, courses.all_plans):
                    yield violation

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
            most_ds = max(self._most_ds(ending, starting) for starting in needed)
            for picture, passed_ds in enumerate(spans.soonest_after_end_ds(spans.columns[ending], _GREEN)):
                if passed_ds is None or passed_ds >= most_ds:
                    continue
                for starting in greens[picture]:
                    if starting in needed:
                        needed_ds = needed[starting]
                        if needed_ds is None or passed_ds < needed_ds:
                            found[ending, starting] = None
        return found

    def _too_soon(self, courses: Courses, ending: int, starting: int) -> Iterator[Violation]:
        """Less than is asked between the end of one green and the start of another: the shortest."""
        needed_ds, broken = self._most_ds(ending, starting), list[tuple[int, str]]()

        def shortest_ds(alone: Courses) -> int | None:
            return min((ds for ds, _ in soonest(alone).values()), default=None)

        def soonest(shown: Courses) -> dict[Start, tuple[int, str]]:
            return shown.soonest(ending, starting, (_GREEN, _GREEN), lit=True, most_ds=needed_ds)

        for start, (found_ds, place) in soonest(courses).items():
            key = ("conflict", ending, starting)
            if found_ds < courses.asked_ds(needed_ds, start.meeting, key, shortest_ds):
                broken.append((found_ds, place))
        if broken:
            yield self._intergreen(*min(broken), ending, starting)

    def _most_ds(self, ending: int, starting: int) -> int:
        needed_ds = self._needed_ds[ending][starting]
        return _UNKNOWN_DS if needed_ds is None else needed_ds

    def _intergreen(self, found_ds: int, place: str, ending: int, starting: int) -> Violation:
        where = f"{self._where}, from signal group {self._names[ending]!r} to {self._names[starting]!r}"
        return too_soon(where, found_ds, self._needed_ds[ending][starting], place)
