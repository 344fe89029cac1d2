"""Coordinated and actuated control from end to end: what the simulator executes obeys the plan."""

from __future__ import annotations

import json
import re
from itertools import groupby
from pathlib import Path

import pytest

from networks.importers import sumo_net
from signals.plan import ControlMode, read_plan
from signals.programs import sumo as programs
from signals.safety.audit import audit
from tests.scenarios.small_street import SmallStreet, greenband, shown


@pytest.mark.parametrize("mode", ["fixed", "actuated"])
def test_signals_that_run_actuated_today_are_planned_for(mode: str, small: SmallStreet, tmp_path: Path) -> None:
    """Free programs with stages from 5 to 50 s: timed anew on a clock, or with their form kept."""
    text, count = re.subn(
        r'<phase duration="42"', '<phase duration="42" minDur="5" maxDur="50"', small.network.read_text()
    )
    assert count == 4
    network = tmp_path / "street.net.xml"
    network.write_text(text.replace('type="static"', 'type="actuated"'))
    options = ["--network", str(network), "--detectors", str(small.detectors), "--flows", str(small.flows)]
    options += ["--begin", "0", "--end", "600", "--mode", mode, "--effort", "6", "--pairs", "6", "--json"]
    done = greenband("plan", *options, "--out", "out", folder=tmp_path)
    assert done.returncode in (0, 1), done.stderr
    said = json.loads(done.stdout)
    assert said["untouched"] == []
    assert said["candidate"] is not None or "had a better score" in said["reasons"][0]
    assert said["effort"]["candidates_safe"] > 1
    assert said["candidate"] is None or said["candidate"]["plan"] != said["digests"]["incumbent"]
    checked = greenband("check", "out/plan.json", "--network", str(network), folder=tmp_path)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("mode", "control"), [("coordinated", ControlMode.COORDINATED), ("actuated", ControlMode.ACTUATED)]
)
def test_what_is_executed_obeys_the_plan(mode: str, control: ControlMode, small: SmallStreet, tmp_path: Path) -> None:
    options = ("--mode", mode, "--effort", "6", "--pairs", "6", "--out", "out", "--json")
    done = greenband("plan", *small.options(), *options, "--profile", "literature", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["decision"], said["mode"]) == ("recommended", mode)
    plan = read_plan(tmp_path / "out" / "plan.json")
    assert {timing.control_mode for timing in plan.intersections} == {control}
    network = sumo_net.read(small.network)
    assert programs.read(tmp_path / "out" / "plan.add.xml", network) == plan.claiming((), ())
    check = ("check", str(tmp_path / "out" / "plan.add.xml"), "--network", str(small.network))
    assert greenband(*check, folder=tmp_path).returncode == 0
    executed = shown(small, tmp_path / "out" / "plan.add.xml", tmp_path)
    assert audit(executed, plan, network) == ()
    fixed = read_plan(tmp_path / "out" / "fixed.json")
    assert (said["fixed"]["plan"], said["fixed"]["faults"]) == (fixed.digest(), [])
    assert {timing.control_mode for timing in fixed.intersections} == {ControlMode.FIXED}
    assert programs.read(tmp_path / "out" / "fixed.add.xml", network) == fixed.claiming((), ())
    rules = tmp_path / "out" / "inputs" / "rules-in-force.toml"
    assert plan.rules_digest in rules.read_text()
    beside = ("check", str(tmp_path / "out" / "fixed.json"), "--network", str(small.network))
    assert greenband(*beside, folder=tmp_path).returncode == 0
    greens = [len(list(run)) for picture, run in groupby(state for _, state in executed["A0"]) if "G" in picture]
    assert len(set(greens[1:-1])) > 1, "traffic moves the ends of the greens"


def test_in_the_field_only_the_loops_that_are_there_end_a_green(small: SmallStreet, tmp_path: Path) -> None:
    """Every lane has a loop 40 m before its stop line: the plan names them. Without them nothing
    could end a green, and the plan offered is a fixed one."""
    options = ("--mode", "coordinated", "--effort", "6", "--pairs", "6", "--pedestrians", "none", "--json")
    done = greenband("plan", *small.options(), *options, "--out", "seen", folder=tmp_path)
    assert done.returncode in (0, 1), done.stderr
    said = json.loads(done.stdout)
    assert said["lost_detectors"]["lost"] == -(-said["lost_detectors"]["detectors"] // 5)
    assert said["lost_detectors"]["faults"] == []
    assert "Beside the verdict" in (tmp_path / "seen" / "report.html").read_text()

    far = [line for line in small.detectors.read_text().splitlines() if ":advance" not in line and ":stop" not in line]
    (tmp_path / "far.add.xml").write_text("\n".join(far))
    given = [str(tmp_path / "far.add.xml") if word == str(small.detectors) else word for word in small.options()]
    done = greenband("plan", *given, *options, "--out", "blind", folder=tmp_path)
    assert done.returncode in (0, 1), done.stderr
    assert json.loads(done.stdout)["lost_detectors"] is None
    assert "the plan offered is a fixed one" in (tmp_path / "blind" / "report.html").read_text()
