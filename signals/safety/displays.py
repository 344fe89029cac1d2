"""Displays of single groups: letters, changes, yellow and red-amber, minimum and maximum green, service, protection."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from networks.junction import GroupKind, Intersection, SignalGroup
from networks.turns import across_groups
from signals.plan import seconds
from signals.rules import GroupRules, Rules
from signals.safety.courses import Courses
from signals.safety.spans import Lasting, Meeting, Spans, both, stays_below_ds
from signals.safety.today import Today
from signals.safety.violation import Violation

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
        yield from self._of_changes(courses)
        for position, group in enumerate(self._groups):
            column = courses.order.columns[position]
            yield from self._of_letters(courses, position, column)
            if group.kind is not GroupKind.UNUSED:
                yield from self._of_times(courses, position, group)
                yield from self._of_service(position, group, column)

    def _of_letters(self, courses: Courses, position: int, column: str) -> Iterator[Violation]:
        shown, where = self._today[position], self._where[position]
        legal = {*"ruygG", *({"s"} & shown)}
        for letter in sorted({*column} - legal):
            for place, plans in _first(courses.order, column, letter):
                violation = Violation("display", where, repr(letter), "red, red-amber, yellow, green", place)
                if not courses.is_own(violation, plans):
                    yield violation
        if "g" in column and shown & {*_GREEN} == {"G"}:
            place, _ = next(_first(courses.order, column, "g"))
            yield Violation("protection", where, "green giving way", "protected green, as today", place)

    def _of_service(self, position: int, group: SignalGroup, column: str) -> Iterator[Violation]:
        shown, where, greens = self._today[position], self._where[position], {*_GREEN}
        if shown & greens and not greens & {*column}:
            yield Violation("service", where, "never green", "green in each cycle, as today")
        elif shown >= greens and "G" not in column and group.id not in self._across:
            # only a left may lose the protected part of what it has
            yield Violation("protection", where, "only green giving way", "protected green in each cycle, as today")

    def _of_changes(self, courses: Courses) -> Iterator[Violation]:
        told: set[tuple[int, str, tuple[int, ...]]] = set()
        spans, pictures = courses.order, courses.order.course.pictures
        for before, followers in enumerate(spans.course.following):
            for after in followers:
                for position, change, needed in self._changes(spans.displays[before], spans.displays[after]):
                    plans = both(pictures[before].plans, pictures[after].plans)
                    if (position, change, plans) in told:
                        continue
                    told.add((position, change, plans))
                    found = " to ".join(map(_named, change))
                    violation = Violation("change", self._where[position], found, needed, pictures[after].place)
                    if not courses.is_own(violation, plans):
                        yield violation

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
            yield from _lengths(courses, spans, spans.columns[position], rule, where)
        yield from _short_greens(courses, position, group, rule, where)
        if exact is None:
            yield from _cut_yellow(courses, position, rule, where)
        elif rule.max_green is not None and not courses.reach.rests:
            yield from _longest_green(exact, exact.columns[position], rule, where)


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


def _lengths(courses: Courses, spans: Spans, column: str, rule: GroupRules, where: str) -> Iterator[Violation]:
    for letter, name, needed_ds in (("y", "yellow", rule.yellow_ds), ("u", "red-amber", rule.red_amber_ds or 0)):
        if letter not in column:
            continue
        if not column.strip(letter):
            yield Violation(name, where, "for ever", seconds(needed_ds))
        told: set[tuple[str, tuple[int, ...]]] = set()
        for start, low, high in spans.lasting(column, letter):
            if low != needed_ds or high != needed_ds:
                found = "for ever" if low is None else seconds(low)
                found += "" if low == high else f" to {'any' if high is None else seconds(high)}"
                picture = spans.course.pictures[start]
                violation = Violation(name, where, found, f"exactly {seconds(needed_ds)}", picture.place)
                if (found, picture.plans) not in told and not courses.is_own(violation, picture.plans):
                    yield violation
                told.add((found, picture.plans))


def _short_greens(
    courses: Courses, position: int, group: SignalGroup, rule: GroupRules, where: str
) -> Iterator[Violation]:
    """A green that is too short: the shortest."""

    def shortest_ds(alone: Courses) -> int | None:
        return min((ds for ds, _, _ in _shorter_greens(alone, position, rule.min_green_ds)), default=None)

    for found_ds, place, meeting in sorted(_shorter_greens(courses, position, rule.min_green_ds)):
        if found_ds < courses.asked_ds(rule.min_green_ds, meeting, ("green", position), shortest_ds, in_turn=True):
            yield _too_short(found_ds, group, rule, where, place)
            return


def _shorter_greens(courses: Courses, position: int, least_ds: int) -> Iterator[tuple[int, str, Meeting]]:
    """Greens below a time [ds], with places and plans. Where several rings drive a group at once, each green is as long
    as its own ring gives it, or longer, or as a modifier leaves it."""
    for spans in courses.times_of(position):
        column = spans.columns[position]
        for start, low_ds, _ in spans.lasting(column, _GREEN):
            if low_ds is not None and low_ds < least_ds:
                inside, place = [letter in _GREEN for letter in column], spans.course.pictures[start].place
                for found_ds, meeting in stays_below_ds(spans.course, inside, start, least_ds):
                    yield found_ds, place, meeting
    cut = courses.reach.cuts.get(position)
    if cut is not None and cut.shortest_ds < least_ds and courses.exact_for(position) is None:
        yield cut.shortest_ds, "cut by a modifier", Meeting(*[tuple(courses.all_plans)] * 2)


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


def _cut_yellow(courses: Courses, position: int, rule: GroupRules, where: str) -> Iterator[Violation]:
    """A yellow that another green of a group cuts, which several rings drive at once, is no yellow."""
    column, cut = courses.order.columns[position], courses.reach.cuts.get(position)
    changes = {column[a] + column[b] for a, followers in enumerate(courses.reach.order.following) for b in followers}
    if rule.yellow_ds and ((cut is not None and cut.yellow) or changes & {"yG", "yg"}):
        violation = Violation("yellow", where, "cut by another ring", f"exactly {seconds(rule.yellow_ds)}")
        if not courses.is_own(violation, courses.all_plans):
            yield violation


def _too_short(found_ds: int, group: SignalGroup, rule: GroupRules, where: str, place: str) -> Violation:
    name = "pedestrian-green" if group.walkers else "min-green"
    needed = f"at least {seconds(rule.min_green_ds)} ({rule.min_green.source}"
    flash = rule.green_flash
    needed += ")" if flash is None else f"; {seconds(flash.value_ds)} of it green flash: {flash.source})"
    return Violation(name, where, seconds(found_ds), needed, place)


def _first(spans: Spans, column: str, letter: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Where a letter is shown, and by which plans: of pictures of the same plans the first."""
    told: set[tuple[int, ...]] = set()
    for at, shown in enumerate(column):
        picture = spans.course.pictures[at]
        if shown == letter and picture.plans not in told:
            told.add(picture.plans)
            yield picture.place, picture.plans


def _named(letter: str) -> str:
    names = {"r": "red", "u": "red-amber", "y": "yellow", "g": "green giving way", "G": "green", "s": "stop then turn"}
    return names.get(letter, letter)
