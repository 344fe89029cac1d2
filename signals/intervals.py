"""A timing spelled out: which group shows what, decisecond by decisecond.

Positions are on the circle [0, cycle): 0 is local zero, the moment the offset's reference speaks of. For actuated
control this is the course that the planned durations give; what else can be reached stands in `signals.control`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from signals.control.rings import expanded
from signals.plan import IntersectionPlan, RingsBody, position_ds


@dataclass(frozen=True, slots=True)
class Interval:
    """A display from `start_ds` (in the cycle) to `end_ds` (beyond the cycle where it runs over local zero)."""

    display: str
    start_ds: int
    end_ds: int


@dataclass(frozen=True, slots=True)
class Course:
    """The pictures of one cycle from local zero: from `starts_ds[k]` to the next start it shows `displays[k]`."""

    starts_ds: tuple[int, ...]
    displays: tuple[str, ...]
    cycle_ds: int

    def at(self, local_ds: int) -> str:
        """The picture at a position; any integer, taken on the circle."""
        return self.displays[bisect_right(self.starts_ds, local_ds % self.cycle_ds) - 1]


def course(timing: IntersectionPlan) -> Course:
    """The pictures of one cycle, from local zero."""
    steps = _steps(timing)
    cycle_ds = sum(duration_ds for _, duration_ds in steps)
    zero_ds = reference_ds(timing)
    starts: list[tuple[int, str]] = []
    at = -zero_ds
    for displays, duration_ds in steps:
        start = at % cycle_ds
        starts.append((start, displays))
        if start + duration_ds > cycle_ds:  # cut by local zero
            starts.append((0, displays))
        at += duration_ds
    starts.sort()
    return Course(tuple(start for start, _ in starts), tuple(displays for _, displays in starts), cycle_ds)


def reference_ds(timing: IntersectionPlan) -> int:
    """Where local zero lies, counted from the start of the sequence [ds]."""
    return position_ds(timing)


def local_ds(timing: IntersectionPlan, time_ds: int) -> int:
    """Position in the cycle at a moment of the common clock [ds]: local zero lags its zero by the offset."""
    return (time_ds - timing.offset_ds) % timing.body.length_ds


def picture_at(timing: IntersectionPlan, local_ds: int) -> str:
    """One display letter per group at a position in the cycle (taken on the circle)."""
    return course(timing).at(local_ds)


def second_by_second(timing: IntersectionPlan) -> tuple[str, ...]:
    """The picture at the start of each whole second of the cycle, from local zero."""
    spelled = course(timing)
    return tuple(spelled.at(second_ds) for second_ds in range(0, spelled.cycle_ds, 10))


def intervals(timing: IntersectionPlan) -> Mapping[str, tuple[Interval, ...]]:
    """Per group its displays round the cycle, in order of their starts; equal neighbours are one interval."""
    spelled = course(timing)
    return {
        group_id: _merged([picture[position] for picture in spelled.displays], spelled)
        for position, group_id in enumerate(timing.group_ids)
    }


def greens(timing: IntersectionPlan) -> Mapping[str, tuple[tuple[int, int], ...]]:
    """Per group its green windows [start, end) in ds, priority and yielding green taken together."""
    spelled = course(timing)
    found = {}
    for position, group_id in enumerate(timing.group_ids):
        letters = ["G" if picture[position] in "gG" else "r" for picture in spelled.displays]
        merged = _merged(letters, spelled)
        found[group_id] = tuple((i.start_ds, i.end_ds) for i in merged if i.display == "G")
    return found


def flashes(timing: IntersectionPlan, flash_ds: Mapping[str, int]) -> Mapping[str, tuple[tuple[int, int], ...]]:
    """Per group the ends [start, end) in ds of its greens that flash, `flash_ds` of each; of those that have some.

    The letters do not tell flashing green from steady green: it is the last part of it.
    """
    windows = greens(timing)
    cycle_ds = timing.body.length_ds
    found = {}
    for group_id in timing.group_ids:
        if flash_ds.get(group_id):
            starts = [(max(start, end - flash_ds[group_id]), end) for start, end in windows[group_id]]
            found[group_id] = tuple((start % cycle_ds, end - start + start % cycle_ds) for start, end in starts)
    return found


def _merged(letters: list[str], spelled: Course) -> tuple[Interval, ...]:
    starts = [k for k in range(len(letters)) if letters[k] != letters[k - 1]]
    if not starts:  # the same all round
        return (Interval(letters[0], 0, spelled.cycle_ds),)
    result = []
    for k, nxt in zip(starts, starts[1:] + starts[:1], strict=True):
        start, end = spelled.starts_ds[k], spelled.starts_ds[nxt]
        result.append(Interval(letters[k], start, end if end > start else end + spelled.cycle_ds))
    return tuple(result)


def _steps(timing: IntersectionPlan) -> tuple[tuple[str, int], ...]:
    """Pictures and their durations [ds] from the start of the sequence."""
    body = timing.body
    if isinstance(body, RingsBody):
        return expanded(timing, body)
    steps = []
    for stage in body.sequence:
        steps.append((stage.displays, stage.duration_ds))
        steps += [(step.displays, step.duration_ds) for step in stage.interstage]
    return tuple(steps)
