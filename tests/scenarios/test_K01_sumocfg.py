"""A SUMO configuration stands for network, demand, additional files and period; it is read, never run."""

from __future__ import annotations

import json
from pathlib import Path

from tests.scenarios.small_street import SmallStreet, greenband


def test_same_answer_as_with_single_options(small: SmallStreet, tmp_path: Path) -> None:
    cfg = small.folder / "with-outputs.sumocfg"
    text = small.sumocfg.read_text()
    outputs = '<output><summary-output value="summary.xml"/></output><traci_server><remote-port value="8813"/>'
    cfg.write_text(text.replace("</configuration>", f"{outputs}</traci_server></configuration>"))
    common = ("--detectors", str(small.detectors), "--flows", str(small.flows))
    effort = ("--effort", "4", "--pairs", "6", "--json")
    one = greenband("plan", "--sumocfg", str(cfg), *common, *effort, "--out", "cfg", folder=tmp_path)
    other = greenband("plan", *small.options(demand=True), *effort, "--out", "options", folder=tmp_path)
    assert one.returncode == other.returncode == 0, one.stderr + other.stderr
    first, second = json.loads(one.stdout), json.loads(other.stdout)
    assert first == second
    assert first["decision"] == "recommended"
    assert {path.name for path in tmp_path.iterdir()} == {"cfg", "options"}
    assert not list(small.folder.rglob("summary.xml"))
