"""Changes while the one before is under way: told of every three plans, not fit where the schedule does so."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from signals.control.transitions import Method
from signals.controllers import Controllers
from signals.plan import IntersectionPlan, TimingPlan
from signals.plan.schedule import WEEKDAYS
from signals.rules import rules_of
from signals.safety import Violation
from signals.service.judged_by import JudgedBy
from signals.service.scheduling import ScheduleReport, check_schedule
from signals.service.second_switching import second_switches_of
from signals.service.ways import WHATEVER, Methods, Setting
from tests.fakes import crossroads
from tests.signals.plan.schedules import week
from tests.signals.plans import touched
from tests.signals.ring_plans import Fields, coordinated, plan_of, rings
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
    return check_schedule(schedule, plans, dict.fromkeys(plans, JudgedBy(_NETWORK, rules_of(_NETWORK))), method)


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


def _clean_by(monkeypatch: pytest.MonkeyPatch, fit: dict[int, set[Any]]) -> None:
    """Second switches away from a plan with this offset [s] break nothing by these methods, and something by others."""

    def judged(_: IntersectionPlan, middle: IntersectionPlan, *given: Any) -> tuple[Violation, ...]:
        return () if given[-1] in fit[middle.offset_ds // 10] else (Violation("min-green", "'C'", "1 s", "5 s"),)

    monkeypatch.setattr("signals.service.second_switching.check_second_switch", judged)


_STANDING = {"day": _plan((15, 5), 37), "peak": _plan((20, 20), 5), "night": _plan((0, 0), 0)}


def _open(starts: dict[str, time]) -> ScheduleReport:
    """Of a controller that is set to one of several methods."""
    schedule = week(
        plans=tuple({"name": name, "digest": plan.digest()} for name, plan in _STANDING.items()),
        entries=tuple({"weekdays": WEEKDAYS, "start": at, "plan": name} for name, at in starts.items()),
    )
    by = JudgedBy(_NETWORK, rules_of(_NETWORK), Controllers({"C": "stage-fixed"}, "the test"))
    return check_schedule(schedule, _STANDING, dict.fromkeys(_STANDING, by))


_HURRIED = {"day": time(6), "peak": time(6, 1), "night": time(6, 2)}


def test_one_method_has_to_lead_over_all_second_switches(monkeypatch: pytest.MonkeyPatch) -> None:
    _clean_by(monkeypatch, {37: {"dwell"}, 5: {"add only"}, 0: {"dwell", "add only"}})
    report = _open(_HURRIED)
    assert [(one.middle, one.passable) for one in report.second if one.happens] == [("day", False), ("peak", False)]
    assert all(one.passable for one in report.second if not one.happens)
    assert [setting.methods for setting in report.settings] == [()]
    assert not report.fit
    assert any(reason.startswith("no one method leads over every change at C") for reason in report.reasons)


def test_the_setting_is_what_leads_over_second_switches_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    _clean_by(monkeypatch, {37: {"dwell", "through red"}, 5: {"add only", "dwell"}, 0: {"gsp"}})
    report = _open(_HURRIED)
    assert [setting.methods for setting in report.settings] == [("dwell",)]
    assert report.fit
    (idle,) = [one for one in report.second if not one.happens]
    assert not idle.passable  # told, for the day on which it does
    later = _open({"day": time(6), "peak": time(12), "night": time(22)})
    assert {"dwell", "add only"} <= {*later.settings[0].methods}  # nothing happens


def test_a_method_that_has_to_be_set_is_the_same_where_another_plan_names_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """To the stages the controller goes by the method that it is set to, to the rings by the one that they name."""

    def ringed(offset_s: int) -> TimingPlan:
        def change(fields: Fields) -> None:
            fields["body"]["correction"] = "dwell"
            fields["offset_ds"] = 10 * offset_s

        return plan_of(rings(coordinated, change), _NETWORK)

    _clean_by(monkeypatch, {37: {("short way", "dwell")}, 5: {"dwell"}, 0: {("dwell", "short way")}})
    plans = {"day": _plan((15, 5), 37), "peak": ringed(5), "night": ringed(0)}
    schedule = week(
        plans=tuple({"name": name, "digest": plan.digest()} for name, plan in plans.items()),
        entries=tuple({"weekdays": WEEKDAYS, "start": at, "plan": name} for name, at in _HURRIED.items()),
    )
    by = dict.fromkeys(plans, JudgedBy(_NETWORK, rules_of(_NETWORK)))
    pairs = [("night", "day"), ("day", "peak"), ("peak", "night")]

    def judged(*leading: Method) -> tuple[bool, tuple[Method, ...]]:
        settings = (Setting(("C",), leading, "nobody names one"),)
        methods = Methods(None, Controllers({}, ""))
        second, left = second_switches_of(schedule, plans, by, methods, dict.fromkeys(pairs, None), settings)
        return next(one.passable for one in second if one.middle == "day"), left[0].methods

    assert judged("gsp") == (False, ())
    assert judged("gsp", "short way") == (True, ("short way",))
