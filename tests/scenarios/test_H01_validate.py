"""A plan against another on given routes: better, the same, worse."""

from __future__ import annotations

import json
import re
from pathlib import Path

from jsonschema import Draft202012Validator

from signals.cli.schemas import schema_of
from tests.scenarios.small_street import SmallStreet, greenband


def _validate(small: SmallStreet, folder: Path, plan: Path, against: Path, *options: str) -> tuple[int, str]:
    where = ("--network", str(small.network), "--demand", str(small.demand), "--begin", "0", "--end", "600")
    given = ("validate", str(plan), *where, "--against", str(against), "--pairs", "6", *options)
    done = greenband(*given, folder=folder)
    return done.returncode, done.stdout


def test_better_worse_and_the_same(small: SmallStreet, planned: Path, tmp_path: Path) -> None:
    running = tmp_path / "running.add.xml"
    running.write_text("<additional/>")
    code, text = _validate(small, tmp_path, planned / "plan.json", running, "--json")
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
