"""Timing sheets in CSV: the same content as in TOML, read as spreadsheets write them, faults told with their lines."""

from __future__ import annotations

import csv
import io
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings

from networks.faults import InputError
from networks.network import Network
from signals.control import running_plan
from signals.plan import DetectorUse
from signals.programs import sheet
from signals.programs._sheet_document import text_of
from signals.programs.sheet_csv import _tables, read, safety_inputs, write
from signals.rules import rules_of
from tests.contracts.handed_in import sample
from tests.fakes import corridor, crossroads
from tests.signals.plans import touched
from tests.signals.ring_plans import Fields, coordinated, phase, plan_of, rings
from tests.strategies import networks

CORRIDOR = corridor(2)


@settings(max_examples=20)
@given(network=networks())
def test_it_holds_what_the_sheet_in_toml_holds(tmp_path_factory: pytest.TempPathFactory, network: Network) -> None:
    path, rules = tmp_path_factory.getbasetemp() / "rules.csv", rules_of(network)
    for plan in (running_plan(network), touched(network)):
        write(plan, network, path, rules)
        assert _tables(path) == (tomllib.loads(text_of(plan, network, rules)), [])


def test_everything_that_rings_can_say_is_kept(tmp_path: Path) -> None:
    def more(fields: Fields) -> None:
        coordinated(fields)
        phase(fields, 2)["group_ids"] = ["10"]
        trailing = {"trailing_green_ds": 5, "trailing_yellow_ds": 30, "trailing_red_ds": 10}
        fields["body"]["overlaps"] = [{"group_id": "9", "parents": [2, 3], "modifiers": [5], **trailing}]
        odd = ["=1+1", "-3", " a, b\\", "[groups]", 'quoted "x"; y', "\\ ", ""]
        fields["parameters"] = [(f"{number}. {text}", text) for number, text in enumerate(odd)]

    uses = (DetectorUse(detector_id="@d, 1", target="3", calls=False), DetectorUse(detector_id="d;2", target="4"))
    plan = plan_of(rings(more).model_copy(update={"detectors": uses}))
    write(plan, crossroads(), tmp_path / "sheet.csv")
    assert read(tmp_path / "sheet.csv", crossroads()) == plan
    cells = (tmp_path / "sheet.csv").read_text().replace('"', "").replace("\n", ",").split(",")
    assert [cell for cell in cells if cell.startswith(("=", "@", "-"))] == []  # nothing that a spreadsheet works out


GOOD = sample("format", "sheet_csv").read_text()


def _parted_by(delimiter: str) -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(csv.reader(io.StringIO(GOOD), delimiter=";"))
    return stream.getvalue()


@pytest.mark.parametrize(
    "other",
    [_parted_by(","), _parted_by("\t"), "\ufeff" + GOOD.replace("\n", "\r\n"), GOOD.replace("\n", "\n;;;;\n")],
    ids=["commas", "tabs", "of Windows", "empty rows"],
)
def test_spreadsheets_write_in_their_own_ways(other: str, tmp_path: Path) -> None:
    plan = read(sample("format", "sheet_csv"), crossroads())
    (tmp_path / "other.csv").write_bytes(other.encode())
    assert read(tmp_path / "other.csv", crossroads()) == plan


def test_its_safety_inputs_are_those_of_the_same_sheet_in_toml() -> None:
    of_csv = safety_inputs(sample("format", "sheet_csv"), crossroads())
    of_toml = sheet.safety_inputs(sample("format", "sheet"), crossroads())
    assert (of_csv.groups, of_csv.intergreens_s) == (of_toml.groups, of_toml.intergreens_s)
    assert of_csv.source == "timing sheet good.csv"


FAULTS = {
    "another version": (("version;1", "version;2"), "needed format 'greenband-sheet', version 1"),
    "key twice": (("control;fixed", "program;noon"), "bad.csv, line 7: key: found 'program' twice, needed once"),
    "unknown key": (("cycle_s;90", "cicle_s;90"), "bad.csv, junction 'C': key: found 'cicle_s' unknown"),
    "two values": (("cycle_s;90;", "cycle_s;90;91"), "bad.csv, line 8: cycle_s: found 2 values, needed one"),
    "decimal comma": (("17.5", "17,5"), "row of ring phases 5: split_s: found '17,5', needed seconds in tenths"),
    "hundredths": (("17.5", "17.55"), "row of ring phases 5: split_s: found 17.55"),
    "formula": (("17.5", "=A1"), "row of ring phases 5: split_s: found '=A1'"),
    "unknown column": (("group;min_green_s", "group;min_grün_s"), "group 2: key: found 'min_grün_s' unknown"),
    "column twice": (("group;min_green_s;yellow_s", "group;yellow_s;yellow_s"), "columns: found 'yellow_s' more than"),
    "section twice": (("[groups]", "[ring_phases]"), "bad.csv, line 24: section: found [ring_phases] twice"),
    "unknown section": (("[groups]", "[group]"), "section: found [group] unknown, needed one of sheet, junction"),
    "no junction above": (("[junction];C", "[groups]"), "section: found [groups] before any junction"),
    "junction without a name": (("[junction];C", "[junction]"), "line 5: junction: found '', needed [junction] and an"),
    "a row too long": (("8;7;15;5;3;2;", "8;7;15;5;3;2;;9"), "line 22: row: found 8 cells, needed at most 7"),
    "matrix without its corner": (("from;4;10", "to;4;10"), "columns: found 'to', needed from, then the greens"),
    "matrix row twice": (("1;5.5;5;\n", "1;5.5;5;\n1;6;6;\n"), "intergreen_s: found '1' twice"),
    "no group of the street": (("from;4;10", "from;4;99"), "found from '1' to '99', needed two signal groups"),
    "ring sums": (("2;35;5", "2;45;5"), "ring sum: found 100 s, needed the cycle of 90 s"),
    "an open quote": (("morning", '"morning'), "no CSV in UTF-8"),
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_is_told_with_its_place(what: str, tmp_path: Path) -> None:
    (old, new), expected = FAULTS[what]
    assert old in GOOD
    (tmp_path / "bad.csv").write_text(GOOD.replace(old, new))
    with pytest.raises(InputError) as caught:
        read(tmp_path / "bad.csv", crossroads())
    assert expected in str(caught.value)
    assert all(fault.where.startswith("bad.csv") for fault in caught.value.faults)


def test_faults_of_layout_plan_and_safety_inputs_are_told_together(tmp_path: Path) -> None:
    text = GOOD.replace("2;35;5", "2;x;5").replace("0;;3.5", "0;;7").replace("[intergreen_s]", "[intergreens]")
    (tmp_path / "bad.csv").write_text(text)
    with pytest.raises(InputError) as caught:
        read(tmp_path / "bad.csv", crossroads())
    assert {fault.what for fault in caught.value.faults} == {"split_s", "yellow_s", "section"}


@pytest.mark.parametrize(
    "content",
    [
        b"[sheet]\n",
        b"\xff\xfe\x00",
        b"[sheet]\nformat,greenband-sheet\n\xff\n",
        b"[sheet]\nformat,greenband-sheet\n" + b"a" * 200_000,
        b"[sheet]\nformat,greenband-sheet\n[junction],C\nrings" + b",1" * 100_000,
        b"[sheet]\nformat,greenband-sheet\nversion," + b"9" * 10_000,
        GOOD.encode() + b" " * (33 * 2**20),
    ],
)
def test_hostile_files_are_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_bytes(content)
    with pytest.raises(InputError) as caught:
        read(tmp_path / "bad.csv", crossroads())
    assert len(str(caught.value)) < 5000
