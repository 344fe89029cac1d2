"""Days of schedules: one for each day, whatever their order."""

from __future__ import annotations

from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from signals.plan import Entry, PlanUse, Schedule
from signals.plan.schedule import WEEKDAYS
from signals.service.library.calendar import unfit_days

FIRST = date(2026, 3, 2)
TODAY = FIRST + timedelta(days=10)


def _schedule(begin: int, end: int, zone: str = "Europe/Berlin") -> Schedule:
    return Schedule(
        zone=zone,
        valid_from=FIRST + timedelta(days=begin),
        valid_to=FIRST + timedelta(days=end),
        plans=(PlanUse(name="day", digest="0" * 64),),
        entries=(Entry(start=time(6), plan="day", weekdays=WEEKDAYS),),
    )


@given(st.lists(st.tuples(st.integers(0, 25), st.integers(0, 6)), max_size=4))
def test_each_day_from_today_on_has_one_schedule_or_a_fault_is_told(spans: list[tuple[int, int]]) -> None:
    days = [range(begin, begin + more + 1) for begin, more in spans]
    faults = list(unfit_days([_schedule(span[0], span[-1]) for span in days], TODAY))
    served = [sum(day in span for span in days) for day in range(32)]
    between = range(max(10, min((span[-1] for span in days), default=0)), max((span[0] for span in days), default=0))
    doubled, missing = any(count > 1 for count in served), any(served[day] == 0 for day in between)
    assert any("both from" in fault.found for fault in faults) == doubled
    assert any("none from" in fault.found for fault in faults) == missing


def test_clocks_of_two_zones_do_not_follow_each_other() -> None:
    (fault,) = unfit_days([_schedule(0, 5), _schedule(6, 9, "Europe/Paris")], TODAY)
    assert (fault.what, fault.needed) == ("zone", "Europe/Berlin")
