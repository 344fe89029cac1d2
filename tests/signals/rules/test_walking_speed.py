"""How fast people walk, as the engineer says it: of all crossings, of a junction's, of one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from networks.faults import InputError
from networks.junction import Movement, SafetyValue, SignalGroup
from networks.network import Network
from signals.rules import Rules, filled_in, rules_of
from signals.rules.engineer import said_in
from tests.fakes import CROSSING_LENGTH_M, crossroads

WALKED = crossroads(pedestrians=True)


def _ruled(folder: Path, text: str, network: Network = WALKED, profile: str = "literature") -> Rules:
    path = folder / "rules.toml"
    path.write_text(text)
    return rules_of(network, profile, path)


def test_it_makes_clearances_and_the_greens_that_hold_them(tmp_path: Path) -> None:
    rules = _ruled(tmp_path, "[all]\nwalking_speed_m_per_s = 0.8\n")
    crossing = rules.group("C", "12")
    assert crossing.pedestrian_clearance_ds == round(10 * CROSSING_LENGTH_M / 0.8) == 160
    assert crossing.pedestrian_clearance is not None
    assert (
        crossing.pedestrian_clearance.source == "formula (engineer's file rules.toml): 12.8 m / 0.8 m/s, up to tenths"
    )
    assert crossing.min_green_ds == 70 + 160


def test_the_narrower_table_goes_first_and_a_given_clearance_before_all(tmp_path: Path) -> None:
    rules = _ruled(
        tmp_path,
        """
        [all]
        walking_speed_m_per_s = 0.8
        [intersection.C]
        walking_speed_m_per_s = 1.28
        [intersection.C.group.13]
        walking_speed_m_per_s = 1.0
        [intersection.C.group.14]
        pedestrian_clearance_s = 9
        """,
    )
    clearances_ds = [rules.group("C", name).pedestrian_clearance_ds for name in ("12", "13", "14")]
    assert clearances_ds == [100, 128, 90]


def test_it_holds_for_assumed_crossings(tmp_path: Path) -> None:
    slow = _ruled(tmp_path, "[intersection.C]\nwalking_speed_m_per_s = 0.8\n", crossroads(), "field")
    for crossing in slow.intersection("C").crossings:
        assert crossing.clearance.value_ds == pytest.approx(10 * crossing.length_m / 0.8, abs=1)
        for group in crossing.group_ids:
            assert slow.group("C", group).min_green_ds >= crossing.need_ds


def test_a_crossing_of_a_file_has_its_own(tmp_path: Path) -> None:
    network = crossroads()
    link = network.intersections[0].movements[0].from_link_id
    file = tmp_path / "crossings.toml"
    text = f'[[intersection."C".crossing]]\nlink = "{link}"\nlength_m = 15\nwalking_speed_m_per_s = '
    file.write_text(f"{text}0.75\n")
    (crossing,) = rules_of(network, "field", pedestrians=file).intersection("C").crossings
    assert (crossing.clearance.value_ds, crossing.clearance.source) == (
        200,
        "formula (crossings.toml): 15.0 m / 0.75 m/s, up to tenths",
    )
    file.write_text(f"{text}7\n")
    with pytest.raises(InputError, match="walking_speed_m_per_s"):
        rules_of(network, "field", pedestrians=file)


def test_it_goes_before_the_running_program_and_the_sheet_but_not_a_sheet_before_it(tmp_path: Path) -> None:
    (old,) = WALKED.intersections
    own = SafetyValue(140, "running program")
    groups = tuple(_cleared(group, own) if group.walkers else group for group in old.groups)
    network = _with(WALKED, groups)
    assert rules_of(network).group("C", "12").pedestrian_clearance_ds == 140
    sheet = said_in(
        {"intersection": {"C": {"group": {"12": {"pedestrian_clearance_s": 18}}}}}, network, "today.toml", "sheet"
    )
    assert rules_of(network, sheet=sheet).group("C", "12").pedestrian_clearance_ds == 180
    path = tmp_path / "rules.toml"
    path.write_text("[all]\nwalking_speed_m_per_s = 0.8\n")
    both = rules_of(network, engineer_file=path, sheet=sheet)
    assert both.group("C", "12").pedestrian_clearance_ds == 160


def test_without_a_length_it_has_no_effect_and_says_so(tmp_path: Path) -> None:
    (old,) = WALKED.intersections
    movements = tuple(_unmeasured(movement) for movement in old.movements)
    network = _with(WALKED, old.groups, movements)
    rules = _ruled(tmp_path, "[all]\nwalking_speed_m_per_s = 0.8\n", network)
    assert any("no length of its crossings is known" in note for note in rules.notes)


def test_traffic_on_wheels_does_not_walk(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"signal group '1'.*walking_speed_m_per_s"):
        _ruled(tmp_path, "[intersection.C.group.1]\nwalking_speed_m_per_s = 1.0\n")
    with pytest.raises(InputError, match=r"0\.3 to 1\.5"):
        _ruled(tmp_path, "[all]\nwalking_speed_m_per_s = 3\n")


def test_any_speed_may_be_given_not_only_tenths(tmp_path: Path) -> None:
    rules = _ruled(
        tmp_path, "[all]\nwalking_speed_m_per_s = 1.07\n[intersection.C.group.1]\napproach_speed_m_per_s = 13.89"
    )
    assert rules.group("C", "12").pedestrian_clearance_ds == 120


def test_the_filled_in_file_tells_speed_step_and_margins_with_their_sources(tmp_path: Path) -> None:
    plain = filled_in(rules_of(WALKED, "field-de"), WALKED)
    assert "# walking_speed_m_per_s = 1.2  # profile field-de" in plain
    assert "step_s = 1  # longest step; profile field-de" in plain
    assert "approach_worse_s = 10.0  # profile field-de" in plain
    rules = _ruled(
        tmp_path,
        "[all]\nwalking_speed_m_per_s = 1.0\n[simulation]\nstep_s = 0.5\n[margins]\napproach_worse_s = 8\n",
        profile="field",
    )
    text = filled_in(rules, WALKED)
    for line in ("walking_speed_m_per_s = 1  #", "step_s = 0.5  # longest step;", "approach_worse_s = 8.0  #"):
        assert f"{line} engineer's file rules.toml" in text
    assert "pedestrian_worse_s = 10.0  # profile field" in text
    margins = text.split("[margins]\n")[1].split("\n\n")[0].splitlines()
    assert len(margins) == 11
    assert all("  # " in line for line in margins)


def _with(network: Network, groups: tuple[SignalGroup, ...], movements: tuple[Movement, ...] | None = None) -> Network:
    (old,) = network.intersections
    changed = replace(old, groups=groups, movements=movements or old.movements)
    return replace(network, intersections=(changed,))


def _cleared(group: SignalGroup, clearance: SafetyValue) -> SignalGroup:
    return replace(group, pedestrian_clearance=clearance)


def _unmeasured(movement: Movement) -> Movement:
    return replace(movement, crossing_length_m=None)
