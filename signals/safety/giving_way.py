"""Yielding groups: who gives way shows it, and a protected green is kept from the other's green like a conflict.

A left that has an arrow (G) in one stage and gives way (g) in another is green together with the oncoming traffic, but
while it shows G its driver looks for nobody. So greens that clash (`Pair.clash`) are apart by yellow and intergreen:
from the end of the arrow to the oncoming start, also where the arrow only goes out and the left goes on giving way, for
who has entered under it is still inside; and from the end of the oncoming green to the arrow, whether the left was red
or giving way before. Yellow after g clashes with nothing: who gave way before it still does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import product

from networks.junction import Intersection, Pair, PairKind
from signals.control import Successions
from signals.rules import Rules
from signals.safety.courses import Courses
from signals.safety.spans import Spans, Start
from signals.safety.today import Today
from signals.safety.violation import Violation, too_soon

_GREEN = "gG"
_UNKNOWN_DS = 10**9  # no time is enough where nobody knows what is needed


class GivingWayJudge:
    """Judges the yielding pairs of one intersection on all reachable successions."""

    def __init__(self, intersection: Intersection, rules: Rules, today: Today) -> None:
        self._intersection, self._rules, self._today = intersection, rules, today
        self._where = f"intersection {intersection.id!r}"
        self._names = [group.id for group in intersection.groups]
        position = {name: at for at, name in enumerate(self._names)}
        self._pairs: dict[tuple[int, int], Pair] = {
            (position[pair.first], position[pair.second]): pair
            for pair in intersection.pairs
            if pair.kind is PairKind.YIELDING
        }
        self._of: dict[tuple[int, int], Pair] = {
            **self._pairs,
            **{(b, a): pair for (a, b), pair in self._pairs.items()},
        }
        # by group and its green: which other groups' greens may not stand beside it, and how long after it at least
        self._clashing: dict[tuple[int, str], set[tuple[int, str]]] = {}
        self._lots: dict[int, dict[str, dict[tuple[int, str], int]]] = {}
        self._clashes = {columns: pair.clashes(self._names[columns[0]]) for columns, pair in self._of.items()}
        for (its, other), clashes in self._clashes.items():
            for letters, others in clashes:
                needed_ds = self._most_ds(its, other)
                lot = self._lots.setdefault(its, {}).setdefault(letters, {})
                lot.update({(other, letter): needed_ds for letter in others})
                for letter in letters:
                    self._clashing.setdefault((its, letter), set()).update((other, green) for green in others)
        self._shown = lru_cache(maxsize=4096)(self._shown_in)

    def violations(self, courses: Courses) -> Iterator[Violation]:
        """All violations: who gives way and does not show it, greens against a change, greens that come too soon."""
        told: set[tuple[tuple[int, int], tuple[int, ...]]] = set()
        for picture in courses.order.course.pictures:
            for columns, found, needed in self._shown(picture.displays):
                where = self._pair_where(self._pairs[columns])
                violation = Violation("yielding", where, found, needed, picture.place)
                if (columns, picture.plans) not in told and not courses.is_own(violation, picture.plans):
                    yield violation
                told.add((columns, picture.plans))
        yield from self._against_changes(courses)
        for ending, starting in self._near(courses.timed[0]) if courses.single else self._of:
            yield from self._intergreen(courses, ending, starting)

    def _most_ds(self, ending: int, starting: int) -> int:
        """The longest time that the rules can ask for between two groups [ds]."""
        asked = [self._needed_ds(ending, starting, gives_way) for gives_way in (False, True)]
        return max(_UNKNOWN_DS if ds is None else ds for ds in asked)

    def _shown_in(self, displays: str) -> tuple[tuple[tuple[int, int], str, str], ...]:
        """The pairs in which somebody who gives way does not show it (g) in a picture.

        Not where the pair is shown just so today (a merge with equal greens).
        """
        broken = []
        for columns, pair in self._pairs.items():
            first, second = (displays[at] for at in columns)
            if first not in _GREEN or second not in _GREEN:
                continue
            if self._today.shown_together(pair.first, first, pair.second, second):
                continue
            shown = {pair.first: first, pair.second: second}
            firm = [name for name in pair.yields if shown[name] != "g"]
            if firm or (not pair.yields and "g" not in (first, second)):
                found = f"{' and '.join(firm) or 'neither'} not giving way"
                broken.append((columns, found, f"shown as giving way ({pair.reason})"))
        return tuple(broken)

    def _against_changes(self, courses: Courses) -> Iterator[Violation]:
        """Yellow after, or red-amber before, a green that clashes with what the other group shows meanwhile."""
        spans = courses.order
        neighbours = _Neighbours(spans.course)
        told: set[tuple[int, int, str, tuple[int, ...]]] = set()
        for (letter, named), changing in product((("y", "yellow"), ("u", "red-amber")), self._lots):
            column = spans.columns[changing]
            if letter not in column:
                continue
            for at, own in neighbours.greens(column, letter):
                for other, green in self._clashing.get((changing, own), ()):
                    picture = spans.course.pictures[at]
                    key = (changing, other, letter, picture.plans)
                    if spans.displays[at][other] != green or key in told:
                        continue
                    told.add(key)
                    pair = self._of[changing, other]
                    found, needed = f"green against {named}", f"one after the other ({pair.reason})"
                    violation = Violation("conflict", self._pair_where(pair), found, needed, picture.place)
                    if not courses.is_own(violation, picture.plans):
                        yield violation

    def _near(self, spans: Spans) -> Iterable[tuple[int, int]]:
        """The ordered pairs whose clashing greens may come closer to each other than the rules ask, in the course."""
        found: dict[tuple[int, int], None] = {}
        for ending, lots in self._lots.items():
            for letters, needed in lots.items():
                most_ds = max(needed.values())
                for picture, passed_ds in enumerate(spans.soonest_after_end_ds(spans.columns[ending], letters)):
                    if passed_ds is None or passed_ds >= most_ds:
                        continue
                    shown = spans.displays[picture]
                    for (starting, green), needed_ds in needed.items():
                        if passed_ds < needed_ds and shown[starting] == green:
                            found[ending, starting] = None
        return found

    def _intergreen(self, courses: Courses, ending: int, starting: int) -> Iterator[Violation]:
        """Less than is asked from the one green to the other: the shortest."""
        broken: list[tuple[int, str, int | None]] = []
        most_ds = self._most_ds(ending, starting)
        for lot in self._clashes[ending, starting]:

            def soonest(shown: Courses, lot: tuple[str, str] = lot) -> dict[Start, tuple[int, str]]:
                return shown.soonest(ending, starting, lot, lit=False, most_ds=most_ds)

            for start, (found_ds, place) in soonest(courses).items():
                needed_ds = self._needed_ds(ending, starting, start.all_along)
                asked_ds = courses.asked_ds(
                    _UNKNOWN_DS if needed_ds is None else needed_ds,
                    start.meeting,
                    ("giving way", ending, starting, lot, start.all_along),
                    partial(_shortest_ds, soonest, start.all_along),
                )
                if found_ds < asked_ds:
                    broken.append((found_ds, place, needed_ds))
        if broken:
            found_ds, place, needed_ds = min(broken, key=lambda row: row[:2])
            where = f"{self._where}, from signal group {self._names[ending]!r} to {self._names[starting]!r}"
            yield too_soon(where, found_ds, needed_ds, place)

    def _needed_ds(self, ending: int, starting: int, gives_way: bool) -> int | None:
        names = (self._names[ending], self._names[starting])
        return self._rules.intergreen_ds(self._intersection.id, *names, gives_way=gives_way)

    def _pair_where(self, pair: Pair) -> str:
        return f"{self._where}, signal groups {pair.first!r} and {pair.second!r}"


def _shortest_ds(
    soonest: Callable[[Courses], Mapping[Start, tuple[int, str]]], all_along: bool, alone: Courses
) -> int | None:
    """The shortest time that a plan has by itself, where the ending group goes on giving way all along, or does not."""
    return min((ds for start, (ds, _) in soonest(alone).items() if start.all_along == all_along), default=None)


class _Neighbours:
    """Which greens a yellow can come from and a red-amber can lead to, per picture of a course."""

    def __init__(self, course: Successions) -> None:
        before: list[list[int]] = [[] for _ in course.pictures]
        for at, followers in enumerate(course.following):
            for after in followers:
                before[after].append(at)
        self._away: dict[str, Sequence[Sequence[int]]] = {"y": course.following, "u": before}
        self._known: dict[tuple[str, str], list[tuple[int, str]]] = {}

    def greens(self, column: str, letter: str) -> list[tuple[int, str]]:
        """The pictures in which the group shows this letter (yellow, red-amber), with a green on its other side."""
        if (column, letter) not in self._known:
            self._known[column, letter] = self._found(column, letter)
        return self._known[column, letter]

    def _found(self, shown: str, letter: str) -> list[tuple[int, str]]:
        found: set[tuple[int, str]] = set()
        for green in _GREEN if letter in shown else "":
            reached = [at for at, own in enumerate(shown) if own == green]
            while reached:
                for onward in self._away[letter][reached.pop()]:
                    if shown[onward] == letter and (onward, green) not in found:
                        found.add((onward, green))
                        reached.append(onward)
        return sorted(found)
