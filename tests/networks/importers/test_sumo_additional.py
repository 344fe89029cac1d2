"""Detectors and programs of additional files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.detectors import with_detectors
from networks.faults import InputError
from networks.importers.sumo_additional import read_detectors, read_programs
from networks.network import Detector, DetectorKind
from networks.running import with_running
from tests.fakes import corridor, crossroads

STEP = '<phase duration="30" state="GGgrrrGGgrrr"/><phase duration="3" state="yyyrrryyyrrr"/>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def detectors(folder: Path, text: str) -> tuple[Detector, ...]:
    (folder / "d.add.xml").write_text(f"<additional>{text}</additional>")
    return read_detectors([folder / "d.add.xml"], crossroads())


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        detectors(folder, text)
    return [str(fault) for fault in caught.value.faults]


def test_loops_by_place(folder: Path) -> None:
    """On NC_0, 300 m long: stop line, advance, mid-block, entry; on CN_0, which leaves the street: exit."""
    places = {"a": ("NC_0", "-5"), "b": ("NC_0", "-40"), "c": ("NC_0", "150"), "d": ("NC_0", "0"), "e": ("CN_0", "10")}
    text = "".join(f'<inductionLoop id="{k}" lane="{v[0]}" pos="{v[1]}" period="60"/>' for k, v in places.items())
    found = detectors(folder, text)
    assert [(d.id, d.position_m, d.distance_to_stop_line_m, d.length_m, d.kind) for d in found] == [
        ("a", 295.0, 5.0, 0.0, DetectorKind.STOP_LINE),
        ("b", 260.0, 40.0, 0.0, DetectorKind.ADVANCE),
        ("c", 150.0, 150.0, 0.0, DetectorKind.MID_BLOCK),
        ("d", 0.0, 300.0, 0.0, DetectorKind.ENTRY),
        ("e", 10.0, 290.0, 0.0, DetectorKind.EXIT),
    ]


def test_a_named_kind_comes_before_the_place(folder: Path) -> None:
    (found,) = detectors(
        folder, '<e1Detector id="a" lane="NC_0" pos="100"><param key="kind" value="entry"/></e1Detector>'
    )
    assert found.kind is DetectorKind.ENTRY
    assert (
        "one of"
        in faults(folder, '<e1Detector id="a" lane="NC_0" pos="1"><param key="kind" value="x"/></e1Detector>')[0]
    )


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ('lane="NC_0" pos="250" length="20"', (250.0, 30.0, 20.0)),
        ('lane="NC_0" pos="250" endPos="290"', (250.0, 10.0, 40.0)),
        ('lane="NC_0" pos="-50" endPos="-10"', (250.0, 10.0, 40.0)),
        ('lane="NC_0" endPos="-10" length="30"', (260.0, 10.0, 30.0)),
        ('lane="NC_0" pos="280" length="50" friendlyPos="1"', (280.0, 0.0, 20.0)),
        ('lane="NC_0"', (0.0, 0.0, 300.0)),
        ('lanes="NC_0 CS_0" pos="200" endPos="100"', (0.0, 200.0, 100.0)),
    ],
)
def test_areas(folder: Path, places: str, expected: tuple[float, float, float]) -> None:
    (found,) = detectors(folder, f'<laneAreaDetector id="a" {places} freq="60"/>')
    assert (found.position_m, found.distance_to_stop_line_m, found.length_m) == expected


@given(st.floats(0.0, 300.0))
def test_places_count_from_both_ends(tmp_path_factory: pytest.TempPathFactory, from_end_m: float) -> None:
    folder = tmp_path_factory.mktemp("detectors")
    (found,) = detectors(folder, f'<inductionLoop id="a" lane="NC_0" pos="{300 - from_end_m!r}"/>')
    assert found.distance_to_stop_line_m == pytest.approx(from_end_m, abs=1e-9)


def test_all_faults_in_one_error(folder: Path) -> None:
    found = faults(
        folder,
        '<inductionLoop id="a" lane="NC_7" pos="5"/><inductionLoop lane="NC_0" pos="5"/>'
        '<inductionLoop id="b" lane="NC_0" pos="nan"/><inductionLoop id="c" lane="NC_0" pos="400"/>'
        '<inductionLoop id="d" lane="NC_0" pos="-301"/><inductionLoop id="e" pos="1"/>'
        '<inductionLoop id="f" lane="NC_0"/>'
        '<laneAreaDetector id="g" lane="NC_0" pos="100" endPos="50"/>'
        '<laneAreaDetector id="h" lanes="NC_0 CS_0" length="9"/>'
        '<inductionLoop id="i" lane="NC_0" pos="1"/><inductionLoop id="i" lane="NC_0" pos="2"/>',
    )
    assert len(found) == 10, found
    assert all(fault.startswith("d.add.xml: ") for fault in found)


def test_a_file_without_detectors_and_wrong_roots_are_refused(folder: Path) -> None:
    assert "inductionLoop" in faults(folder, "<busStop/>")[0]
    (folder / "n.xml").write_text("<net/>")
    with pytest.raises(InputError, match="root element"):
        read_detectors([folder / "n.xml"], crossroads())


def test_output_files_of_detectors_go_nowhere(folder: Path) -> None:
    """What the file wants written is neither kept nor touched."""
    (found,) = detectors(folder, '<inductionLoop id="a" lane="NC_0" pos="1" file="../../out.xml"/><edgeData file="x"/>')
    assert "out.xml" not in repr(found)
    assert sorted(path.name for path in folder.iterdir()) == ["d.add.xml"]


def test_an_include_is_refused(folder: Path) -> None:
    assert "include" in faults(folder, '<include href="other.add.xml"/>')[0]


def test_detectors_join_the_network(folder: Path) -> None:
    found = detectors(folder, '<inductionLoop id="a" lane="NC_0" pos="1"/>')
    network = with_detectors(crossroads(), found)
    assert network.detector("a") == found[0]
    with pytest.raises(InputError, match="more than once"):
        with_detectors(network, found)
    with pytest.raises(InputError, match="unknown id"):
        with_detectors(crossroads(), [replace(found[0], lane_id="nowhere")])


def test_programs_of_several_files_in_the_order_of_loading(folder: Path) -> None:
    for number in (1, 2):
        text = f'<additional><tlLogic id="C0" programID="p{number}" offset="{number}">{STEP}</tlLogic></additional>'
        (folder / f"{number}.xml").write_text(text)
    network = corridor(2)
    programs = read_programs([folder / "1.xml", folder / "2.xml"], network)
    assert [program.program_id for program in programs] == ["p1", "p2"]
    assert with_running(network, programs).intersection("C0").running.offset_ds == 20
    assert read_programs([folder / "1.xml"], {"C0": 12}) == programs[:1]


def test_programs_that_fit_no_signal_are_refused(folder: Path) -> None:
    path = folder / "p.xml"
    path.write_text(
        f'<additional><tlLogic id="X" programID="p">{STEP}</tlLogic>'
        '<tlLogic id="C" programID="q"><phase duration="5" state="GG"/></tlLogic></additional>'
    )
    with pytest.raises(InputError) as caught:
        read_programs([path, folder / "missing.xml"], crossroads())
    assert len(caught.value.faults) == 3


def test_as_many_faulty_detectors_as_there_may_be(folder: Path) -> None:
    """Beyond the first 200 faults are only counted; a detector that has one is left out all the same."""
    loops = "".join(f'<inductionLoop id="d{i}" lane="gone_{i}" pos="1" period="60"/>' for i in range(300))
    areas = "".join(f'<laneAreaDetector id="a{i}" lane="NC_0" pos="far" period="60"/>' for i in range(50))
    found = faults(folder, loops + areas)
    assert len(found) == 201
    assert "150 more" in found[-1]
