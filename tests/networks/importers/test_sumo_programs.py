"""Signal programs as files hold them."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from networks.importers._values import Reader
from networks.importers.sumo_programs import ProgramReader
from networks.junction import Program


def read(text: str) -> tuple[list[Program], list[str]]:
    reader = Reader("file")
    programs = ProgramReader(reader)
    for event, element in ElementTree.iterparse(_Stream(f"<additional>{text}</additional>"), events=("start", "end")):
        if event == "start":
            programs.start(element.tag, dict(element.attrib))
        else:
            programs.end(element.tag)
    return programs.programs, [str(fault) for fault in reader.faults]


class _Stream:
    def __init__(self, text: str) -> None:
        self._left = text.encode()

    def read(self, size: int = -1) -> bytes:
        taken, self._left = self._left, b""
        return taken


def test_everything_a_program_says_is_kept() -> None:
    (program,), faults = read(
        '<tlLogic id="C" type="actuated" programID="a" offset="-7.5"><param key="max-gap" value="2"/>'
        '<phase duration="30" minDur="5" maxDur="50" earliestEnd="10" latestEnd="40" state="GrO" next="1 0" name="N"/>'
        '<phase duration="3.0" state="Yrs"/></tlLogic>'
    )
    assert faults == []
    assert (program.intersection_id, program.program_id, program.kind) == ("C", "a", "actuated")
    assert (program.offset_ds, program.cycle_ds, program.parameters) == (-75, 330, (("max-gap", "2"),))
    first, second = program.steps
    assert (first.min_ds, first.max_ds, first.earliest_end_ds, first.latest_end_ds) == (50, 500, 100, 400)
    assert (first.next_steps, first.name) == ((1, 0), "N")
    assert (second.state, second.min_ds, second.next_steps) == ("yrs", None, ())


def test_programs_keep_the_order_of_loading() -> None:
    step = '<phase duration="3" state="r"/>'
    programs, faults = read(
        "".join(f'<tlLogic id="{name}" programID="{number}">{step}</tlLogic>' for name, number in ("a1", "b1", "a2"))
    )
    assert [(program.intersection_id, program.program_id) for program in programs] == [
        ("a", "1"),
        ("b", "1"),
        ("a", "2"),
    ]
    assert faults == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<phase duration="3" state="GX"/>', "letters of ruygGoOs"),
        ('<phase duration="3" state=""/>', "letters of ruygGoOs"),
        ('<phase duration="3"/>', "letters of ruygGoOs"),
        ('<phase state="G"/>', "duration: found nothing"),
        ('<phase duration="0" state="G"/>', "duration"),
        ('<phase duration="-3" state="G"/>', "duration"),
        ('<phase duration="nan" state="G"/>', "duration"),
        ('<phase duration="1e9" state="G"/>', "duration"),
        ('<phase duration="2.55" state="G"/>', "multiple of 0.1 s"),
        ('<phase duration="3" minDur="inf" state="G"/>', "minDur"),
        ('<phase duration="3" state="G" next="7"/>', "steps below 1"),
        ('<phase duration="3" state="G" next="x"/>', "indices of steps"),
        ('<phase duration="3" state="G"/><phase duration="3" state="GG"/>', "lengths [1, 2]"),
        ("", "no steps"),
    ],
)
def test_faulty_programs(text: str, expected: str) -> None:
    faults = read(f'<tlLogic id="C" programID="p">{text}</tlLogic>')[1]
    assert any(expected in fault and "'C'" in fault for fault in faults), faults


def test_the_same_program_twice_and_odd_heads() -> None:
    step = '<phase duration="3" state="r"/>'
    assert any("more than once" in fault for fault in read(f'<tlLogic id="C" programID="p">{step}</tlLogic>' * 2)[1])
    assert read(f'<tlLogic programID="p">{step}</tlLogic>')[1]
    assert read(f'<tlLogic id="C">{step}</tlLogic>')[1]
    assert read(f'<tlLogic id="C" programID="p" offset="begin">{step}</tlLogic>')[1]


CUSTOM = (
    '<tlLogic id="C" type="actuated" programID="a" offset="0.00"><condition id="busy" value="g:0 &gt; 5"/>'
    '<function id="twice" nArgs="1"><assignment id="twice" check="1" value="$1 * 2"/></function>'
    '<param key="max-gap" value="2"/><phase duration="30" state="Gr" earlyTarget="busy"/>'
    '<assignment id="n" check="busy" value="n + 1"/><phase duration="3" state="Yr"/></tlLogic>'
)


def test_what_steps_and_parameters_cannot_hold_is_named_and_kept_word_for_word() -> None:
    (program,), faults = read(CUSTOM)
    assert faults == []
    assert program.unmodelled == ("<condition>", "<function>", "<assignment>", "earlyTarget of <phase>")
    assert (len(program.steps), program.parameters) == (2, (("max-gap", "2"),))
    found = program.as_found
    assert found is not None
    assert found.attributes == (("id", "C"), ("type", "actuated"), ("programID", "a"), ("offset", "0.00"))
    assert [child.tag for child in found.children] == [
        *("condition", "function", "param", "phase", "assignment", "phase"),
    ]
    assert found.children[0].attributes == (("id", "busy"), ("value", "g:0 > 5"))
    assert [child.tag for child in found.children[1].children] == ["assignment"]
    assert found.children[5].attributes == (("duration", "3"), ("state", "Yr"))


def test_a_program_of_steps_and_parameters_alone_is_wholly_modelled() -> None:
    step = '<phase duration="30" minDur="5" maxDur="50" earliestEnd="-1" latestEnd="-1" state="G" next="0" name="N"/>'
    (program,), faults = read(f'<tlLogic id="C" type="actuated" programID="a" offset="0">{step}</tlLogic>')
    assert faults == []
    assert (program.unmodelled, program.as_found) == ((), None)
    assert (program.steps[0].earliest_end_ds, program.steps[0].latest_end_ds) == (None, None)  # -1: none


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ('<timedEvent type="SaveTLSStates" source="C" dest="x.xml"/>', "<timedEvent> inside <tlLogic>"),
        ('<condition id="a" value="1"><param key="a" value="b"/></condition>', "<param> inside <condition>"),
        ('<phase duration="3" state="G"><param key="a" value="b"/></phase>', "<param> inside <phase>"),
        ('<tlLogic id="D" programID="p"/>', "<tlLogic> inside <tlLogic>"),
        ('<condition id="a" value="1" file="x.xml"/>', "file='x.xml'"),
        ('<param key="file" value="../x.xml"/>', "file='../x.xml'"),
        ('<param key="cropOutput" value="x.xml"/>', "cropOutput='x.xml'"),
        ('<param key="whetherOutputState" value="true"/>', "whetherOutputState='true'"),
    ],
)
def test_what_would_make_the_simulator_open_a_file_is_refused(inside: str, expected: str) -> None:
    phase = '<phase duration="3" state="G"/>'
    faults = read(f'<tlLogic id="C" programID="p">{phase}{inside}</tlLogic>')[1]
    assert any(expected in fault and "'C'" in fault for fault in faults), faults


def test_words_that_open_no_file_are_kept() -> None:
    phase = '<phase duration="3" state="G"/>'
    said = (("file", "NUL"), ("file", "/dev/null"), ("whetherOutputState", "false"), ("freq", "300"))
    parameters = "".join(f'<param key="{key}" value="{value}"/>' for key, value in said)
    (program,), faults = read(f'<tlLogic id="C" programID="p">{phase}{parameters}</tlLogic>')
    assert (program.parameters, faults) == (said, [])


def test_signals_switched_by_trains_have_no_program() -> None:
    assert read('<tlLogic id="R" type="rail_signal" programID="0"/>') == ([], [])


def test_switches_by_the_time_of_day_are_refused() -> None:
    program = '<tlLogic id="C" programID="p"><phase duration="3" state="G"/></tlLogic>'
    programs, faults = read(f'{program}<WAUT id="w" startProg="p"><wautSwitch time="9" to="q"/></WAUT>')
    assert len(programs) == 1
    assert len(faults) == 1
    assert "WAUT 'w'" in faults[0]
