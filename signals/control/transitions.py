"""From one fixed plan to the next at one intersection: what is shown from the switch until the new plan is in step.

The old plan runs on until it shows a picture that the new one has as well; there the new one takes over, and what has
been shown of the picture counts. Then the new plan's pictures are held longer or left sooner, as the method says
(signal timing practice, correction modes), until one ends at its own moment of the common clock:

- *dwell*: in the reference stage, or the coordinated ring phases, all at once;
- *add only*: in every picture that can be held, up to a share of the cycle in each cycle;
- *short way*: as *add only*, or by leaving pictures sooner, whichever is in step first;
- *gsp*: as SUMO does with `synchron`: the old plan runs on to its good switching point, all is added there.

Never cut: minimum green, yellow, red-amber, intergreen, walk and clearance. Times are integer deciseconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from signals.control.transition_shares import Limits, quotas_ds, shortest_ds
from signals.control.transition_steps import (
    Circle,
    History,
    Needs,
    NotTransferable,
    circle_of,
    held_pictures,
    history_of,
    resting_place,
)
from signals.plan import IntersectionPlan
from signals.rules import Rules

Method = Literal["dwell", "short way", "add only", "gsp"]
METHODS: tuple[Method, ...] = ("dwell", "short way", "add only", "gsp")
__all__ = ["METHODS", "Handover", "Limits", "Method", "NotTransferable", "switching_points", "transition"]
GSP_AFTER_DS = 10  # how long the common picture has stood at the good switching point: one step of SUMO
_Ends = Callable[[int, int], int]  # number of a picture, its planned end -> its end


@dataclass(frozen=True, slots=True)
class Handover:
    """Displays with their durations [ds], from the switch (on the common clock) until the new plan is in step."""

    switch_ds: int
    rows: tuple[tuple[str, int], ...]
    new_cycle_ds: int

    @property
    def duration_ds(self) -> int:
        return sum(duration_ds for _, duration_ds in self.rows)

    @property
    def cycles(self) -> int:
        """Cycles of the new plan that it takes, begun ones counted."""
        return math.ceil(self.duration_ds / self.new_cycle_ds)


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
    before, after, limits = circle_of(old), circle_of(new), limits or Limits()
    needs = Needs(new, after, rules)
    if method == "gsp":
        points = points_ds or switching_points((old, new))
        run = _Run(before, after, needs, switch_ds)
        run.take_over_at(*points)
        held, _ = after.at(points[1] + after.offset_ds)
        return run.corrected(_dwelling(after, held), limits, _where(old))
    ways = {
        "dwell": lambda: [_dwelling(after, resting_place(new, after))],
        "add only": lambda: [_adding(after, limits)],
        "short way": lambda: [_adding(after, limits), _leaving(after, shortest_ds(after, needs, limits.subtract_share))],
    }[method]()
    found: list[Handover] = []
    for ends in ways:
        run = _Run(before, after, needs, switch_ds)
        run.take_over(_where(old))
        try:
            found.append(run.corrected(ends, limits, _where(old)))
        except NotTransferable:
            if ends is ways[0]:  # pictures at their shortest cannot be left sooner, but they can be held
                raise
    return min(found, key=lambda handover: handover.duration_ds)


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


class _Run:
    """The course as it is made: what was shown, and what is under way."""

    def __init__(self, before: Circle, after: Circle, needs: Needs, switch_ds: int) -> None:
        self._before, self._after, self._needs = before, after, needs
        self._switch_ds = self._clock_ds = switch_ds
        self._history: History = history_of(before, switch_ds)
        self._rows: list[tuple[str, int, int]] = []
        self._number, passed_ds = before.at(switch_ds)
        self._entered_ds = switch_ds - passed_ds

    def take_over(self, where: str) -> None:
        """Run the old plan on to the next picture that the new one has as well, the one that fits the clock best."""
        for _ in range(len(self._before.shown) + 1):
            picture = self._before.shown[self._number]
            same = [
                k for k, other in enumerate(self._after.shown) if other.rests and other.displays == picture.displays
            ]
            if same:
                lags = {k: self._after.lag_ds(k, self._entered_ds + self._after.shown[k].length_ds) for k in same}
                self._number = min(same, key=lambda k: min(lags[k], self._after.cycle_ds - lags[k]))
                return
            self._go_on()
        raise NotTransferable(f"{where}: the two plans have no picture with a green in common")

    def take_over_at(self, old_point_ds: int, new_point_ds: int) -> None:
        """Run the old plan on to its good switching point; the new one goes on from its own."""
        wait_ds = (old_point_ds - self._before.local_ds(self._clock_ds)) % self._before.cycle_ds
        until_ds = self._clock_ds + wait_ds
        while self._entered_ds + self._before.shown[self._number].length_ds <= until_ds:
            self._go_on()
        self._hold(self._before.shown[self._number].displays, until_ds)
        self._number, passed_ds = self._after.at(new_point_ds + self._after.offset_ds)
        self._entered_ds = until_ds - passed_ds

    def corrected(self, ends: _Ends, limits: Limits, where: str) -> Handover:
        """The new plan with its pictures ended as the method says, until it stays in step for a whole cycle."""
        after, settled = self._after, None
        for _ in range(limits.most_cycles * len(after.shown)):
            picture = after.shown[self._number]
            end_ds = max(self._entered_ds + picture.length_ds, self._clock_ds)
            if picture.rests:
                end_ds = max(ends(self._number, end_ds), self._clock_ds)
                end_ds += self._needs.wait_ds(self._history, self._number, end_ds)
            in_step = after.lag_ds(self._number, end_ds) == 0
            self._hold(picture.displays, end_ds)
            self._enter(after)
            if not in_step:
                settled = None
            elif settled is None:
                settled = end_ds
            elif end_ds - settled >= after.cycle_ds:
                return Handover(self._switch_ds, self._until(settled), after.cycle_ds)
        raise NotTransferable(f"{where}: not in step after {limits.most_cycles} cycles")

    def _go_on(self) -> None:
        picture = self._before.shown[self._number]
        self._hold(picture.displays, self._entered_ds + picture.length_ds)
        self._enter(self._before)

    def _hold(self, displays: str, until_ds: int) -> None:
        if until_ds > self._clock_ds:
            self._rows.append((displays, self._clock_ds, until_ds))
            self._clock_ds = until_ds

    def _enter(self, circle: Circle) -> None:
        self._number, self._entered_ds = circle.after(self._number), self._clock_ds
        self._history.show(circle.shown[self._number].displays, self._clock_ds)

    def _until(self, end_ds: int) -> tuple[tuple[str, int], ...]:
        merged: list[tuple[str, int]] = []
        for displays, start_ds, stop_ds in self._rows:
            if start_ds < end_ds:
                length_ds = stop_ds - start_ds
                if merged and merged[-1][0] == displays:
                    length_ds += merged.pop()[1]
                merged.append((displays, length_ds))
        return tuple(merged)


def _dwelling(circle: Circle, held: int) -> _Ends:
    def ends(number: int, end_ds: int) -> int:
        return end_ds + (-circle.lag_ds(number, end_ds) % circle.cycle_ds if number == held else 0)

    return ends


def _adding(circle: Circle, limits: Limits) -> _Ends:
    quotas = quotas_ds(circle, limits.add_share)

    def ends(number: int, end_ds: int) -> int:
        return end_ds + min(-circle.lag_ds(number, end_ds) % circle.cycle_ds, quotas[number])

    return ends


def _leaving(circle: Circle, lengths_ds: Sequence[int]) -> _Ends:
    def ends(number: int, end_ds: int) -> int:
        return end_ds - min(circle.lag_ds(number, end_ds), circle.shown[number].length_ds - lengths_ds[number])

    return ends


def _where(timing: IntersectionPlan) -> str:
    return f"intersection {timing.intersection_id!r}"
