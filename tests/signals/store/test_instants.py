"""Instants as text: exact, in UTC, and in the order of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.store.instants import LENGTH, instant_of, instant_text

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(datetime(1000, 1, 3), datetime(9999, 12, 29), timezones=zones)


@given(instants)
def test_an_instant_comes_back_exactly(instant: datetime) -> None:
    assert instant_of(instant_text(instant)) == instant


@given(instants, instants)
def test_texts_are_in_the_order_of_time(one: datetime, other: datetime) -> None:
    assert (instant_text(one) < instant_text(other)) == (one < other)
    assert len(instant_text(one)) == LENGTH


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        instant_text(datetime(2026, 3, 2))


@pytest.mark.parametrize(
    "text", ["", "2026-03-02", "2026-03-02T06:30:00Z", "2026-03-02T06:30:00.5Z", "2026-13-02T06:30:00.000000Z"]
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        instant_of(text)


def test_the_zone_is_utc() -> None:
    assert instant_of("2026-03-02T06:30:00.000001Z") == datetime(2026, 3, 2, 6, 30, 0, 1, tzinfo=UTC)
