"""A SUMO configuration stands for network, demand, additional files and period; it is read, never run."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from networks.importers import sumo_net
from signals.programs import sumo as programs
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


def test_additional_files_bring_detectors_programs_and_types(small: SmallStreet, planned: Path, tmp_path: Path) -> None:
    """All that the street has in one file, beside outputs; the programs in it are what runs."""
    holds = [path.read_text() for path in (small.detectors, planned / "plan.add.xml")]
    inside = "".join(re.sub(r"</?additional[^>]*>|<\?xml[^>]*>", "", text) for text in holds)
    outputs = '<edgeData id="e" file="edges.xml"/><timedEvent type="SaveTLSStates" dest="states.xml"/>'
    (tmp_path / "all.add.xml").write_text(f'<additional><vType id="car"/>{inside}{outputs}</additional>')
    text = small.sumocfg.read_text().replace("</input>", '<additional-files value="all.add.xml"/></input>')
    for path in (small.network, small.demand):
        text = text.replace(f'"{path.name}"', f'"{os.path.relpath(path, tmp_path)}"')
    (tmp_path / "street.sumocfg").write_text(text)
    options = ("--flows", str(small.flows), "--effort", "4", "--pairs", "6", "--json", "--out", "cfg")
    done = greenband("plan", "--sumocfg", "street.sumocfg", *options, folder=tmp_path)
    assert done.returncode in (0, 1), done.stderr  # what runs is a good plan: there may be no clear verdict
    found = json.loads(done.stdout)
    network = sumo_net.read(small.network, [planned / "plan.add.xml"])
    assert found["digests"]["incumbent"] == programs.running_plan(network).digest()
    page = (tmp_path / "cfg" / "report.html").read_text()
    assert "Read over in all.add.xml: edgeData (1), timedEvent (1)." in page
    assert "Detectors used: 24" in page
    assert not list(tmp_path.rglob("edges.xml"))
