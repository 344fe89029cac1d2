"""Saturation flows that lane groups should have: the engineer's first, then factors on the profile's base."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from networks.faults import InputError
from signals.rules import LaneGroup, Rules, filled_in, rules_of
from signals.rules.engineer import said_in
from tests.fakes import crossroads

RIGHT, THROUGH, LEFT = "0", "1", "2"  # from the north


def groups(rules: Rules) -> dict[str, LaneGroup]:
    return {group.group_id: group for group in rules.intersection("C").lane_groups}


def ruled(tmp_path: Path, text: str, profile: str = "field") -> Rules:
    file = tmp_path / "rules.toml"
    file.write_text(text)
    return rules_of(crossroads(), profile, file)


def test_the_profile_says_what_nobody_else_does() -> None:
    found = groups(rules_of(crossroads(), "field"))
    assert len(found) == 12
    assert (found[THROUGH].turn, found[THROUGH].target_veh_per_h_per_lane) == ("through", 1800.0)
    assert (found[LEFT].turn, found[LEFT].target_veh_per_h_per_lane) == ("across", 1700.0)
    assert (found[RIGHT].turn, found[RIGHT].target_veh_per_h_per_lane) == ("aside", 1525.4)
    assert found[RIGHT].source == "formula: 1800 (profile field) x 0.847 (turn)"


def test_in_left_hand_traffic_the_rights_lead_across() -> None:
    found = groups(rules_of(replace(crossroads(), left_hand_traffic=True), "field"))
    assert (found[RIGHT].turn, found[LEFT].turn) == ("across", "aside")


def test_published_scenarios_keep_the_simulators_defaults(tmp_path: Path) -> None:
    rules = ruled(tmp_path, "[all]\nheavy_share = 0.1\n", "literature")
    assert groups(rules) == {}
    assert rules.step_s == 1.0
    assert any("without effect under profile literature" in note for note in rules.notes)


def test_the_closest_place_goes_first_and_what_was_measured_before_factors(tmp_path: Path) -> None:
    text = """
[all]
heavy_share = 0.05
[intersection."C"]
lane_width_m = 2.9
[intersection."C".approach."NC"]
heavy_share = 0.10
[intersection."C".approach."EC"]
saturation_flow_veh_per_h_per_lane = 1650
[intersection."C".group."0"]
turn_radius_m = 10
grade_share = 0.02
[intersection."C".group."4"]
saturation_flow_veh_per_h_per_lane = 1720
[simulation]
step_s = 0.5
"""
    rules = ruled(tmp_path, text)
    found = groups(rules)
    assert rules.step_s == 0.5
    assert found[THROUGH].target_veh_per_h_per_lane == pytest.approx(1800 * 0.96 * 0.922, abs=0.1)
    assert found["7"].target_veh_per_h_per_lane == pytest.approx(1800 * 0.96 * 0.961, abs=0.1)  # from the south
    turning = 1800 / 1.15 * 0.96 * (100 - 7.8 - 0.31 * 4) / 100
    assert found[RIGHT].target_veh_per_h_per_lane == pytest.approx(turning, abs=0.1)
    assert "radius 10 m" in found[RIGHT].source
    assert found["5"].target_veh_per_h_per_lane == 1650
    assert (found["4"].target_veh_per_h_per_lane, found["4"].source) == (1720, "engineer's file rules.toml")


@pytest.mark.parametrize("profile", ["field", "literature"])
def test_read_again_it_gives_the_same_flows(profile: str, tmp_path: Path) -> None:
    rules = rules_of(crossroads(), profile)
    again = ruled(tmp_path, filled_in(rules, crossroads()), profile)
    assert {name: one.target_veh_per_h_per_lane for name, one in groups(again).items()} == {
        name: one.target_veh_per_h_per_lane for name, one in groups(rules).items()
    }
    assert again.step_s == rules.step_s


def test_every_fault_is_named() -> None:
    raw = {
        "simulation": {"step_s": 2.0, "steps": 1},
        "intersection": {
            "C": {
                "approach": {"NC": {"heavy_share": 6}, "XC": {}, "EC": 3},
                "group": {"1": {"saturation_flow_veh_per_h_per_lane": 180}},
            }
        },
    }
    with pytest.raises(InputError) as caught:
        said_in(raw, crossroads(), "rules.toml", "engineer's file")
    text = str(caught.value)
    for part in ("steps", "step_s", "heavy_share", "'XC'", "'EC'", "saturation_flow_veh_per_h_per_lane"):
        assert part in text


def test_groups_on_foot_discharge_nothing() -> None:
    network = crossroads(pedestrians=True)
    assert {group.group_id for group in rules_of(network, "field").intersection("C").lane_groups} == {
        str(number) for number in range(12)
    }
    with pytest.raises(InputError, match="lane_width_m"):
        said_in({"intersection": {"C": {"group": {"12": {"lane_width_m": 3.0}}}}}, network, "r", "r")
