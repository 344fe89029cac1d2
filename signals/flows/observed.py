"""What records say of their own time, for those who do not name it: the period that they cover, and their zone."""

from __future__ import annotations

import math

import pandas as pd

from networks.demand import Period
from networks.faults import Fault, InputError
from signals.flows.clock import wall_clock
from signals.flows.records import DAY_S, OFFSETS, is_nominal, midnight_utc

DEFAULT_ZONE = "UTC"
_SHOWN = 4


def observed_zone(records: pd.DataFrame) -> str:
    """The zone that the instants of a file were written in; UTC where it has none.

    Raises `InputError` where they differ (in spring and autumn they do): which clock counts must then be said.
    """
    offsets = tuple(records.attrs.get(OFFSETS, ()))
    if len(offsets) > 1:
        found = f"instants with offsets {', '.join(offsets[:_SHOWN])}" + (" ..." if len(offsets) > _SHOWN else "")
        raise InputError([Fault("time zone", "flows", found, "one offset in all rows, or --zone, e.g. Europe/Berlin")])
    return offsets[0] if offsets and offsets[0] != "+00:00" else DEFAULT_ZONE


def observed_period(records: pd.DataFrame, *, zone: str = DEFAULT_ZONE) -> Period:
    """The period that the records cover, in whole seconds after local midnight. InputError where there are none.

    Records of up to a day: from the first to the end of the last, also past midnight. More: from the earliest to the
    latest time of day.
    """
    midnight = midnight_utc(None, zone)  # refuses an unknown zone
    if records.empty:
        raise InputError([Fault("records", "flows", "none", "at least one")])
    local = wall_clock(records["start"], zone)
    first, ends = local.min(), wall_clock(records["start"] + pd.to_timedelta(records["duration_s"], unit="s"), zone)
    span_s = (ends.max() - first).total_seconds()
    begin_s = (local - local.dt.normalize()).dt.total_seconds()
    if span_s > DAY_S:
        return _whole(float(begin_s.min()), float(min((begin_s + records["duration_s"]).max(), DAY_S)))
    since_s = float(begin_s.to_numpy()[records["start"].argmin()])
    if is_nominal((local.min().date(), local.max().date())):
        since_s = (records["start"].min() - midnight).total_seconds()
    return _whole(since_s, since_s + span_s)


def _whole(begin_s: float, end_s: float) -> Period:
    """Whole seconds outwards: a clock of seconds is what plans and runs go by."""
    return Period(float(math.floor(begin_s)), float(math.ceil(end_s)))
