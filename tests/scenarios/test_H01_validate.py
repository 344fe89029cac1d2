"""A plan against another on given routes: better, the same, worse."""

from __future__ import annotations

import json
import re
from pathlib import Path

from jsonschema import Draft202012Validator

from networks.importers import sumo_net
from signals.cli.schemas import schema_of
from signals.programs.sumo import running_plan, write
from tests.scenarios.small_street import SmallStreet, greenband


def _validate(small: SmallStreet, folder: Path, plan: Path, against: Path | None, *options: str) -> tuple[int, str]:
    where = ("--network", str(small.network), "--demand", str(small.demand), "--begin", "0", "--end", "600")
    incumbent = () if against is None else ("--against", str(against))
    done = greenband("validate", str(plan), *where, *incumbent, "--pairs", "6", *options, folder=folder)
    return done.returncode, done.stdout


def test_without_a_period_as_far_as_the_routes_go(small: SmallStreet, planned: Path, tmp_path: Path) -> None:
    where = ("--network", str(small.network), "--demand", str(small.demand), "--against", str(planned / "plan.json"))
    done = greenband("validate", str(planned / "plan.json"), *where, "--pairs", "6", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "period: 0 to 600 s after midnight, as far as the routes go" in done.stderr
    wrong = greenband("validate", str(planned / "plan.json"), *where, "--begin", "700", folder=tmp_path)
    assert wrong.returncode == 2
    assert "routes from 0 to 600 s" in wrong.stderr


def test_better_worse_and_the_same(small: SmallStreet, planned: Path, tmp_path: Path) -> None:
    running = tmp_path / "running.add.xml"
    network = sumo_net.read(small.network)
    write(running_plan(network), network, running)
    code, text = _validate(small, tmp_path, planned / "plan.json", None, "--json")
    said = json.loads(text)
    assert (code, said["verdict"]) == (0, "better")
    assert not list(Draft202012Validator(schema_of("validation")).iter_errors(said))
    code, text = _validate(small, tmp_path, running, planned / "plan.add.xml")
    assert code == 1
    assert "verdict: worse" in text
    code, text = _validate(small, tmp_path, planned / "plan.add.xml", planned / "plan.json")
    assert code == 0
    assert "verdict: not worse" in text
    assert re.search(r"co2_g .* no significant difference", text)
    assert [path.name for path in tmp_path.iterdir()] == [running.name]
