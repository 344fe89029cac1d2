"""What a transition is made of: a fixed timing round its cycle, what was shown before, and when a picture may end.

Pictures in which a group is green and nobody changes can be held longer, or left sooner. All others, the yellows and
clearances between them, always stand exactly their time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from signals.intervals import course
from signals.plan import ControlMode, IntersectionPlan, RingsBody, position_ds, positions_ds
from signals.rules import Rules

_GREEN = frozenset("gG")
_CHANGING = frozenset("yu")


class NotTransferable(ValueError):
    """There is no safe way from one plan to the other that is known here."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture of the cycle: where it starts from local zero, and how long it stands [ds]."""

    displays: str
    start_ds: int
    length_ds: int

    @property
    def rests(self) -> bool:
        """Whether it can be held: somebody is green and nobody changes."""
        return bool(_GREEN & set(self.displays)) and not _CHANGING & set(self.displays)


@dataclass(frozen=True, slots=True)
class Circle:
    """A fixed timing as pictures round its cycle, on the common clock."""

    shown: tuple[Shown, ...]
    cycle_ds: int
    offset_ds: int

    def local_ds(self, clock_ds: int) -> int:
        return (clock_ds - self.offset_ds) % self.cycle_ds

    def at(self, clock_ds: int) -> tuple[int, int]:
        """The picture at a moment of the clock (its number), and how long it has stood [ds]."""
        local = self.local_ds(clock_ds)
        for number, picture in enumerate(self.shown):
            passed_ds = (local - picture.start_ds) % self.cycle_ds
            if passed_ds < picture.length_ds:
                return number, passed_ds
        raise AssertionError("pictures cover the cycle")

    def after(self, number: int) -> int:
        return (number + 1) % len(self.shown)

    def lag_ds(self, number: int, end_ds: int) -> int:
        """How late a picture is that ends at `end_ds` of the clock, in [0, cycle): 0 is in step."""
        picture = self.shown[number]
        return (self.local_ds(end_ds) - picture.start_ds - picture.length_ds) % self.cycle_ds


def circle_of(timing: IntersectionPlan) -> Circle:
    """The pictures of a fixed timing. Raises `NotTransferable` for others: what they show depends on traffic."""
    if timing.control_mode is not ControlMode.FIXED:
        where = f"intersection {timing.intersection_id!r}"
        raise NotTransferable(f"{where}: what {timing.control_mode} control shows depends on traffic")
    spelled = course(timing)
    rows = [*zip(spelled.displays, spelled.starts_ds, strict=True)]
    kept = [row for at, row in enumerate(rows) if row[0] != rows[at - 1][0]] or rows[:1]
    shown = tuple(
        Shown(displays, start, (end - start) % spelled.cycle_ds or spelled.cycle_ds)
        for (displays, start), (_, end) in zip(kept, [*kept[1:], kept[0]], strict=True)
    )
    return Circle(shown, spelled.cycle_ds, timing.offset_ds)


def held_pictures(timing: IntersectionPlan) -> dict[str, tuple[int, int]]:
    """Of each picture that can be held its least time and its start from local zero [ds]; the longest of those alike.

    Of actuated stages as they are planned. Raises `NotTransferable` for actuated rings.
    """
    body, found = timing.body, dict[str, tuple[int, int]]()
    if timing.control_mode is ControlMode.FIXED or isinstance(body, RingsBody):
        held = [(picture, picture.length_ds) for picture in circle_of(timing).shown]
    else:
        held, at_ds = [], -position_ds(timing)
        for stage in body.sequence:
            least_ds = stage.duration_ds if stage.actuation is None else stage.actuation.min_ds
            held.append((Shown(stage.displays, at_ds % body.length_ds, stage.duration_ds), least_ds))
            at_ds += stage.duration_ds + sum(step.duration_ds for step in stage.interstage)
    for picture, least_ds in held:
        if picture.rests and least_ds > found.get(picture.displays, (0, 0))[0]:
            found[picture.displays] = least_ds, picture.start_ds
    return found


def resting_place(timing: IntersectionPlan, circle: Circle) -> int:
    """The picture to dwell in: that of the reference stage or of the coordinated ring phases, else the longest."""
    body = timing.body
    if isinstance(body, RingsBody):
        named = {name for number in body.coordinated for name in body.phase(number).group_ids}
        at = [position for position, name in enumerate(timing.group_ids) if name in named]
        return max(
            range(len(circle.shown)),
            key=lambda number: (
                circle.shown[number].rests,
                sum(circle.shown[number].displays[position] in _GREEN for position in at),
                circle.shown[number].length_ds,
            ),
        )
    zero = positions_ds(body, timing.offset_reference, timing.reference)[0]
    start = positions_ds(body, "stage start", timing.reference[:1])[0]
    number, _ = circle.at(circle.offset_ds + start - zero)
    if circle.shown[number].rests:
        return number
    return max(range(len(circle.shown)), key=lambda k: (circle.shown[k].rests, circle.shown[k].length_ds))


class History:
    """Since when each group is green, and when its last green ended [ds of the clock]; None: not known, long ago.

    Of each group twice: green at all (numbers below the count of groups), and green that gives way to nobody (from
    there on), for who goes from giving way to that begins anew, and the other way round ends.
    """

    def __init__(self, displays: str, since: Sequence[int | None] = (), ended: Sequence[int | None] = ()) -> None:
        self.lit = _lit(displays)
        self.since = list(since) or [None] * len(self.lit)
        self.ended = list(ended) or [None] * len(self.lit)

    def copy(self) -> History:
        found = copy(self)
        found.since, found.ended = [*self.since], [*self.ended]
        return found

    def show(self, displays: str, at_ds: int) -> tuple[list[int], list[int]]:
        """Another picture begins: the greens that end with it, and those that start."""
        before, self.lit = self.lit, _lit(displays)
        ending, starting = list[int](), list[int]()
        for group, (was, now) in enumerate(zip(before, self.lit, strict=True)):
            if was and not now:
                ending.append(group)
                self.ended[group] = at_ds
            elif now and not was:
                starting.append(group)
                self.since[group] = at_ds
        return ending, starting


@lru_cache(maxsize=1024)
def _lit(displays: str) -> tuple[bool, ...]:
    return tuple([letter in _GREEN for letter in displays] + [letter == "G" for letter in displays])


def history_of(circle: Circle, clock_ds: int) -> History:
    """What a plan that has run for long has shown until a moment of the clock."""
    number, passed_ds = circle.at(clock_ds - 2 * circle.cycle_ds)
    at = clock_ds - 2 * circle.cycle_ds - passed_ds
    found = History(circle.shown[number].displays)
    while at + circle.shown[number].length_ds <= clock_ds:
        at += circle.shown[number].length_ds
        number = circle.after(number)
        found.show(circle.shown[number].displays, at)
    return found


class Needs:
    """How long greens must last and lie apart in a plan: by the rules, as far as the plan itself keeps to them.

    A plan that has less somewhere was judged so by itself; asking for more would hold its pictures for ever. A green
    that it took over from another plan, or that had ended there, comes once and has what the rules ask for.
    `longest_ds` is the longest of all that the rules say.
    """

    def __init__(self, timing: IntersectionPlan, circle: Circle, rules: Rules) -> None:
        self._circle, self.longest_ds = circle, 0
        own_green, own_gap = _own(circle)
        self._green_ds, self._taken_over_ds = list[int](), list[int]()
        for name, own_ds in zip(timing.group_ids, own_green, strict=True):
            rule = rules.group(timing.intersection_id, name)
            needed_ds = max(rule.min_green_ds, (rule.walk_ds or 0) + (rule.pedestrian_clearance_ds or 0))
            self.longest_ds = max(self.longest_ds, needed_ds)
            self._green_ds.append(min(needed_ds, own_ds))
            self._taken_over_ds.append(needed_ds)
        at, count = {name: position for position, name in enumerate(timing.group_ids)}, len(timing.group_ids)
        self._gaps: dict[int, list[tuple[int, int, int]]] = {}  # by starting group: which ends, its time, all of it
        for entry in rules.intersection(timing.intersection_id).intergreens:
            self.longest_ds = max(self.longest_ds, entry.time.value_ds if entry.time else 0)
            kinds = product(
                (at[entry.ending], at[entry.ending] + count), (at[entry.starting], at[entry.starting] + count)
            )
            for ending, starting in kinds:
                full_ds = entry.time.value_ds if entry.time else 0
                if full_ds:
                    gap_ds = min(full_ds, own_gap.get((ending, starting), 0))
                    self._gaps.setdefault(starting, []).append((ending, gap_ds, full_ds))

    def wait_ds(self, history: History, number: int, end_ds: int, taken_ds: int | None = None) -> int:
        """How much later than `end_ds` a picture must end, so that nothing is cut until the next that can be held.

        `taken_ds`: greens that began or ended until then did so in another plan.
        """
        seen, wait = history.copy(), 0
        while True:
            number = self._circle.after(number)
            following = self._circle.shown[number]
            ending, starting = seen.show(following.displays, end_ds)
            wait = max([wait, *self._missing(seen, ending, starting, end_ds, taken_ds)])
            if following.rests:
                return wait
            end_ds += following.length_ds

    def _missing(
        self, seen: History, ending: Sequence[int], starting: Sequence[int], at_ds: int, taken_ds: int | None
    ) -> Iterator[int]:
        for group in ending:
            since = seen.since[group]
            if group < len(self._green_ds) and since is not None:
                taken_over = taken_ds is not None and since <= taken_ds
                yield (self._taken_over_ds if taken_over else self._green_ds)[group] - (at_ds - since)
        for group in starting:
            for other, gap_ds, full_ds in self._gaps.get(group, ()):
                ended = seen.ended[other]
                if ended is not None and not seen.lit[other]:
                    yield (full_ds if taken_ds is not None and ended <= taken_ds else gap_ds) - (at_ds - ended)


@lru_cache(maxsize=64)
def _own(circle: Circle) -> tuple[list[int], dict[tuple[int, int], int]]:
    """Shortest green of each group, and shortest time from the end of one to the start of another, in a cycle [ds]."""
    count, shortest = len(circle.shown[0].displays), dict[int, int]()
    gaps: dict[tuple[int, int], int] = {}
    seen, at = History(circle.shown[0].displays), 0
    for picture in (*circle.shown, *circle.shown, *circle.shown):
        ending, starting = seen.show(picture.displays, at)
        for group in ending:
            since = seen.since[group]
            if since is not None:
                shortest[group] = min(at - since, shortest.get(group, at))
        for group, (other, ended) in product(starting, enumerate(seen.ended)):
            if ended is not None and not seen.lit[other]:
                gaps[other, group] = min(at - ended, gaps.get((other, group), at))
        at += picture.length_ds
    return [shortest.get(group, 0) for group in range(count)], gaps
