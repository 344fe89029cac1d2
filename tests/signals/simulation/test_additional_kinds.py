"""Additional files sorted by what they hold; what would change the traffic unseen is refused by file and element."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from networks.faults import InputError
from signals.simulation.additional_kinds import sorted_by_content
from signals.simulation.demand_files import read_demand

Write = Callable[..., Path]

LOOP = '<inductionLoop id="d" lane="a_0" pos="3" period="60" file="d.xml"/>'
PROGRAM = '<tlLogic id="t" programID="1" offset="0"><phase duration="30" state="G"/></tlLogic>'
TYPE = '<vType id="car"/>'
OUTPUT = '<edgeData id="e" file="../elsewhere.xml"/>'


@pytest.fixture
def additional(written: Write) -> Write:
    return lambda name, *elements, root="additional": written(f"<{root}>{''.join(elements)}</{root}>", name)


def test_each_kind_goes_to_its_place(additional: Write) -> None:
    loops, programs = additional("d.xml", LOOP), additional("p.xml", PROGRAM, root="tlLogics")
    types, outputs = additional("t.xml", TYPE), additional("o.xml", OUTPUT, OUTPUT)
    found = sorted_by_content([loops, programs, types, outputs])
    assert (found.detectors, found.programs, found.demand) == ((loops,), (programs,), (types,))
    assert found.read_over == ("o.xml: edgeData (2)",)


def test_one_file_may_hold_several_kinds(additional: Write) -> None:
    path = additional("all.xml", LOOP, PROGRAM, TYPE, '<busStop id="b" lane="a_0"/>', OUTPUT)
    found = sorted_by_content([path])
    assert found.detectors == found.programs == found.demand == (path,)


def test_of_a_mixed_file_the_demand_takes_its_part(additional: Write) -> None:
    mixed = additional("all.xml", LOOP, PROGRAM, TYPE, OUTPUT)
    routes = additional("r.xml", '<vehicle id="v" type="car" depart="0"><route edges="a"/></vehicle>', root="routes")
    demand = read_demand([routes], [mixed], mixed=frozenset({mixed}))
    assert [item.tag for item in demand.definitions] == ["vType"]
    with pytest.raises(InputError, match="signal programs are given as the running plan"):
        read_demand([routes], [mixed])


@pytest.mark.parametrize(
    ("element", "needed"),
    [
        ('<include href="more.xml"/>', "name each file in the configuration"),
        ('<poly id="p"><include href="more.xml"/></poly>', "name each file in the configuration"),
        ('<rerouter id="r" edges="a"/>', "<rerouter 'r'>"),
        ('<calibrator id="c" edge="a" period="1" output="x"/>', "<calibrator 'c'>"),
        ('<variableSpeedSign id="s" lanes="a_0" file="x"/>', "<variableSpeedSign 's'>"),
        ('<WAUT id="w" refTime="0" startProg="1"/>', "not modelled"),
    ],
)
def test_what_steers_the_traffic_unseen_is_refused_by_file_and_element(
    additional: Write, element: str, needed: str
) -> None:
    with pytest.raises(InputError, match=r"b\.xml: <\w+") as refusal:
        sorted_by_content([additional("a.xml", TYPE), additional("b.xml", LOOP, element)])
    assert needed in str(refusal.value)


def test_all_faults_of_all_files_come_together(additional: Write, tmp_path: Path) -> None:
    hidden = additional("deep.xml", f"<busStop id='b' lane='a_0'>{'<access>' * 20}{'</access>' * 20}</busStop>")
    with pytest.raises(InputError) as refusal:
        sorted_by_content([tmp_path / "none.xml", additional("b.xml", "<rerouter/>"), hidden])
    assert len(refusal.value.faults) == 3
