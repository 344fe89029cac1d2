"""Turns of a calendar: the last change and the next one, over days, holidays and schedules that follow each other."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.plan import Entry, PlanUse, Schedule, plan_at
from signals.plan.schedule import WEEKDAYS
from signals.service.library.turns import InForce, Turn, next_turn, turn_now

FIRST = date(2026, 3, 23)  # a Monday; clocks change on the Sunday after it
MINUTE = timedelta(minutes=1)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def _in_force(begin: int, end: int, *starts: tuple[int, str], number: int = 1, since: datetime = LONG_AGO) -> InForce:
    """Days `begin` to `end`; plans by letter at hours of every day."""
    letters = dict.fromkeys(letter for _, letter in starts)
    schedule = Schedule(
        zone="Europe/Berlin",
        valid_from=FIRST + timedelta(days=begin),
        valid_to=FIRST + timedelta(days=end),
        plans=tuple(PlanUse(name=f"{letter}{number}", digest=letter * 64) for letter in letters),
        entries=tuple(Entry(start=time(at), plan=f"{letter}{number}", weekdays=WEEKDAYS) for at, letter in starts),
    )
    return InForce(schedule, schedule.digest(), number, since, "O. Poe")


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant by the clock of UTC, which is an hour behind that of the schedules."""
    return datetime.combine(FIRST + timedelta(days=day), time(hour, minute), UTC)


def _said(turn: Turn | None) -> tuple[datetime, str] | None:
    return None if turn is None else (turn.at, turn.plan.digest[0])


WEEK = _in_force(0, 6, (6, "a"), (9, "b"), (15, "b"), (20, "a"))


def test_a_turn_lasts_from_change_to_change_and_a_start_of_what_runs_is_none() -> None:
    assert _said(turn_now([WEEK], _at(1, 5))) == (_at(0, 19), "a")
    assert _said(turn_now([WEEK], _at(1, 8))) == (_at(1, 8), "b")
    assert _said(turn_now([WEEK], _at(1, 18, 59))) == (_at(1, 8), "b")
    assert _said(next_turn([WEEK], _at(1, 7, 50), 10 * MINUTE)) == (_at(1, 8), "b")
    assert next_turn([WEEK], _at(1, 7, 49), 10 * MINUTE) is None
    assert next_turn([WEEK], _at(1, 13, 55), 10 * MINUTE) is None  # the start at 15:00 changes nothing
    assert _said(turn_now([WEEK], _at(6, 4))) == (_at(5, 19), "a")  # 06:00 of the day of the change has no such hour


def test_a_schedule_says_nothing_from_before_it_was_in_force() -> None:
    late = _in_force(0, 6, (6, "a"), (9, "b"), since=_at(1, 10))
    assert _said(turn_now([late], _at(1, 12))) == (_at(1, 10), "b")
    assert _said(turn_now([late], _at(2, 6))) == (_at(2, 5), "a")


def test_schedules_follow_each_other_at_midnight_and_names_do_not_count() -> None:
    spring, same = _in_force(0, 2, (6, "a"), (20, "b")), _in_force(3, 4, (6, "c"), (20, "b"), number=2)
    other = _in_force(3, 4, (6, "c"), (20, "d"), number=2)
    midnight = _at(2, 23)
    assert next_turn([spring, same], midnight - MINUTE, 10 * MINUTE) is None
    coming = next_turn([spring, other], midnight - MINUTE, 10 * MINUTE)
    assert _said(coming) == (midnight, "d")
    assert coming is not None
    assert coming.by is other
    assert _said(turn_now([spring, other], midnight)) == (midnight, "d")
    assert turn_now([spring], midnight) is None
    assert _said(next_turn([other], midnight - MINUTE, 10 * MINUTE)) == (midnight, "d")


@given(st.integers(0, 7 * 24 * 60 - 1))
def test_what_is_coming_is_what_is_then(minutes: int) -> None:
    now = WEEK.schedule.begin + minutes * MINUTE
    found = turn_now([WEEK], now)
    if now >= WEEK.schedule.end:
        assert found is None
        return
    assert found is not None
    assert found.plan == plan_at(WEEK.schedule, now)
    coming = next_turn([WEEK], now, timedelta(hours=15))
    if coming is not None:
        assert _said(turn_now([WEEK], coming.at)) == _said(coming)
        assert _said(turn_now([WEEK], coming.at - MINUTE)) == _said(found)


@pytest.mark.parametrize("hour", [6, 9])
def test_a_holiday_has_its_own_turns(hour: int) -> None:
    day = FIRST + timedelta(days=2)
    entry = Entry(start=time(10), plan="b1", holidays=(day,))
    schedule = WEEK.schedule.model_copy(update={"entries": (*WEEK.schedule.entries, entry)})
    holidays = InForce(schedule, "0" * 64, 1, LONG_AGO, "O. Poe")
    assert next_turn([holidays], _at(2, hour - 2, 55), 10 * MINUTE) is None
    assert _said(turn_now([holidays], _at(2, 12))) == (_at(2, 9), "b")
