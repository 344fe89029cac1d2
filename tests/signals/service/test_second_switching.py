"""Changes while the one before is under way: told of every three plans, not fit where the schedule does so."""

from __future__ import annotations

from datetime import time

from signals.control.transitions import Method
from signals.plan import TimingPlan
from signals.plan.schedule import WEEKDAYS
from signals.rules import rules_of
from signals.service.scheduling import WHATEVER, ScheduleReport, check_schedule
from tests.fakes import crossroads
from tests.signals.plan.schedules import week
from tests.signals.plans import touched
from tests.signals.transition_plans import actuated, stages

_NETWORK = crossroads()


def _plan(extra_s: tuple[int, int], offset_s: int, letters: str = "g") -> TimingPlan:
    fields = stages(_NETWORK, extra_s, offset_s).model_dump()
    for stage in fields["body"]["sequence"]:
        stage["displays"] = stage["displays"].replace("g", letters)
    whole = touched(_NETWORK)
    return whole.model_copy(update={"intersections": (type(whole.intersections[0]).model_validate(fields),)})


def _report(plans: dict[str, TimingPlan], starts: dict[str, time], method: Method = "dwell") -> ScheduleReport:
    schedule = week(
        plans=tuple({"name": name, "digest": plan.digest()} for name, plan in plans.items()),
        entries=tuple({"weekdays": WEEKDAYS, "start": at, "plan": name} for name, at in starts.items()),
    )
    return check_schedule(schedule, plans, _NETWORK, rules_of(_NETWORK), [method])


def test_every_three_plans_in_a_row_are_tried() -> None:
    plans = {"day": _plan((15, 5), 37), "peak": _plan((20, 20), 5), "night": _plan((0, 0), 0)}
    report = _report(plans, {"day": time(6), "peak": time(6, 1), "night": time(22)})
    told = {(one.before, one.middle, one.after): one for one in report.second}
    assert set(told) == {("night", "day", "peak"), ("day", "peak", "night"), ("peak", "night", "day")}
    assert told["night", "day", "peak"].happens  # a minute
    assert not told["day", "peak", "night"].happens
    assert all(one.passable for one in report.second)
    assert report.fit


def test_a_change_without_a_way_that_comes_too_soon_is_not_fit() -> None:
    plans = {"day": _plan((15, 5), 37), "peak": _plan((20, 20), 5, letters="G"), "night": _plan((0, 0), 0)}
    starts = {"day": time(6), "peak": time(6, 1), "night": time(22)}
    report = _report(plans, starts, "gsp")  # SUMO knows no way but over a common picture
    first = next(one for one in report.second if one.before == "night")
    assert (first.happens, first.passable, report.fit) == (True, False, False)
    through_red = next(one for one in _report(plans, starts).second if one.before == "night")
    assert (through_red.happens, through_red.passable) == (True, True)


def test_actuated_plans_are_told_whatever_the_traffic() -> None:
    night = _plan((0, 0), 0)
    loose = actuated(stages(_NETWORK, (15, 5), 37), 10, 20, coordinated=True)
    plans = {"day": night.model_copy(update={"intersections": (loose,)}), "night": night}
    report = _report(plans, {"day": time(6), "night": time(22)})
    assert report.fit
    assert {way.judged for way in report.ways} == {WHATEVER}
    assert [(way.before, way.longest_s) for way in report.ways] == [("night", 5 + 140 + 100), ("day", 5 + 80 + 80)]
