"""How a junction gets from one stage to another: yellow, red clearance and red-amber as the rules have them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import itemgetter

from networks.junction import GREENS, Display, GroupKind, Intersection
from signals.plan import Step
from signals.rules import Rules

_GREEN_LETTERS = frozenset(display.value for display in GREENS)
_YIELDING, _RED = Display.GREEN_YIELDING.value, Display.RED.value
_YELLOW, _RED_AMBER = Display.YELLOW.value, Display.RED_AMBER.value
_SECOND_DS = 10

Row = tuple[str, int]  # a picture and how long it stands [ds]


class UnknownIntergreen(ValueError):
    """A change of stages needs an intergreen that nobody has given."""


@dataclass(slots=True)
class _End:
    """A green letter of a group that ended, what came then, whether the group is green (giving way) ever since, and the
    first picture without it."""

    group: int
    letter: str
    then: str
    time_ds: int
    all_along: bool
    since: int


def interstage(
    intersection: Intersection, rules: Rules, before: str, after: str, today: Sequence[Step] = ()
) -> tuple[Step, ...]:
    """Steps that lead from picture `before` to picture `after` (one letter per group of `intersection`, in its order).

    Ending groups show their yellow, then what comes after it; starting groups wait until the intergreen to every
    green that has ended and clashes with theirs is over, with their red-amber at its end. A green that will give way
    does so from the first moment, one that gave way waits as starting greens do. Greens end and start in the order of
    `today`, the steps that lead there now, and no closer together than there; without such steps all ending groups end
    at once, all starting ones start at once, and groups green in both pictures stay green, giving way already where
    they will have to. What the rules ask of these changes, whole seconds in all, is what is added to today's steps;
    where they ask for nothing, not even for another resolution, these are the answer. Raises `UnknownIntergreen` where
    a needed number is missing.
    """
    lamps = _Lamps(intersection, rules)
    rows = [(step.displays, step.duration_ds) for step in today] or _at_once(before, after)
    times_ds, course = _timed(lamps, before, rows, after)
    unchanged = times_ds[-1] == sum(duration_ds for _, duration_ds in rows)
    step_ds = rules.resolution_ds(intersection.id) if unchanged else _SECOND_DS
    times_ds[-1] = -(-times_ds[-1] // step_ds) * step_ds
    steps = tuple(_drawn(lamps, course, times_ds))
    return tuple(today) if steps == tuple(_merged(rows)) else steps


class _Lamps:
    """What the rules say of the groups, by their positions in the pictures."""

    def __init__(self, intersection: Intersection, rules: Rules) -> None:
        self._intersection, self._rules = intersection, rules
        self.group_ids = [group.id for group in intersection.groups]
        own = [rules.group(intersection.id, group_id) for group_id in self.group_ids]
        self.yellow_ds = [group.yellow_ds for group in own]
        self.red_amber_ds = [group.red_amber_ds or 0 for group in own]
        self.free = [group.kind is GroupKind.UNUSED for group in intersection.groups]  # may show what they do today

    def clearance_ds(self, end: _End, starting: int, letter: str, shown: str) -> int:
        """From the end of a green to the start of another group's [ds], while the picture `shown` stands; 0: they do
        not clash."""
        first, second = self.group_ids[end.group], self.group_ids[starting]
        pair = self._intersection.pair(first, second)
        if not pair.clash(first, end.letter, letter):
            return 0
        gives_way = end.all_along and _green(shown[end.group])
        needed_ds = self._rules.intergreen_ds(self._intersection.id, first, second, gives_way=gives_way)
        if needed_ds is None:
            order = f"from group {first!r} to {second!r}"
            raise UnknownIntergreen(f"intersection {self._intersection.id!r}: unknown intergreen {order}")
        return max(needed_ds, self.yellow_ds[end.group], self.red_amber_ds[starting])

    def pause_ds(self, group: int, today: Sequence[tuple[str, int]]) -> int:
        """Between two greens of one group [ds]: as long as today, and longer by what yellow and red-amber are longer.

        So the red that lies between them today stays, and none comes where there is none.
        """
        lit_ds = {letter: sum(ds for shown, ds in today if shown == letter) for letter in (_YELLOW, _RED_AMBER)}
        longer_ds = max(0, self.yellow_ds[group] - lit_ds[_YELLOW])
        longer_ds += max(0, self.red_amber_ds[group] - lit_ds[_RED_AMBER])
        return sum(ds for _, ds in today) + longer_ds


def _at_once(before: str, after: str) -> list[Row]:
    """One picture of no duration, in which all ending groups have ended and none has started."""

    def letter(now: str, then: str) -> str:
        if _green(now) and _green(then):
            return _YIELDING if _YIELDING in (now, then) else now
        return then if _ends(now, then) else now

    return [("".join(map(letter, before, after)), 0)]


def _timed(lamps: _Lamps, before: str, rows: Sequence[Row], after: str) -> tuple[list[int], list[str]]:
    """The pictures from `before` to `after`, and when each of them starts [ds from the end of `before`].

    Where greens end and others start in one moment, a picture without the starts is put between.
    """
    course, lasts_ds = [before], [0]
    for picture, duration_ds in (*rows, (after, 0)):
        ended = "".join(then if _loses(now, then) else now for now, then in zip(course[-1], picture, strict=True))
        if ended != course[-1] and any(map(_gains, ended, picture)):
            course.append(ended)
            lasts_ds.append(0)
        course.append(picture)
        lasts_ds.append(duration_ds)
    times_ds = [0]
    last: dict[tuple[int, str], _End] = {}
    for at, (now, then) in enumerate(pairwise(course)):
        time_ds = times_ds[-1] + lasts_ds[at]
        for group in (group for group in range(len(now)) if _gains(now[group], then[group])):
            if not _green(now[group]):
                time_ds = max(time_ds, lamps.red_amber_ds[group])
            for end in last.values():
                if end.group != group:
                    wait_ds = lamps.clearance_ds(end, group, then[group], then)
                elif _green(end.then):
                    wait_ds = 0
                else:
                    wait_ds = lamps.pause_ds(group, [(course[k][group], lasts_ds[k]) for k in range(end.since, at + 1)])
                time_ds = max(time_ds, end.time_ds + wait_ds)
        times_ds.append(time_ds)
        for group, (letter, following) in enumerate(zip(now, then, strict=True)):
            if _green(following):
                last.pop((group, following), None)
            if _green(letter) and letter != following:
                last[group, letter] = _End(group, letter, following, time_ds, True, at + 1)
        for end in last.values():
            end.all_along = end.all_along and _green(then[end.group])
    ended_ds = [end.time_ds + lamps.yellow_ds[end.group] for end in last.values() if not _green(after[end.group])]
    times_ds[-1] = max([times_ds[-1], *ended_ds])
    return times_ds, course


def _drawn(lamps: _Lamps, course: Sequence[str], times_ds: Sequence[int]) -> Iterator[Step]:
    """The course as steps, with yellow after each end of green and red-amber before each start."""
    edges_ds = {0, *times_ds}
    for group in range(len(course[0])):
        ends_ds, starts_ds = _edges([picture[group] for picture in course], times_ds)
        edges_ds |= {end_ds + lamps.yellow_ds[group] for end_ds in ends_ds}
        edges_ds |= {start_ds - lamps.red_amber_ds[group] for start_ds in starts_ds}
    inside_ds = sorted(edge_ds for edge_ds in edges_ds if 0 <= edge_ds <= times_ds[-1])
    rows = []
    for start_ds, end_ds in pairwise(inside_ds):
        letters = (
            _shown(lamps, group, [picture[group] for picture in course], times_ds, start_ds)
            for group in range(len(course[0]))
        )
        rows.append(("".join(letters), end_ds - start_ds))
    return _merged(rows)


def _shown(lamps: _Lamps, group: int, letters: Sequence[str], times_ds: Sequence[int], moment_ds: int) -> str:
    """What a group shows at a moment of the course."""
    at = bisect_right(times_ds, moment_ds) - 1
    if _green(letters[at]) or lamps.free[group]:
        return letters[at]
    ended_ds, _ = _edges(letters[: at + 1], times_ds)
    if ended_ds and moment_ds < ended_ds[-1] + lamps.yellow_ds[group]:
        return _YELLOW
    _, start_ds = _edges(letters[at:], times_ds[at:])
    if start_ds and moment_ds >= start_ds[0] - lamps.red_amber_ds[group]:
        return _RED_AMBER
    plain = next((letter for letter in letters[at:] if letter not in (_YELLOW, _RED_AMBER)), _RED)
    return _RED if _green(plain) else plain


def _edges(letters: Sequence[str], times_ds: Sequence[int]) -> tuple[list[int], list[int]]:
    """When the greens of one group end and start."""
    changes = list(zip(times_ds[1:], letters, letters[1:], strict=False))
    return [t for t, now, then in changes if _ends(now, then)], [t for t, now, then in changes if _starts(now, then)]


def _merged(rows: Iterable[Row]) -> Iterator[Step]:
    """The rows as steps: equal neighbours are one, what lasts no time is left out."""
    for picture, same in groupby((row for row in rows if row[1] > 0), key=itemgetter(0)):
        yield Step(displays=picture, duration_ds=sum(duration_ds for _, duration_ds in same))


def _green(letter: str) -> bool:
    return letter in _GREEN_LETTERS


def _ends(now: str, then: str) -> bool:
    return _green(now) and not _green(then)


def _starts(now: str, then: str) -> bool:
    return _green(then) and not _green(now)


def _loses(now: str, then: str) -> bool:
    """Whether a green ends, or gives way from now on."""
    return _green(now) and (not _green(then) or (then == _YIELDING and now != then))


def _gains(now: str, then: str) -> bool:
    """Whether a green starts, or gives way no longer."""
    return _green(then) and (not _green(now) or (now == _YIELDING and now != then))
