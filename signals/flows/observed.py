"""The period that records cover, for those who do not name one."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pandas as pd

from networks.demand import Period
from networks.faults import Fault, InputError
from signals.flows.records import midnight_utc


def observed_period(records: pd.DataFrame, *, zone: str = "UTC") -> Period:
    """From the earliest to the latest local time of day that the records cover. InputError where there are none."""
    midnight_utc(None, zone)  # refuses an unknown zone
    if records.empty:
        raise InputError([Fault("records", "flows", "none", "at least one")])
    local = records["start"].dt.tz_convert(ZoneInfo(zone))
    begin_s = (local - local.dt.normalize()).dt.total_seconds()
    end_s = begin_s + records["duration_s"]
    return Period(float(begin_s.min()), float(min(end_s.max(), 86_400.0)))
