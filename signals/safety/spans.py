"""How long something can stand, and how soon something can follow, over all reachable successions of pictures."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from signals.control import ENDLESS_DS, Successions


class Lasting(NamedTuple):
    """A stay in some letters: the picture it starts with, its shortest and longest time [ds]; None: without end."""

    start: int
    shortest_ds: int | None
    longest_ds: int | None


class Spans:
    """A course as columns, one letter per picture for each group. What is asked of a column is worked out once."""

    def __init__(self, course: Successions) -> None:
        self.course = course
        self.displays = [picture.displays for picture in course.pictures]
        self.columns = tuple(map("".join, zip(*self.displays, strict=True)))
        self._circle = _circle(course)
        self._lasting: dict[tuple[str, str], list[Lasting]] = {}
        self._soonest: dict[tuple[str, str], list[int | None]] = {}

    def lasting(self, column: str, letters: str) -> list[Lasting]:
        """Every stay of a column in these letters that begins somewhere."""
        key = column, letters
        if key not in self._lasting:
            inside = [letter in letters for letter in column]
            if self._circle is None:
                starts = entries(self.course, inside)
                found = [Lasting(k, *(f(self.course, inside, k) for f in (shortest_ds, longest_ds))) for k in starts]
            else:
                found = sorted(_round_lasting(self.course, self._circle, inside))
            self._lasting[key] = found
        return self._lasting[key]

    def soonest_after_end_ds(self, column: str, letters: str) -> list[int | None]:
        """Per picture the shortest time from an end of these letters to its start (see the function of that name)."""
        key = column, letters
        if key not in self._soonest:
            inside = [letter in letters for letter in column]
            if self._circle is None:
                self._soonest[key] = soonest_after_end_ds(self.course, inside)
            else:
                self._soonest[key] = _round_soonest_ds(self.course, self._circle, inside)
        return self._soonest[key]


def _circle(course: Successions) -> list[int] | None:
    """The pictures in their order where all of them go round in one circle."""
    order = [0] if course.pictures else []
    while order and len(course.following[order[-1]]) == 1:
        (onward,) = course.following[order[-1]]
        if onward == 0:
            return order if len(order) == len(course.pictures) else None
        if len(order) == len(course.pictures):
            return None
        order.append(onward)
    return None


def _round_lasting(course: Successions, circle: Sequence[int], inside: Sequence[bool]) -> list[Lasting]:
    if all(inside):
        return []
    found: list[Lasting] = []
    start: int | None = None
    low, high, endless = 0, 0, False
    outside = next(k for k, at in enumerate(circle) if not inside[at])
    for at in (*circle[outside:], *circle[: outside + 1]):
        if inside[at]:
            if start is None:
                start, low, high, endless = at, 0, 0, False
            picture = course.pictures[at]
            low += picture.min_ds
            high += picture.max_ds
            endless = endless or picture.max_ds >= ENDLESS_DS
        elif start is not None:
            found.append(Lasting(start, low, None if endless else high))
            start = None
    return found


def _round_soonest_ds(course: Successions, circle: Sequence[int], inside: Sequence[bool]) -> list[int | None]:
    soonest: list[int | None] = [None] * len(circle)
    passed: int | None = None
    before = circle[-1]
    for at in (*circle, *circle):
        if inside[before] and not inside[at]:
            passed = 0
        elif passed is not None:
            passed += course.pictures[before].min_ds
        soonest[at] = passed
        before = at
    return soonest


def entries(course: Successions, inside: Sequence[bool]) -> list[int]:
    """Pictures in which the marked state begins: marked, and reachable from one that is not."""
    starts = {
        after
        for before, followers in enumerate(course.following)
        if not inside[before]
        for after in followers
        if inside[after]
    }
    return sorted(starts)


def shortest_ds(course: Successions, inside: Sequence[bool], start: int) -> int | None:
    """Shortest time from the start of picture `start` until a picture that is not marked; None: never."""
    queue = [(course.pictures[start].min_ds, start)]
    done: set[int] = set()
    while queue:
        passed, at = heapq.heappop(queue)
        if at in done:
            continue
        done.add(at)
        if any(not inside[after] for after in course.following[at]):
            return passed
        for after in course.following[at]:
            heapq.heappush(queue, (passed + course.pictures[after].min_ds, after))
    return None


def longest_ds(course: Successions, inside: Sequence[bool], start: int) -> int | None:
    """Longest time from the start of picture `start` until a picture that is not marked; None: it can last for ever."""
    known: dict[int, int | None] = {}
    under_way: set[int] = set()

    def from_picture(at: int) -> int | None:
        if at in under_way:
            return None
        if at not in known:
            under_way.add(at)
            longest = 0
            endless = False
            for after in course.following[at]:
                if inside[after]:
                    onward = from_picture(after)
                    endless = endless or onward is None
                    longest = max(longest, onward or 0)
            under_way.discard(at)
            endless = endless or course.pictures[at].max_ds >= ENDLESS_DS
            known[at] = None if endless else course.pictures[at].max_ds + longest
        return known[at]

    return from_picture(start)


def soonest_after_end_ds(course: Successions, inside: Sequence[bool]) -> list[int | None]:
    """Per picture the shortest time from any end of the marked state to the picture's start; None: never after one."""
    soonest: list[int | None] = [None] * len(course.pictures)
    queue = [
        (0, after)
        for before, followers in enumerate(course.following)
        if inside[before]
        for after in followers
        if not inside[after]
    ]
    heapq.heapify(queue)
    while queue:
        passed, at = heapq.heappop(queue)
        if soonest[at] is not None:
            continue
        soonest[at] = passed
        for after in course.following[at]:
            if soonest[after] is None:
                heapq.heappush(queue, (passed + course.pictures[at].min_ds, after))
    return soonest


class Meeting(NamedTuple):
    """By pictures of which plans two moments come, one after the other; none: only the way between plans has them."""

    begun: tuple[int, ...]
    ended: tuple[int, ...]


@lru_cache(maxsize=1024)
def both(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    """The plans of two pictures: those that change from the one to the other so."""
    return one if one == other else tuple(plan for plan in one if plan in other)


def stays_below_ds(
    course: Successions, inside: Sequence[bool], start: int, most_ds: int
) -> Iterator[tuple[int, Meeting]]:
    """Shortest times below `most_ds` from the start of picture `start` until one that is not marked, by the plans that
    begin and end the stay. From pictures of others on a plan begins it that shows `start`."""
    plans = [picture.plans for picture in course.pictures]
    begins = {
        both(plans[before], plans[start]) or plans[start]
        for before, followers in enumerate(course.following)
        if not inside[before] and start in followers
    }
    ends: set[tuple[int, ...]] = set()
    queue, done = [(course.pictures[start].min_ds, start)], set[int]()
    while queue:
        passed, at = heapq.heappop(queue)
        if at in done or passed >= most_ds:
            continue
        done.add(at)
        for after in course.following[at]:
            if inside[after]:
                heapq.heappush(queue, (passed + course.pictures[after].min_ds, after))
            elif (ended := both(plans[at], plans[after])) not in ends:
                ends.add(ended)
                yield from ((passed, Meeting(begun, ended)) for begun in sorted(begins))


class Start(NamedTuple):
    """A start of green after an end of another: by the plans of both moments, and whether the ending group was green
    (in pictures outside the marked state) all along."""

    meeting: Meeting
    all_along: bool


def soonest_starts(
    course: Successions,
    inside: Sequence[bool],
    green: Sequence[bool],
    starting: Sequence[bool],
    *,
    lit: bool,
    most_ds: int,
) -> dict[Start, tuple[int, int]]:
    """Shortest times below `most_ds` from an end of the marked state to the next start of the other group, each with
    the start's picture, in which both may turn green. `lit`: the other group may be green already, and then starts with
    that end."""
    plans = [picture.plans for picture in course.pictures]
    soonest: dict[Start, tuple[int, int]] = {}
    queue = []
    for before, followers in enumerate(course.following):
        if inside[before] and (lit or not starting[before]):
            for after in followers:
                if not inside[after]:
                    ended = both(plans[before], plans[after])
                    queue.append((0, after, ended, ended, green[after]))
    heapq.heapify(queue)
    done: set[tuple[int, tuple[int, ...], bool]] = set()
    while queue:
        passed, at, ended, entered, all_along = heapq.heappop(queue)
        if passed >= most_ds:
            break
        if starting[at]:
            soonest.setdefault(Start(Meeting(ended, entered), all_along), (passed, at))
            continue
        if (at, ended, all_along) in done:
            continue
        done.add((at, ended, all_along))
        onward_ds = passed + course.pictures[at].min_ds
        for after in course.following[at]:
            if not inside[after] or starting[after]:
                entry = (onward_ds, after, ended, both(plans[at], plans[after]), all_along and green[after])
                heapq.heappush(queue, entry)
    return soonest
