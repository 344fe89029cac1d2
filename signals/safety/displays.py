"""Displays of single groups: letters, changes, yellow and red-amber, minimum and maximum green, service, protection."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from networks.junction import GroupKind, Intersection, SignalGroup
from networks.turns import across_groups
from signals.rules import GroupRules, Rules
from signals.safety.courses import Courses
from signals.safety.spans import Lasting, Spans
from signals.safety.today import Today
from signals.safety.violation import Violation, seconds

_GREEN = "gG"
_AS_TODAY = frozenset({"Gg", "gG", "yG", "yg"})  # changes that are legal only where the group makes them today


class DisplayJudge:
    """Judges the single groups of one intersection on all reachable successions."""

    def __init__(self, intersection: Intersection, rules: Rules, today: Today, *, left_hand: bool) -> None:
        self._groups = intersection.groups
        self._rules = [rules.group(intersection.id, group.id) for group in self._groups]
        self._today = [today.letters[group.id] for group in self._groups]
        self._changed_today = [today.changes[group.id] for group in self._groups]
        self._across = across_groups(intersection, left_hand=left_hand)
        self._where = [f"intersection {intersection.id!r}, signal group {group.id!r}" for group in self._groups]
        self._changes = lru_cache(maxsize=8192)(self._changes_from)

    def violations(self, courses: Courses) -> Iterator[Violation]:
        """All violations of single groups."""
        yield from self._of_changes(courses.order)
        for position, group in enumerate(self._groups):
            column = courses.order.columns[position]
            yield from self._of_letters(courses.order, position, column)
            if group.kind is not GroupKind.UNUSED:
                yield from self._of_times(courses, position, group)
                yield from self._of_service(position, group, column)

    def _of_letters(self, spans: Spans, position: int, column: str) -> Iterator[Violation]:
        shown, where = self._today[position], self._where[position]
        legal = {*"ruygG", *({"s"} & shown)}
        for letter in sorted({*column} - legal):
            yield Violation(
                "display", where, repr(letter), "red, red-amber, yellow, green", _first(spans, column, letter)
            )
        if "g" in column and shown & {*_GREEN} == {"G"}:
            place = _first(spans, column, "g")
            yield Violation("protection", where, "green giving way", "protected green, as today", place)

    def _of_service(self, position: int, group: SignalGroup, column: str) -> Iterator[Violation]:
        shown, where, greens = self._today[position], self._where[position], {*_GREEN}
        if shown & greens and not greens & {*column}:
            yield Violation("service", where, "never green", "green in each cycle, as today")
        elif shown >= greens and "G" not in column and group.id not in self._across:
            # only a left may lose the protected part of what it has
            yield Violation("protection", where, "only green giving way", "protected green in each cycle, as today")

    def _of_changes(self, spans: Spans) -> Iterator[Violation]:
        reported: set[tuple[int, str]] = set()
        for before, followers in enumerate(spans.course.following):
            for after in followers:
                for position, change, needed in self._changes(spans.displays[before], spans.displays[after]):
                    if (position, change) not in reported:
                        reported.add((position, change))
                        found, place = " to ".join(map(_named, change)), spans.course.pictures[after].place
                        yield Violation("change", self._where[position], found, needed, place)

    def _changes_from(self, before: str, after: str) -> tuple[tuple[int, str, str], ...]:
        """From one picture to the next: groups that change as they may not, how, and what would be legal."""
        found = []
        for position, letters in enumerate(zip(before, after, strict=True)):
            if letters[0] != letters[1] and self._groups[position].kind is not GroupKind.UNUSED:
                change = "".join(letters)
                needed = _needed(change, self._rules[position], self._changed_today[position])
                if needed:
                    found.append((position, change, needed))
        return tuple(found)

    def _of_times(self, courses: Courses, position: int, group: SignalGroup) -> Iterator[Violation]:
        rule, where, exact = self._rules[position], self._where[position], courses.exact_for(position)
        for spans in courses.times_of(position):
            yield from _lengths(spans, spans.columns[position], rule, where)
        if exact is None:
            yield from _mixed(courses, position, group, rule, where)
            return
        column = exact.columns[position]
        yield from _shortest_green(exact, column, group, rule, where)
        if rule.max_green is not None and not courses.reach.rests:
            yield from _longest_green(exact, column, rule, where)


def _needed(change: str, rule: GroupRules, changes: frozenset[str]) -> str:
    """What would be legal instead of this change of letters; nothing where the change is legal."""
    before, after = change[0], change[1]
    if change in _AS_TODAY:
        return "" if change in changes else "a change that the group makes today"
    if before in _GREEN:
        if rule.yellow_ds > 0:
            return "" if after == "y" else "yellow after green"
        return "" if after in "rs" else "red after green"
    if before == "y":
        return "" if after in "rs" else "red after yellow"
    if before in "rs" and after in "rs":
        return ""
    if before in "rs" and rule.red_amber_ds:
        return "" if after == "u" else "red-amber after red"
    if before in "rs":
        return "" if after in _GREEN else "green after red"
    return "" if before == "u" and after in _GREEN and rule.red_amber_ds else "green after red-amber"


def _lengths(spans: Spans, column: str, rule: GroupRules, where: str) -> Iterator[Violation]:
    for letter, name, needed_ds in (("y", "yellow", rule.yellow_ds), ("u", "red-amber", rule.red_amber_ds or 0)):
        if letter not in column:
            continue
        if not column.strip(letter):
            yield Violation(name, where, "for ever", seconds(needed_ds))
        for start, low, high in spans.lasting(column, letter):
            if low != needed_ds or high != needed_ds:
                found = "for ever" if low is None else seconds(low)
                found += "" if low == high else f" to {'any' if high is None else seconds(high)}"
                yield Violation(name, where, found, f"exactly {seconds(needed_ds)}", spans.course.pictures[start].place)
                break


def _shortest_green(spans: Spans, column: str, group: SignalGroup, rule: GroupRules, where: str) -> Iterator[Violation]:
    stays = spans.lasting(column, _GREEN)
    short = [(ds, start) for start, ds, _ in stays if ds is not None and ds < rule.min_green_ds]
    if short:
        found_ds, start = min(short)
        yield _too_short(found_ds, group, rule, where, spans.course.pictures[start].place)


def _longest_green(spans: Spans, column: str, rule: GroupRules, where: str) -> Iterator[Violation]:
    assert rule.max_green is not None
    limit_ds, needed = rule.max_green.value_ds, f"at most {seconds(rule.max_green.value_ds)} ({rule.max_green.source})"
    stays: list[Lasting] = spans.lasting(column, _GREEN)
    if not column.strip(_GREEN):
        yield Violation("max-green", where, "for ever", needed)
        return
    endless = [start for start, _, ds in stays if ds is None]
    long = [(ds, start) for start, _, ds in stays if ds is not None and ds > limit_ds]
    if endless:
        yield Violation("max-green", where, "for ever", needed, spans.course.pictures[endless[0]].place)
    elif long:
        found_ds, start = max(long)
        yield Violation("max-green", where, seconds(found_ds), needed, spans.course.pictures[start].place)


def _mixed(courses: Courses, position: int, group: SignalGroup, rule: GroupRules, where: str) -> Iterator[Violation]:
    """A group that several rings drive at once: each green as long as its own ring gives it, or longer; a yellow that
    another green cuts is no yellow."""
    column, cut = courses.order.columns[position], courses.reach.cuts.get(position)
    shortest = [*_shortest(courses, position), *([(cut.shortest_ds, "cut by a modifier")] if cut else ())]
    if shortest and min(shortest)[0] < rule.min_green_ds:
        yield _too_short(min(shortest)[0], group, rule, where, min(shortest)[1])
    changes = {column[a] + column[b] for a, followers in enumerate(courses.reach.order.following) for b in followers}
    if rule.yellow_ds and ((cut is not None and cut.yellow) or changes & {"yG", "yg"}):
        yield Violation("yellow", where, "cut by another ring", f"exactly {seconds(rule.yellow_ds)}")


def _shortest(courses: Courses, position: int) -> Iterator[tuple[int, str]]:
    """Shortest green of a group in each course, with its place."""
    for spans in courses.timed:
        for start, found_ds, _ in spans.lasting(spans.columns[position], _GREEN):
            if found_ds is not None:
                yield found_ds, spans.course.pictures[start].place


def _too_short(found_ds: int, group: SignalGroup, rule: GroupRules, where: str, place: str) -> Violation:
    name = "pedestrian-green" if group.walkers else "min-green"
    needed = f"at least {seconds(rule.min_green_ds)} ({rule.min_green.source})"
    return Violation(name, where, seconds(found_ds), needed, place)


def _first(spans: Spans, column: str, letter: str) -> str:
    return spans.course.pictures[column.index(letter)].place


def _named(letter: str) -> str:
    names = {"r": "red", "u": "red-amber", "y": "yellow", "g": "green giving way", "G": "green", "s": "stop then turn"}
    return names.get(letter, letter)
