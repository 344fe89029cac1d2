"""What records say of their own time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from networks.demand import Period
from networks.faults import InputError
from signals.flows.observed import observed_period, observed_zone
from signals.flows.records import NOMINAL_DAY, OFFSETS
from tests.signals.flows.test_period import records

MIDNIGHT = datetime(NOMINAL_DAY.year, NOMINAL_DAY.month, NOMINAL_DAY.day, tzinfo=UTC)


def with_offsets(*offsets: str) -> pd.DataFrame:
    table = records({"E0": 30.0})
    table.attrs[OFFSETS] = offsets
    return table


def test_the_zone_is_that_of_the_instants() -> None:
    assert observed_zone(with_offsets()) == "UTC"
    assert observed_zone(with_offsets("+00:00")) == "UTC"
    assert observed_zone(with_offsets("-05:30")) == "-05:30"
    with pytest.raises(InputError, match=r"offsets \+01:00, \+02:00, needed one offset in all rows, or --zone"):
        observed_zone(with_offsets("+01:00", "+02:00"))


def test_the_offset_is_a_zone() -> None:
    assert observed_period(records({"E0": 30.0}), zone="+01:00") == Period(8 * 3600, 9 * 3600)
    assert observed_period(records({"E0": 30.0}), zone="-05:30") == Period(1.5 * 3600, 2.5 * 3600)
    with pytest.raises(InputError, match="time zone"):
        observed_period(records({"E0": 30.0}), zone="+25:00")


def test_past_midnight_goes_on() -> None:
    late = records({"E0": 30.0}, begin=datetime(2026, 3, 3, 23, 30, tzinfo=UTC))
    assert observed_period(late) == Period(84_600, 88_200)
    assert observed_period(records({"E0": 30.0}, begin=MIDNIGHT + timedelta(seconds=84_600))) == Period(84_600, 88_200)


def test_seconds_beyond_a_day_are_as_the_simulator_counts_them() -> None:
    assert observed_period(records({"E0": 30.0}, begin=MIDNIGHT + timedelta(seconds=90_000))) == Period(90_000, 93_600)


def test_more_than_a_day_is_told_by_the_time_of_day() -> None:
    days = [records({"E0": 30.0}, begin=datetime(2026, 3, day, 7, tzinfo=UTC)) for day in (3, 4)]
    assert observed_period(pd.concat(days)) == Period(7 * 3600, 8 * 3600)


def test_whole_seconds_outwards() -> None:
    table = records({"E0": 30.0}, begin=datetime(2026, 3, 3, 7, 0, 0, 500_000, tzinfo=UTC))
    assert observed_period(table) == Period(7 * 3600, 8 * 3600 + 1)
