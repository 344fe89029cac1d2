"""The content of a timing sheet, whatever it is written in: tables to plan and safety inputs, and back.

`raw` are the tables of the sheet as TOML has them; `name` is the file's, for the places of faults.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from networks.faults import Fault, InputError, refuse_if_any
from networks.network import Network
from signals.control import NotExpressible, timing_of
from signals.controllers import NOBODY_SAID, Controllers
from signals.plan import (
    IntersectionPlan,
    OffsetReference,
    RingsBody,
    TimingPlan,
    faults_of_validation,
    referred,
)
from signals.programs import _sheet_columns as columns
from signals.programs import _sheet_writing as writing
from signals.programs._sheet_reading import safety_of, timing_fields
from signals.programs._sheet_table import Table, brief
from signals.rules import Rules
from signals.rules.engineer import EngineerFile, said_in

LARGEST_FILE_BYTES = 32 * 2**20


def plan_of(raw: Mapping[str, Any], name: str, network: Network, faults: list[Fault]) -> TimingPlan:
    """The junctions of a sheet as a plan; those that it does not name run on as today.

    Raises `InputError` with all faults of plan and safety inputs, and with those found before (`faults`).
    """
    sheet, junctions = _opened(raw, name, network, faults)
    timings: dict[str, IntersectionPlan] = {}
    for junction, table in junctions.items():
        try:
            timings[junction] = _timing(table, network, junction, faults)
        except InputError as error:
            faults += [Fault(f.what, f"{name}: {f.where}", f.found, f.needed) for f in error.faults]
    faults += _faults_of_safety(name, network, junctions)
    refuse_if_any(faults)
    if "only_these" not in sheet:
        for intersection in network.intersections:
            if intersection.id not in timings:
                timings[intersection.id] = timing_of(intersection.running, intersection, untouched=True)
    whole = {"network_digest": network.digest, **sheet.values(columns.SHEET)}
    try:
        return TimingPlan.model_validate({**whole, "intersections": tuple(timings.values())})
    except ValidationError as error:
        raise InputError(faults_of_validation(error, name)) from error


def named_by(raw: Mapping[str, Any], name: str, network: Network, faults: list[Fault]) -> tuple[str, ...]:
    """The intersections that a sheet has a table for. Raises `InputError`, also with the faults found before."""
    _, junctions = _opened(raw, name, network, faults)
    refuse_if_any(faults)
    return tuple(junctions)


def safety_inputs_of(raw: Mapping[str, Any], name: str, network: Network, faults: list[Fault]) -> EngineerFile:
    """The safety inputs of a sheet, as a source of rules. Raises `InputError` with all faults, also those before."""
    _, junctions = _opened(raw, name, network, faults)
    tables = {junction: safety_of(table) for junction, table in junctions.items()}
    refuse_if_any(faults)
    return said_in({"intersection": tables}, network, name, f"timing sheet {name}", recorded=True)


def text_of(
    plan: TimingPlan, network: Network, rules: Rules | None = None, controllers: Controllers = NOBODY_SAID
) -> str:
    """The sheet of a plan in TOML, with safety inputs where `rules` are given, and in terms of the `controllers`.

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
        lines += writing.junction(timing, intersection, rules, controllers.name_at(intersection.id))
    return "\n".join(lines) + "\n"


def _opened(raw: Mapping[str, Any], name: str, network: Network, faults: list[Fault]) -> tuple[Table, dict[str, Table]]:
    """The head of a sheet and its tables by junction; the faults of the sheet as a whole are added to `faults`."""
    whole = Table(raw, name, faults)
    whole.only(("sheet", "junction"))
    sheet = whole.table("sheet")
    if sheet.raw.get("format") != columns.FORMAT or sheet.raw.get("version") != columns.VERSION:
        found = f"format {brief(sheet.raw.get('format'))}, version {brief(sheet.raw.get('version'))}"
        sheet.fault("timing sheet", found, f"format {columns.FORMAT!r}, version {columns.VERSION}")
    sheet.only(("format", "version", *(column.key for column in columns.SHEET), "only_these"))
    sheet.values(columns.SHEET)
    if sheet.raw.get("only_these", True) is not True:
        sheet.fault("only_these", brief(sheet.raw["only_these"]), "true, or no such key")
    tables = whole.table("junction")
    tables.where = name
    known = [intersection.id for intersection in network.intersections]
    junctions = {}
    for junction in tables.raw:
        if junction in known:
            junctions[junction] = tables.table(junction, f"junction {junction!r}")
        else:
            tables.fault("junction", f"{brief(junction)} unknown", f"one of {', '.join(known[:20])}")
    if not tables.raw:
        tables.fault("junction", "nothing", 'a table [junction."ID"] for each junction of the sheet')
    return sheet, junctions


def _timing(table: Table, network: Network, name: str, faults: list[Fault]) -> IntersectionPlan:
    """The timing of one junction. What is wrong with the table stands in `faults`, else `InputError` is raised."""
    intersection = network.intersection(name)
    before = len(faults)
    fields = timing_fields(table, intersection)
    running = timing_of(intersection.running, intersection, untouched=True)
    if fields is None or len(faults) > before:
        return running
    try:
        found = IntersectionPlan.model_validate(fields)
    except ValidationError as error:
        raise InputError(faults_of_validation(error, f"junction {name!r}")) from error
    _check_told(table, found)
    if found.untouched and found != running:
        table.fault(
            "untouched", f"{_differing(found, running)} not as it runs today", "what runs, or no timing beside it"
        )
    return found


def _check_told(table: Table, timing: IntersectionPlan) -> None:
    """The offset as the controller is told it is the plan's offset by another reference, exactly."""
    if not any(column.key in table for column in columns.TOLD):
        return
    said = table.values(columns.TOLD)
    if len(said) < len(columns.TOLD):
        return
    key, needed = columns.TOLD[0].key, f"offset_s of {columns.seconds(timing.offset_ds)} by another reference"
    try:
        told = referred(timing, OffsetReference(said["offset_reference"]), said["reference"])
    except ValueError as error:  # nothing shows it here
        table.fault(columns.TOLD[1].key, brief(said["offset_reference"]), f"one that this timing shows ({error})"[:200])
        return
    if told.offset_ds != said["offset_ds"]:
        found = columns.seconds(said["offset_ds"])
        table.fault(key, found, f"{columns.seconds(told.offset_ds)}: {needed}")


def _differing(one: IntersectionPlan, other: IntersectionPlan) -> str:
    """What differs between two timings of a junction, in the sheet's words."""
    words = {column.field: column.key for column in columns.JUNCTION} | {"group_ids": "order of groups"}
    words["body"] = "rings" if isinstance(other.body, RingsBody) else "intervals"
    differing = [name for name in IntersectionPlan.model_fields if getattr(one, name) != getattr(other, name)]
    return ", ".join(words.get(name, name) for name in differing)


def _faults_of_safety(name: str, network: Network, junctions: Mapping[str, Table]) -> list[Fault]:
    """What the rules would refuse of the safety inputs; strange values are told by the tables themselves."""
    try:
        tables = {junction: safety_of(table) for junction, table in junctions.items()}
        said_in({"intersection": tables}, network, name, "", recorded=True)
    except InputError as error:
        return [*error.faults]
    return []
