"""How long something can stand, and how soon something can follow, over all reachable successions of pictures."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
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


def soonest_start_ds(
    course: Successions, inside: Sequence[bool], green: Sequence[bool], starting: Sequence[bool]
) -> dict[bool, tuple[int, int]]:
    """Shortest time from an end of the marked state to the next start of the other group, with the start's picture.

    By whether the ending group is `green` (in pictures outside the marked state) from that end to that start. Without
    an entry: never so.
    """
    soonest: dict[bool, tuple[int, int]] = {}
    queue = [
        (0, after, green[after])
        for before, followers in enumerate(course.following)
        if inside[before] and not starting[before]
        for after in followers
        if not inside[after]
    ]
    heapq.heapify(queue)
    done: set[tuple[int, bool]] = set()
    while queue:
        passed, at, all_along = heapq.heappop(queue)
        if (at, all_along) in done:
            continue
        done.add((at, all_along))
        if starting[at]:
            soonest.setdefault(all_along, (passed, at))
            continue
        for after in course.following[at]:
            if not inside[after]:
                heapq.heappush(queue, (passed + course.pictures[at].min_ds, after, all_along and green[after]))
    return soonest
