"""Displays of single groups: letters, changes, yellow and red-amber, minimum and maximum green, service, protection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from networks.junction import GroupKind, Intersection, SignalGroup
from networks.turns import across_groups
from signals.control import Reach, Successions, Timed
from signals.rules import GroupRules, Rules
from signals.safety.spans import entries, longest_ds, shortest_ds
from signals.safety.today import Today
from signals.safety.violation import Violation, seconds

_GREEN = frozenset("gG")
_AS_TODAY = frozenset({"Gg", "gG", "yG", "yg"})  # changes that are legal only where the group makes them today


def display_violations(
    reach: Reach, intersection: Intersection, rules: Rules, today: Today, *, left_hand: bool
) -> Iterator[Violation]:
    """All violations of single groups on all reachable successions."""
    course, across = reach.order, across_groups(intersection, left_hand=left_hand)
    for position, group in enumerate(intersection.groups):
        where = f"intersection {intersection.id!r}, signal group {group.id!r}"
        letters = _column(course, position)
        rule = rules.group(intersection.id, group.id)
        shown_today = today.letters[group.id]
        yield from _letters(course, letters, shown_today, where)
        if group.kind is GroupKind.UNUSED:
            continue
        yield from _changes(course, letters, rule, shown_today, today.changes[group.id], where)
        exact = [timed for timed in reach.timed if position in timed.exact][:1]
        for timed in exact or reach.timed:
            yield from _lengths(timed.course, _column(timed.course, position), rule, where)
        if exact:
            yield from _shortest_green(exact[0].course, _column(exact[0].course, position), group, rule, where)
            if not reach.rests:
                yield from _longest_green(exact[0].course, _column(exact[0].course, position), rule, where)
        else:
            yield from _mixed(reach, position, group, rule, where)
        if shown_today & _GREEN and not _GREEN & set(letters):
            yield Violation("service", where, "never green", "green in each cycle, as today")
        elif shown_today >= _GREEN and "G" not in letters and group.id not in across:
            # only a left may lose the protected part of what it has
            yield Violation("protection", where, "only green giving way", "protected green in each cycle, as today")


def _letters(course: Successions, letters: Sequence[str], shown: frozenset[str], where: str) -> Iterator[Violation]:
    legal = set("ruygG") | ({"s"} & shown)
    for letter in sorted(set(letters) - legal):
        yield Violation(
            "display", where, f"{letter!r}", "red, red-amber, yellow, green", _first(course, letters, letter)
        )
    if shown & _GREEN == {"G"} and "g" in letters:
        place = _first(course, letters, "g")
        yield Violation("protection", where, "green giving way", "protected green, as today", place)


def _changes(
    course: Successions,
    letters: Sequence[str],
    rule: GroupRules,
    shown: frozenset[str],
    changes: frozenset[str],
    where: str,
) -> Iterator[Violation]:
    reported: set[str] = set()
    for before, followers in enumerate(course.following):
        for after in followers:
            change = letters[before] + letters[after]
            if letters[before] == letters[after] or change in reported:
                continue
            reported.add(change)
            needed = _needed(change, rule, shown, changes)
            if needed:
                yield Violation("change", where, " to ".join(map(_named, change)), needed, course.pictures[after].place)


def _needed(change: str, rule: GroupRules, shown: frozenset[str], changes: frozenset[str]) -> str:
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


def _lengths(course: Successions, letters: Sequence[str], rule: GroupRules, where: str) -> Iterator[Violation]:
    for letter, name, needed_ds in (("y", "yellow", rule.yellow_ds), ("u", "red-amber", rule.red_amber_ds or 0)):
        inside = [shown == letter for shown in letters]
        if all(inside):
            yield Violation(name, where, "for ever", seconds(needed_ds))
        for start in entries(course, inside):
            low, high = shortest_ds(course, inside, start), longest_ds(course, inside, start)
            if low != needed_ds or high != needed_ds:
                found = "for ever" if low is None else seconds(low)
                found += "" if low == high else f" to {'any' if high is None else seconds(high)}"
                yield Violation(name, where, found, f"exactly {seconds(needed_ds)}", course.pictures[start].place)
                break


def _shortest_green(
    course: Successions, letters: Sequence[str], group: SignalGroup, rule: GroupRules, where: str
) -> Iterator[Violation]:
    inside = [letter in _GREEN for letter in letters]
    found = [(shortest_ds(course, inside, start), start) for start in entries(course, inside)]
    short = [(ds, start) for ds, start in found if ds is not None and ds < rule.min_green_ds]
    if short:
        found_ds, start = min(short)
        yield _too_short(found_ds, group, rule, where, course.pictures[start].place)


def _longest_green(course: Successions, letters: Sequence[str], rule: GroupRules, where: str) -> Iterator[Violation]:
    if rule.max_green is None:
        return
    needed = f"at most {seconds(rule.max_green.value_ds)} ({rule.max_green.source})"
    inside = [letter in _GREEN for letter in letters]
    if inside and all(inside):
        yield Violation("max-green", where, "for ever", needed)
        return
    found = [(longest_ds(course, inside, start), start) for start in entries(course, inside)]
    long = [(ds, start) for ds, start in found if ds is None or ds > rule.max_green.value_ds]
    if long:
        endless = [start for ds, start in long if ds is None]
        if endless:
            yield Violation("max-green", where, "for ever", needed, course.pictures[endless[0]].place)
        else:
            found_ds, start = max((ds, start) for ds, start in long if ds is not None)
            yield Violation("max-green", where, seconds(found_ds), needed, course.pictures[start].place)


def _mixed(reach: Reach, position: int, group: SignalGroup, rule: GroupRules, where: str) -> Iterator[Violation]:
    """A group that several rings drive at once: each green as long as its own ring gives it, or longer; a yellow that
    another green cuts is no yellow."""
    letters = _column(reach.order, position)
    cut = reach.cuts.get(position)
    shortest = [*_shortest(reach.timed, position), *([(cut.shortest_ds, "cut by a modifier")] if cut else ())]
    if shortest and min(shortest)[0] < rule.min_green_ds:
        yield _too_short(min(shortest)[0], group, rule, where, min(shortest)[1])
    changes = {letters[a] + letters[b] for a, followers in enumerate(reach.order.following) for b in followers}
    if rule.yellow_ds and ((cut is not None and cut.yellow) or changes & {"yG", "yg"}):
        yield Violation("yellow", where, "cut by another ring", f"exactly {seconds(rule.yellow_ds)}")


def _shortest(courses: Sequence[Timed], position: int) -> Iterator[tuple[int, str]]:
    """Shortest green of a group in each course, with its place."""
    for timed in courses:
        inside = [letter in _GREEN for letter in _column(timed.course, position)]
        for start in entries(timed.course, inside):
            found_ds = shortest_ds(timed.course, inside, start)
            if found_ds is not None:
                yield found_ds, timed.course.pictures[start].place


def _too_short(found_ds: int, group: SignalGroup, rule: GroupRules, where: str, place: str) -> Violation:
    name = "pedestrian-green" if group.walkers else "min-green"
    needed = f"at least {seconds(rule.min_green_ds)} ({rule.min_green.source})"
    return Violation(name, where, seconds(found_ds), needed, place)


def _column(course: Successions, position: int) -> list[str]:
    return [picture.displays[position] for picture in course.pictures]


def _first(course: Successions, letters: Sequence[str], letter: str) -> str:
    return course.pictures[list(letters).index(letter)].place


def _named(letter: str) -> str:
    names = {"r": "red", "u": "red-amber", "y": "yellow", "g": "green giving way", "G": "green", "s": "stop then turn"}
    return names.get(letter, letter)
