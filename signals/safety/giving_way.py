"""Yielding groups: who gives way shows it, and a protected green is kept from the other's green like a conflict.

A left that has an arrow (G) in one stage and gives way (g) in another is green together with the oncoming traffic, but
while it shows G its driver looks for nobody. So greens that clash (`Pair.clash`) are apart by yellow and intergreen:
from the end of the arrow to the oncoming start, also where the arrow only goes out and the left goes on giving way, for
who has entered under it is still inside; and from the end of the oncoming green to the arrow, whether the left was red
or giving way before. Yellow after g clashes with nothing: who gave way before it still does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product

from networks.junction import Intersection, Pair, PairKind
from signals.control import Successions
from signals.rules import Rules
from signals.safety.courses import Courses
from signals.safety.spans import Spans, soonest_start_ds
from signals.safety.today import Today
from signals.safety.violation import Violation, seconds

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
        firm: dict[tuple[int, int], Violation] = {}
        for picture in courses.order.course.pictures:
            for columns, found, needed in self._shown(picture.displays):
                where = self._pair_where(self._pairs[columns])
                firm.setdefault(columns, Violation("yielding", where, found, needed, picture.place))
        yield from firm.values()
        yield from self._against_changes(courses.order)
        for ending, starting in self._near(courses.timed[0]) if courses.single else self._of:
            yield from self._intergreen(courses, ending, starting)

    def _most_ds(self, ending: int, starting: int) -> int:
        """The longest time that the rules can ask for between two groups [ds]."""
        asked = [
            self._rules.intergreen_ds(
                self._intersection.id, self._names[ending], self._names[starting], gives_way=gives_way
            )
            for gives_way in (False, True)
        ]
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

    def _against_changes(self, spans: Spans) -> Iterator[Violation]:
        """Yellow after, or red-amber before, a green that clashes with what the other group shows meanwhile."""
        neighbours = _Neighbours(spans.course)
        reported: set[tuple[int, int, str]] = set()
        for (letter, named), changing in product((("y", "yellow"), ("u", "red-amber")), self._lots):
            column = spans.columns[changing]
            if letter not in column:
                continue
            for at, own in neighbours.greens(column, letter):
                for other, green in self._clashing.get((changing, own), ()):
                    if spans.displays[at][other] == green and (changing, other, letter) not in reported:
                        reported.add((changing, other, letter))
                        pair = self._of[changing, other]
                        needed, place = f"one after the other ({pair.reason})", spans.course.pictures[at].place
                        yield Violation("conflict", self._pair_where(pair), f"green against {named}", needed, place)

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
        first, second = self._names[ending], self._names[starting]
        broken: list[tuple[int, str, int | None]] = []
        for its, others in self._clashes[ending, starting]:
            for spans in courses.times_of(ending, starting):
                found = soonest_start_ds(
                    spans.course,
                    [letter in its for letter in spans.columns[ending]],
                    [letter in _GREEN for letter in spans.columns[ending]],
                    [letter in others for letter in spans.columns[starting]],
                )
                for gives_way, (found_ds, at) in found.items():
                    needed_ds = self._rules.intergreen_ds(self._intersection.id, first, second, gives_way=gives_way)
                    if needed_ds is None or found_ds < needed_ds:
                        broken.append((found_ds, spans.course.pictures[at].place, needed_ds))
        if not broken:
            return
        found_ds, place, needed_ds = min(broken, key=lambda row: row[:2])
        where = f"{self._where}, from signal group {first!r} to {second!r}"
        if needed_ds is None:
            yield Violation("intergreen-unknown", where, seconds(found_ds), "a known intergreen", place)
        else:
            yield Violation("intergreen", where, seconds(found_ds), f"at least {seconds(needed_ds)}", place)

    def _pair_where(self, pair: Pair) -> str:
        return f"{self._where}, signal groups {pair.first!r} and {pair.second!r}"


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
