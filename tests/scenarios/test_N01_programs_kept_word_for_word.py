"""A street where one signal runs under conditions of its own: it is left as it is, the other one is planned for."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from networks.importers import sumo_net
from signals.plan import read_plan
from signals.programs import sumo as programs
from signals.safety.audit import audit
from tests.scenarios.small_street import SmallStreet, greenband, make, shown

CONDITIONS = (
    '<condition id="enough" value="g:1 &gt; 15"/><condition id="late" value="g:1 &gt; 30"/>'
    '<phase duration="20" minDur="10" maxDur="45" state="GGgrrrGGgrrr"/>'
    '<phase duration="3" state="yyyrrryyyrrr" earlyTarget="enough"/>'
    '<phase duration="20" minDur="10" maxDur="45" state="rrrGGgrrrGGg"/>'
    '<phase duration="3" state="rrryyyrrryyy" finalTarget="late"/>'
)


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> SmallStreet:
    """The small street with B0 under conditions."""
    made = make(tmp_path_factory.mktemp("conditions"))
    text = made.network.read_text()
    start = text.index('<tlLogic id="B0"')
    end = text.index("</tlLogic>", start)
    head = '<tlLogic id="B0" type="actuated" programID="0" offset="0">'
    made.network.write_text(f"{text[:start]}{head}{CONDITIONS}{text[end:]}")
    return made


@pytest.fixture(scope="module")
def out(street: SmallStreet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planned-around")
    effort = ("--effort", "8", "--pairs", "6", "--seed", "1")
    done = greenband(
        "plan", *street.options(), *effort, "--profile", "literature", "--out", "out", "--json", folder=folder
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["decision"] == "recommended", said
    assert said["untouched"] == ["B0"]
    return folder / "out"


def _words(file: Path) -> list[tuple[str, dict[str, str]]]:
    """The program of B0: its elements with their words, but for its id and our own notes."""
    (program,) = [p for p in ElementTree.parse(file).getroot().iter("tlLogic") if p.get("id") == "B0"]
    rows = [(element.tag, dict(element.attrib)) for element in program.iter()]
    rows[0][1].pop("programID")
    return [row for row in rows if not row[1].get("key", "").startswith("greenband.")]


def test_the_plan_holds_the_other_program_word_for_word(street: SmallStreet, out: Path) -> None:
    assert _words(out / "plan.add.xml") == _words(street.network)
    network = sumo_net.read(street.network)
    plan = read_plan(out / "plan.json")
    assert programs.read(out / "plan.add.xml", network) == plan.claiming((), ())
    assert [timing.untouched for timing in plan.intersections] == [False, True]


def test_report_and_check_say_why_it_is_untouched(street: SmallStreet, out: Path) -> None:
    page = (out / "report.html").read_text()
    why = "its program says what stages cannot express (&lt;condition&gt;, earlyTarget of &lt;phase&gt;, finalTarget of"
    assert f"Left exactly as it runs: {why}" in page
    done = greenband("check", str(out / "plan.add.xml"), "--network", str(street.network), folder=out)
    assert done.returncode == 0, done.stdout
    assert "'B0', program '0': found program: <condition>, earlyTarget of <phase>, finalTarget of" in done.stdout
    assert "others only run untouched" in done.stdout


def test_the_simulator_shows_both(street: SmallStreet, out: Path, tmp_path: Path) -> None:
    plan, network = read_plan(out / "plan.json"), sumo_net.read(street.network)
    executed = shown(street, out / "plan.add.xml", tmp_path)
    assert audit(executed, plan, network) == ()
    assert len({state for _, state in executed["B0"]}) == 4
