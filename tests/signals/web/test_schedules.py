"""Days of a schedule in a few words."""

from __future__ import annotations

from datetime import date, time

import pytest

from signals.plan import Entry
from signals.plan.schedule import Weekday
from signals.web.schedules import days_told


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (("monday", "tuesday", "wednesday", "thursday", "friday"), "Mon to Fri"),
        (("sunday", "saturday"), "Sat, Sun"),
        (("monday", "wednesday", "friday"), "Mon, Wed, Fri"),
    ],
)
def test_weekdays_in_a_row_are_told_by_their_ends(days: tuple[Weekday, ...], told: str) -> None:
    assert days_told(Entry(start=time(6), plan="day", weekdays=days)) == told


def test_holidays_are_told_by_their_dates() -> None:
    assert days_told(Entry(start=time(6), plan="day", holidays=(date(2026, 12, 25),))) == "2026-12-25"
