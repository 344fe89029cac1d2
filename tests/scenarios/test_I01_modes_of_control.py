"""Coordinated and actuated control from end to end: what the simulator executes obeys the plan."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path

import pytest

from networks.importers import sumo_net
from signals.plan import ControlMode, read_plan
from signals.programs import sumo as programs
from signals.safety.audit import audit
from tests.scenarios.small_street import SmallStreet, greenband, shown


@pytest.mark.parametrize(
    ("mode", "control"), [("coordinated", ControlMode.COORDINATED), ("actuated", ControlMode.ACTUATED)]
)
def test_what_is_executed_obeys_the_plan(mode: str, control: ControlMode, small: SmallStreet, tmp_path: Path) -> None:
    options = ("--mode", mode, "--effort", "6", "--pairs", "6", "--out", "out", "--json")
    done = greenband("plan", *small.options(), *options, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["decision"], said["mode"]) == ("recommended", mode)
    plan = read_plan(tmp_path / "out" / "plan.json")
    assert {timing.control_mode for timing in plan.intersections} == {control}
    network = sumo_net.read(small.network)
    assert programs.read(tmp_path / "out" / "plan.add.xml", network) == plan
    check = ("check", str(tmp_path / "out" / "plan.add.xml"), "--network", str(small.network))
    assert greenband(*check, folder=tmp_path).returncode == 0
    executed = shown(small, tmp_path / "out" / "plan.add.xml", tmp_path)
    assert audit(executed, plan, network) == ()
    greens = [len(list(run)) for picture, run in groupby(state for _, state in executed["A0"]) if "G" in picture]
    assert len(set(greens[1:-1])) > 1, "traffic moves the ends of the greens"
