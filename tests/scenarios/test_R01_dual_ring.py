"""A dual ring as it stands at many American junctions, from the types to the street: eight ring phases, a right turn
overlap, a flashing yellow arrow and crossings. Written, read, checked, and shown by SUMO at the expected seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from networks.importers import sumo_net
from signals.plan import IntersectionPlan, read_plan, write_plan
from signals.programs import sheet
from signals.programs.sumo import read, write
from signals.rules import rules_of
from signals.safety import audit, check
from tests.signals.ring_plans import OF_SUMO, phase, plan_of, rings
from tests.signals.sumo_streets import executed, street

SPLITS_S = {1: 13, 2: 44, 3: 13, 4: 44, 5: 13, 6: 44, 7: 13, 8: 44}
CROSSING = {2: "18", 6: "16", 4: "17", 8: "19"}
RIGHT = {2: "12", 6: "4", 4: "8", 8: "0"}

# First barrier at 0: lefts 1 and 5 green 0-8, throughs 13-52; lefts 3 and 7 57-65, throughs 70-109; cycle 114 s.
# Walk 7 s and clearance 15 s from the start of the through. The first coordinated green, at 13 s, is local zero.
EXPECTED_S = {
    "13": [("G", 13, 52), ("y", 52, 55), ("r", 55, 127)],  # through 2
    "9": [("G", 70, 109), ("y", 109, 112), ("r", 112, 184)],  # through 4
    "7": [("G", 0, 8), ("y", 8, 11), ("r", 11, 13), ("g", 13, 52), ("y", 52, 55), ("r", 55, 114)],  # left 1, arrow
    "12": [("g", 13, 65), ("y", 65, 68), ("r", 68, 127)],  # right from the west: overlap of 2 and 7
    "4": [("g", 13, 52), ("y", 52, 55), ("r", 55, 127)],  # right from the east, with its through
    "18": [("G", 13, 35), ("r", 35, 127)],  # crossing beside 2
    "17": [("G", 70, 92), ("r", 92, 184)],  # crossing beside 4
}


def _junction() -> IntersectionPlan:
    def change(fields: dict[str, object]) -> None:
        groups = sorted({*sum(OF_SUMO.values(), ()), *CROSSING.values()}, key=int)
        fields |= {"intersection_id": "A0", "group_ids": groups, "cycle_ds": 1140, "offset_ds": 200}
        for number, split_s in SPLITS_S.items():
            row = phase(fields, number)
            row |= {"split_ds": 10 * split_s, "group_ids": [n for n in OF_SUMO[number] if n != RIGHT.get(number)]}
            if number in CROSSING:
                row |= {"pedestrian_group_ids": [CROSSING[number]], "pedestrian_mode": "recall", "walk_ds": 70}
                row |= {"pedestrian_clearance_ds": 150, "pedestrian_buffer_ds": 210}
                row["yielding_group_ids"] = [RIGHT[number]] if number != 2 else []
        overlaps = [
            {"group_id": "12", "parents": [2, 7], "kind": "yielding"},
            {"group_id": "7", "parents": [2], "kind": "flashing yellow arrow"},
        ]
        fields["body"] |= {"overlaps": overlaps}  # type: ignore[operator]

    return rings(change)


@pytest.mark.scenario
def test_eight_ring_phases_an_overlap_an_arrow_and_crossings(tmp_path: Path) -> None:
    network = sumo_net.read(street("crossings"))
    plan = plan_of(_junction(), network)
    assert check(plan, network, rules_of(network)) == ()
    write_plan(plan, tmp_path / "plan.json")
    write(plan, network, tmp_path / "plan.add.xml")
    assert read_plan(tmp_path / "plan.json") == read(tmp_path / "plan.add.xml", network) == plan
    sheet.write(plan, network, tmp_path / "sheet.toml", rules_of(network))
    assert sheet.read(tmp_path / "sheet.toml", network).digest() == plan.digest()
    assert check(plan, network, rules_of(network, sheet=sheet.safety_inputs(tmp_path / "sheet.toml", network))) == ()
    shown = executed(street("crossings"), tmp_path / "plan.add.xml", tmp_path, 400, flow=False)
    assert audit(shown, plan, network) == ()
    channel = {group.id: group.channels[0] for group in network.intersections[0].groups}
    for name, expected in EXPECTED_S.items():
        for letter, start_s, end_s in expected:
            for second in range(start_s, end_s):  # 20 s after the clock's zero the first coordinated green begins
                row = next(state for time_s, state in shown["A0"] if (time_s - 20 + 13) % 114 == second % 114)
                assert row[channel[name]] == letter, (name, second)
