"""A dual ring as it stands at many American junctions, from the types to the street: eight ring phases, a right turn
overlap, a flashing yellow arrow and crossings. Written, read, checked, and shown by SUMO at the expected seconds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from networks.importers import sumo_net
from signals.plan import IntersectionPlan, read_plan, write_plan
from signals.programs import sheet, sheet_csv
from signals.programs.sumo import read, write
from signals.rules import rules_of
from signals.safety import audit, check
from tests.scenarios.small_street import greenband
from tests.signals.hand_built import (
    DUAL_RING_CYCLE_S,
    DUAL_RING_OFFSET_S,
    DUAL_RING_S,
    DUAL_RING_ZERO_S,
    dual_ring,
    letters_of,
)
from tests.signals.ring_mutations import fitted, safe_start
from tests.signals.ring_plans import plan_of
from tests.signals.sumo_streets import executed, loops_of, street


@pytest.mark.scenario
def test_eight_ring_phases_an_overlap_an_arrow_and_crossings(tmp_path: Path) -> None:
    network = sumo_net.read(street("crossings"))
    plan = plan_of(dual_ring(), network)
    assert check(plan, network, rules_of(network)) == ()
    write_plan(plan, tmp_path / "plan.json")
    write(plan, network, tmp_path / "plan.add.xml")
    assert read_plan(tmp_path / "plan.json") == read(tmp_path / "plan.add.xml", network) == plan
    sheet.write(plan, network, tmp_path / "sheet.toml", rules_of(network))
    assert sheet.read(tmp_path / "sheet.toml", network).digest() == plan.digest()
    sheet_csv.write(plan, network, tmp_path / "sheet.csv", rules_of(network))
    assert sheet_csv.read(tmp_path / "sheet.csv", network).digest() == plan.digest()
    assert check(plan, network, rules_of(network, sheet=sheet.safety_inputs(tmp_path / "sheet.toml", network))) == ()
    shown = executed(street("crossings"), tmp_path / "plan.add.xml", tmp_path, 400, flow=False)
    assert audit(shown, plan, network) == ()
    zero_s = DUAL_RING_OFFSET_S - DUAL_RING_ZERO_S  # the first barrier on the clock
    rows = {int(time_s - zero_s) % DUAL_RING_CYCLE_S: state for time_s, state in shown["A0"]}
    channels = {group.id: group.channels for group in network.intersections[0].groups}
    assert {*channels} == {*DUAL_RING_S}
    for name, row in DUAL_RING_S.items():
        for channel in channels[name]:
            seen = "".join(rows[second][channel] for second in range(DUAL_RING_CYCLE_S))
            assert seen == letters_of(row, DUAL_RING_CYCLE_S), name


@pytest.mark.scenario
def test_actuated_rings_are_checked_with_the_loops_of_the_street(tmp_path: Path) -> None:
    """Under `field`: safe with them, refused without, and with the one loop gone that calls a left."""
    path = street("lefts")
    network = sumo_net.read(path, [loops_of(path)])
    fields = json.loads(safe_start("lefts field")) | {"control_mode": "coordinated actuated"}
    fitted(fields)
    timing = IntersectionPlan.model_validate_json(json.dumps(fields))
    write_plan(plan_of(timing, network), tmp_path / "plan.json")
    command = ("check", "plan.json", "--network", str(path), "--profile", "field")
    known = greenband(*command, "--detectors", str(loops_of(path)), folder=tmp_path)
    assert known.returncode == 0, known.stdout + known.stderr
    unknown = greenband(*command, folder=tmp_path)
    assert unknown.returncode == 1
    assert "detector 'loop:top0A0.60.00_2': found not in the network" in unknown.stdout
    left = tuple(use for use in timing.detectors if use.target != "3")
    write_plan(plan_of(timing.model_copy(update={"detectors": left}), network), tmp_path / "plan.json")
    lost = greenband(*command, "--detectors", str(loops_of(path)), folder=tmp_path)
    assert lost.returncode == 1
    needed = "needed a detector that is there, or minimum or maximum recall"
    assert (
        f"ring phase 3: found recall 'none', and no detector on its lanes calls or extends it, {needed}" in lost.stdout
    )
