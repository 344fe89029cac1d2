"""Timing sheets as CSV, for spreadsheets: the content of `sheet`, in sections.

A section begins with its name in brackets. In `[sheet]` and `[junction],ID` each row is a key and its value, of lists a
cell per item; every other section belongs to the junction above it and is a table: a row of column names, then the
rows (a list in one cell, its items parted by commas). Empty cells say nothing, empty rows count for nothing:

    [sheet]
    format,greenband-sheet
    version,1
    [junction],A0
    rings,"1, 2 | 3, 4","5, 6 | 7, 8"
    [ring_phases]
    ring_phase,split_s,drives
    1,15,"10, 9"
    [intergreen_s]
    from,4,10
    1,5.5,5

`[transitions]` has a row per step (`from`, `to`, `duration_s`, `shows`), those of one change together; `[parameters]`
has `name` and `value`. Keys and columns are those of the sheet in TOML. Written with commas and decimal points; read
with semicolons or tabs between the cells as well.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from networks.faults import Fault, InputError
from networks.network import Network
from signals.controllers import NOBODY_SAID, Controllers
from signals.files import content_of, write_whole
from signals.plan import TimingPlan
from signals.programs import _sheet_columns as columns
from signals.programs import _sheet_document as document
from signals.programs._sheet_cells import cell_of, stripped
from signals.programs._sheet_sections import MATRIX_CORNER, PARAMETER, STEP_OF_TRANSITION, Sections
from signals.rules import Rules
from signals.rules.engineer import EngineerFile

CONTENT = "a timing sheet (CSV whose first rows are [sheet] and format,greenband-sheet)"
_OURS = re.compile(rb'\s*"?\[sheet\]"?[,;\t \r\n]*"?format"?([,;\t])[ ]*"?greenband-sheet"?')


def accepts(head: bytes) -> bool:
    """Whether content that begins with `head` is a timing sheet's in CSV."""
    return _OURS.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


def read(path: Path, network: Network) -> TimingPlan:
    """The junctions of a sheet as a plan; those that it does not name run on as today.

    Raises `InputError` with all faults of layout, plan and safety inputs.
    """
    raw, faults = _tables(path)
    return document.plan_of(raw, path.name, network, faults)


def named_in(path: Path, network: Network) -> tuple[str, ...]:
    """The intersections that a sheet has a section for. Raises `InputError`."""
    raw, faults = _tables(path)
    return document.named_by(raw, path.name, network, faults)


def safety_inputs(path: Path, network: Network) -> EngineerFile:
    """The safety inputs of a sheet, as a source of rules. Raises `InputError` with all faults."""
    raw, faults = _tables(path)
    return document.safety_inputs_of(raw, path.name, network, faults)


def write(
    plan: TimingPlan,
    network: Network,
    path: Path,
    rules: Rules | None = None,
    controllers: Controllers = NOBODY_SAID,
) -> None:
    """Write a sheet, with safety inputs where `rules` are given, and the offset as the `controllers` are told it.

    The old file stays whole until the new one is.

    Raises `NotExpressible` where the sheet in TOML does.
    """
    stream = io.StringIO()
    rows = _rows(tomllib.loads(document.text_of(plan, network, rules, controllers)))
    csv.writer(stream, lineterminator="\n").writerows(rows)
    write_whole(path, stream.getvalue().encode())


def _tables(path: Path) -> tuple[dict[str, Any], list[Fault]]:
    """The tables that the sections make, and the faults of the layout. Raises `InputError` where it is no such file."""
    content = content_of(path, document.LARGEST_FILE_BYTES, "timing sheet").removeprefix(b"\xef\xbb\xbf")
    ours = _OURS.match(content)
    if ours is None:
        raise InputError([Fault("timing sheet", path.name, "other first rows", CONTENT)])
    sections = Sections(path.name)
    try:
        rows = csv.reader(io.StringIO(content.decode(), newline=""), delimiter=ours[1].decode(), strict=True)
        for cells in rows:
            sections.take(f"line {rows.line_num}", stripped(cells))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError([Fault("timing sheet", path.name, f"no CSV in UTF-8 ({error})", CONTENT)]) from error
    return sections.raw, sections.faults


def _rows(raw: Mapping[str, Any]) -> Iterator[list[str]]:
    yield ["[sheet]"]
    yield from _of_keys(raw["sheet"])
    for name, table in raw["junction"].items():
        yield []
        yield ["[junction]", cell_of(name)]
        sections = {key: value for key, value in table.items() if isinstance(value, dict) or key in columns.TABLES}
        sections |= {"transitions": table["transitions"]} if "transitions" in table else {}
        yield from _of_keys({key: value for key, value in table.items() if key not in sections})
        order = [row["group"] for row in table.get("groups", ())]
        for key, content in sections.items():
            yield []
            yield [f"[{key}]"]
            yield from _of_matrix(content, order) if key in columns.MATRICES else _of_table(key, content)


def _of_keys(table: Mapping[str, Any]) -> Iterator[list[str]]:
    for key, value in table.items():
        yield [key, *map(cell_of, value if isinstance(value, list) else [value])]


def _of_matrix(content: Mapping[str, Mapping[str, Any]], order: list[str]) -> Iterator[list[str]]:
    names = sorted({name for row in content.values() for name in row}, key=order.index)
    yield [MATRIX_CORNER, *map(cell_of, names)]
    for ending, row in content.items():
        yield [cell_of(ending), *(cell_of(row[name]) if name in row else "" for name in names)]


def _of_table(key: str, content: Any) -> Iterator[list[str]]:
    if key == "parameters":
        listed = [column.key for column in PARAMETER]
        rows = [{"name": name, "value": value} for name, value in content.items()]
    elif key == "transitions":
        listed = [column.key for column in STEP_OF_TRANSITION]
        ends = [({"from": way["from"], "to": way["to"]}, way["interstage"]) for way in content]
        rows = [way | step for way, steps in ends for step in steps or [{}]]
    else:
        listed = [column.key for column in columns.TABLES[key] if any(column.key in row for row in content)]
        rows = content
    yield listed
    for row in rows:
        yield [cell_of(row[name]) if name in row else "" for name in listed]
