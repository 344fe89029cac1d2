"""Where nothing better is found the running plan is kept, and the files hold that plan."""

from __future__ import annotations

import json
from pathlib import Path

from networks.importers import sumo_net
from signals.programs import sumo as programs
from tests.scenarios.small_street import SmallStreet, greenband


def test_the_answer_is_what_runs_today(small: SmallStreet, planned: Path, tmp_path: Path) -> None:
    incumbent = planned / "plan.add.xml"
    rules = tmp_path / "rules.toml"
    rules.write_text("[all]\ncycle_min_s = 90\n")  # nobody may be as quick as what runs today
    options = ("--incumbent", str(incumbent), "--rules", str(rules), "--effort", "4", "--pairs", "6")
    done = greenband("plan", *small.options(), *options, "--out", "out", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    out = tmp_path / "out"
    said = json.loads((out / "report.json").read_text())
    assert said["decision"] == "kept"
    assert said["reasons"]
    assert "running plan is kept" in done.stdout
    network = sumo_net.read(small.network, [incumbent])
    running = programs.running_plan(network)
    assert said["digests"]["plan"] == said["digests"]["incumbent"] == running.digest()
    assert programs.read(out / "plan.add.xml", network) == running
    assert (out / "report.html").exists()
    for name in ("plan.json", "plan.add.xml"):
        checked = greenband("check", str(out / name), "--network", str(small.network), "--json", folder=tmp_path)
        assert checked.returncode == 0, checked.stdout
        assert json.loads(checked.stdout)["inputs"] == [
            str(out / "inputs" / "incumbent" / "001.add.xml"),
            str(out / "inputs" / "detectors" / "001.add.xml"),
            str(out / "inputs" / "rules" / "rules.toml"),
        ]
