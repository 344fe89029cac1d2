"""A device in software: what it takes, how it switches, and that it never shows anything else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from itertools import pairwise
from typing import Any

import pytest

from networks.faults import InputError
from signals.control.transitions import transition
from signals.delivery.documents import PlanDocument
from signals.delivery.local_schedule import LocalSchedule
from signals.delivery.orders import Turn
from signals.delivery.virtual_device import RED_AT_START_DS, VirtualDevice, judge_of
from signals.intervals import local_ds, picture_at
from signals.plan import ControlMode, Entry, PlanUse, Schedule, TimingPlan
from signals.plan.schedule import WEEKDAYS
from tests.signals.delivery.streets import FIRST, LOCAL, NOON_DS, SECOND, device, own, plan, street, unjudged
from tests.signals.plans import changed
from tests.signals.ring_plans import Fields, phase, rings

MIDNIGHT_DS = NOON_DS - 432_000


def document(plan: TimingPlan) -> PlanDocument:
    content = plan.model_dump(mode="json")
    return PlanDocument("north", "1" * 64, plan.digest(), plan.network_digest, 0, NOON_DS * 2, content)


def shown(one: TimingPlan, at_ds: int) -> str:
    timing = one.intersections[0]
    return picture_at(timing, local_ds(timing, at_ds - MIDNIGHT_DS))


def started(**options: Any) -> VirtualDevice:
    found = device("north", **options)
    found.follow((Turn(0, None, None),), NOON_DS)
    return found


def test_it_is_switched_on_with_red_for_all_until_a_green_begins_in_step() -> None:
    found, one = started(), own(plan(*LOCAL), "north")
    seen = [found.displays(NOON_DS + at_ds) for at_ds in range(0, 1_000, 10)]
    red = seen.index(next(displays for displays in seen if set(displays) != {"r"}))
    assert red * 10 >= RED_AT_START_DS
    assert shown(one, NOON_DS + red * 10) != shown(one, NOON_DS + red * 10 - 10)
    assert seen[red:] == [shown(one, NOON_DS + at_ds) for at_ds in range(red * 10, 1_000, 10)]


def test_it_takes_a_plan_beside_what_runs_and_switches_by_the_transition_method() -> None:
    found, old, new = started(), own(plan(*LOCAL), "north"), own(plan(*SECOND), "north")
    found.displays(NOON_DS + 2_000)
    assert found.load("x", document(new)) == ()
    assert found.read_back("x") == new.model_dump(mode="json")
    assert (found.running(NOON_DS + 2_000), found.displays(NOON_DS + 2_000)) == (None, shown(old, NOON_DS + 2_000))
    switch_ds = NOON_DS + 2_130
    found.follow((Turn(0, None, None), Turn(switch_ds, 1, "x")), NOON_DS + 2_000)
    course = transition(old.intersections[0], new.intersections[0], switch_ds - MIDNIGHT_DS, "short way", street()[1])
    expected = [displays for displays, length_ds in course.rows for _ in range(length_ds)]
    seen = [found.displays(switch_ds + at_ds) for at_ds in range(len(expected) + 900)]
    assert seen[: len(expected)] == expected
    assert seen[len(expected) :] == [shown(new, switch_ds + at) for at in range(len(expected), len(expected) + 900)]
    assert found.running(switch_ds) == "x"


def test_it_goes_back_in_its_turn_without_being_told_again() -> None:
    found = started()
    found.load("x", document(own(plan(*FIRST), "north")))
    turns = (Turn(0, None, None), Turn(NOON_DS + 2_000, 1, "x"), Turn(NOON_DS + 9_000, None, None))
    found.follow(turns, NOON_DS)
    runs = [found.running(NOON_DS + at_ds) for at_ds in range(0, 12_000, 100)]
    assert runs == [None] * 20 + ["x"] * 70 + [None] * 30
    assert found.displays(NOON_DS + 20_000) == shown(own(plan(*LOCAL), "north"), NOON_DS + 20_000)


def test_a_turn_that_comes_during_a_transition_waits_for_its_end() -> None:
    found = started()
    found.displays(NOON_DS + 2_000)
    for name, one in (("x", FIRST), ("y", SECOND)):
        found.load(name, document(own(plan(*one), "north")))
    found.follow((Turn(0, 1, "x"),), NOON_DS + 2_000)
    assert not found.in_step()
    found.follow((Turn(0, 2, "y"),), NOON_DS + 2_010)
    runs = [found.running(NOON_DS + 2_010 + at_ds) for at_ds in range(0, 5_000, 10)]
    assert runs[0] == "x"
    assert runs[-1] == "y"


def test_the_zero_of_the_common_clock_is_crossed_without_a_jump() -> None:
    found, one = started(), own(plan(*SECOND), "north")
    found.load("x", document(one))
    found.follow((Turn(0, 1, "x"),), NOON_DS)
    next_ds = MIDNIGHT_DS + 864_000
    odd = changed(one, lambda fields: fields["body"]["sequence"][0].update(duration_ds=470))  # 97 s do not divide a day
    found.load("y", document(odd))
    found.follow((Turn(0, 1, "y"),), NOON_DS + 10_000)
    found.displays(next_ds - 3_000)
    assert 864_000 % odd.intersections[0].body.length_ds
    seen = [found.displays(next_ds - 1_000 + at_ds) for at_ds in range(0, 6_000, 10)]
    for before, after in pairwise(seen):
        assert not any(a in "gG" and b == "r" for a, b in zip(before, after, strict=True))
    timing = odd.intersections[0]
    assert found.displays(next_ds + 6_000) == picture_at(timing, local_ds(timing, 6_000))


def test_it_takes_nothing_but_fixed_plans_of_its_own_intersection() -> None:
    found, one = started(), own(plan(*FIRST), "north")
    other = own(plan(*FIRST), "south")
    free = one.intersections[0].model_copy(update={"control_mode": ControlMode.ACTUATED})
    for content, what in (
        (other, "intersection"),
        (plan(*FIRST), "intersections"),
        (one.model_copy(update={"network_digest": "7" * 64}), "network"),
        (one.model_copy(update={"intersections": (free,)}), "control mode"),
    ):
        told = [fault.what for fault in found.load("x", document(content))]
        assert what in told or any("cycle" in word for word in told), told
    assert found.load("x", replace(document(one), content={"format": "greenband-plan"})) != ()
    assert found.read_back("x") is None


def test_the_judge_finds_nothing_in_safe_plans_and_names_what_is_unsafe() -> None:
    judge = judge_of(*street(), "short way")
    local, safe = own(plan(*LOCAL), "north"), own(plan(*FIRST), "north")
    assert [*judge([local], safe)] == []

    def short_yellow(fields: dict[str, Any]) -> None:
        fields["body"]["sequence"][0]["interstage"][0]["duration_ds"] = 10

    unsafe = changed(safe, short_yellow)
    found = started(judge=judge)
    assert "yellow" in {fault.what for fault in found.load("x", document(unsafe))}
    assert found.read_back("x") is None


def _week(names: dict[int, str]) -> Schedule:
    entries = tuple(Entry(start=time(hour), plan=name, weekdays=WEEKDAYS) for hour, name in names.items())
    uses = tuple(PlanUse(name=name, digest=f"{at}" * 64) for at, name in enumerate(sorted(set(names.values()))))
    return Schedule(zone="UTC", valid_from=date(2025, 6, 1), valid_to=date(2025, 6, 30), plans=uses, entries=entries)


def test_the_local_schedule_is_never_empty() -> None:
    night, day, always = (own(plan(*one), "north") for one in (FIRST, SECOND, LOCAL))
    local = LocalSchedule(always, _week({0: "night", 13: "day"}), {"night": night, "day": day})
    found = VirtualDevice(local, street()[1], "short way", unjudged, NOON_DS)
    found.follow((Turn(0, None, None),), NOON_DS)
    in_july_ds = NOON_DS + 30 * 864_000
    for at_ds, one in ((NOON_DS + 5_000, night), (NOON_DS + 50_000, day), (in_july_ds, always)):
        found.displays(at_ds - 4_000)
        assert found.displays(at_ds) == shown_on_day(one, at_ds)
    with pytest.raises(InputError, match="no plan 'day'"):
        LocalSchedule(always, _week({0: "night", 13: "day"}), {"night": night})


def shown_on_day(one: TimingPlan, at_ds: int) -> str:
    timing = one.intersections[0]
    return picture_at(timing, local_ds(timing, at_ds % 864_000))


def test_a_local_plan_that_cannot_be_shown_is_refused_at_the_start() -> None:
    with pytest.raises(InputError, match="that of the controller alone"):
        VirtualDevice(LocalSchedule(plan(*LOCAL)), street()[1], "short way", unjudged, NOON_DS)


def test_to_a_plan_of_other_stages_it_goes_through_red() -> None:
    """Each leg alone: no picture in common with the local plan, where opposite legs are green together."""

    def each_leg_alone(fields: dict[str, Any]) -> None:
        stage = fields["body"]["sequence"][0]
        legs = [{at, at + 1, at + 2} for at in range(0, 12, 3)]

        def only(leg: set[int], shown: str) -> str:
            return "".join(shown[at % 3] if at in leg else "r" for at in range(12))

        fields["body"]["sequence"] = tuple(
            {
                **stage,
                "id": f"leg {number}",
                "displays": only(leg, "GGg"),
                "duration_ds": 200,
                "interstage": (
                    {"displays": only(leg, "yyy"), "duration_ds": 30},
                    {"displays": "r" * 12, "duration_ds": 20},
                ),
            }
            for number, leg in enumerate(legs)
        )
        fields |= {"cycle_ds": 1000, "reference": ("leg 0",), "offset_ds": 0}

    network, rules = street()
    found = device("north", judge=judge_of(network, rules, "short way"))
    found.follow((Turn(0, None, None),), NOON_DS)
    assert found.load("x", document(changed(own(plan(*FIRST), "north"), each_leg_alone))) == ()
    found.follow((Turn(0, None, None), Turn(NOON_DS + 2_000, 1, "x")), NOON_DS)
    seen = [found.displays(NOON_DS + 2_000 + at_ds) for at_ds in range(0, 6_000, 10)]
    assert "r" * 12 in seen[:100]
    assert found.in_step()
    for before, after in pairwise(seen):
        assert not any(a in "gG" and b == "r" for a, b in zip(before, after, strict=True))


def _in_rings(correction: str, more_s: int, offset_s: int) -> TimingPlan:
    """The reference plan in rings at the junction in the north, with the method that it names."""

    def change(fields: Fields) -> None:
        fields["body"]["correction"] = correction
        for number in (2, 6):
            phase(fields, number)["split_ds"] += 10 * more_s
        fields |= {"intersection_id": "C0", "cycle_ds": 900 + 10 * more_s, "offset_ds": 10 * offset_s}

    return own(plan(*LOCAL), "north").model_copy(update={"intersections": (rings(change),)})


def test_a_plan_that_names_its_method_is_got_to_by_it() -> None:
    old, new = _in_rings("short way", 0, 0), _in_rings("dwell", 10, 37)
    network, rules = street()
    found = VirtualDevice(LocalSchedule(old), rules, "through red", unjudged, NOON_DS)
    assert found.load("x", document(new)) == ()
    switch_ds, back_ds = NOON_DS + 2_130, NOON_DS + 30_800
    found.follow((Turn(0, None, None), Turn(switch_ds, 1, "x"), Turn(back_ds, None, None)), NOON_DS)
    for at_ds, before, after, method in ((switch_ds, old, new, "dwell"), (back_ds, new, old, "short way")):
        timings = (before.intersections[0], after.intersections[0])
        rows = {name: transition(*timings, at_ds - MIDNIGHT_DS, name, rules).rows for name in ("through red", method)}  # type: ignore[arg-type]
        assert rows["through red"] != rows[method]
        expected = [displays for displays, length_ds in rows[method] for _ in range(length_ds)]
        assert [found.displays(at_ds + tick) for tick in range(len(expected))] == expected
    seen: list[str] = []

    def spied(*arguments: Any, **options: Any) -> tuple[()]:
        seen.append(arguments[4])
        return ()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("signals.delivery.virtual_device.check_transition", spied)
        patched.setattr("signals.delivery.virtual_device.check", lambda *arguments: ())
        judge_of(network, rules, "through red")([old], new)
    assert seen == ["dwell", "short way"]
