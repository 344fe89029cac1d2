"""An engineer asks which rules hold, changes a value, gives the file back, and gets a plan for the street."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenarios.small_street import SmallStreet, greenband


def test_the_rules_are_written_changed_and_given_back(small: SmallStreet, tmp_path: Path) -> None:
    network = ("--network", str(small.network))
    done = greenband("rules", *network, "--out", "rules.toml", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "2 intersections, profile field, crossings on foot: assumed" in done.stdout
    text = (tmp_path / "rules.toml").read_text()
    assert "# assumed crossing over" in text
    printed = greenband("rules", *network, folder=tmp_path)
    assert printed.stdout == text
    file = tmp_path / "rules.toml"
    file.write_text(text.replace("cycle_max_s = 120  # profile field", "cycle_max_s = 110"))
    options = ("--rules", str(file), "--effort", "8", "--pairs", "6", "--out", "out", "--json")
    planned = greenband("plan", *small.options(), *options, folder=tmp_path)
    assert planned.returncode in (0, 1), planned.stderr
    said = json.loads(planned.stdout)
    assert (said["profile"], said["pedestrians"]) == ("field", "assumed")
    discharge = said["discharge"]
    assert (discharge["step_s"], discharge["lane_groups"][0]["source"]) == (1.0, "engineer's file rules.toml")
    assert all(row["met"] for row in discharge["lane_groups"] if row["turn"] == "aside")
    assert discharge == json.loads((tmp_path / "out" / "inputs" / "discharge.json").read_text())
    assert "Source of the target" in (tmp_path / "out" / "report.html").read_text()
    assert said["raised"] == []  # what was raised is the engineer's own word now
    if said["candidate"] is not None:
        assert said["against_raised"]["pairs"] >= 6
    checked = greenband("check", str(tmp_path / "out" / "plan.json"), *network, "--json", folder=tmp_path)
    assert json.loads(checked.stdout)["profile"] == "field"
    assert checked.returncode == 0, checked.stdout


def test_detectors_alone_are_told_with_what_they_could_end(small: SmallStreet, tmp_path: Path) -> None:
    options = ("--network", str(small.network), "--detectors", str(small.detectors), "--out", "rules.toml")
    done = greenband("rules", *options, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "A0B0_0:advance (advance), 40.0 m before the end of lane A0B0_0: could end stage S2" in done.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--begin", "60"), "found --begin, needed --flows, which it is about"),
        (("--out", "nowhere/rules.toml"), "no folder"),
        (("--out", "."), "a folder, needed a file"),
        (("--profile", "mars"), "one of field, field-de, field-us, literature"),
        (("--pedestrians", "crossings.toml"), "no such file"),
        (("--cycle-max", "200"), "60 to 150 s under profile field"),
        (("--rules", "absent.toml"), "no such file"),
    ],
)
def test_every_fault_is_told_and_nothing_is_written(
    small: SmallStreet, options: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    done = greenband("rules", "--network", str(small.network), *options, folder=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())
