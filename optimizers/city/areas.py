"""Areas: which neighbours share a cycle, and which cycle that is.

Areas begin as single junctions and grow together: two that would each gain most by the other become one, when what a
common cycle and offsets are worth is more than what leaving their own cycles costs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from optimizers.kinds import Floats, Integers

GAINED_SHARE = 0.7  # of what each offset would save by itself: streets that cross cannot all have their best
HALF_GAIN = 0.9  # a junction gets half or double the cycle of its area where that costs less than this share
_NEVER = 1e299


@dataclass(frozen=True, slots=True, eq=False)
class Areas:
    """`area` [J] numbers from 0. `column` [areas] of the grid is the cycle that each shares, the one of least cost.
    `totals` [areas, cycles] what the junctions of each cost; `choice` [J, cycles] the cycle [s] of a junction in an
    area of each cycle: that, half or double of it, or nan where its bounds admit none of the three."""

    area: Integers
    column: Integers
    totals: Floats
    choice: Floats

    @property
    def count(self) -> int:
        return len(self.column)

    def junction_cycles_s(self, shift: int = 0) -> Floats:
        """[J] cycles [s]; with `shift` each area takes a cycle so many places further in the grid, where it can."""
        column = self.column + shift
        inside = (column >= 0) & (column < self.totals.shape[1])
        column = np.where(inside, column, self.column)
        can = self.totals[np.arange(self.count), column] < _NEVER
        column = np.where(can, column, self.column)
        return np.asarray(self.choice[np.arange(len(self.area)), column[self.area]])


def areas_of(costs: Floats, grid_s: Floats, may: Integers, pairs: tuple[Integers, Integers, Floats]) -> Areas:
    """Areas of junctions whose `costs` [J, cycles] of a grid are known (veh h per h, 1e300 where a cycle cannot be).

    `may` [J]: only junctions with the same number come into one area. `pairs` (i, j, worth): neighbours and what their
    offset is worth at most [veh h per h].
    """
    options, choice = _with_multiples(costs, grid_s)
    one, other, worth = pairs
    able = options.min(axis=1) < _NEVER
    kept = (may[one] == may[other]) & able[one] & able[other]
    one, other, worth = one[kept], other[kept], worth[kept]
    area, totals = np.arange(len(costs)), options
    while (joined := _joined(totals, *_between(area, one, other, worth))) is not None:
        area, totals = joined[area], _summed(totals, joined, int(joined.max()) + 1)
    return Areas(area, totals.argmin(axis=1), totals, np.where(options < _NEVER, choice, np.nan))


def _with_multiples(costs: Floats, grid_s: Floats) -> tuple[Floats, Floats]:
    """[J, cycles] what a junction costs in an area of each cycle, and the cycle it has there [s]."""
    options, choice = np.array(costs), np.tile(grid_s, (len(costs), 1))
    for multiple in (0.5, 2.0):
        at = np.searchsorted(grid_s, multiple * grid_s)
        there = (at < len(grid_s)) & (grid_s[np.minimum(at, len(grid_s) - 1)] == multiple * grid_s)
        columns = np.flatnonzero(there)
        other = costs[:, at[columns]]
        less = other < HALF_GAIN * np.minimum(options[:, columns], _NEVER)
        options[:, columns] = np.where(less, other, options[:, columns])
        choice[:, columns] = np.where(less, multiple * grid_s[columns], choice[:, columns])
    return options, choice


def _summed(rows: Floats, area: Integers, count: int) -> Floats:
    """[count, cycles] sums of the rows of each area."""
    total = np.zeros((count, rows.shape[1]))
    np.add.at(total, area, rows)
    return np.minimum(total, 1e300)


def _between(area: Integers, one: Integers, other: Integers, worth: Floats) -> tuple[Integers, Integers, Floats]:
    """Neighbouring areas a < b and what their offsets are worth."""
    low, high = np.minimum(area[one], area[other]), np.maximum(area[one], area[other])
    apart = low < high
    count = int(area.max()) + 1
    table = coo_array((worth[apart], (low[apart], high[apart])), shape=(count, count)).tocsr().tocoo()
    return table.row.astype(np.int64), table.col.astype(np.int64), table.data


def _joined(totals: Floats, one: Integers, other: Integers, worth: Floats) -> Integers | None:
    """[areas] new numbers after one round of growing together; None where nobody gains."""
    least = totals.min(axis=1)
    gain = GAINED_SHARE * worth - ((totals[one] + totals[other]).min(axis=1) - least[one] - least[other])
    good = gain > 0.0
    one, other, gain = one[good], other[good], gain[good]
    if len(gain) == 0:
        return None
    count = len(totals)
    order = np.lexsort((other, one, gain))  # the greatest gain last; ties by number
    favourite: Integers = np.full(count, -1, dtype=np.int64)
    rank: Integers = np.full(count, -1, dtype=np.int64)
    for end, partner in ((one, other), (other, one)):
        place = np.full(count, -1, dtype=np.int64)
        place[end[order]] = np.arange(len(order))
        better = place > rank
        rank = np.where(better, place, rank)
        favourite = np.where(better, partner[order][np.maximum(place, 0)], favourite)
    wants = np.flatnonzero(favourite >= 0)
    mutual = wants[favourite[favourite[wants]] == wants]
    graph = coo_array((np.ones(len(mutual)), (mutual, favourite[mutual])), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)
