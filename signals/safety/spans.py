"""How long something can stand, and how soon something can follow, over all reachable successions of pictures."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from signals.control import ENDLESS_DS, Successions


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
