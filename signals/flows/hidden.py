"""Hidden demand: vehicles that a queue standing over an entry detector keeps from being counted, found afterwards.

While the queue stands, the detector counts what gets through. When it has cleared, everybody who came has been counted:
the late counts hold the early arrivals (conservation: cumulative arrivals are never below cumulative departures, and
equal where nobody waits). So the total over a spell of queueing is known, and only the course within it is not. It lies
between two ends: arrivals as counted (least queue), and arrivals at the later, free rate from the moment asked for on
(most queue, where arrivals do not rise again within the spell). Two courses with the known total are put between:

- a ramp, falling evenly to the rate counted after the spell;
- a step, at the rate counted before the spell, then at the rate after it.

Taken is the smaller cumulative curve of the two at each edge of a record: what both agree on. A spell that has not
cleared when the counts end says nothing of who still waits, and stays a lower bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
LEAST_FREE_RECORDS = 2
"""So many records after a spell give the free rate; the first of them still empties the queue and belongs to it."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """Arrivals of one unbroken row of records (n,) [veh]: as taken and at most; `cleared`: records of spells whose
    total is known."""

    arrivals_veh: Floats
    most_early_veh: Floats  # cumulative arrivals at the end of each record, beyond what was counted, at most
    cleared: Mask


def recover(count_veh: Floats, duration_s: Floats, standing: Mask) -> Recovered:
    """Arrivals [veh] of consecutive records (n,) without a gap, from counts and where a queue stood on the detector.

    The sum over the whole is that of the counts, and so is that over every spell with the record that empties it.
    """
    arrivals = count_veh.astype(float)
    most_early, cleared = np.zeros(len(count_veh)), np.zeros(len(count_veh), dtype=bool)
    edges = np.diff(np.concatenate(([False], standing, [False])).astype(int))
    for begin, behind in zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True):
        end = behind + 1  # with the record that empties the queue
        free = slice(end, end + LEAST_FREE_RECORDS)
        if free.stop > len(count_veh) or standing[behind : free.stop].any():
            continue
        after = float(count_veh[free].sum() / duration_s[free].sum())
        before = float(count_veh[begin - 1] / duration_s[begin - 1]) if begin and not standing[begin - 1] else None
        early, most = _early_veh(count_veh[begin:end], duration_s[begin:end], before, after)
        arrivals[begin:end] += np.diff(early, prepend=0.0)
        most_early[begin:end] = most
        cleared[begin:end] = True
    return Recovered(arrivals, most_early, cleared)


def _early_veh(
    count_veh: Floats, duration_s: Floats, before_veh_per_s: float | None, after_veh_per_s: float
) -> tuple[Floats, Floats]:
    """How many had come and were not counted at the end of each record of a spell: as taken, and at most."""
    through, time_s = np.cumsum(count_veh), np.cumsum(duration_s)
    total, length_s = float(through[-1]), float(time_s[-1])
    mean = total / length_s
    if after_veh_per_s >= mean:  # the queue dissolved without arrivals having fallen: no course to be told
        return np.zeros(len(through)), np.zeros(len(through))
    first = 2 * mean - after_veh_per_s
    came = first * time_s - (first - after_veh_per_s) * time_s**2 / (2 * length_s)
    if before_veh_per_s is not None and before_veh_per_s > mean:
        change_s = (mean - after_veh_per_s) * length_s / (before_veh_per_s - after_veh_per_s)
        step = np.where(time_s <= change_s, before_veh_per_s * time_s, total - after_veh_per_s * (length_s - time_s))
        came = np.minimum(came, step)
    early = np.clip(came - through, 0.0, None)
    most = np.clip(total - after_veh_per_s * (length_s - time_s) - through, early, None)
    early[-1] = most[-1] = 0.0
    return _not_falling(early, through), most


def _not_falling(early: Floats, through: Floats) -> Floats:
    """Early arrivals such that the cumulative curve never falls: nobody leaves the count again."""
    came: Floats = np.minimum(np.maximum.accumulate(early + through), through[-1])
    return came - through
