"""Saturation flow from counts: what passes under a standing queue, over the green that was shown meanwhile.

While a queue stands through a whole interval, vehicles leave at saturation in all of its effective green, so that
flow = vehicles / effective green, with effective green = displayed green - start loss + usable yellow (HCM 7, Equations
19-1 and 19-3). Intervals are pooled as the ratio of their sums: a mean weighted by green, as field methods average
their cycles (HCM 7, chapter 31 section 6; Road Research Laboratory, Road Note 34, 1963). Vehicles that cross the edge
of an interval, or a clock a little off, are won by one interval and lost by its neighbour, and cancel out in the sum;
a high quantile would take such gains for discharge, and a median wastes a third of what was seen (its efficiency is
2/π). What is no scatter (a queue that was interrupted, a detector that failed for a while) is left out before, by its
distance from the median in median absolute deviations (Hampel 1974); where that is much, nothing is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

LEAST_GREENS = 15
"""Cycles that a measurement on the street takes at least (HCM 7, chapter 31 section 6)."""
LEAST_INTERVALS = 4
INTERVAL_S, LEAST_CYCLES = 300.0, 2.0
"""Shorter records are put together to intervals of so long and of so many cycles at least."""
OUTLYING, MAD_TO_DEVIATION = 3.0, 1.4826
NEAR_SHARE, NEAR_VEH = 0.15, 2.0
"""So near to the median nothing is left out, however little the rest scatters: vehicles at the edges of an interval."""
MOST_OUTLYING_SHARE = 0.25
MOST_DISPERSION = 0.4
"""Variance over mean of the counts, for equal greens. Of arrivals it is about 1 (Poisson); of a standing queue it is
the squared coefficient of variation of the headways (Cox 1962, renewal theory), well below this."""
WIDEST_SHARE = 0.10
_MILLISECOND = 1e-3


@dataclass(frozen=True, slots=True)
class LaneRecords:
    """Records of one lane in order of time, all (n,): begin [s] on any clock without jumps and on the signal's local
    clock, length [s], vehicles over the stop line, and whether a queue stood behind them."""

    begin_s: Floats
    local_s: Floats
    duration_s: Floats
    count_veh: Floats
    queued: Mask


@dataclass(frozen=True, slots=True)
class Green:
    """Effective green of a fixed program: windows (m, 2) [s] from local zero, and the cycle [s]."""

    windows_s: Floats
    cycle_s: float

    @classmethod
    def of(
        cls, displayed_s: Sequence[tuple[float, float]], cycle_s: float, start_loss_s: float, yellow_usable_s: float
    ) -> Green:
        """From displayed windows, each begun later by the start loss and ended later by the yellow that is used."""
        windows = [(start + start_loss_s, end + yellow_usable_s) for start, end in displayed_s]
        return cls(np.array([one for one in windows if one[1] > one[0]]).reshape(-1, 2), cycle_s)

    def shown_s(self, local_s: Floats, duration_s: Floats) -> Floats:
        """Effective green (n,) [s] in stretches that begin at `local_s`."""
        return self._until_s(local_s + duration_s) - self._until_s(local_s)

    @property
    def longest_s(self) -> float:
        return float(np.diff(self.windows_s).max(initial=0.0))

    def _until_s(self, local_s: Floats) -> Floats:
        """Effective green from local zero up to a moment; any sign."""
        start_s, length_s = self.windows_s[:, 0], np.diff(self.windows_s)[:, 0]
        cycles, rest_s = np.divmod(local_s[:, None] - start_s, self.cycle_s)
        found: Floats = (cycles * length_s + np.minimum(rest_s, length_s)).sum(axis=1)
        return found


@dataclass(frozen=True, slots=True)
class Intervals:
    """Saturated intervals, all (k,): vehicles, effective green [s], length [s], and how many greens they had."""

    count_veh: Floats
    green_s: Floats
    duration_s: Floats
    greens: Floats


@dataclass(frozen=True, slots=True)
class SaturatedFlow:
    """Vehicles per hour of effective green of one lane, give or take half of its 95 % interval; from how many saturated
    intervals of what (median) length, with how many greens."""

    flow_veh_per_h: float
    error_veh_per_h: float
    intervals: int
    interval_s: float
    greens: float

    def __str__(self) -> str:
        length = f"{self.interval_s / 60:g} min" if self.interval_s % 30 == 0 else f"{self.interval_s:g} s"
        flow = f"{self.flow_veh_per_h:,.0f} veh/h of green ± {self.error_veh_per_h:.0f}"
        return f"measured: {self.intervals} saturated intervals of {length}, {flow}"


class NotMeasured(Exception):
    """Counts do not tell a saturation flow; says why, for people."""


def saturated_intervals(records: LaneRecords, green: Green) -> Intervals:
    """The intervals through which a queue stood from end to end: those of queued records whose neighbours in time are
    queued as well, for a queue may have come or gone within a record at the edge of its spell."""
    follows = np.abs(np.diff(records.begin_s) - records.duration_s[:-1]) < _MILLISECOND
    before = np.concatenate(([False], follows & records.queued[:-1]))
    behind = np.concatenate((follows & records.queued[1:], [False]))
    inner = records.queued & before & behind
    edges = np.flatnonzero(np.diff(np.concatenate(([False], inner, [False])).astype(int)))
    least_s = max(INTERVAL_S, LEAST_CYCLES * green.cycle_s)
    parts: list[NDArray[np.intp]] = []
    for begin, end in edges.reshape(-1, 2).tolist():
        spell_s = float(records.duration_s[begin:end].sum())
        if spell_s >= LEAST_CYCLES * green.cycle_s:
            parts += np.array_split(np.arange(begin, end), min(end - begin, max(1, int(spell_s // least_s))))
    if not parts:
        return Intervals(*(np.zeros(0) for _ in range(4)))
    rows, firsts = np.concatenate(parts), np.cumsum([0, *(len(part) for part in parts[:-1])])
    duration_s = records.duration_s[rows]
    count_veh, green_s, length_s = (
        np.add.reduceat(values, firsts)
        for values in (records.count_veh[rows], green.shown_s(records.local_s[rows], duration_s), duration_s)
    )
    return Intervals(count_veh, green_s, length_s, length_s / green.cycle_s * len(green.windows_s))


def saturation_flow(lanes: Sequence[Intervals]) -> SaturatedFlow:
    """The flow of one lane, pooled over the saturated intervals of equal lanes. NotMeasured where they do not tell."""
    count_veh, green_s, duration_s, greens = (
        np.concatenate([np.zeros(0), *(getattr(lane, name) for lane in lanes)])
        for name in ("count_veh", "green_s", "duration_s", "greens")
    )
    usable = green_s > 0.0
    count_veh, green_s, duration_s, greens = (x[usable] for x in (count_veh, green_s, duration_s, greens))
    if not len(count_veh):
        raise NotMeasured("no interval with a standing queue from end to end")
    if len(count_veh) < LEAST_INTERVALS or greens.sum() < LEAST_GREENS:
        found = f"{len(count_veh)} saturated intervals with {greens.sum():.0f} greens"
        raise NotMeasured(f"{found}, needed {LEAST_INTERVALS} with {LEAST_GREENS}")
    rate = 3600.0 * count_veh / green_s
    middle = float(np.median(rate))
    apart = np.abs(rate - middle)
    most = max(OUTLYING * MAD_TO_DEVIATION * float(np.median(apart)), NEAR_SHARE * middle)
    near = apart <= np.maximum(most, 3600.0 * NEAR_VEH / green_s)
    if (~near).mean() > MOST_OUTLYING_SHARE:
        raise NotMeasured(f"saturated intervals differ too much: {rate.min():,.0f} to {rate.max():,.0f} veh/h of green")
    count_veh, green_s = count_veh[near], green_s[near]
    flow = float(count_veh.sum() / green_s.sum())
    off_veh = count_veh - flow * green_s
    n = len(count_veh)
    variance = n / (n - 1) * float((off_veh**2).sum())
    dispersion = variance / max(float(count_veh.sum()), 1.0)
    if dispersion > MOST_DISPERSION:
        found = f"counts scatter more than a queue's do (variance over mean {dispersion:.2f})"
        raise NotMeasured(f"{found}: it may be that it does not last, or that their clock is not that of the signals")
    error = _student(n - 1) * float(np.sqrt(variance) / green_s.sum())
    if error > WIDEST_SHARE * flow:
        raise NotMeasured(f"too uncertain: {3600 * flow:,.0f} veh/h of green ± {3600 * error:.0f}")
    return SaturatedFlow(
        3600.0 * flow, 3600.0 * error, n, float(np.median(duration_s[near])), float(greens[near].sum())
    )


def _student(freedom: int) -> float:
    """The 97.5 % quantile of Student's t from the normal one (Abramowitz and Stegun 1964, 26.7.5, three terms)."""
    z = 1.959964
    return z + (z**3 + z) / (4.0 * freedom) + (5.0 * z**5 + 16.0 * z**3 + 3.0 * z) / (96.0 * freedom**2)
