"""Hidden demand: vehicles that a queue standing over an entry detector keeps from being counted, found afterwards.

While the queue stands, the detector counts what gets through. When it has cleared, everybody who came has been counted:
the late counts hold the early arrivals (conservation: cumulative arrivals are never below cumulative departures, and
equal where nobody waits). So the total over a spell of queueing is known, and only the course within it is not. It lies
between two ends: arrivals as counted (no queue), and arrivals at the rate counted after the spell from the moment asked
for on (most queue, unless arrivals fall below that rate and rise again). Between them a ramp is taken, which falls
evenly to the rate after the spell and has the known total: no queue is longer than a quarter of what the spell counted,
so that nothing is put earlier by more than that. A spell that has not cleared when the counts end says nothing of who
still waits, and stays a lower bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

FREE_RECORDS = 2
"""So many free records behind a spell, and behind the one that empties its queue, give the rate after it. Each has
vehicles: where nothing moves, nothing is counted either."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """Arrivals of one unbroken row of records (n,), [veh]; `most_early_veh`: how many had come and were not counted at
    the end of each record, at most; `cleared`: records of spells whose total is known."""

    arrivals_veh: Floats
    most_early_veh: Floats
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
        free = slice(end, end + FREE_RECORDS)
        if free.stop > len(count_veh) or standing[free].any() or not count_veh[free].all():
            continue
        after_veh_per_s = float(count_veh[free].sum() / duration_s[free].sum())
        early, most = _early_veh(count_veh[begin:end], duration_s[begin:end], after_veh_per_s)
        arrivals[begin:end] += np.diff(early, prepend=0.0)
        most_early[begin:end] = most
        cleared[begin:end] = True
    return Recovered(arrivals, most_early, cleared)


def _early_veh(count_veh: Floats, duration_s: Floats, after_veh_per_s: float) -> tuple[Floats, Floats]:
    """How many had come and were not counted at the end of each record of a spell: by the ramp, and at most."""
    through, time_s = np.cumsum(count_veh), np.cumsum(duration_s)
    total, length_s = float(through[-1]), float(time_s[-1])
    fall = total - after_veh_per_s * length_s
    if fall <= 0.0:  # the queue went without arrivals having fallen: no course to be told
        return np.zeros(len(through)), np.zeros(len(through))
    done = time_s / length_s
    came = total * done + fall * done * (1.0 - done)
    came = np.minimum(np.maximum.accumulate(np.maximum(came, through)), total)
    most = np.maximum(total - after_veh_per_s * (length_s - time_s), came)
    return came - through, most - through
