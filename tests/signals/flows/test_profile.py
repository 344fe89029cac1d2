"""The course of the day, and its busiest hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from networks.demand import Period
from signals.flows.clock import on_the_clock
from signals.flows.profile import QUARTERS, DayProfile, day_profile
from tests.signals.flows.test_period import records

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def days(*levels: float, without: tuple[str, int] | None = None) -> DayProfile:
    """From 6:00 to 10:00, 60 veh/h at each of two detectors; times `level` from 7:15 to 8:15."""
    found = []
    for at, level in enumerate(levels):
        for begin_s, number, count in ((21_600, 15, 5.0), (26_100, 12, 5.0 * level), (29_700, 21, 5.0)):
            begin = MONDAY + timedelta(days=at, seconds=begin_s)
            there = [name for name in ("E0", "E1") if (name, at) != without]
            found.append(records(dict.fromkeys(there, count), begin=begin, number=number))
    return day_profile(on_the_clock(pd.concat(found), "UTC"), None, 50.0)


def test_the_busiest_hour_is_found_by_the_quarter() -> None:
    profile = days(3.0, 5.0, 4.0)
    assert profile.busiest_hour(50.0) == Period(26_100, 29_700)
    assert profile.veh_per_h.shape == (3, QUARTERS)
    assert np.isfinite(profile.chosen_veh_per_h).sum() == 16  # nothing is made of the hours without a count
    # Counts go up and down by one from record to record: three to a quarter leave a third of that.
    assert profile.chosen_veh_per_h[30] == pytest.approx(2 * 60 * 4, abs=9)


def test_a_day_without_a_detector_is_made_whole_by_the_others() -> None:
    assert days(3.0, 3.0, without=("E1", 1)).veh_per_h[1, 30] == pytest.approx(2 * 60 * 3, abs=9)


def test_longer_records_are_even_within_themselves() -> None:
    table = records({"E0": 40.0}, begin=MONDAY + timedelta(hours=6), number=1).assign(duration_s=3600.0)
    profile = day_profile(on_the_clock(table, "UTC"), None, 50.0)
    assert profile.chosen_veh_per_h[24:28].tolist() == pytest.approx([41.0] * 4)


def test_nothing_counted_has_no_hour() -> None:
    profile = day_profile(on_the_clock(records({"E0": 4.0}), "UTC").iloc[:0], None, 50.0)
    assert profile.busiest_hour(50.0) is None
    assert profile.days == ()
