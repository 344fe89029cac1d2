"""The account of a schedule: plans found, transitions between consecutive ones, jumps, and what is not fit."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from networks.faults import InputError
from signals.control.transitions import METHODS
from signals.plan import Schedule, TimingPlan
from signals.plan.schedule import WEEKDAYS
from signals.rules import rules_of
from signals.service.scheduling import ScheduleReport, check_schedule, plans_of
from tests.fakes import crossroads
from tests.signals.plan.schedules import week
from tests.signals.plans import touched
from tests.signals.transition_plans import stages

_NETWORK = crossroads()


def _plan(extra_s: tuple[int, int], offset_s: int = 0, **fields: Any) -> TimingPlan:
    timing = stages(_NETWORK, extra_s, offset_s)
    return touched(_NETWORK, **fields).model_copy(update={"intersections": (timing,)})


def _schedule(plans: dict[str, TimingPlan], evening: time = time(22)) -> Schedule:
    return week(
        plans=tuple({"name": name, "digest": plan.digest()} for name, plan in plans.items()),
        entries=(
            {"weekdays": WEEKDAYS, "start": time(6), "plan": "day"},
            {"weekdays": WEEKDAYS, "start": evening, "plan": "night"},
        ),
    )


def _report(day: TimingPlan, night: TimingPlan, evening: time = time(22)) -> ScheduleReport:
    plans = {"day": day, "night": night}
    return check_schedule(_schedule(plans, evening), plans, _NETWORK, rules_of(_NETWORK), METHODS)


def test_a_schedule_of_safe_plans_is_fit() -> None:
    report = _report(_plan((15, 5), 37), _plan((0, 0)))
    assert report.fit
    assert {(way.before, way.after) for way in report.ways} == {("day", "night"), ("night", "day")}
    assert len(report.ways) == 10
    assert {way.leads for way in report.ways if way.method != "through red"} == {"over a common picture"}
    assert all(not way.violations and way.longest_s > 0 and way.slowest_id == "C" for way in report.ways)
    assert len(report.week) == 14
    assert report.jumps == ()  # 80 s divide the day, and the plan of 100 s runs at no midnight
    assert {flag.what for flag in report.flags} == {"transition"}  # add only takes more than three cycles


def test_jumps_are_told_and_switches_keep_away_from_them() -> None:
    report = _report(_plan((0, 0)), _plan((30, 0)))
    assert [(jump.cycle_ds, jump.by_ds) for jump in report.jumps][:1] == [(1100, 600)]
    assert report.fit
    near = _report(_plan((0, 0)), _plan((30, 0)), time(23, 59))
    assert [fault.found for fault in near.crossing][:1] == ["60 s before plan 'night' jumps"]
    assert not near.fit


def test_an_unsafe_plan_is_not_fit() -> None:
    report = _report(_plan((0, -28)), _plan((0, 0)))
    assert not report.fit
    assert report.plans["day"]
    assert report.plans["night"] == ()


def test_plans_come_from_files_by_their_digest() -> None:
    plans = {"day": _plan((0, 0)), "night": _plan((30, 0))}
    assert plans_of(_schedule(plans), {"a.json": plans["night"], "b.json": plans["day"]}) == plans
    with pytest.raises(InputError, match="plan 'night': plan: found in no file"):
        plans_of(_schedule(plans), {"b.json": plans["day"]})
    apart = plans | {"night": _plan((30, 0), sync_reference_s=60, zone="Europe/Paris")}
    with pytest.raises(InputError) as raised:
        plans_of(_schedule(apart), apart)
    assert {fault.what for fault in raised.value.faults} == {"sync reference", "zone"}
