"""The account of a schedule: plans found, transitions between consecutive ones, jumps, and what is not fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from networks.faults import InputError
from signals.cli.schedules import lines_of_schedule
from signals.control.transitions import Method
from signals.controllers import Controllers
from signals.plan import Schedule, TimingPlan
from signals.plan.schedule import WEEKDAYS
from signals.rules import Rules, Sourced, rules_of
from signals.service.judged_by import JudgedBy
from signals.service.library import told
from signals.service.scheduling import ScheduleReport, check_schedule, plans_of
from tests.fakes import crossroads
from tests.signals.plan.schedules import week
from tests.signals.plans import touched
from tests.signals.ring_plans import Fields, phase, rings
from tests.signals.transition_plans import actuated, opposed, stages

_NETWORK = crossroads()
_BY = JudgedBy(_NETWORK, rules_of(_NETWORK))


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


def _report(
    day: TimingPlan, night: TimingPlan, /, evening: time = time(22), method: Method | None = None, **by: JudgedBy
) -> ScheduleReport:
    """`by`: what plans are judged by, where that is not the same for both."""
    plans = {"day": day, "night": night}
    return check_schedule(_schedule(plans, evening), plans, dict.fromkeys(plans, _BY) | by, method)


def _standing(family: str) -> JudgedBy:
    """A controller of a family at the crossroads."""
    return replace(_BY, controllers=Controllers({"C": family}, f"{family}.toml"))


def _opposed(plan: TimingPlan) -> TimingPlan:
    """The same with nobody giving way: no picture in common, and no plan that anybody calls safe."""
    return plan.model_copy(update={"intersections": (opposed(plan.intersections[0]),)})


def _in_rings(correction: str, more_s: int = 0) -> TimingPlan:
    def change(fields: Fields) -> None:
        fields["body"]["correction"] = correction
        for number in (2, 6):
            phase(fields, number)["split_ds"] += 10 * more_s
        fields["cycle_ds"] += 10 * more_s

    return touched(_NETWORK).model_copy(update={"intersections": (rings(change),)})


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


def test_what_runs_free_has_no_cycles_to_count_and_is_no_reason_to_look() -> None:
    free = actuated(stages(_NETWORK, (0, 0), 7), 0, 20, coordinated=False)
    day, night = _plan((15, 5), 37), touched(_NETWORK).model_copy(update={"intersections": (free,)})
    report = _report(day, night)
    into, out_of = (
        [way for way in report.ways if way.after == name and way.method == "dwell"] for name in ("night", "day")
    )
    assert [way.cycles for way in into] == [None]
    assert all(way.cycles is not None for way in out_of)
    assert not [flag for flag in report.flags if "to 'night'" in flag.where]
    document = told.schedule(_schedule({"day": day, "night": night}), report)
    lines = lines_of_schedule(_schedule({"day": day, "night": night}), document)
    (line,) = (line for line in lines if line.startswith("transition day to night, dwell"))
    assert "then it runs free" in line
    assert "cycles" not in line


def test_jumps_are_told_and_switches_keep_away_from_them() -> None:
    report = _report(_plan((0, 0)), _plan((30, 0)))
    assert [(jump.cycle_ds, jump.by_ds) for jump in report.jumps][:1] == [(1100, 600)]
    assert report.fit
    near = _report(_plan((0, 0)), _plan((30, 0)), time(23, 59))
    assert [fault.found for fault in near.crossing][:1] == ["60 s before plan 'night' jumps"]
    assert not near.fit


def test_two_names_for_one_plan_are_no_transition() -> None:
    report = _report(_plan((30, 0)), _plan((30, 0)))
    assert (report.fit, report.ways) == (True, ())


def test_an_unsafe_plan_is_not_fit() -> None:
    report = _report(_plan((0, -28)), _plan((0, 0)))
    assert not report.fit
    assert report.plans["day"]
    assert report.plans["night"] == ()


def test_each_plan_is_judged_by_its_own_rules() -> None:
    longer = replace(_BY, rules=rules_of(_NETWORK, cycle_max_s=200))
    day, night = _plan((60, 40)), _plan((0, 0))
    report = _report(day, night, day=longer)
    assert report.plans == {"day": (), "night": ()}
    assert report.fit
    assert {violation.rule for violation in _report(day, night).plans["day"]} == {"cycle"}
    assert {violation.rule for violation in _report(night, day, day=longer).plans["night"]} == {"cycle"}


def test_the_way_between_two_plans_keeps_to_the_rules_of_both() -> None:
    fields = _BY.rules.intersections[0]
    groups = tuple(
        group.model_copy(update={"min_green": Sourced(value_ds=280, source="us")}) for group in fields.groups
    )
    rules = _BY.rules.model_copy(update={"intersections": (fields.model_copy(update={"groups": groups}),)})
    more = replace(_BY, rules=Rules.model_validate(rules.model_dump()))
    day, night = _plan((15, 5), 37), _plan((0, 0))
    loose, strict = (_report(day, night, method="short way", day=by, night=by).ways for by in (_BY, more))
    assert [way.longest_s for way in loose] != [way.longest_s for way in strict]
    for name in ("day", "night"):
        assert _report(day, night, method="short way", **{name: more}).ways == strict


def test_the_method_is_the_one_that_the_plan_names() -> None:
    report = _report(_in_rings("add only", 10), _in_rings("dwell"))
    assert {(way.after, way.method, way.said_by) for way in report.ways} == {
        ("night", "dwell", "named by the plan that follows"),
        ("day", "add only", "named by the plan that follows"),
    }
    assert report.settings == ()
    words = {(second.middle, *second.broken) for second in report.second}
    assert words == {("night", "dwell, then add only"), ("day", "add only, then dwell")}
    assert report.fit


def test_a_method_that_breaks_a_rule_is_refused_and_no_other_taken() -> None:
    day, night = _plan((15, 5), 37), _plan((0, 0))
    opposite = _opposed(night)
    assert _report(day, opposite).unpassable == ()  # through red leads
    report = _report(day, opposite, method="gsp")
    assert report.unpassable == (("night", "day"), ("day", "night"))
    assert "gsp does not lead (asked for) from 'night' to 'day' at 'C'" in report.reasons
    assert {way.method for way in report.ways} == {"gsp"}


def test_a_controller_that_chooses_takes_what_leads() -> None:
    day, night = _plan((15, 5), 37), _opposed(_plan((0, 0)))
    report = _report(day, night, day=_standing("stage-fixed"))
    assert {way.method for way in report.ways} == {"gsp", "dwell", "add only", "through red"}
    assert {way.said_by for way in report.ways} == {"family stage-fixed leaves it to the controller"}
    (setting,) = report.settings
    assert setting.intersection_ids == ("C",)
    assert "gsp" not in setting.methods
    assert "through red" in setting.methods
    assert report.unpassable == ()


def test_a_method_that_the_controller_does_not_have_is_refused() -> None:
    report = _report(_plan((15, 5)), _plan((0, 0)), method="short way", day=_standing("stage-fixed"))
    (found,) = report.controllers
    assert (found.rule, found.found) == ("controller", "method short way")
    assert "gsp or dwell or add only or through red (controller family stage-fixed)" in found.needed
    assert not report.fit


def test_controllers_have_to_be_able_to_run_every_plan() -> None:
    report = _report(_in_rings("dwell", 10), _in_rings("dwell"), day=_standing("type-170"))
    assert {violation.rule for name in report.plans for violation in report.plans[name]} == {"controller"}
    assert not report.fit


def test_two_families_at_one_junction_contradict_each_other() -> None:
    by = {"day": _standing("stage-fixed"), "night": _standing("stage-actuated")}
    report = _report(_plan((15, 5)), _plan((0, 0)), **by)
    assert [str(violation) for violation in report.controllers] == [
        "controller: intersection 'C': found stage-fixed with plan day; stage-actuated with plan night, "
        "needed one family (--controllers)"
    ]
    assert report.reasons[0] == str(report.controllers[0])
    assert not report.fit


@pytest.mark.parametrize(("count", "fit"), [(8, True), (9, False)])
def test_no_more_plans_than_the_controller_holds(count: int, *, fit: bool) -> None:
    plans = {f"p{number}": _plan((0, 0), number) for number in range(count)}
    schedule = week(
        plans=tuple({"name": name, "digest": plan.digest()} for name, plan in plans.items()),
        entries=tuple({"weekdays": WEEKDAYS, "start": time(6 + at), "plan": name} for at, name in enumerate(plans)),
    )
    by = dict.fromkeys(plans, _standing("stage-fixed"))
    report = check_schedule(schedule, plans, by, "dwell")
    assert report.fit is fit
    assert [(found.where, found.needed) for found in report.controllers] == (
        [] if fit else [("intersection 'C'", "at most 8 (controller family stage-fixed)")]
    )


def test_plans_come_from_files_by_their_digest() -> None:
    plans = {"day": _plan((0, 0)), "night": _plan((30, 0))}
    assert plans_of(_schedule(plans), {"a.json": plans["night"], "b.json": plans["day"]}) == plans
    with pytest.raises(InputError, match="plan 'night': plan: found in no file"):
        plans_of(_schedule(plans), {"b.json": plans["day"]})
    apart = plans | {"night": _plan((30, 0), sync_reference_s=60, zone="Europe/Paris")}
    with pytest.raises(InputError) as raised:
        plans_of(_schedule(apart), apart)
    assert {fault.what for fault in raised.value.faults} == {"sync reference", "zone"}
