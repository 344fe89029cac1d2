"""A plan against another on given routes: better, the same, worse."""

from __future__ import annotations

import json
from pathlib import Path

from networks.importers import sumo_net
from signals.programs.sumo import running_plan, write
from tests.scenarios.small_street import SmallStreet, greenband


def _validate(small: SmallStreet, folder: Path, plan: Path, against: Path | None, *options: str) -> tuple[int, str]:
    where = ("--network", str(small.network), "--demand", str(small.demand), "--begin", "0", "--end", "600")
    incumbent = () if against is None else ("--against", str(against))
    done = greenband("validate", str(plan), *where, *incumbent, "--pairs", "6", *options, folder=folder)
    return done.returncode, done.stdout


def test_better_worse_and_the_same(small: SmallStreet, planned: Path, tmp_path: Path) -> None:
    running = tmp_path / "running.add.xml"
    network = sumo_net.read(small.network)
    write(running_plan(network), network, running)
    code, text = _validate(small, tmp_path, planned / "plan.json", None, "--json")
    said = json.loads(text)
    assert (code, said["verdict"]) == (0, "better")
    code, text = _validate(small, tmp_path, running, planned / "plan.add.xml")
    assert code == 1
    assert "verdict: worse" in text
    code, text = _validate(small, tmp_path, planned / "plan.add.xml", planned / "plan.json")
    assert code == 0
    assert "verdict: not worse" in text
    assert [path.name for path in tmp_path.iterdir()] == [running.name]
