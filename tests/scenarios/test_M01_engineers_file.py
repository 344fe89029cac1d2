"""An engineer asks for a longer yellow at one junction and a longer intergreen at another: the plan found has both."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from networks.importers import sumo_net
from signals.plan import read_plan
from signals.safety.audit import audit
from tests.scenarios.small_street import SmallStreet, greenband, shown

YELLOW_S, INTERGREEN_S = 4.5, 6.0  # 3 s both of them in the running programs
RULES = f"""
[intersection.A0.group.1]
yellow_s = {YELLOW_S}

[[intersection.B0.intergreen]]
from = "4"
to = "1"
time_s = {INTERGREEN_S}
"""


@pytest.fixture(scope="module")
def out(small: SmallStreet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of a plan made under the engineer's file."""
    folder = tmp_path_factory.mktemp("engineer")
    (folder / "rules.toml").write_text(RULES)
    options = ("--rules", "rules.toml", "--effort", "8", "--pairs", "6", "--seed", "1", "--out", "out", "--json")
    done = greenband("plan", *small.options(), "--profile", "literature", *options, folder=folder)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["decision"] == "recommended", done.stdout
    return folder / "out"


def _letters(programs: Path, signal: str, channel: int) -> list[tuple[str, float]]:
    """What one channel of a written program shows: letters and seconds, from the start of its green on."""
    (program,) = [p for p in ElementTree.parse(programs).getroot().iter("tlLogic") if p.get("id") == signal]
    rows = [(step.attrib["state"][channel], float(step.attrib["duration"])) for step in program.iter("phase")]
    start = next(i for i in range(len(rows)) if rows[i][0] in "gG" and rows[i - 1][0] not in "gG")
    return rows[start:] + rows[:start]


def test_the_written_displays_show_the_longer_values(out: Path) -> None:
    programs = out / "plan.add.xml"
    for channel in range(12):
        yellow_s = sum(seconds for letter, seconds in _letters(programs, "A0", channel) if letter == "y")
        assert yellow_s == (YELLOW_S if channel == 1 else 3.0)
    ending, cycle = _letters(programs, "B0", 4), 0.0
    green_s = sum(seconds for letter, seconds in ending if letter in "gG")
    (program,) = [p for p in ElementTree.parse(programs).getroot().iter("tlLogic") if p.get("id") == "B0"]
    steps = [(step.attrib["state"], float(step.attrib["duration"])) for step in program.iter("phase")]
    first = next(i for i in range(len(steps)) if steps[i][0][4] in "gG" and steps[i - 1][0][4] not in "gG")
    for state, seconds in steps[first:] + steps[:first]:
        if state[1] in "gG":
            break
        cycle += seconds
    assert cycle - green_s == INTERGREEN_S


def test_the_plan_is_safe_under_these_rules_and_made_for_no_others(small: SmallStreet, out: Path) -> None:
    check = ("check", str(out / "plan.json"), "--network", str(small.network))
    safe = greenband(*check, "--rules", str(out.parent / "rules.toml"), folder=out.parent)
    assert (safe.returncode, safe.stdout.splitlines()[0]) == (0, "safe (2 intersections, profile literature)")
    # the running programs are too short by these rules, and are named as what the street has already
    assert "yellow: intersection 'A0', signal group '1'" in safe.stdout
    assert "intergreen: intersection 'B0', from signal group '4' to '1'" in safe.stdout
    assert greenband(*check, folder=out.parent).returncode == 0  # the rules that it was made under lie beside it
    alone = out.parent / "alone.json"
    alone.write_bytes((out / "plan.json").read_bytes())
    others = ("check", str(alone), "--network", str(small.network))
    unknown = greenband(*others, folder=out.parent)
    assert unknown.returncode == 2  # neither safe nor unsafe
    assert "made under rules" in unknown.stderr
    assert greenband(*others, "--profile", "field", folder=out.parent).returncode == 1


def test_the_simulator_shows_it_and_the_report_says_why(small: SmallStreet, out: Path, tmp_path: Path) -> None:
    plan = read_plan(out / "plan.json")
    assert audit(shown(small, out / "plan.add.xml", tmp_path), plan, sumo_net.read(small.network)) == ()
    page = (out / "report.html").read_text()
    assert "yellow of group 1" in page
    assert "engineer&#39;s file rules.toml" in page
    assert "intergreen from group 4 to 1: 3 s today, 6 s needed (engineer&#39;s file rules.toml)" in page
