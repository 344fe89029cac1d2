"""Values below a floor, of the engineer's file and of the controllers' timing sheet: no command takes them unsaid."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from networks.importers import sumo_net
from signals.control import running_plan
from signals.plan import write_plan
from tests.scenarios.small_street import SmallStreet, greenband

ENGINEERS = """
[intersection.A0.group.1]
min_green_s = 2

[[intersection.A0.intergreen]]
from = "1"
to = "4"
time_s = 0
"""
SHEET = """
[sheet]
format = "greenband-sheet"
version = 1

[junction.A0]
untouched = true
groups = [{ group = "1", min_green_s = 2 }]
intergreen_s = { "1" = { "4" = 0 } }
"""


@pytest.fixture
def folder(small: SmallStreet, tmp_path: Path) -> Path:
    """What runs as a plan, an engineer's file and a timing sheet."""
    write_plan(running_plan(sumo_net.read(small.network)), tmp_path / "today.json")
    (tmp_path / "rules.toml").write_text(ENGINEERS)
    (tmp_path / "sheet.toml").write_text(SHEET)
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        ("check", "today.json"),
        ("rules",),
        ("sheet", "today.json", "--out", "out.toml"),
        ("plan", "--flows", "flows.csv", "--out", "out"),
        ("schedule", "check", "week.toml", "--plan", "today.json"),
    ],
    ids=lambda words: words[0],
)
def test_the_engineers_file_is_refused_by_every_command(
    small: SmallStreet, folder: Path, command: tuple[str, ...]
) -> None:
    (folder / "flows.csv").write_bytes(small.flows.read_bytes())
    digest = json.loads(greenband("check", "today.json", *_network(small), "--json", folder=folder).stdout)["plan"]
    days = '["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]'
    (folder / "week.toml").write_text(
        'format = "greenband-schedule"\nversion = 1\nzone = "UTC"\nvalid_from = 2026-03-01\nvalid_to = 2026-04-30\n'
        f'[[plans]]\nname = "today"\ndigest = "{digest}"\n'
        f'[[entries]]\nweekdays = {days}\nstart = "00:00"\nplan = "today"\n'
    )
    done = greenband(*command, *_network(small), "--profile", "field", "--rules", "rules.toml", folder=folder)
    assert done.returncode == 2, done.stdout
    assert "error: 2 faults in the input" in done.stderr
    place = "engineer's file rules.toml, intersection 'A0'"
    assert f"{place}, signal group '1': min_green_s: found 2 s, needed at least 5 s" in done.stderr
    assert f"{place}, from signal group '1' to '4': time_s: found 0 s, needed more than the yellow" in done.stderr


def test_a_sheet_is_raised_and_named_with_its_source(small: SmallStreet, folder: Path) -> None:
    asked = ("--profile", "field", "--sheet", "sheet.toml")
    done = greenband("check", "today.json", *_network(small), *asked, folder=folder)
    told = [line for line in done.stdout.splitlines() if line.startswith("below a floor: ") and "sheet.toml" in line]
    assert len(told) == 2
    assert "signal group '1': green of 2 s by timing sheet sheet.toml, needed at least 5 s" in told[0]
    assert "crossing paths by timing sheet sheet.toml in 1 ordered pairs" in told[1]
    said = json.loads(greenband("check", "today.json", *_network(small), *asked, "--json", folder=folder).stdout)
    assert [line for line in said["raised"] if "sheet.toml" in line] == [
        t.removeprefix("below a floor: ") for t in told
    ]
    rules = greenband("rules", *_network(small), *asked, folder=folder).stdout
    assert all(line.removeprefix("below a floor: ") in rules for line in told)
    assert "sheet.toml" not in "".join(line for line in rules.splitlines() if not line.startswith("#"))


def test_check_repeats_that_nobody_walks(small: SmallStreet, folder: Path) -> None:
    caveat = "; no crossing on foot was taken into account, as asked for"
    of_street = ("check", "today.json", *_network(small), "--profile", "field")
    assert caveat not in greenband(*of_street, folder=folder).stdout
    verdict = greenband(*of_street, "--pedestrians", "none", folder=folder).stdout.splitlines()[0]
    assert verdict.startswith("safe, but for ")  # what runs today keeps no intergreen by these rules
    assert verdict.endswith(f" faults of programs that run on as today (2 intersections, profile field){caveat}")
    (folder / "inputs").mkdir()
    (folder / "inputs" / "rules-choice.json").write_text(
        json.dumps({"profile": "field", "pedestrians": "none", "cycle_max_s": None})
    )
    (folder / "today.json").rename(folder / "plan.json")
    kept = ("check", "plan.json", *_network(small))
    assert caveat in greenband(*kept, folder=folder).stdout
    assert json.loads(greenband(*kept, "--json", folder=folder).stdout)["caveat"] == caveat.removeprefix("; ")


def test_a_sheet_is_a_source_of_the_pages_to_sign_and_of_a_validation(small: SmallStreet, folder: Path) -> None:
    (folder / "sheet.toml").write_text(SHEET.replace("min_green_s = 2", "min_green_s = 9").replace("= 0 }", "= 8 }"))
    asked = (*_network(small), "--profile", "field", "--sheet", "sheet.toml")
    done = greenband("sheet", "today.json", *asked, "--out", "pages.html", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "timing sheet sheet.toml" in (folder / "pages.html").read_text()
    done = greenband("sheet", "today.json", *asked, "--pedestrians", "none", "--out", "again.toml", folder=folder)
    assert done.returncode == 0, done.stderr
    groups = tomllib.loads((folder / "again.toml").read_text())["junction"]["A0"]["groups"]
    assert [row["min_green_s"] for row in groups if row["group"] == "1"] == [9]
    (folder / "sheet.toml").write_text(SHEET.replace("min_green_s = 2", 'min_green_s = "two"'))
    routes = ("--demand", str(small.demand), "--begin", "0", "--end", "600", "--pairs", "6")
    refused = greenband("validate", "today.json", *asked, *routes, folder=folder)
    assert refused.returncode == 2
    assert "sheet.toml, junction 'A0', group 1: min_green_s: found 'two', needed seconds in tenths" in refused.stderr


def _network(small: SmallStreet) -> tuple[str, str]:
    return "--network", str(small.network)
