"""The profiles for the street: floors raised, nothing inherited, by the customs of a country."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from networks.faults import InputError
from networks.junction import GroupKind, SafetyValue
from networks.network import Network
from signals.rules import profile_names, rules_of
from signals.rules.engineer import said_in
from tests.fakes import crossroads, sooner_after_walkers, t_junction

FIELDS = [name for name in profile_names() if name.startswith("field")]


def with_groups(network: Network, **changes: object) -> Network:
    (old,) = network.intersections
    groups = tuple(replace(group, **changes) for group in old.groups)  # type: ignore[arg-type]
    return replace(network, intersections=(replace(old, groups=groups),))


def with_tight_pairs(network: Network) -> Network:
    """Nothing but the yellow of 3 s between all that conflicts."""
    (old,) = network.intersections
    pairs = tuple(
        replace(pair, intergreen_ds=(30, 30)) if pair.intergreen_ds != (None, None) else pair for pair in old.pairs
    )
    return replace(network, intersections=(replace(old, pairs=pairs),))


def test_greens_of_the_street_are_seven_seconds_and_five_for_lefts() -> None:
    network = crossroads()
    rules = rules_of(network, "field", pedestrians="none")
    (intersection,) = network.intersections
    turns = {m.id: m.turn for m in intersection.movements}
    for group in intersection.groups:
        lefts = {turns[name] for name in group.movement_ids} == {"left"}
        assert rules.group("C", group.id).min_green_ds == (50 if lefts else 70)
    assert rules.cycle_bounds_ds("C") == (600, 1200)
    assert (rules.policy.stages_as_today, rules.policy.left_turns_as_today) == (True, True)
    assert rules.pedestrians == "none"


def test_what_runs_shorter_is_raised_and_named() -> None:
    rules = rules_of(t_junction(green_s=(40, 3)), "field", pedestrians="none")
    assert rules.group("C", "2").min_green_ds >= 50
    assert rules.notes == ()
    assert any("green of 3 s runs today" in line and line.endswith("raised") for line in rules.raised)


def test_a_short_yellow_is_raised_by_formula_and_the_intergreen_with_it() -> None:
    network = with_groups(crossroads(), yellow=SafetyValue(20, "running program"))
    rules = rules_of(network, "field", pedestrians="none")
    yellow = rules.group("C", "1").yellow
    assert yellow.value_ds >= 30
    assert "formula (profile field; too short today)" in yellow.source
    assert rules.intergreen_ds("C", "1", "4") == 50 + yellow.value_ds - 20
    assert rules_of(network).group("C", "1").yellow_ds == 30  # the floor, in the literature


def test_crossing_paths_without_clearance_get_one() -> None:
    network = with_tight_pairs(crossroads())
    assert rules_of(network).intergreen_ds("C", "1", "4") == 30
    for profile in FIELDS:
        entry = rules_of(network, profile, pedestrians="none").intergreen("C", "1", "4")
        assert entry.time is not None
        assert entry.time.value_ds >= 40
        assert entry.time.source.startswith(f"formula (profile {profile})")
    (line,) = rules_of(network, "field", pedestrians="none").raised
    assert "nothing but the yellow" in line


def test_customs_differ_by_country() -> None:
    network = with_groups(crossroads(), yellow=SafetyValue(0, "running program"))
    found = {name: rules_of(network, name, pedestrians="none").group("C", "1").yellow for name in FIELDS}
    assert found["field-us"].value_ds > found["field"].value_ds - 10
    assert found["field-us"].value_ds % 10 != 0  # in tenths, for V85
    assert found["field-de"].value_ds in (30, 40, 50)
    assert "RiLSA" in found["field-de"].source
    german = rules_of(network, "field-de", pedestrians="none")
    assert any("red-amber" in note for note in german.notes)
    assert german.group("C", "1").red_amber is None  # displays stay as they run


def test_the_engineers_speed_grade_and_width_go_before_what_runs(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        '[intersection."C".group."1"]\napproach_speed_m_per_s = 20.0\ngrade_share = -0.03\nclearing_width_m = 30\n'
    )
    rules = rules_of(crossroads(), "field-us", file, pedestrians="none")
    yellow = rules.group("C", "1").yellow
    assert yellow.value_ds == 47  # 1 + 20 / (6.1 - 0.5886) = 4.63 s, up to tenths
    assert "engineer's file mine.toml" in yellow.source
    assert rules.intergreen_ds("C", "1", "4") == 47 + 10  # (30 + 6.1) / 20 - 1 = 0.8 s, at least 1 s


def test_trains_keep_a_junction_untouched_unless_the_engineer_allows_it(tmp_path: Path) -> None:
    network = crossroads()
    (old,) = network.intersections
    groups = (replace(old.groups[0], kind=GroupKind.RAIL), *old.groups[1:])
    network = replace(network, intersections=(replace(old, groups=groups),))
    assert "trains" in rules_of(network, "field").intersection("C").untouched
    assert rules_of(network).intersection("C").untouched == ""
    file = tmp_path / "mine.toml"
    file.write_text('[intersection."C"]\nuntouched = false\n')
    assert rules_of(network, "field", file).intersection("C").untouched == ""
    file.write_text('[intersection."C"]\nuntouched = true\n')
    assert "mine.toml" in rules_of(network, "literature", file).intersection("C").untouched


def test_a_longer_cycle_is_asked_for_by_flag_and_has_an_end() -> None:
    assert rules_of(crossroads(), "field", cycle_max_s=150).cycle_bounds_ds("C") == (600, 1500)
    with pytest.raises(InputError, match="60 to 150 s under profile field"):
        rules_of(crossroads(), "field", cycle_max_s=151)


def test_where_the_clearance_runs_in_red_the_green_is_the_walk_that_runs(tmp_path: Path) -> None:
    """Conflicting greens wait 13 s after the walk (8 s red, yellow, all red), longer than the clearance of 12 s."""
    network = crossroads(pedestrians=True, green_s=(40, 24))
    sooner = sooner_after_walkers(network)
    on_foot = [group.id for group in network.intersections[0].groups if group.walkers]
    assert {rules_of(sooner, "field").group("C", group).min_green_ds for group in on_foot} == {190}
    today = {group: rules_of(network, "field").group("C", group).min_green for group in on_foot}
    assert {value.value_ds for value in today.values()} == {160, 190}
    assert {value.source for value in today.values() if value.value_ds == 190} == {
        "profile field: walk and clearance (more runs today; it may clear in red, so that min_green_s of the engineer's"
        " file may be the walk alone)"
    }
    assert {value.source for value in today.values() if value.value_ds == 160} == {
        "running program: the walk; the clearance runs in red"
    }
    long = next(name for name, value in today.items() if value.value_ds == 190)
    (tmp_path / "mine.toml").write_text(f'[intersection."C".group."{long}"]\nmin_green_s = 7\n')
    alone = rules_of(network, "field", tmp_path / "mine.toml").group("C", long).min_green
    assert (alone.value_ds, alone.source) == (70, "engineer's file mine.toml")


def test_the_engineers_longer_yellow_lengthens_the_intergreen_of_a_sheet_and_not_the_engineers_own(
    tmp_path: Path,
) -> None:
    network, pair = crossroads(), {"from": "1", "to": "4", "time_s": 5.0}
    sheet = said_in({"intersection": {"C": {"intergreen": [pair]}}}, network, "s.toml", "timing sheet s.toml")
    file = tmp_path / "mine.toml"
    file.write_text('[intersection."C".group."1"]\nyellow_s = 4.5\n')
    longer = rules_of(network, "literature", file, sheet=sheet).intergreen("C", "1", "4").time
    assert longer is not None
    assert (longer.value_ds, longer.source) == (
        65, "timing sheet s.toml, longer by the yellow: engineer's file mine.toml",
    )  # fmt: skip
    file.write_text(
        '[intersection."C".group."1"]\nyellow_s = 4.5\n'
        '[[intersection."C".intergreen]]\nfrom = "1"\nto = "4"\ntime_s = 5.0\n'
    )
    assert rules_of(network, "literature", file, sheet=sheet).intergreen_ds("C", "1", "4") == 50
