"""Timing sheets: the plan and the safety inputs of junctions as an engineer's table (TOML).

A junction runs in rings (`rings`, `ring_phases`, `overlaps`), in stages (`intervals` one after the other, and per
signal group a letter for each of them), or `untouched` as today; the columns are those of `_sheet_columns`. Safety
inputs stand with the signal groups and in the matrix of intergreens; they count only where a sheet is named as a source
of rules. Reading back what was written gives the same plan with the same digest.
"""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import ValidationError

from networks.faults import Fault, InputError, refuse_if_any
from networks.network import Network
from signals.control import NotExpressible, timing_of
from signals.files import toml_of, write_whole
from signals.plan import IntersectionPlan, TimingPlan, faults_of_validation
from signals.programs import _sheet_columns as columns
from signals.programs import _sheet_writing as writing
from signals.programs._sheet_reading import safety_of, timing_fields
from signals.programs._sheet_table import Table, brief
from signals.rules import Rules
from signals.rules.engineer import EngineerFile, said_in

CONTENT = 'a timing sheet (TOML with format = "greenband-sheet")'
FORMAT, VERSION = "greenband-sheet", 1
LARGEST_FILE_BYTES = 32 * 2**20
_OURS = re.compile(rb"^\s*format\s*=\s*[\"']greenband-sheet[\"']", re.MULTILINE)


def accepts(head: bytes) -> bool:
    """Whether content that begins with `head` is a timing sheet's."""
    return _OURS.search(head.removeprefix(b"\xef\xbb\xbf")) is not None


def read(path: Path, network: Network) -> TimingPlan:
    """The junctions of a sheet as a plan; those that it does not name run on as today.

    Raises `InputError` with all faults of plan and safety inputs.
    """
    sheet, junctions, faults = _opened(path, network)
    timings: dict[str, IntersectionPlan] = {}
    for name, table in junctions.items():
        try:
            timings[name] = _timing(table, network, name, faults)
        except InputError as error:
            faults += [Fault(f.what, f"{path.name}: {f.where}", f.found, f.needed) for f in error.faults]
    faults += _faults_of_safety(path, network, junctions)
    refuse_if_any(faults)
    if "only_these" not in sheet:
        for intersection in network.intersections:
            if intersection.id not in timings:
                timings[intersection.id] = timing_of(intersection.running, intersection, untouched=True)
    whole = {"network_digest": network.digest, **sheet.values(columns.SHEET)}
    try:
        return TimingPlan.model_validate({**whole, "intersections": tuple(timings.values())})
    except ValidationError as error:
        raise InputError(faults_of_validation(error, path.name)) from error


def named_in(path: Path, network: Network) -> tuple[str, ...]:
    """The intersections that a sheet has a table for. Raises `InputError`."""
    _, junctions, faults = _opened(path, network)
    refuse_if_any(faults)
    return tuple(junctions)


def safety_inputs(path: Path, network: Network) -> EngineerFile:
    """The safety inputs of a sheet, as a source of rules. Raises `InputError` with all faults."""
    _, junctions, faults = _opened(path, network)
    tables = {name: safety_of(table) for name, table in junctions.items()}
    refuse_if_any(faults)
    return said_in({"intersection": tables}, network, path.name, f"timing sheet {path.name}")


def write(plan: TimingPlan, network: Network, path: Path, rules: Rules | None = None) -> None:
    """Write a sheet, with safety inputs where `rules` are given; the old file stays whole until the new one is.

    Raises `NotExpressible` for other signal groups than the street's, and for "untouched" that is not what runs.
    """
    named = {timing.intersection_id for timing in plan.intersections}
    only_these = any(intersection.id not in named for intersection in network.intersections)
    lines = [*writing.head(plan, only_these=only_these)]
    for timing in plan.intersections:
        intersection = network.intersection(timing.intersection_id)
        where = f"intersection {timing.intersection_id!r}"
        if {*timing.group_ids} != {group.id for group in intersection.groups}:
            raise NotExpressible(f"{where}: other signal groups than in the network")
        if timing.untouched and timing != timing_of(intersection.running, intersection, untouched=True):
            raise NotExpressible(f"{where}: marked untouched, but not what runs today")
        lines += writing.junction(timing, intersection, rules)
    write_whole(path, ("\n".join(lines) + "\n").encode())


def _opened(path: Path, network: Network) -> tuple[Table, dict[str, Table], list[Fault]]:
    """The head of a sheet and its tables by junction, with the faults of the sheet as a whole."""
    faults: list[Fault] = []
    whole = Table(toml_of(path, LARGEST_FILE_BYTES, "timing sheet", CONTENT), path.name, faults)
    whole.only(("sheet", "junction"))
    sheet = whole.table("sheet")
    if sheet.raw.get("format") != FORMAT or sheet.raw.get("version") != VERSION:
        found = f"format {brief(sheet.raw.get('format'))}, version {brief(sheet.raw.get('version'))}"
        sheet.fault("timing sheet", found, f"format {FORMAT!r}, version {VERSION}")
    sheet.only(("format", "version", *(column.key for column in columns.SHEET), "only_these"))
    sheet.values(columns.SHEET)
    if sheet.raw.get("only_these", True) is not True:
        sheet.fault("only_these", brief(sheet.raw["only_these"]), "true, or no such key")
    tables = whole.table("junction")
    tables.where = path.name
    known = [intersection.id for intersection in network.intersections]
    junctions = {}
    for name in tables.raw:
        if name in known:
            junctions[name] = tables.table(name, f"junction {name!r}")
        else:
            tables.fault("junction", f"{brief(name)} unknown", f"one of {', '.join(known[:20])}")
    if not tables.raw:
        tables.fault("junction", "nothing", 'a table [junction."ID"] for each junction of the sheet')
    return sheet, junctions, faults


def _timing(table: Table, network: Network, name: str, faults: list[Fault]) -> IntersectionPlan:
    """The timing of one junction. What is wrong with the table stands in `faults`, else `InputError` is raised."""
    intersection = network.intersection(name)
    before = len(faults)
    fields = timing_fields(table, intersection)
    running = timing_of(intersection.running, intersection, untouched=True)
    if fields is None or len(faults) > before:
        return running
    try:
        return IntersectionPlan.model_validate(fields)
    except ValidationError as error:
        raise InputError(faults_of_validation(error, f"junction {name!r}")) from error


def _faults_of_safety(path: Path, network: Network, junctions: dict[str, Table]) -> list[Fault]:
    """What the rules would refuse of the safety inputs; strange values are told by the tables themselves."""
    try:
        said_in({"intersection": {name: safety_of(t) for name, t in junctions.items()}}, network, path.name, "")
    except InputError as error:
        return [*error.faults]
    return []
