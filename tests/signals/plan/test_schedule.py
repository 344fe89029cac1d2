"""Every instant of the validity has exactly one plan, also on holidays and on the days on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from networks.faults import InputError
from signals.plan import Schedule, changes, hurried, instant_of, plan_at, read_schedule, write_schedule
from signals.plan.schedule import WEEKDAYS
from tests.signals.plan.schedules import BERLIN, DAY, NIGHT, schedules, week


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(BERLIN))


def _entry(start: str, plan: str) -> dict[str, object]:
    return {"weekdays": WEEKDAYS, "start": time.fromisoformat(start), "plan": plan}


def test_weekdays_and_the_night_before() -> None:
    schedule = week()
    assert plan_at(schedule, _at("2026-01-01T00:00")).name == "night"  # the day before would have ended with it
    assert plan_at(schedule, _at("2026-07-01T05:59:59")).name == "night"
    assert plan_at(schedule, _at("2026-07-01T06:00")).name == "day"
    assert plan_at(schedule, _at("2026-07-01T22:00")).digest == NIGHT


def test_holidays_go_before_weekdays() -> None:
    assert plan_at(week(), _at("2026-12-25T12:00")).name == "night"
    assert changes(week(), date(2026, 12, 25)) == ()
    assert [c.after.name for c in changes(week(), date(2026, 12, 26))] == ["day", "night"]


def test_changes_of_a_day() -> None:
    first, second = changes(week(), date(2026, 7, 1))
    assert (first.at, first.before.name, first.after.name) == (datetime(2026, 7, 1, 4, tzinfo=UTC), "night", "day")
    assert (second.at, second.after.name) == (datetime(2026, 7, 1, 20, tzinfo=UTC), "night")


def test_an_instant_needs_a_zone_and_lies_in_the_validity() -> None:
    for instant in (datetime(2026, 7, 1), _at("2025-12-31T23:59:59"), _at("2027-01-01T00:00")):
        with pytest.raises(ValueError, match=r"no zone|outside the validity"):
            plan_at(week(), instant)


def test_a_start_that_does_not_exist_takes_effect_at_the_jump() -> None:
    schedule = week(entries=(_entry("02:30", "day"), _entry("04:00", "night")))
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert instant_of(BERLIN, date(2026, 3, 29), time(2, 30)) == jump
    assert [change.at for change in changes(schedule, date(2026, 3, 29))] == [
        jump,
        datetime(2026, 3, 29, 2, tzinfo=UTC),
    ]


def test_of_starts_that_the_clock_jumps_over_only_the_last_counts() -> None:
    schedule = week(entries=(_entry("02:10", "day"), _entry("02:40", "night"), _entry("12:00", "day")))
    assert [change.after.name for change in changes(schedule, date(2026, 3, 29))] == ["night", "day"]


def test_a_start_that_comes_twice_takes_effect_once() -> None:
    schedule = week(entries=(_entry("02:30", "day"), _entry("03:00", "night")))
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert [change.at for change in changes(schedule, date(2026, 10, 25))] == [
        first,
        datetime(2026, 10, 25, 2, tzinfo=UTC),
    ]
    assert plan_at(schedule, first + timedelta(minutes=45)).name == "day"  # 02:15 for the second time


@given(schedules(), st.data())
def test_every_instant_has_the_plan_of_the_last_change_before_it(schedule: Schedule, data: st.DataObject) -> None:
    listed = [change for day in schedule.days() for change in changes(schedule, day)]
    assert all(a.at < b.at and a.after == b.before for a, b in pairwise(listed))
    assert all(change.before != change.after for change in listed)
    span_s = int((schedule.end - schedule.begin).total_seconds())
    instant = schedule.begin + timedelta(seconds=data.draw(st.integers(0, span_s - 1)))
    begun = [change.after for change in listed if change.at <= instant]
    later = [change.before for change in listed if change.at > instant]
    assert {plan_at(schedule, instant), *begun[-1:], *later[:1]} == {plan_at(schedule, instant)}


def test_short_stays_are_flagged_once() -> None:
    assert hurried(week()) == ()
    schedule = week(entries=(_entry("06:00", "day"), _entry("06:14:59", "night")))
    assert [(flag.found, flag.where) for flag in hurried(schedule)] == [
        ("899 s", "plan 'day' before 'night' on 2026-01-01")
    ]
    assert hurried(week(entries=(_entry("06:00", "day"), _entry("06:15", "night")))) == ()


def test_all_faults_at_once() -> None:
    entries = (
        {**_entry("06:00", "day"), "weekdays": WEEKDAYS[:6]},
        {**_entry("06:00", "noon"), "weekdays": ("monday",)},
        {"start": time(1), "plan": "day"},
        {"start": time(1, tzinfo=UTC), "plan": "day", "holidays": (date(2030, 1, 1),)},
    )
    with pytest.raises(ValidationError) as raised:
        week(entries=entries, zone="Moon/Crater")
    text = str(raised.value)
    for part in (
        "'noon' unknown", "'night' in no entry", "Moon/Crater", "2030-01-01", "entry 3: days: found none",
        "without a zone", "monday 06:00:00 more than once", "no entry for sunday",
    ):  # fmt: skip
        assert part in text, part


def test_validity_is_days_in_their_order() -> None:
    with pytest.raises(ValidationError, match="from 1 to 3660 days"):
        week(valid_to=date(2025, 12, 31))


def test_the_file_comes_back_as_it_was(tmp_path: Path) -> None:
    write_schedule(week(), tmp_path / "week.json")
    assert read_schedule(tmp_path / "week.json") == week()
    assert read_schedule(tmp_path / "week.json").digest() == week().digest()


def test_the_same_in_toml(tmp_path: Path) -> None:
    everyday = '["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]'
    (tmp_path / "week.toml").write_text(
        f"""format = "greenband-schedule"
version = 1
zone = "Europe/Berlin"
valid_from = 2026-01-01
valid_to = "2026-12-31"
plans = [{{ name = "day", digest = "{DAY}" }}, {{ name = "night", digest = "{NIGHT}" }}]
entries = [
  {{ weekdays = {everyday}, start = 06:00:00, plan = "day" }},
  {{ weekdays = {everyday}, start = "22:00", plan = "night" }},
  {{ holidays = [2026-12-25], start = "00:00", plan = "night" }},
]
"""
    )
    assert read_schedule(tmp_path / "week.toml") == week()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no JSON"),
        ("= 3", "no TOML"),
        ("x = 1", "format None"),
        ('{"format": "greenband-schedule", "version": 2}', "version 2"),
        ('{"format": "greenband-schedule", "format": "x"}', "'format' twice"),
        ('format = "greenband-schedule"\nversion = 1\nzone = 2026-01-01', "valid_from"),
    ],
)
def test_files_that_are_none_are_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "week").write_text(text)
    with pytest.raises(InputError, match=said):
        read_schedule(tmp_path / "week")


def test_toml_with_keys_of_thousands_of_parts_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "deep.toml"
    path.write_text(".".join(["a"] * 20_000) + " = 1\n")
    with pytest.raises(InputError, match="a key of more than"):
        read_schedule(path)
