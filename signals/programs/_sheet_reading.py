"""From the tables of a timing sheet to the timing of a junction, with all faults."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from networks.junction import Intersection
from signals.plan import ControlMode, OffsetReference
from signals.programs import _sheet_columns as columns
from signals.programs._sheet_table import Table, brief

_NUMBER = re.compile(r"[0-9]{1,3}")
_OF_ALL = ("untouched", "groups", *columns.MATRICES)
_OF_TIMING = ("parameters", "detectors")
_OF_RINGS = ("rings", "ring_phases", "overlaps")
_OF_STAGES = ("intervals", "transitions")
_SAYS_TIMING = frozenset(
    (
        *(column.key for column in (*columns.JUNCTION, *columns.RINGS, *columns.STAGES)),
        *_OF_TIMING,
        *_OF_RINGS,
        *_OF_STAGES,
    )
)


def timing_fields(table: Table, intersection: Intersection) -> dict[str, Any] | None:
    """The fields of the timing that one junction's table says; None: nothing but that it is left untouched."""
    untouched = "untouched" in table
    if untouched:
        if table.raw["untouched"] is not True:
            table.fault("untouched", brief(table.raw["untouched"]), "true, or no such key")
        if _SAYS_TIMING.isdisjoint(table.raw):
            table.only(_OF_ALL)
            return None
    in_rings = "ring_phases" in table
    body_columns, body_keys = (columns.RINGS, _OF_RINGS) if in_rings else (columns.STAGES, _OF_STAGES)
    heads = (*columns.JUNCTION, columns.CONTROLLER, *columns.TOLD, *body_columns)
    table.only((*(column.key for column in heads), *body_keys, *_OF_TIMING, *_OF_ALL))
    fields = table.values(columns.JUNCTION)
    table.values([columns.CONTROLLER])
    if "control_mode" in fields and "offset_reference" in fields:
        fields["control_mode"] = ControlMode(fields["control_mode"])
        fields["offset_reference"] = OffsetReference(fields["offset_reference"])
    fields.setdefault("cycle_ds", None)
    fields["untouched"] = untouched
    shown = _groups(table, intersection, chart=not in_rings)
    fields["intersection_id"] = intersection.id
    fields["group_ids"] = tuple(shown)
    fields["body"] = _rings(table) if in_rings else _stages(table, shown)
    fields["detectors"] = tuple(_row(row, columns.DETECTOR) for row in table.rows("detectors", "detector"))
    fields["parameters"] = tuple(_parameters(table.table("parameters")))
    return fields


def safety_of(table: Table) -> dict[str, Any]:
    """The safety inputs of one junction's table, in the words of the engineer's file."""
    groups: dict[str, dict[str, float]] = {}
    for row in table.rows("groups", "group"):
        values = row.values(columns.SAFETY)
        name = row.raw.get("group")
        if isinstance(name, str) and values:
            groups[name] = {key: value_ds / 10 for key, value_ds in values.items()}
    entries: dict[tuple[str, str], dict[str, Any]] = {}
    for key, word in columns.MATRICES.items():
        matrix = table.table(key)
        for ending in matrix.raw:
            row = matrix.table(ending, f"row {brief(ending)}")
            cells = [columns.Column(starting, starting, "seconds") for starting in row.raw]
            for starting, value_ds in row.values(cells).items():
                entry = entries.setdefault((ending, starting), {"from": ending, "to": starting})
                entry[word] = value_ds / 10
    return {"group": groups, "intergreen": [*entries.values()]}


def _row(row: Table, listed: Sequence[columns.Column], *more: str) -> dict[str, Any]:
    row.only((*(column.key for column in listed), *more))
    return row.values(listed)


def _parameters(table: Table) -> list[tuple[str, str]]:
    values = table.values(columns.Column(key, key, "text") for key in table.raw)
    return [(key, value) for key, value in values.items()]


def _groups(table: Table, intersection: Intersection, *, chart: bool) -> dict[str, str]:
    """Per signal group, in the sheet's order, what it shows in each interval (nothing said for rings)."""
    listed = (columns.GROUP, columns.SHOWS, *columns.SAFETY) if chart else (columns.GROUP, *columns.SAFETY)
    known = [group.id for group in intersection.groups]
    shown: dict[str, str] = {}
    for row in table.rows("groups", "group"):
        row.only(column.key for column in listed)
        values = row.values(listed[:2] if chart else listed[:1])
        name = values.get("group_id")
        if name is None:
            continue
        if name not in known or name in shown:
            row.fault(
                "group", f"{brief(name)} {'twice' if name in shown else 'unknown'}", f"each of {_few(known)} once"
            )
            continue
        shown[name] = values.get("displays", "").replace(" ", "")
    missing = [name for name in known if name not in shown]
    if missing:
        table.fault("groups", f"no row for {_few(missing)}", "a row for each signal group")
    return shown


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")


def _rings(table: Table) -> dict[str, Any]:
    phases = tuple(_row(row, columns.RING_PHASE) for row in table.rows("ring_phases", "row of ring phases"))
    overlaps = tuple(_row(row, columns.OVERLAP) for row in table.rows("overlaps", "overlap"))
    rings = _sequence(table)
    return {
        "kind": "rings", "rings": rings, "ring_phases": phases, "overlaps": overlaps, **table.values(columns.RINGS),
    }  # fmt: skip


def _sequence(table: Table) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """Rings as they are written: "1, 2 | 3, 4", a bar for each barrier between them."""
    found = table.raw.get("rings")
    if not isinstance(found, list) or not found or not all(isinstance(ring, str) for ring in found):
        table.fault("rings", brief(found), 'a text per ring, as in "1, 2 | 3, 4" (|: barrier)')
        return ()
    rings = []
    for ring in found:
        parts = [part.replace(",", " ").split() for part in ring.split("|")]
        if not all(_NUMBER.fullmatch(name) for part in parts for name in part):
            table.fault("rings", brief(ring), 'numbers of ring phases, as in "1, 2 | 3, 4" (|: barrier)')
        else:
            rings.append(tuple(tuple(int(name) for name in part) for part in parts))
    return tuple(rings)


def _stages(table: Table, shown: dict[str, str]) -> dict[str, Any]:
    """Intervals one after the other: one with a name is a stage, those behind it are its interstage."""
    sequence: list[dict[str, Any]] = []
    count = start_ds = 0
    if "intervals" not in table:
        table.fault("timing", "neither intervals nor ring_phases", "one of them, or untouched = true")
    actuated = [column.key for column in columns.ACTUATION]
    for at, row in enumerate(table.rows("intervals", "interval")):
        values = _row(row, columns.STAGE, columns.START.key, *actuated)
        said = row.values([columns.START])
        if said.get("start_ds", start_ds) != start_ds:
            row.fault(
                "start_s", columns.seconds(said["start_ds"]), f"{columns.seconds(start_ds)}, where the one before ends"
            )
        start_ds += values.get("duration_ds", 0)
        count = at + 1
        step = {"duration_ds": values.get("duration_ds"), "displays": "".join(_letter(s, at) for s in shown.values())}
        if "stage" in row:
            step |= {"id": values.get("id"), "actuation": _actuation(row), "interstage": ()}
            sequence.append(step)
        elif not sequence:
            row.fault("stage", "nothing", "a stage: the first interval is one")
        else:
            sequence[-1]["interstage"] += (step,)
            if any(key in row for key in actuated):
                row.fault("actuation", "in an interstage", "none: interstages are never shortened or lengthened")
    for name, letters in shown.items():
        if len(letters) != count:
            table.fault("shows", f"group {brief(name)}: {len(letters)} letters", f"{count}, one per interval")
    said = table.values(columns.STAGES)
    return {"kind": "stages", "sequence": tuple(sequence), "transitions": tuple(_transitions(table)), **said}


def _letter(letters: str, at: int) -> str:
    return letters[at] if at < len(letters) else "r"


def _actuation(row: Table) -> dict[str, Any] | None:
    found = row.values(columns.ACTUATION)
    if not any(column.key in row for column in columns.ACTUATION):
        return None
    for key in ("min_s", "max_s"):
        if key not in row:
            row.fault(key, "nothing", "seconds, in a stage that traffic shortens or lengthens")
    return found


def _transitions(table: Table) -> list[dict[str, Any]]:
    made = []
    for row in table.rows("transitions", "transition"):
        values = _row(row, columns.TRANSITION, "interstage")
        values["interstage"] = tuple(_row(step, columns.STEP) for step in row.rows("interstage", "step"))
        made.append(values)
    return made
