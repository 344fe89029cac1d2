"""One flow out of many days: the percentile of what each detector counted in the period on each of them.

The percentile is taken of the flow over the whole period, detector by detector, linearly between the days in order
(Hyndman and Fan 1996, type 7). Within the period, the course is that of the mean day: percentiles of single intervals
would add up to more than any day has, for the intervals of a day do not all scatter upwards at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

import numpy as np
import pandas as pd

from networks.demand import Period
from signals.flows.quality import MISSING_SHARE

MEDIAN = 50.0
FEW_DAYS_SHARE = 0.5
"""A detector with fewer of the days than this share has no percentile of its own: it is imputed, and marked."""


@dataclass(frozen=True, slots=True)
class OverDays:
    """What makes the mean of the days their percentile, per detector; `imputed` are those with too few days."""

    days: tuple[date, ...] = ()
    percentile: float = MEDIAN
    factor: Mapping[str, float] = field(default_factory=dict)
    imputed: frozenset[str] = frozenset()


def whole_days(inside: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Of records in a period those with a count, on days on which their detector counted three quarters of it."""
    known: pd.DataFrame = inside[inside["count_veh"].notna()]
    if known.empty:
        return known
    counted_s = known.groupby(["detector_id", "day"])["overlap_s"].transform("sum")
    enough: pd.DataFrame = known[counted_s >= (1.0 - MISSING_SHARE) * period.duration_s - 1e-6]
    return enough


def over_days(counted: pd.DataFrame, percentile: float) -> OverDays:
    """The percentile [0 to 100] over the days of `counted` (see `whole_days`).

    A detector with too few days is taken to have had, on the others, what the rest had against its own days: its mean
    times the median ratio of (percentile of all days) to (mean of its days) over the detectors with enough.
    """
    if counted.empty:
        return OverDays(percentile=percentile)
    veh = counted["count_veh"] * counted["overlap_s"] / counted["duration_s"]
    sums = counted.assign(veh=veh).groupby(["detector_id", "day"])[["veh", "overlap_s"]].sum()
    flow = (sums["veh"] / sums["overlap_s"]).unstack()  # per second; a row per detector, a column per day
    days = tuple(sorted(counted["day"].unique()))
    if len(days) == 1:
        return OverDays(days, percentile)
    table = flow.to_numpy(dtype=float)
    enough = np.isfinite(table).mean(axis=1) >= FEW_DAYS_SHARE
    total = sums.groupby("detector_id").sum()  # rows as in `flow`: both are sorted by detector
    mean = (total["veh"] / total["overlap_s"]).to_numpy(dtype=float)
    chosen = np.nanpercentile(table, percentile, axis=1)
    for row in np.flatnonzero(~enough):
        own = np.isfinite(table[row])
        rest = table[enough][:, own]
        mean_of_own = np.array([np.nanmean(values) if np.isfinite(values).any() else 0.0 for values in rest])
        used = mean_of_own > 0.0
        ratio = float(np.median(chosen[enough][used] / mean_of_own[used])) if used.any() else 1.0
        chosen[row] = mean[row] * ratio
    factor = np.divide(chosen, mean, out=np.ones(len(mean)), where=mean > 0.0)
    names = [str(name) for name in flow.index]
    return OverDays(
        days=days,
        percentile=percentile,
        factor=MappingProxyType(dict(zip(names, factor.tolist(), strict=True))),
        imputed=frozenset(name for name, good in zip(names, enough, strict=True) if not good),
    )
