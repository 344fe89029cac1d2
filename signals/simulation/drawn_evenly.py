"""Who stands in which place of the queues of the laboratory: drawn at random, but evenly.

A queue goes as fast as the slowest of those in front, and so the mean over a few queues depends most on how slow their
slowest are. These are spread evenly over the distribution of the slowest of a queue, and over the places in it; the
others are drawn above them. The mean stays what it is with independent draws, and spreads a fifth as far around it.
All stop lines get the same drivers, so that their differences come from the street alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from signals.simulation.demand_files import Item

_NUMBER = r"\s*([-+]?[0-9]*\.?[0-9]+)\s*"
_ALONE = re.compile(_NUMBER)
_NORMAL = re.compile(rf"normc?\({_NUMBER},{_NUMBER}(?:,{_NUMBER},{_NUMBER})?\)")
_BOUNDS = (0.2, 2.0)
_DEVIATIONS = {
    **dict.fromkeys(("passenger", "private", "hov", "evehicle", "vip"), 0.1),
    **dict.fromkeys(("truck", "delivery", "coach", "taxi"), 0.05),
    "bus": 0.0,
}  # of the speed factors of vehicle classes, measured in SUMO 1.28


@dataclass(frozen=True, slots=True)
class SpeedFactors:
    """Of a vehicle type: normal, cut off at the bounds. Speed wished for over speed limit."""

    mean: float
    deviation: float
    least: float = _BOUNDS[0]
    most: float = _BOUNDS[1]

    def at(self, share: float) -> float:
        """The speed factor that this share of the vehicles is below."""
        if self.deviation == 0:
            return self.mean
        normal = NormalDist(self.mean, self.deviation)
        low, high = normal.cdf(self.least), normal.cdf(self.most)
        return min(max(normal.inv_cdf(min(max(low + share * (high - low), 1e-12), 1.0 - 1e-12)), self.least), self.most)


def speed_factors_of(item: Item) -> SpeedFactors | None:
    """As the simulator reads them of a vehicle type; None where it says them in a way that is not known here."""
    said, deviation = item.get("speedFactor"), item.get("speedDev")
    usual = _DEVIATIONS.get(item.get("vClass") or "passenger")
    mean, spread, bounds = 1.0, usual, _BOUNDS
    if said is not None:
        if alone := _ALONE.fullmatch(said):
            mean = float(alone[1])
        elif normal := _NORMAL.fullmatch(said.strip()):
            mean, spread = float(normal[1]), float(normal[2])
            bounds = (float(normal[3]), float(normal[4])) if normal[3] else bounds
        else:
            return None
    if deviation is not None:
        own = _ALONE.fullmatch(deviation)
        spread = None if own is None else float(own[1])
    least, most = bounds
    return None if spread is None or spread < 0 or not least < most else SpeedFactors(mean, spread, least, most)


def shares_below(queues: int, queue_veh: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """For each place and queue, the share of all drivers that is slower, shape (queue_veh, queues)."""
    level = (rng.permutation(queues) + rng.random(queues)) / queues
    slowest = 1.0 - (1.0 - level) ** (1.0 / queue_veh)  # of as many independent draws as a queue has vehicles
    shares = slowest + (1.0 - slowest) * rng.random((queue_veh, queues))
    places = np.floor((np.arange(queues) + rng.random()) * queue_veh / queues).astype(np.int64) % queue_veh
    shares[rng.permutation(places), np.arange(queues)] = slowest
    return np.asarray(shares, np.float64)


def types_drawn(shares: Sequence[float], queues: int, queue_veh: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """For each place and queue an index of a type, shape (queue_veh, queues); each as often as its share says."""
    count = queues * queue_veh
    edges = np.cumsum(np.asarray(shares, np.float64)) / sum(shares)
    drawn = np.searchsorted(edges, (np.arange(count) + 0.5) / count, side="right").clip(0, len(shares) - 1)
    return rng.permutation(drawn).reshape(queue_veh, queues).astype(np.int64)
