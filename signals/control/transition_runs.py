"""A transition in the making: the old plan runs on, the new one takes over, its pictures end as a method says."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from signals.control.through_red import Rows, ThroughRed
from signals.control.transition_shares import Limits
from signals.control.transition_steps import Circle, History, Needs, NotTransferable, history_of

Ends = Callable[[int, int], int]  # number of a picture, its planned end -> its end


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


@dataclass(frozen=True, slots=True)
class Held:
    """A picture of the new plan: since when it counts, and from when to when it is shown [ds of the clock].

    `seen` is what was shown before and with it.
    """

    number: int
    entered_ds: int
    begin_ds: int
    end_ds: int
    seen: History


class Run:
    """The course as it is made: what was shown, and what is under way."""

    def __init__(self, before: Circle, after: Circle, needs: Needs, switch_ds: int) -> None:
        self._before, self._after, self._needs = before, after, needs
        self._switch_ds = self._clock_ds = switch_ds
        self._seen: History = history_of(before, switch_ds)
        self._waiting: tuple[Needs, int | None] | None = None  # and what it took over; a plan in step waits for nothing
        self._rows: list[tuple[str, int, int]] = []
        self._number, passed_ds = before.at(switch_ds)
        self._entered_ds = switch_ds - passed_ds
        self._least_end_ds = switch_ds  # of the picture under way
        self.taken_ds = switch_ds  # until when greens began and ended as the old plan has them
        self._held_ds: int | None = None  # the same, where these are held by the rules
        self.held: list[Held] = []

    @classmethod
    def again(cls, run: Run, held: Held, at_ds: int, after: Circle, needs: Needs) -> Self:
        """Another plan is to follow while a picture of a run is shown: its plan runs on at its own lengths."""
        found = cls(run._after, after, needs, run._switch_ds)
        found._clock_ds, found._waiting, found._seen = at_ds, (run._needs, run._held_ds), held.seen.copy()
        found._rows = [(shown, start, min(end, at_ds)) for shown, start, end in run._rows if start < at_ds]
        found._number = held.number
        found._entered_ds = max(held.entered_ds, at_ds - run._after.shown[held.number].length_ds)  # as at its end
        return found

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
                self.taken_ds = self._clock_ds
                return
            self._go_on()
        raise NotTransferable(f"{where}: the two plans have no picture with a green in common")

    def take_over_at(self, old_point_ds: int, new_point_ds: int) -> None:
        """Run the old plan on to its good switching point; the new one goes on from its own."""
        wanted, passed_ds = self._before.at(old_point_ds + self._before.offset_ds)
        while self._number != wanted or self._clock_ds > self._entered_ds + passed_ds:
            self._go_on()
        until_ds = self._entered_ds + passed_ds
        self._hold(self._before.shown[wanted].displays, until_ds)
        self._number, passed_ds = self._after.at(new_point_ds + self._after.offset_ds)
        self._entered_ds = until_ds - passed_ds

    def go_through(self, red: ThroughRed, where: str) -> None:
        """Run the old plan on to the end of a picture that can be held, end all greens, and begin the new plan in the
        picture that fits the clock best; both stand long enough for each of their greens."""
        begun = [number for number, picture in enumerate(self._after.shown) if picture.rests]
        if not begun or not any(picture.rests for picture in self._before.shown):
            raise NotTransferable(f"{where}: a plan without a picture in which somebody is green and nobody changes")
        while not self._before.shown[self._number].rests:
            self._go_on()
        last = self._before.shown[self._number]
        end_ds = self._entered_ds + max(last.length_ds, red.least_ds(last.displays))
        self._hold(last.displays, max(end_ds, self._clock_ds))
        self.taken_ds = self._clock_ds
        self._show((*red.ended(last.displays), red.red(last.displays)))
        self._number = min(begun, key=lambda number: self._away_ds(number, red))
        first = self._after.shown[self._number].displays
        self._show(red.begun(first))
        self._seen.show(first, self._clock_ds)
        self._entered_ds, self._least_end_ds = self._clock_ds, self._clock_ds + red.least_ds(first)

    def _away_ds(self, number: int, red: ThroughRed) -> int:
        """How far from the clock a picture of the new plan ends that begins after red."""
        picture = self._after.shown[number]
        lead_ds = sum(length_ds for _, length_ds in red.begun(picture.displays))
        lag_ds = self._after.lag_ds(number, self._clock_ds + lead_ds + picture.length_ds)
        return min(lag_ds, self._after.cycle_ds - lag_ds)

    def corrected(self, ends: Ends, limits: Limits, where: str, *, by_the_rules: bool = True) -> Handover:
        """The new plan with its pictures ended as the method says, until it stays in step for a whole cycle.

        `by_the_rules`: what was taken over stays green, and lies apart, as long as the rules ask; else as in the new
        plan.
        """
        after, settled = self._after, None
        taken_ds = self._held_ds = self.taken_ds if by_the_rules else None
        for _ in range(limits.most_cycles * len(after.shown)):
            picture = after.shown[self._number]
            end_ds = max(self._entered_ds + picture.length_ds, self._clock_ds)
            if picture.rests:
                end_ds = max(ends(self._number, end_ds), self._clock_ds, self._least_end_ds)
                end_ds += self._needs.wait_ds(self._seen, self._number, end_ds, taken_ds)
            in_step = after.lag_ds(self._number, end_ds) == 0
            self.held.append(Held(self._number, self._entered_ds, self._clock_ds, end_ds, self._seen.copy()))
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
        end_ds = max(self._entered_ds + picture.length_ds, self._clock_ds)
        if self._waiting is not None and picture.rests:
            needs, taken_ds = self._waiting
            end_ds += needs.wait_ds(self._seen, self._number, end_ds, taken_ds)
        self._hold(picture.displays, end_ds)
        self._enter(self._before)

    def _hold(self, displays: str, until_ds: int) -> None:
        if until_ds > self._clock_ds:
            self._rows.append((displays, self._clock_ds, until_ds))
            self._clock_ds = until_ds

    def _show(self, rows: Rows) -> None:
        for displays, length_ds in rows:
            self._seen.show(displays, self._clock_ds)
            self._hold(displays, self._clock_ds + length_ds)

    def _enter(self, circle: Circle) -> None:
        self._number, self._entered_ds = circle.after(self._number), self._clock_ds
        self._seen.show(circle.shown[self._number].displays, self._clock_ds)

    def _until(self, end_ds: int) -> tuple[tuple[str, int], ...]:
        merged: list[tuple[str, int]] = []
        for displays, start_ds, stop_ds in self._rows:
            if start_ds < end_ds:
                length_ds = stop_ds - start_ds
                if merged and merged[-1][0] == displays:
                    length_ds += merged.pop()[1]
                merged.append((displays, length_ds))
        return tuple(merged)
