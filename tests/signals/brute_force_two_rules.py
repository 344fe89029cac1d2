"""The way between two fixed plans of two sets of rules, second by second. The standard library is all that it knows.

Of each second it is known which plan shows it: the old one until it is left, the new one from where its pictures follow
each other until it is in step. What begins and ends while one plan shows it may be as short as that plan has it round
its cycle; all else has the longer time of both sets of rules, unless both plans have less.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

GREEN = "gG"
OLD, NEW = frozenset({0}), frozenset({1})
Seconds = list[tuple[str, frozenset[int]]]  # of each second the displays, and the plans that show it
Lot = tuple[int, str, int, str]  # the green letters of one group that clash with those of another


class Plan(NamedTuple):
    """Pictures with their seconds from local zero on, and when that is on the clock [s]."""

    shown: tuple[tuple[str, int], ...]
    offset_s: int

    @property
    def cycle(self) -> list[str]:
        return [displays for displays, length_s in self.shown for _ in range(length_s)]

    def at(self, clock_s: int) -> str:
        return self.cycle[(clock_s - self.offset_s) % len(self.cycle)]


class Limits(NamedTuple):
    """What rules ask for [s]: yellow of all on wheels, the green of each group, from the end of a lot to its start."""

    yellow_s: int
    green_s: tuple[int, ...]
    between_s: Mapping[Lot, int]


def broken(old: Plan, new: Plan, limits: tuple[Limits, Limits], switch_s: int, way: Sequence[str]) -> set[str]:
    """Kinds of rules that a way of displays, one a second from the switch on, breaks."""
    end_s = switch_s + len(way)
    seconds = [(old.at(second), OLD) for second in range(switch_s - 2 * len(old.cycle), switch_s)]
    seconds += _shown_by(old, new, switch_s, way)
    seconds += [(new.at(second), NEW) for second in range(end_s, end_s + 2 * len(new.cycle))]
    return broken_in(seconds, (old, new), limits)


def broken_in(seconds: Seconds, plans: tuple[Plan, Plan], limits: tuple[Limits, Limits]) -> set[str]:
    """Kinds of rules that are broken in what is shown from a plan to another, a second each."""
    alone = [[(displays, OLD) for displays in plan.cycle * 3] for plan in plans]
    found = set[str]()
    for group, strict_s in enumerate(map(max, limits[0].green_s, limits[1].green_s)):
        own = [_least(length_s for length_s, _, _ in _greens(one, group)) for one in alone]
        for length_s, begun, ended in _greens(seconds, group):
            if length_s < _asked(strict_s, own, begun & ended, min):
                found.add("green")
    for lot in limits[0].between_s:
        strict_s = max(one.between_s[lot] for one in limits)
        own = [_least(length_s for length_s, _, _ in _apart(one, lot)) for one in alone]
        for length_s, ended, begun in _apart(seconds, lot):
            if length_s < _asked(strict_s, own, begun & ended, max):
                found.add("intergreen")
    strict_s = max(one.yellow_s for one in limits)
    for length_s, shown_by in _yellows(seconds):
        if length_s != strict_s and all(length_s != limits[plan].yellow_s for plan in shown_by):
            found.add("yellow")
    return found


def least_of(plan: Plan, lots: Sequence[Lot]) -> tuple[list[int | None], dict[Lot, int | None]]:
    """The shortest green of each group, and time from the end of a lot to its start, round the cycle [s]."""
    seconds = [(displays, OLD) for displays in plan.cycle * 3]
    greens = [_least(s for s, _, _ in _greens(seconds, group)) for group in range(len(plan.shown[0][0]))]
    return greens, {lot: _least(s for s, _, _ in _apart(seconds, lot)) for lot in lots}


def _shown_by(old: Plan, new: Plan, switch_s: int, way: Sequence[str]) -> Seconds:
    """Of each second of the way the plans that show it."""
    numbers = [set[int]() for _ in way]
    for second, displays in enumerate(way):
        if displays != old.at(switch_s + second):
            held = bool(second) and displays == way[second - 1]  # longer than the old plan would have it
            while held and second < len(way) and way[second] == displays:
                numbers[second].add(0)
                second += 1
            break
        numbers[second].add(0)
    circle = [*new.shown]
    if len(circle) > 1 and circle[0][0] == circle[-1][0]:
        circle[0] = (circle[0][0], circle[0][1] + circle.pop()[1])
    best = 0
    for last in range(len(circle)):
        seconds, at = 0, last
        for displays, run in groupby(reversed(way)):
            shown, length_s = circle[at % len(circle)]
            count = len([*run])
            held = bool({*shown} & {*GREEN}) and not {*shown} & {*"yu"}
            if shown != displays or (count != length_s and not held):
                break
            seconds, at = seconds + count, at - 1
        best = max(best, seconds)
    for second in range(len(way) - best, len(way)):
        numbers[second].add(1)
    return [(displays, frozenset(plans)) for displays, plans in zip(way, numbers, strict=True)]


def _greens(seconds: Seconds, group: int) -> Iterator[tuple[int, frozenset[int], frozenset[int]]]:
    """Each whole green, with the plans that begin and end it."""
    begin = None
    for second in range(1, len(seconds)):
        was, now = (seconds[at][0][group] in GREEN for at in (second - 1, second))
        if now and not was:
            begin = second
        elif was and not now and begin is not None:
            yield second - begin, _changes(seconds, begin) or seconds[begin][1], _changes(seconds, second)


def _apart(seconds: Seconds, lot: Lot) -> Iterator[tuple[int, frozenset[int], frozenset[int]]]:
    """Each time from an end of the one to the next start of the other, with the plans of both."""
    one, its, other, others = lot
    for end in range(1, len(seconds)):
        if seconds[end - 1][0][one] not in its or seconds[end][0][one] in its:
            continue
        for start in range(end, len(seconds)):
            if seconds[start][0][one] in its:
                break
            if seconds[start][0][other] in others:
                yield start - end, _changes(seconds, end), _changes(seconds, start)
                break


def _yellows(seconds: Seconds) -> Iterator[tuple[int, frozenset[int]]]:
    for group in range(len(seconds[0][0])):
        begin = 0
        for second in range(1, len(seconds)):
            was, now = (seconds[at][0][group] == "y" for at in (second - 1, second))
            if now and not was:
                begin = second
            elif was and not now and begin:
                yield second - begin, seconds[begin][1]


def _changes(seconds: Seconds, at: int) -> frozenset[int]:
    return seconds[at - 1][1] & seconds[at][1]


def _asked(strict_s: int, own: Sequence[int | None], shared: frozenset[int], which: object) -> int:
    times = [strict_s if time is None else time for time in (own[plan] for plan in (shared or {0, 1}))]
    return min(strict_s, min(times) if shared and which is min else max(times))


def _least(times: Iterator[int]) -> int | None:
    return min(times, default=None)
