"""A junction in stages as it stands at many European crossings, from the types to the street: red-amber, green flash,
intergreens by pairs of groups, rights that are cut off early, crossings that start late and end early. Its safety
inputs come from its own timing sheet. Written, read, checked, and shown by SUMO at the expected seconds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from networks.importers import sumo_net
from signals.intervals import flashes
from signals.plan import TimingPlan, read_plan, write_plan
from signals.programs import sheet, sheet_csv, sumo
from signals.rules import Rules, rules_of
from signals.safety import audit, check
from tests.signals.hand_built import (
    FLASH_S,
    STAGES_CYCLE_S,
    STAGES_OFFSET_S,
    STAGES_S,
    letters_of,
    stages_by_groups,
    write_safety_inputs,
)
from tests.signals.sumo_streets import executed, street


def _times(rules: Rules) -> list[object]:
    junction = rules.intersections[0]
    greens = [
        (group.min_green_ds, group.green_flash_ds, group.yellow_ds, group.red_amber_ds, group.walk_ds)
        for group in junction.groups
    ]
    return [
        greens,
        [(entry.ending, entry.starting, entry.time and entry.time.value_ds) for entry in junction.intergreens],
    ]


@pytest.mark.scenario
def test_red_amber_intergreens_by_groups_and_early_cut_off(tmp_path: Path) -> None:
    network = sumo_net.read(street("crossings"))
    plan = TimingPlan(network_digest=network.digest, intersections=(stages_by_groups(),))
    write_safety_inputs(network, tmp_path / "rules.toml")
    engineers = rules_of(network, engineer_file=tmp_path / "rules.toml")
    sheet.write(plan, network, tmp_path / "sheet.toml", engineers)
    sheet_csv.write(plan, network, tmp_path / "sheet.csv", engineers)
    rules = rules_of(network, sheet=sheet_csv.safety_inputs(tmp_path / "sheet.csv", network))
    assert _times(rules) == _times(rules_of(network, sheet=sheet.safety_inputs(tmp_path / "sheet.toml", network)))
    assert _times(rules) == _times(engineers)
    assert check(plan, network, rules) == ()
    assert {violation.rule for violation in check(plan, network, rules_of(network))} >= {"red-amber"}
    write_plan(plan, tmp_path / "plan.json")
    sumo.write(plan, network, tmp_path / "plan.add.xml")
    for back in (
        read_plan(tmp_path / "plan.json"),
        sumo.read(tmp_path / "plan.add.xml", network),
        sheet.read(tmp_path / "sheet.toml", network),
        sheet_csv.read(tmp_path / "sheet.csv", network),
    ):
        assert back == plan
        assert back.digest() == plan.digest()
    flash_ds = {group.group_id: group.green_flash_ds for group in rules.intersections[0].groups}
    told = flashes(plan.intersections[0], flash_ds)
    assert told == {name: ((10 * start_s, 10 * end_s),) for name, (start_s, end_s) in FLASH_S.items()}
    shown = executed(street("crossings"), tmp_path / "plan.add.xml", tmp_path, 330, flow=False)
    assert audit(shown, plan, network) == ()
    rows = {int(time_s - STAGES_OFFSET_S) % STAGES_CYCLE_S: state for time_s, state in shown["A0"]}
    channels = {group.id: group.channels for group in network.intersections[0].groups}
    assert {*channels} == {*STAGES_S}
    for name, row in STAGES_S.items():
        for channel in channels[name]:
            seen = "".join(rows[second][channel] for second in range(STAGES_CYCLE_S))
            assert seen == letters_of(row, STAGES_CYCLE_S), name


@pytest.mark.scenario
@pytest.mark.parametrize(
    ("old", "new", "rules_broken"),
    [
        ("duration_s = 24 }", "duration_s = 20 }", {"pedestrian-green"}),  # of both streets
        ("min_green_s = 5,", "min_green_s = 33,", {"min-green"}),  # throughs have 32 s, rights 30 s
        ('"16" = 7', '"16" = 8', {"intergreen"}),  # from lefts to a crossing: 7 s are there
        ("red_amber_s = 1", "red_amber_s = 2", {"red-amber"}),
        ("5,  green_flash_s = 3", "28,  green_flash_s = 3", {"min-green"}),  # rights have 30 s
        ("yellow_s = 3,", "yellow_s = 4,", {"yellow"}),
        ("min_green_s = 22,", "min_green_s = 25,", {"pedestrian-green"}),
    ],
)
def test_its_broken_twins_are_refused_with_the_right_rule(
    old: str, new: str, rules_broken: set[str], tmp_path: Path
) -> None:
    network = sumo_net.read(street("crossings"))
    plan = TimingPlan(network_digest=network.digest, intersections=(stages_by_groups(),))
    write_safety_inputs(network, tmp_path / "rules.toml")
    path = tmp_path / "sheet.toml"
    sheet.write(plan, network, path, rules_of(network, engineer_file=tmp_path / "rules.toml"))
    text = path.read_text()
    assert old in text
    text = text.replace(old, new)
    if "duration" in old:
        text = re.sub(r"start_s = \d+, *", "", text.replace("cycle_s = 98", "cycle_s = 90"))
    path.write_text(text)
    rules = rules_of(network, sheet=sheet.safety_inputs(path, network))
    assert {violation.rule for violation in check(sheet.read(path, network), network, rules)} == rules_broken
