"""Programs that say more than we model: left untouched, written word for word, and shown by SUMO as before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from networks.importers import sumo_net
from networks.network import Network
from signals.programs import sheet, sheet_csv
from signals.programs.sumo import read, running_plan, write
from signals.rules import rules_of
from signals.safety import audit, check, inherited
from signals.service.untouched import leave_faulty_untouched, why_untouched
from tests.signals.plans import touched
from tests.signals.sumo_streets import executed, street

CONDITIONS = """<tlLogic id="A0" type="actuated" programID="0" offset="0">
  <param key="max-gap" value="2.5"/>
  <condition id="long" value="g:0 &gt; 12"/>
  <condition id="n" value="0"/>
  <function id="twice" nArgs="1"><assignment id="twice" check="1" value="$1 * 2"/></function>
  <assignment id="n" check="long" value="twice:(1)"/>
  {phases}
</tlLogic>"""


def _with_conditions(text: str) -> str:
    """The first program of a network file under conditions: one step may end early, another has a final target."""
    start = text.index('<tlLogic id="A0"')
    end = text.index("</tlLogic>", start) + len("</tlLogic>")
    steps = [phase.attrib["state"] for phase in ElementTree.fromstring(text[start:end]).iter("phase")]
    rows = []
    for number, state in enumerate(steps):
        times = 'duration="3"' if "y" in state else 'duration="20" minDur="8" maxDur="40"'
        target = {0: ' earlyTarget="long"', 1: ' finalTarget="long"'}.get(number, "")
        rows.append(f'<phase {times} state="{state}"{target}/>')
    return text[:start] + CONDITIONS.format(phases="".join(rows)) + text[end:]


def _as_nema(text: str) -> str:
    """The first program as two rings with one phase each per barrier."""
    start = text.index('<tlLogic id="A0"')
    end = text.index("</tlLogic>", start) + len("</tlLogic>")
    count = len(ElementTree.fromstring(text[start:end])[0].attrib["state"])
    half, quarter = count // 2, count // 4
    rows = []
    for number, name in enumerate(("2", "4", "6", "8")):
        first = number * quarter
        state = "".join("G" if first <= at < first + quarter else "r" for at in range(2 * half))
        rows.append(
            f'<phase duration="90" state="{state}" minDur="5" maxDur="40" vehext="2" yellow="3" red="2" name="{name}"/>'
        )
    said = (("barrier2Phases", "2,6"), ("barrierPhases", "4,8"), ("ring1", "0,2,0,4"), ("ring2", "0,6,0,8"))
    said += (("whetherOutputState", "false"),)
    rows += [f'<param key="{key}" value="{value}"/>' for key, value in said]
    return f'{text[:start]}<tlLogic id="A0" type="NEMA" programID="0" offset="0">{"".join(rows)}</tlLogic>{text[end:]}'


KINDS: dict[str, tuple[Callable[[str], str], str]] = {
    "conditions": (
        _with_conditions,
        "what stages cannot express (<condition>, <function>, <assignment>, earlyTarget of",
    ),
    "NEMA": (_as_nema, "of the kind NEMA"),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def path(kind: str, tmp_path: Path) -> Path:
    changed = tmp_path / "street.net.xml"
    changed.write_text(KINDS[kind][0](street("grid").read_text()))
    return changed


@pytest.fixture
def network(path: Path) -> Network:
    return sumo_net.read(path)


def _program(file: Path, signal: str = "A0") -> ElementTree.Element:
    (found,) = [p for p in ElementTree.parse(file).getroot().iter("tlLogic") if p.get("id") == signal]
    return found


def _words(element: ElementTree.Element) -> tuple[object, ...]:
    """Everything an element says but the program's id and our own notes; the order of attributes says nothing."""
    children = [_words(child) for child in element if not child.get("key", "").startswith("greenband.")]
    return element.tag, sorted(item for item in element.attrib.items() if item[0] != "programID"), children


def test_it_is_written_word_for_word_and_read_back_as_what_runs(path: Path, network: Network, tmp_path: Path) -> None:
    plan = running_plan(network)
    for plans in (plan, plan.model_copy(update={"name": "noted <&> in the first program"})):
        write(plans, network, tmp_path / "plan.add.xml")
        assert _words(_program(tmp_path / "plan.add.xml")) == _words(_program(path))
        assert read(tmp_path / "plan.add.xml", network) == plans
    # what was written runs today: written again it is the same, our own notes not heaped up
    again = sumo_net.read(path, [tmp_path / "plan.add.xml"])
    write(running_plan(again), again, tmp_path / "again.add.xml")
    assert _words(_program(tmp_path / "again.add.xml")) == _words(_program(path))


def test_a_timing_sheet_says_what_was_read_of_it_and_that_it_says_more(
    network: Network, tmp_path: Path, kind: str
) -> None:
    sheet.write(running_plan(network), network, tmp_path / "sheet.toml")
    text = (tmp_path / "sheet.toml").read_text()
    own = text[text.index('[junction."A0"]') : text.index('[junction."B0"]')]
    assert "untouched = true" in own
    assert {"conditions": '"<condition>", "<function>"', "NEMA": '"kind NEMA"'}[kind] in own
    assert "duration_s" in own
    assert sheet.read(tmp_path / "sheet.toml", network).intersections == running_plan(network).intersections
    sheet_csv.write(running_plan(network), network, tmp_path / "sheet.csv")
    assert sheet_csv.read(tmp_path / "sheet.csv", network).intersections == running_plan(network).intersections


def test_one_changed_word_is_another_program(path: Path, network: Network, tmp_path: Path, kind: str) -> None:
    write(running_plan(network), network, tmp_path / "plan.add.xml")
    text = (tmp_path / "plan.add.xml").read_text()
    old, new = {"conditions": ("g:0 &gt; 12", "g:0 &gt; 13"), "NEMA": ('red="2"', 'red="1"')}[kind]
    assert old in text
    (tmp_path / "plan.add.xml").write_text(text.replace(old, new))
    changed = sumo_net.read(path, [tmp_path / "plan.add.xml"])
    assert running_plan(changed).intersection("A0") != running_plan(network).intersection("A0")
    write(running_plan(changed), changed, tmp_path / "changed.add.xml")
    assert _words(_program(tmp_path / "changed.add.xml")) == _words(_program(tmp_path / "plan.add.xml"))


def test_it_is_left_untouched_and_it_is_said_why(network: Network, kind: str) -> None:
    rules = rules_of(network)
    plan = leave_faulty_untouched(network, rules, running_plan(network))
    timing, intersection = plan.intersection("A0"), network.intersection("A0")
    assert timing.untouched
    assert KINDS[kind][1] in why_untouched(timing, intersection, rules)
    assert check(plan, network, rules) == ()
    said = [str(fault) for fault in inherited(network, rules) if "'A0'" in fault.where]
    assert any("others only run untouched" in fault for fault in said)
    assert not plan.intersection("B0").untouched
    with pytest.raises(ValueError, match="only run untouched"):
        touched(network)


def test_sumo_shows_the_same_as_with_the_network_alone(path: Path, network: Network, tmp_path: Path) -> None:
    (tmp_path / "nothing.add.xml").write_text("<additional/>")
    plan = running_plan(network)
    write(plan, network, tmp_path / "plan.add.xml")
    before = executed(path, tmp_path / "nothing.add.xml", tmp_path, 300)
    after = executed(path, tmp_path / "plan.add.xml", tmp_path, 300)
    assert len({state for _, state in before["A0"]}) >= 4
    assert after == before
    assert audit(after, plan, network) == ()
