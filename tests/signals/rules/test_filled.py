"""The filled-in engineer's file: read again it gives the same values, whatever the profile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from networks.faults import InputError
from networks.junction import GroupKind, SafetyValue
from networks.network import Network
from signals.rules import Calls, Rules, filled_in, inputs_of, profile_names, rules_of
from tests.fakes import corridor, crossroads, t_junction

STREETS = {
    "crossroads": crossroads(),
    "on foot": crossroads(pedestrians=True),
    "T": t_junction(),
    "corridor": corridor(2),
}


def values(rules: Rules) -> list[object]:
    """All times of the rules, without their sources."""
    return [
        (
            one.cycle_min.value_ds,
            one.cycle_max.value_ds,
            one.max_stages,
            one.untouched == "",
            [
                (g.group_id, g.min_green_ds, g.max_green_ds, g.yellow_ds, g.red_amber_ds, g.walk_ds,
                 g.pedestrian_clearance_ds)
                for g in one.groups
            ],
            [
                (e.ending, e.starting, e.time and e.time.value_ds, e.handover and e.handover.value_ds)
                for e in one.intergreens
            ],
        )
        for one in rules.intersections
    ]  # fmt: skip


@pytest.mark.parametrize("profile", profile_names())
@pytest.mark.parametrize("street", STREETS)
def test_read_again_it_gives_the_same_values(street: str, profile: str, tmp_path: Path) -> None:
    network: Network = STREETS[street]
    rules = rules_of(network, profile)
    file = tmp_path / "filled.toml"
    file.write_text(filled_in(rules, network))
    again = rules_of(network, profile, file)
    assert values(again) == values(rules)
    assert again.margins == rules.margins


def test_coordinated_groups_stand_in_it_where_somebody_chose(tmp_path: Path) -> None:
    network, file = crossroads(pedestrians=True), tmp_path / "mine.toml"
    assert "coordinated_groups" not in filled_in(rules_of(network), network)
    file.write_text('[intersection.C]\ncoordinated_groups = ["4", "10"]\n')
    text = filled_in(rules_of(network, engineer_file=file), network)
    assert 'coordinated_groups = ["4", "10"]  # engineer\'s file mine.toml' in text
    file.write_text(text)
    found = rules_of(network, engineer_file=file).intersection("C").coordinated
    assert found is not None
    assert found.group_ids == ("4", "10")


@pytest.mark.parametrize("groups", ['["12"]', '["99"]', '["1", "1"]', "[]", '"1"', "[1]"])
def test_coordinated_groups_are_groups_on_wheels_each_once(groups: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f"[intersection.C]\ncoordinated_groups = {groups}\n")
    with pytest.raises(InputError, match=r"coordinated_groups.*needed signal groups on wheels, each once, of"):
        rules_of(crossroads(pedestrians=True), engineer_file=file)


def test_every_value_has_its_source_beside_it() -> None:
    text = filled_in(rules_of(crossroads(), "field"), crossroads())
    for line in text.splitlines():
        if line.startswith(("min_green_s", "yellow_s", "time_s", "cycle_m")):
            assert "  # " in line, line
    assert "# assumed crossing over" in text


def test_a_longer_walk_or_clearance_in_the_file_lengthens_the_green(tmp_path: Path) -> None:
    network = crossroads(pedestrians=True)
    text = filled_in(rules_of(network), network)
    file = tmp_path / "filled.toml"
    for name, before, after, least_ds in (("pedestrian_clearance_s", 12, 60, 670), ("walk_s", 7, 20, 320)):
        assert f"{name} = {before}  #" in text
        file.write_text(text.replace(f"{name} = {before}  #", f"{name} = {after}  #"))
        found = {rules_of(network, "literature", file).group("C", group).min_green_ds for group in ("12", "13")}
        assert min(found) >= min(least_ds, 200), (name, found)


def test_a_yellow_made_longer_alone_is_noted_for_the_clearance_it_takes(tmp_path: Path) -> None:
    network = crossroads()
    text = filled_in(rules_of(network), network)
    file = tmp_path / "filled.toml"
    file.write_text(text.replace("yellow_s = 3  #", "yellow_s = 4  #"))
    rules = rules_of(network, "literature", file)
    assert rules.intergreen_ds("C", "1", "4") == 50
    assert any("1 s after the yellow" in note and "2 s run today" in note for note in rules.notes)


def test_trains_and_red_amber_and_strange_names_come_back(tmp_path: Path) -> None:
    network = crossroads()
    (old,) = network.intersections
    groups = (
        replace(old.groups[0], kind=GroupKind.RAIL, red_amber=SafetyValue(10, "running program")),
        *old.groups[1:],
    )
    network = replace(network, intersections=(replace(old, groups=groups),))
    file = tmp_path / "mine.toml"
    file.write_text("[intersection.C]\nuntouched = false\n[intersection.C.group.0]\nred_amber_s = 0\n")
    rules = rules_of(network, "field", file)
    again = tmp_path / "again.toml"
    again.write_text(filled_in(rules, network), encoding="utf-8")
    assert values(rules_of(network, "field", again)) == values(rules)
    assert rules.group("C", "0").red_amber is None


def test_calls_on_foot_come_back_and_stand_among_the_inputs_of_a_plan(tmp_path: Path) -> None:
    network, file = crossroads(pedestrians=True), tmp_path / "filled.toml"
    file.write_text('[intersection.C.group."13"]\npedestrian_calls_per_h = 12.5\n')
    rules = rules_of(network, "field", file)
    assert rules.group("C", "13").pedestrian_calls == Calls(per_h=12.5, source="engineer's file filled.toml")
    assert rules.group("C", "12").pedestrian_calls is None
    assert (
        "pedestrian_calls" not in rules.group("C", "12").model_dump_json()
    )  # digests are as before where none is said
    text = filled_in(rules, network)
    assert "pedestrian_calls_per_h = 12.5  # engineer's file filled.toml" in text
    file.write_text(text)
    assert rules_of(network, "field", file).group("C", "13").pedestrian_calls == rules.group("C", "13").pedestrian_calls
    (inputs,) = inputs_of(rules)
    (own,) = [one for one in inputs.inputs if one.name == "pedestrian_calls_per_h"]
    assert (own.value, own.groups) == (12.5, ("13",))
    for value, group, fault in ((-1, "13", "0 to 3600"), (5, "1", "'pedestrian_calls_per_h' unknown")):
        file.write_text(f'[intersection.C.group."{group}"]\npedestrian_calls_per_h = {value}\n')
        with pytest.raises(InputError, match=fault):
            rules_of(network, "field", file)
