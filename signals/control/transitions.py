"""From one fixed plan to the next at one intersection: what is shown from the switch until the new plan is in step.

The old plan runs on until it shows a picture that the new one has as well; there the new one takes over, and what has
been shown of the picture counts. Where they share none, the way is `through_red`, into the picture that fits the clock
best. Then the new plan's pictures are held longer or left sooner, as the method says
(signal timing practice, correction modes), until one ends at its own moment of the common clock:

- *dwell*: in the reference stage, or the coordinated ring phases, all at once;
- *add only*: in every picture that can be held, up to a share of the cycle in each cycle;
- *short way*: as *add only*, or by leaving pictures sooner, whichever is in step first;
- *gsp*: as SUMO does with `synchron`: the old plan runs on to its good switching point, all is added there;
- *through red*: as *dwell*, but always by way of red for all, which cuts nothing where a common picture would.

Never cut: minimum green, yellow, red-amber, intergreen, walk and clearance. Times are integer deciseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from signals.control.through_red import ThroughRed
from signals.control.transition_runs import Ends, Handover, Run
from signals.control.transition_shares import Limits, quotas_ds, shortest_ds
from signals.control.transition_steps import (
    Circle,
    Needs,
    NotTransferable,
    circle_of,
    held_pictures,
    resting_place,
)
from signals.plan import IntersectionPlan
from signals.rules import Rules

Method = Literal["dwell", "short way", "add only", "gsp", "through red"]
METHODS: tuple[Method, ...] = ("dwell", "short way", "add only", "gsp", "through red")
OVER_A_PICTURE = METHODS[:4]  # where the plans have one in common
__all__ = [
    "METHODS",
    "OVER_A_PICTURE",
    "Handover",
    "Limits",
    "Method",
    "NotTransferable",
    "switching_points",
    "transition",
]
GSP_AFTER_DS = 10  # how long the common picture has stood at the good switching point: one step of SUMO


def transition(
    old: IntersectionPlan,
    new: IntersectionPlan,
    switch_ds: int,
    method: Method,
    rules: Rules,
    *,
    limits: Limits | None = None,
    points_ds: tuple[int, int] | None = None,
) -> Handover:
    """What is shown when `new` is to follow `old` at a moment of the common clock [ds].

    `points_ds` are the good switching points of both (from local zero), if not those that `switching_points` finds.
    Raises `NotTransferable` where no way is known, ValueError for timings of different intersections.
    """
    if (old.intersection_id, old.group_ids) != (new.intersection_id, new.group_ids):
        raise ValueError(f"timings of {old.intersection_id!r} and {new.intersection_id!r} with their own signal groups")
    before, way = circle_of(old), Correction(old, new, method, rules, limits or Limits(), points_ds)
    return way.made(lambda: Run(before, way.after, way.needs, switch_ds))[1]


class Correction:
    """A method between two fixed plans, from whatever is under way."""

    def __init__(
        self,
        old: IntersectionPlan,
        new: IntersectionPlan,
        method: Method,
        rules: Rules,
        limits: Limits,
        points_ds: tuple[int, ...] | None = None,
    ) -> None:
        self.after = after = circle_of(new)
        self.needs = Needs(new, after, rules)
        self._limits, self._where, self._points_ds = limits, _where(old), None
        before = circle_of(old)
        shown = [picture.displays for circle in (before, after) for picture in circle.shown]
        held = ({picture.displays for picture in circle.shown if picture.rests} for circle in (before, after))
        apart = method == "through red" or not set.intersection(*held)
        self.through = ThroughRed(new, shown, rules) if apart else None
        if method == "gsp":
            self._points_ds = points_ds or switching_points((old, new))
            self._ends = [_dwelling(after, after.at(self._points_ds[1] + after.offset_ds)[0])]
        elif method in ("dwell", "through red"):
            self._ends = [_dwelling(after, resting_place(new, after))]
        else:
            self._ends = [_adding(after, limits)]
        if method == "short way":
            self._ends.append(_leaving(after, shortest_ds(after, self.needs, limits.subtract_share)))

    def made(self, start: Callable[[], Run]) -> tuple[Run, Handover]:
        """The shortest course. Raises `NotTransferable`."""
        found: list[tuple[Run, Handover]] = []
        for ends in self._ends:
            run = start()
            if self._points_ds is not None:
                run.take_over_at(*self._points_ds)
            elif self.through is not None:
                run.go_through(self.through, self._where)
            else:
                run.take_over(self._where)
            try:
                by_the_rules = self._points_ds is None  # SUMO's own method knows none
                found.append((run, run.corrected(ends, self._limits, self._where, by_the_rules=by_the_rules)))
            except NotTransferable:
                if ends is self._ends[0]:  # pictures at their shortest cannot be left sooner, but they can be held
                    raise
        return min(found, key=lambda made: made[1].duration_ds)


def switching_points(timings: Sequence[IntersectionPlan]) -> tuple[int, ...]:
    """A good switching point of each timing (from local zero): the same picture, as long after its start in all.

    Of all common pictures that can be held, that with the longest time in every timing (of actuated stages: the least).
    Raises `NotTransferable`.
    """
    held = [held_pictures(timing) for timing in timings]
    common = [name for name in held[0] if all(name in other for other in held)]
    if not common:
        raise NotTransferable(f"{_where(timings[0])}: no picture with a green is common to all plans")
    best = max(common, key=lambda name: min(other[name][0] for other in held))
    if min(other[best][0] for other in held) <= GSP_AFTER_DS:
        raise NotTransferable(f"{_where(timings[0])}: no common picture is longer than {GSP_AFTER_DS / 10:g} s")
    return tuple((h[best][1] + GSP_AFTER_DS) % t.body.length_ds for h, t in zip(held, timings, strict=True))


def _dwelling(circle: Circle, held: int) -> Ends:
    def ends(number: int, end_ds: int) -> int:
        return end_ds + (-circle.lag_ds(number, end_ds) % circle.cycle_ds if number == held else 0)

    return ends


def _adding(circle: Circle, limits: Limits) -> Ends:
    quotas = quotas_ds(circle, limits.add_share)

    def ends(number: int, end_ds: int) -> int:
        return end_ds + min(-circle.lag_ds(number, end_ds) % circle.cycle_ds, quotas[number])

    return ends


def _leaving(circle: Circle, lengths_ds: Sequence[int]) -> Ends:
    def ends(number: int, end_ds: int) -> int:
        return end_ds - min(circle.lag_ds(number, end_ds), circle.shown[number].length_ds - lengths_ds[number])

    return ends


def _where(timing: IntersectionPlan) -> str:
    return f"intersection {timing.intersection_id!r}"
