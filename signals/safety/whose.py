"""Of which plans the displays of a transition are: told from what is shown and for how long, nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from signals.control.transition_runs import Handover
from signals.intervals import Course, course
from signals.plan import IntersectionPlan

Rows = Sequence[tuple[str, int]]  # displays with their durations [ds]
_GREEN, _CHANGING = frozenset("gG"), frozenset("yu")


def whose(timings: Sequence[IntersectionPlan], handover: Handover) -> list[tuple[int, ...]]:
    """Of each row of a course the numbers of the plans that show it so.

    Of the first plan those from the switch on that it would show then; of the last those until the end, and of the
    plans between them all, that follow each other as in the cycle, where only greens may be longer or shorter.
    """
    rows, last = handover.rows, len(timings) - 1
    numbers: list[set[int]] = [set() for _ in rows]
    for number in range(_of_the_first(timings[0], handover)):
        numbers[number].add(0)
    backward = _pictures(course(timings[last]))[::-1]
    for number in range(_along(backward, rows[::-1])):
        numbers[-1 - number].add(last)
    for middle in range(1, last):
        circle = _pictures(course(timings[middle]))
        for begin in range(len(rows)):
            for number in range(begin, begin + _along(circle, rows[begin:])):
                numbers[number].add(middle)
    return [tuple(sorted(found)) for found in numbers]


def _pictures(spelled: Course) -> list[tuple[str, int]]:
    """A cycle as pictures with their durations; neighbours that show the same are one."""
    rows = [*zip(spelled.displays, spelled.starts_ds, strict=True)]
    kept = [row for at, row in enumerate(rows) if row[0] != rows[at - 1][0]] or rows[:1]
    ends = [*(start for _, start in kept[1:]), kept[0][1] + spelled.cycle_ds]
    return [(displays, end - start) for (displays, start), end in zip(kept, ends, strict=True)]


def _along(circle: Rows, rows: Rows) -> int:
    """How many rows from the first on follow each other as in a cycle."""

    def fits(start: int, number: int) -> bool:
        (shown, length_ds), (displays, duration_ds) = circle[(start + number) % len(circle)], rows[number]
        return shown == displays and (length_ds == duration_ds or _rests(shown))

    longest = 0
    for start in range(len(circle)):
        number = 0
        while number < len(rows) and fits(start, number):
            number += 1
        longest = max(longest, number)
    return longest


def _rests(displays: str) -> bool:
    """Whether it can be held: somebody is green and nobody changes."""
    return bool(_GREEN & {*displays}) and not _CHANGING & {*displays}


def _of_the_first(old: IntersectionPlan, handover: Handover) -> int:
    """How many rows a course begins with in the pictures of the old plan, each from its moment on."""
    spelled, at_ds = course(old), handover.switch_ds - old.offset_ds
    for number, (displays, duration_ds) in enumerate(handover.rows):
        if spelled.at(at_ds) != displays:
            return number
        if duration_ds > _stands_ds(spelled, at_ds):
            return number + 1
        at_ds += duration_ds
    return len(handover.rows)


def _stands_ds(spelled: Course, at_ds: int) -> int:
    """How long the picture at a position stands from there on; a cycle where it is the only one."""
    local_ds = at_ds % spelled.cycle_ds
    ends = [*spelled.starts_ds, *(start + spelled.cycle_ds for start in spelled.starts_ds)]
    changes = (end for end in ends if end > local_ds and spelled.at(end) != spelled.at(local_ds))
    return next(changes, local_ds + spelled.cycle_ds) - local_ds
