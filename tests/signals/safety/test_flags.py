"""Flags: said of what is safe, never part of a verdict."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from networks.junction import SafetyValue
from networks.network import Network
from signals.plan import ControlMode
from signals.rules import Rules, profile_names, rules_of
from signals.safety import Violation, check, flags
from tests.fakes import crossroads
from tests.signals.plans import changed, touched
from tests.signals.ring_plans import Fields, coordinated, phase, plan_of, rings, walking

WALKED = crossroads(pedestrians=True)


def _called(fields: Fields) -> None:
    phase(fields, 4).update(pedestrian_mode="actuated", walk_ds=70, pedestrian_clearance_ds=400)


def test_people_on_call_who_need_more_than_the_split_are_told() -> None:
    plan = plan_of(rings(walking, coordinated, _called))
    assert check(plan, WALKED, rules_of(WALKED)) == ()
    (flag,) = flags(plan, WALKED, rules_of(WALKED))
    (four,) = (one for one in plan.intersections[0].body.ring_phases if one.number == 4)  # type: ignore[union-attr]
    assert (flag.rule, flag.place) == ("ped-exceeds-split", "ring phase 4")
    assert f"runs {(four.pedestrian_need_ds - four.green_ds) / 10:g} s over" in flag.found
    assert f"{four.pedestrian_need_ds / 10:g} s" in flag.needed


@pytest.mark.parametrize(
    ("clearance_ds", "correction", "told"),
    [
        (270, "short way", "8 s over the split; in step again when ring phase 2 ends, 50 s after the split"),
        (280, "short way", "9 s over the split; in step again after 1 cycle by short way"),
        (600, "short way", "41 s over the split; in step again after 2 cycles by short way"),  # 33 s by 17 a cycle
        (600, "add only", "41 s over the split; in step again after 4 cycles by add only"),  # 67 s by 20 a cycle
        (600, "dwell", "41 s over the split; in step again after 1 cycle by dwell"),
    ],
)
def test_it_is_told_how_long_a_call_puts_the_signal_out_of_step(clearance_ds: int, correction: str, told: str) -> None:
    """4 has 34 s of green, and takes 8 s more than walk and clearance; 1 and 2 can give 1 and 7 s in the same cycle."""

    def called(fields: Fields) -> None:
        phase(fields, 4).update(pedestrian_mode="actuated", walk_ds=70, pedestrian_clearance_ds=clearance_ds)
        fields["body"]["correction"] = correction

    (flag,) = (one for one in flags(plan_of(rings(walking, coordinated, called)), WALKED, rules_of(WALKED)))
    assert told in flag.found


@pytest.mark.parametrize(
    ("calls", "told"),
    [
        ("", "; calls an hour not known (pedestrian_calls_per_h in the engineer's file)"),
        ("pedestrian_calls_per_h = 12.5", "; 12.5 calls an hour (engineer's file mine.toml)"),
        (
            "pedestrian_calls_per_h = 36",
            "; 36 calls an hour (engineer's file mine.toml), which is every one of 36 cycles",
        ),
    ],
)
def test_calls_an_hour_are_told_where_the_engineer_knows_them(calls: str, told: str, tmp_path: Path) -> None:
    plan, path = plan_of(rings(walking, coordinated, _called)), tmp_path / "mine.toml"
    path.write_text(f'[intersection.C.group."13"]\n{calls}\n')
    rules = rules_of(WALKED, engineer_file=path)
    (flag,) = flags(plan, WALKED, rules)
    assert flag.found.endswith(told)
    assert check(plan, WALKED, rules) == ()


def test_calls_of_several_crossings_count_together_or_not_at_all(tmp_path: Path) -> None:
    def both(fields: Fields) -> None:
        _called(fields)
        phase(fields, 4)["pedestrian_group_ids"] = ["13", "15"]
        phase(fields, 8)["pedestrian_group_ids"] = []
        phase(fields, 8)["pedestrian_mode"] = "none"

    plan, path = plan_of(rings(walking, coordinated, both)), tmp_path / "mine.toml"
    path.write_text('[intersection.C.group."13"]\npedestrian_calls_per_h = 5\n')
    (flag,) = flags(plan, WALKED, rules_of(WALKED, engineer_file=path))
    assert "calls an hour of group 15 not known" in flag.found
    path.write_text(path.read_text() + '[intersection.C.group."15"]\npedestrian_calls_per_h = 6\n')
    (flag,) = flags(plan, WALKED, rules_of(WALKED, engineer_file=path))
    assert flag.found.endswith("; 11 calls an hour (engineer's file mine.toml)")


def test_a_group_that_the_street_does_not_have_is_left_to_the_check() -> None:
    def renamed(fields: Fields) -> None:
        _called(fields)
        fields["group_ids"] = [f"{name}x" if name == "13" else name for name in fields["group_ids"]]
        phase(fields, 4)["pedestrian_group_ids"] = ["13x"]

    plan = plan_of(rings(walking, coordinated, renamed))
    assert {one.rule for one in check(plan, WALKED, rules_of(WALKED))} == {"signal-groups"}
    (flag,) = flags(plan, WALKED, rules_of(WALKED))
    assert flag.rule == "ped-exceeds-split"
    assert "calls an hour not known" in flag.found


def test_free_control_has_no_splits_to_exceed() -> None:
    plan = plan_of(rings(walking, coordinated))
    assert flags(plan, WALKED, rules_of(WALKED)) == ()


def test_tenths_of_a_second_are_told() -> None:
    plan = touched(crossroads())
    assert flags(plan, WALKED, rules_of(WALKED)) == ()

    def half(fields: Fields) -> None:
        fields["body"]["sequence"][0]["duration_ds"] += 5

    odd = changed(plan, half)
    assert odd.intersections[0].control_mode is ControlMode.FIXED
    assert [flag.rule for flag in flags(odd, crossroads(), rules_of(crossroads()))] == ["tenths"]
    untouched = odd.model_copy(
        update={"intersections": tuple(one.model_copy(update={"untouched": True}) for one in odd.intersections)}
    )
    assert flags(untouched, crossroads(), rules_of(crossroads())) == ()


def test_a_crossing_too_long_for_who_walks_slowly_is_told(tmp_path: Path) -> None:
    """50 m at 1.07 m/s and 7 s of walk are 53.8 s; at 0.91 m/s 54.9 s are needed."""
    (old,) = WALKED.intersections
    movements = tuple(
        movement if movement.crossing_length_m is None else replace(movement, crossing_length_m=50.0)
        for movement in old.movements
    )
    wide = replace(WALKED, intersections=(replace(old, movements=movements),))
    found = [flag for flag in flags(touched(wide), wide, rules_of(wide)) if flag.rule == "slow-walkers"]
    assert len(found) == 4
    assert (found[0].found, found[0].needed) == (
        "walk and clearance of 53.8 s over 50.0 m",
        "54.9 s for who walks at 0.91 m/s",
    )
    path = tmp_path / "rules.toml"
    path.write_text("[all]\nwalking_speed_m_per_s = 0.8\n")
    slow = rules_of(wide, engineer_file=path)
    assert not [flag for flag in flags(touched(wide), wide, slow) if flag.rule == "slow-walkers"]
    assert not [flag for flag in flags(touched(WALKED), WALKED, rules_of(WALKED)) if flag.rule == "slow-walkers"]


def _with_yellow(value_ds: int, *group_ids: str) -> Network:
    """The crossroads, where the running program gives some groups another yellow than 3 s."""
    street = crossroads()
    (old,) = street.intersections
    value = SafetyValue(value_ds, "running program '0': step 1")
    groups = tuple(replace(one, yellow=value) if one.id in group_ids else one for one in old.groups)
    return replace(street, intersections=(replace(old, groups=groups),))


@pytest.mark.parametrize("profile", profile_names())
@pytest.mark.parametrize("untouched", [False, True])
def test_a_yellow_above_6_s_is_worth_a_second_look_under_every_profile(profile: str, untouched: bool) -> None:
    def found(value_ds: int) -> list[Violation]:
        street = _with_yellow(value_ds, "1", "4")
        (timing,) = touched(street).intersections
        plan = touched(street).model_copy(
            update={"intersections": (timing.model_copy(update={"untouched": untouched}),)}
        )
        return [one for one in flags(plan, street, rules_of(street, profile)) if one.rule.endswith("-yellow")]

    assert found(60) == []
    (flag,) = found(61)
    assert (flag.rule, flag.where, flag.place) == ("long-yellow", "C", "signal groups 1, 4")
    assert (flag.found, flag.needed) == (
        "a yellow of 6.1 s (running program '0': step 1)",
        "a second look: 3 to 6 s are usual",
    )


def test_a_yellow_below_3_s_that_stands_is_worth_a_second_look_too() -> None:
    """As a timing sheet under `literature` may have it. Where the profile raises it, that is told already."""
    street = _with_yellow(29, "7")
    raised, fields = rules_of(street, "field"), rules_of(street, "literature").model_dump()
    (yellow,) = (group["yellow"] for group in fields["intersections"][0]["groups"] if group["group_id"] == "7")
    yellow["value_ds"] = 29
    standing = Rules.model_validate(fields)
    (flag,) = (one for one in flags(touched(street), street, standing) if one.rule.endswith("-yellow"))
    assert (flag.rule, flag.place) == ("short-yellow", "signal group 7")
    assert flag.found.startswith("a yellow of 2.9 s (")
    assert [one for one in flags(touched(street), street, raised) if one.rule.endswith("-yellow")] == []
    assert "yellow of 2.9 s" in str(raised.raised)


def test_lamps_without_a_yellow_are_not_asked_for_one() -> None:
    assert WALKED.intersections[0].group("12").yellow.value_ds == 0
    assert flags(touched(WALKED), WALKED, rules_of(WALKED)) == ()
