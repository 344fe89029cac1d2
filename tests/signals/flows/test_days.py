"""Which days are chosen, and what is said where none is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.faults import InputError
from signals.flows.days import day_choice
from signals.flows.records import NOMINAL_DAY

MONDAY = date(2026, 3, 2)
TWO_WEEKS = [MONDAY + timedelta(days=later) for later in range(14)]


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        (None, range(14)),
        ("mon-fri", [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]),
        ("Tuesday", [1, 8]),
        ("sat, sun", [5, 6, 12, 13]),
        ("fri-mon", [0, 4, 5, 6, 7, 11, 12, 13]),
        ("2026-03-04", [2]),
        ("2026-03-04..2026-03-06,2026-03-10", [2, 3, 4, 8]),
        ("mon-wed,2026-03-03..2026-03-09", [1, 2, 7]),
    ],
)
def test_days_by_weekday_and_date(asked: str | None, days: list[int]) -> None:
    """Weekdays and dates together are days that are both."""
    assert [TWO_WEEKS.index(day) for day in day_choice(asked).of(TWO_WEEKS)] == list(days)


def test_holidays_are_left_out() -> None:
    choice = day_choice("mon-fri", ["2026-03-02", "2026-03-09..2026-03-13"])
    assert [day.day for day in choice.of(TWO_WEEKS)] == [3, 4, 5, 6]
    assert len(day_choice(None, ["2026-03-02"]).of(TWO_WEEKS)) == 13


@pytest.mark.parametrize(
    ("asked", "holidays", "says"),
    [
        ("", [], "needed weekdays"),
        ("someday", [], "'someday'"),
        ("2026-02-30", [], "'2026-02-30'"),
        ("2026-03-10..2026-03-02", [], "its end comes first"),
        ("2026-03-02..2026-03-04..2026-03-05", [], "needed weekdays"),
        ("1000-01-01..2026-03-02", [], "at most 3660 days"),
        ("mon", ["Easter"], r"holidays.toml, entry 1.*found 'Easter'"),
    ],
)
def test_what_names_no_day_is_refused(asked: str, holidays: list[str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        day_choice(asked, holidays, "holidays.toml")


def test_all_faults_at_once() -> None:
    with pytest.raises(InputError) as refused:
        day_choice("someday,2026-13-01", ["never"])
    assert len(refused.value.faults) == 3


@pytest.mark.parametrize(
    ("asked", "holidays", "says"),
    [
        (
            "2026-04-01",
            [],
            r"no count on 2026-04-01, needed days of the counts \(2026-03-02 \(mon\) to 2026-03-15",
        ),
        ("2026-04-01..2026-04-05", [], r"no count on 2026-04-01\.\.2026-04-05"),
        ("sat,2026-03-02", [], "no day left"),
        ("mon", ["2026-03-02", "2026-03-09"], "2 of 14 days asked for, all of them holidays"),
    ],
)
def test_where_no_day_is_left_one_message_says_so(asked: str, holidays: list[str], says: str) -> None:
    with pytest.raises(InputError, match=says) as refused:
        day_choice(asked, holidays).of(TWO_WEEKS)
    assert len(refused.value.faults) == 1


def test_seconds_without_dates_have_no_weekday() -> None:
    with pytest.raises(InputError, match="seconds without dates"):
        day_choice("mon").of([NOMINAL_DAY])
    assert day_choice(None).of([NOMINAL_DAY]) == (NOMINAL_DAY,)


@given(st.permutations(TWO_WEEKS), st.sampled_from([None, "mon-fri", "sat", "2026-03-04..2026-03-11"]))
def test_the_order_of_the_days_does_not_matter(days: list[date], asked: str | None) -> None:
    assert day_choice(asked).of(days) == day_choice(asked).of(TWO_WEEKS)
