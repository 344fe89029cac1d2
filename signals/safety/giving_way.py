"""Yielding groups: who gives way shows it, and a protected green is kept from the other's green like a conflict.

A left that has an arrow (G) in one stage and gives way (g) in another is green together with the oncoming traffic, but
while it shows G its driver looks for nobody. So greens that clash (`Pair.clash`) are apart by yellow and intergreen:
from the end of the arrow to the oncoming start, also where the arrow only goes out and the left goes on giving way, for
who has entered under it is still inside; and from the end of the oncoming green to the arrow, whether the left was red
or giving way before. Yellow after g clashes with nothing: who gave way before it still does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from networks.junction import Intersection, Pair, PairKind
from signals.control import Reach, Successions
from signals.rules import Rules
from signals.safety.spans import soonest_start_ds
from signals.safety.today import Today
from signals.safety.violation import Violation, seconds

_GREEN = frozenset("gG")


def giving_way_violations(reach: Reach, intersection: Intersection, rules: Rules, today: Today) -> Iterator[Violation]:
    """All violations of yielding pairs on all reachable successions."""
    position = {group.id: at for at, group in enumerate(intersection.groups)}
    neighbours = _Neighbours(reach.order)
    for pair in intersection.pairs:
        if pair.kind is not PairKind.YIELDING:
            continue
        columns = position[pair.first], position[pair.second]
        where = f"intersection {intersection.id!r}, signal groups {pair.first!r} and {pair.second!r}"
        yield from _shown(reach.order, pair, columns, today, where)
        for ending, starting in (columns, columns[::-1]):
            name = intersection.groups[ending].id
            yield from _against_change(neighbours, pair, name, ending, starting, where)
            yield from _intergreen(reach, intersection, rules, pair, ending, starting)


def _shown(course: Successions, pair: Pair, columns: tuple[int, int], today: Today, where: str) -> Iterator[Violation]:
    """Who gives way shows it (g), unless the pair is shown just so today (a merge with equal greens)."""
    for picture in course.pictures:
        first, second = (picture.displays[at] for at in columns)
        if first not in _GREEN or second not in _GREEN:
            continue
        if today.shown_together(pair.first, first, pair.second, second):
            continue
        shown = {pair.first: first, pair.second: second}
        firm = [name for name in pair.yields if shown[name] != "g"]
        if firm or (not pair.yields and "g" not in (first, second)):
            found = f"{' and '.join(firm) or 'neither'} not giving way"
            yield Violation("yielding", where, found, f"shown as giving way ({pair.reason})", picture.place)
            return


class _Neighbours:
    """Which greens a yellow can come from and a red-amber can lead to, per picture of a course."""

    def __init__(self, course: Successions) -> None:
        self.course = course
        before: list[list[int]] = [[] for _ in course.pictures]
        for at, followers in enumerate(course.following):
            for after in followers:
                before[after].append(at)
        self._ways: dict[str, Sequence[Sequence[int]]] = {"y": before, "u": course.following}
        self._known: dict[tuple[int, str], list[frozenset[str]]] = {}

    def greens(self, column: int, letter: str) -> list[frozenset[str]]:
        """Per picture in which the group shows this letter (yellow, red-amber): the greens on its other side."""
        if (column, letter) not in self._known:
            self._known[column, letter] = self._found(column, letter)
        return self._known[column, letter]

    def _found(self, column: int, letter: str) -> list[frozenset[str]]:
        shown = [picture.displays[column] for picture in self.course.pictures]
        found: list[frozenset[str]] = [frozenset()] * len(shown)
        waiting = [at for at, own in enumerate(shown) if own == letter]
        changing = bool(waiting)
        while changing:
            changing = False
            for at in waiting:
                greens = found[at].union(
                    *(found[n] if shown[n] == letter else _GREEN & {shown[n]} for n in self._ways[letter][at])
                )
                changing = changing or greens != found[at]
                found[at] = greens
        return found


def _against_change(
    neighbours: _Neighbours, pair: Pair, name: str, changing: int, other: int, where: str
) -> Iterator[Violation]:
    """Yellow after, or red-amber before, a green that clashes with what the other group shows meanwhile."""
    for letter, named in (("y", "yellow"), ("u", "red-amber")):
        greens = neighbours.greens(changing, letter)
        for at, picture in enumerate(neighbours.course.pictures):
            against = picture.displays[other]
            if against in _GREEN and any(pair.clash(name, own, against) for own in greens[at]):
                needed = f"one after the other ({pair.reason})"
                yield Violation("conflict", where, f"green against {named}", needed, picture.place)
                break


def _intergreen(
    reach: Reach, intersection: Intersection, rules: Rules, pair: Pair, ending: int, starting: int
) -> Iterator[Violation]:
    first, second = (intersection.groups[at].id for at in (ending, starting))
    exact = [timed for timed in reach.timed if {ending, starting} <= timed.exact][:1]
    broken: list[tuple[int, str, int | None]] = []
    for its, others in pair.clashes(first):
        for timed in exact or reach.timed:
            letters = [[picture.displays[at] for picture in timed.course.pictures] for at in (ending, starting)]
            found = soonest_start_ds(
                timed.course,
                [letter in its for letter in letters[0]],
                [letter in _GREEN for letter in letters[0]],
                [letter in others for letter in letters[1]],
            )
            for gives_way, (found_ds, at) in found.items():
                needed_ds = rules.intergreen_ds(intersection.id, first, second, gives_way=gives_way)
                if needed_ds is None or found_ds < needed_ds:
                    broken.append((found_ds, timed.course.pictures[at].place, needed_ds))
    if not broken:
        return
    found_ds, place, needed_ds = min(broken, key=lambda row: row[:2])
    where = f"intersection {intersection.id!r}, from signal group {first!r} to {second!r}"
    if needed_ds is None:
        yield Violation("intergreen-unknown", where, seconds(found_ds), "a known intergreen", place)
    else:
        yield Violation("intergreen", where, seconds(found_ds), f"at least {seconds(needed_ds)}", place)
