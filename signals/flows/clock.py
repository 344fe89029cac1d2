"""Records on the clock on the wall: their local day, their second of it, and which of them lie in a period."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from networks.demand import Period
from signals.flows.quality import MISSING_SHARE
from signals.flows.records import DAY_S, NOMINAL_DAY, is_nominal, zone_of


def on_the_clock(records: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Records with their local `day` and `begin_s`, what the clock shows in seconds after midnight.

    When clocks go back an hour comes twice, and both are records of it; when they go forward one never comes.
    """
    if records.empty:
        return records.assign(day=pd.Series(dtype="object"), begin_s=pd.Series(dtype=float))
    shown = wall_clock(records["start"], zone)
    return records.assign(day=shown.dt.date, begin_s=(shown - shown.dt.normalize()).dt.total_seconds())


def wall_clock(instants: pd.Series[pd.Timestamp], zone: str) -> pd.Series[pd.Timestamp]:
    """What a clock in `zone` shows at UTC instants, without a zone."""
    return instants.dt.tz_convert(zone_of(zone)).dt.tz_localize(None)


def inside(timed: pd.DataFrame, period: Period, wanted: Sequence[date] | None) -> pd.DataFrame:
    """Records that overlap the period on the days wanted or on any day, with `overlap_s`; a period past midnight goes
    on into the records of the day after, and only days count that have most of it."""
    parts = []
    for later in range(math.ceil(period.end_s / DAY_S)):
        begin_s = timed["begin_s"].to_numpy(dtype=float) + later * DAY_S
        end_s = begin_s + timed["duration_s"].to_numpy(dtype=float)
        overlap_s = np.minimum(end_s, period.end_s) - np.maximum(begin_s, period.begin_s)
        part = timed[overlap_s > 1e-6].assign(overlap_s=overlap_s[overlap_s > 1e-6])
        if later:
            part = part.assign(day=part["day"].map(lambda one, later=later: one - timedelta(days=later)))
        parts.append(part)
    found: pd.DataFrame = pd.concat([part for part in parts if not part.empty] or parts[:1], ignore_index=True)
    if wanted is None:
        if period.end_s <= DAY_S or found.empty:
            return found
        wanted = _most_of(found, timed, period)
    kept: pd.DataFrame = found[found["day"].isin(list(wanted))]
    return kept


def _most_of(found: pd.DataFrame, timed: pd.DataFrame, period: Period) -> Sequence[date]:
    """Days that have most of a period past midnight; where none has, all."""
    if is_nominal(timed["day"].unique()):  # seconds without a date are those of one day, however many they are
        return (NOMINAL_DAY,)
    best_s = found.groupby(["day", "detector_id"])["overlap_s"].sum().groupby("day").max()
    whole = best_s >= (1.0 - MISSING_SHARE) * period.duration_s - 1e-6
    return list(best_s.index[whole.to_numpy()]) or list(best_s.index)
