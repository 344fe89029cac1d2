"""The course of the day: what all detectors together counted in every quarter of an hour, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from networks.demand import Period
from signals.flows.over_days import FEW_DAYS_SHARE
from signals.flows.quality import MISSING_SHARE
from signals.flows.records import DAY_S

Table = NDArray[np.float64]

QUARTER_S = 900.0
HOUR_S = 3600.0
QUARTERS = int(DAY_S / QUARTER_S)
_OF_HOUR = 4


@dataclass(frozen=True, slots=True)
class DayProfile:
    """`veh_per_h` (days, 96): sum over the detectors, NaN where less than half was counted; `chosen_veh_per_h` (96,)
    its percentile over the days."""

    days: tuple[date, ...]
    veh_per_h: Table
    chosen_veh_per_h: Table

    def busiest_hour(self, percentile: float) -> Period | None:
        """The hour, from quarter to quarter, whose flow has the highest percentile over the days; None without one."""
        hours = np.lib.stride_tricks.sliding_window_view(self.veh_per_h, _OF_HOUR, axis=1).mean(axis=2)
        flow = _percentile(hours, percentile)
        if not np.isfinite(flow).any():
            return None
        begin_s = float(np.nanargmax(flow)) * QUARTER_S
        return Period(begin_s, begin_s + _OF_HOUR * QUARTER_S)


def day_profile(timed: pd.DataFrame, days: Sequence[date] | None, percentile: float) -> DayProfile:
    """The course of the days chosen (None: all) from records on the clock; a longer record counts evenly within itself.

    Where a detector is missing, the rest of the day stands for it, in the proportion of the other days.
    """
    chosen = timed if days is None else timed[timed["day"].isin(list(days))]
    known = chosen[chosen["count_veh"].notna()]
    detectors = {str(name): at for at, name in enumerate(sorted(known["detector_id"].unique()))}
    there = tuple(sorted(known["day"].unique()))
    tables = [_one_day(of_day, detectors) for _, of_day in known.groupby("day", sort=True)]
    if not tables:
        return DayProfile((), np.empty((0, QUARTERS)), np.full(QUARTERS, np.nan))
    seen = np.sum([np.isfinite(table) for table in tables], axis=0)
    total = np.sum([np.nan_to_num(table) for table in tables], axis=0)
    usual = np.divide(total, seen, out=np.zeros_like(total), where=seen > 0)
    veh_per_h = np.array([_whole(table, usual) for table in tables])
    return DayProfile(there, veh_per_h, _percentile(veh_per_h, percentile))


def _one_day(records: pd.DataFrame, detectors: dict[str, int]) -> Table:
    """Flow of a day [veh/h], (96, detectors); NaN where less than three quarters of a quarter were counted."""
    column = records["detector_id"].map(detectors).to_numpy(dtype=np.intp)
    begin_s, duration_s = (records[name].to_numpy(dtype=float) for name in ("begin_s", "duration_s"))
    end_s, rate = np.minimum(begin_s + duration_s, DAY_S), records["count_veh"].to_numpy(dtype=float) / duration_s
    veh, counted_s = np.zeros((QUARTERS, len(detectors))), np.zeros((QUARTERS, len(detectors)))
    first = np.floor(begin_s / QUARTER_S).astype(np.intp)
    for later in range(int(np.ceil((duration_s.max() + QUARTER_S) / QUARTER_S))):
        at = first + later
        overlap_s = np.minimum(end_s, (at + 1) * QUARTER_S) - np.maximum(begin_s, at * QUARTER_S)
        mine = (overlap_s > 0.0) & (at < QUARTERS)
        np.add.at(veh, (at[mine], column[mine]), (rate * overlap_s)[mine])
        np.add.at(counted_s, (at[mine], column[mine]), overlap_s[mine])
    enough = counted_s >= (1.0 - MISSING_SHARE) * QUARTER_S
    flow: Table = np.divide(3600.0 * veh, counted_s, out=np.full(veh.shape, np.nan), where=enough)
    return flow


def _whole(table: Table, usual: Table) -> Table:
    """Sum over the detectors (96,), those that are missing made up for by what they usually are of the whole."""
    there = np.isfinite(table)
    part, whole = np.where(there, usual, 0.0).sum(axis=1), usual.sum(axis=1)
    enough = there.any(axis=1) & (part >= FEW_DAYS_SHARE * whole)
    factor = np.divide(whole, part, out=np.ones(len(whole)), where=part > 0.0)
    answer: Table = np.where(enough, np.nansum(table, axis=1) * factor, np.nan)
    return answer


def _percentile(values: Table, percentile: float) -> Table:
    """Percentile over the days (rows), NaN where fewer than half of them are known."""
    enough = np.isfinite(values).sum(axis=0) >= max(1.0, FEW_DAYS_SHARE * len(values))
    answer = np.full(values.shape[1], np.nan)
    if enough.any():
        answer[enough] = np.nanpercentile(values[:, enough], percentile, axis=0)
    return answer
