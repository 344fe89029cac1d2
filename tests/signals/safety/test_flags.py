"""Flags: said of what is safe, never part of a verdict."""

from __future__ import annotations

from signals.plan import ControlMode
from signals.rules import rules_of
from signals.safety import check, flags
from tests.fakes import crossroads
from tests.signals.plans import changed, touched
from tests.signals.ring_plans import Fields, coordinated, phase, plan_of, rings, walking

WALKED = crossroads(pedestrians=True)


def _called(fields: Fields) -> None:
    phase(fields, 4).update(pedestrian_mode="actuated", walk_ds=70, pedestrian_clearance_ds=400)


def test_people_on_call_who_need_more_than_the_split_are_told() -> None:
    plan = plan_of(rings(walking, coordinated, _called))
    assert check(plan, WALKED, rules_of(WALKED)) == ()
    (flag,) = flags(plan)
    (four,) = (one for one in plan.intersections[0].body.ring_phases if one.number == 4)  # type: ignore[union-attr]
    assert (flag.rule, flag.place) == ("ped-exceeds-split", "ring phase 4")
    assert f"runs {(four.pedestrian_need_ds - four.green_ds) / 10:g} s over" in flag.found
    assert f"{four.pedestrian_need_ds / 10:g} s" in flag.needed


def test_free_control_has_no_splits_to_exceed() -> None:
    plan = plan_of(rings(walking, coordinated))
    assert flags(plan) == ()


def test_tenths_of_a_second_are_told() -> None:
    plan = touched(crossroads())
    assert flags(plan) == ()

    def half(fields: Fields) -> None:
        fields["body"]["sequence"][0]["duration_ds"] += 5

    odd = changed(plan, half)
    assert odd.intersections[0].control_mode is ControlMode.FIXED
    assert [flag.rule for flag in flags(odd)] == ["tenths"]
    untouched = odd.model_copy(
        update={"intersections": tuple(one.model_copy(update={"untouched": True}) for one in odd.intersections)}
    )
    assert flags(untouched) == ()
