"""The common clock: where it begins, where cycles jump, and switches that a jump would fall into."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from signals.plan import TimingPlan, across_sync, clock_ds, jumps, jumps_of, zero_of
from signals.plan.schedule import WEEKDAYS
from tests.fakes import crossroads
from tests.signals.plan.schedules import BERLIN, week
from tests.signals.plans import changed, touched

_SUMMER, _AUTUMN, _PLAIN = date(2026, 3, 30), date(2026, 10, 26), date(2026, 7, 1)


def _plan(cycle_s: int, **fields: object) -> TimingPlan:
    def longer(values: dict[str, object]) -> None:
        values["body"]["sequence"][0]["duration_ds"] += 10 * (cycle_s - 80)  # type: ignore[index]

    return changed(touched(crossroads(), **fields), longer)


def test_zero_is_local_midnight_unless_the_plan_says_otherwise() -> None:
    assert zero_of(_plan(80), BERLIN, _PLAIN) == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert zero_of(_plan(80, sync_reference_s=10_800), BERLIN, _PLAIN) == datetime(2026, 7, 1, 1, tzinfo=UTC)
    assert clock_ds(_plan(80), BERLIN, datetime(2026, 7, 1, 4, tzinfo=UTC)) == 6 * 36_000
    assert clock_ds(_plan(80, sync_reference_s=10_800), BERLIN, datetime(2026, 7, 1, tzinfo=UTC)) == 23 * 36_000


def test_a_cycle_that_divides_the_day_never_jumps() -> None:
    assert jumps(_plan(80), BERLIN, _PLAIN) == ()
    assert jumps(_plan(80), BERLIN, _SUMMER) == ()  # 82 800 s since the last midnight


def test_a_cycle_that_does_not_jumps_by_what_is_missing() -> None:
    (jump,) = jumps(_plan(110), BERLIN, _PLAIN)  # 785 cycles and 50 s
    assert (jump.at, jump.intersection_id, jump.by_ds) == (datetime(2026, 6, 30, 22, tzinfo=UTC), "C", 600)
    assert [jump.by_ds for jump in jumps(_plan(96), BERLIN, _SUMMER)] == [480]  # an hour less: 862 cycles and a half
    assert [jump.by_ds for jump in jumps(_plan(96), BERLIN, _AUTUMN)] == [480]


def test_a_schedule_shows_the_jumps_of_the_plan_that_runs() -> None:
    plans = {"day": _plan(110), "night": _plan(120)}
    assert jumps_of(week(), plans, _PLAIN) == ()  # at midnight the night plan runs, and 120 s divide the day
    assert [jump.cycle_ds for jump in jumps_of(week(), {"day": _plan(120), "night": _plan(110)}, _PLAIN)] == [1100]


def _found(start: time, cycle_s: dict[str, int]) -> list[str]:
    entries = ({"weekdays": WEEKDAYS, "start": start, "plan": "night"}, *(
        {"weekdays": WEEKDAYS, "start": time(12), "plan": "day"},
    ))  # fmt: skip
    plans = {name: _plan(cycle) for name, cycle in cycle_s.items()}
    length_s = {(a, b): 100.0 for a in plans for b in plans}
    return [fault.found for fault in across_sync(week(entries=entries), plans, length_s, [_PLAIN])]


def test_no_switch_across_the_sync_instant() -> None:
    jumping, even = {"day": 90, "night": 110}, {"day": 90, "night": 120}
    assert _found(time(23, 58, 21), jumping) == ["99 s before plan 'night' jumps"]
    assert _found(time(23, 58, 20), jumping) == []  # just in step
    assert _found(time(23, 58, 21), even) == []
    assert _found(time(), jumping) == []  # at the zero itself
    assert _found(time(0, 1, 39), {"day": 110, "night": 90}) == ["99 s after plan 'day' jumps"]
    assert _found(time(0, 1, 40), {"day": 110, "night": 90}) == []
