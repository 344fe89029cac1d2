"""The JSON Schema of a timing sheet's tables, from the columns that it is read with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from signals.programs import _sheet_columns as columns
from signals.programs._sheet_columns import Column
from signals.rules.limits import GROUP_LIMITS, INTERGREEN_S

_SIMPLE: dict[str, dict[str, Any]] = {
    "seconds": {
        "type": "number",
        "minimum": 0,
        "maximum": columns.LONGEST_S,
        "description": "seconds, in tenths",
    },
    "whole": {"type": "integer"},
    "truth": {"type": "boolean"},
    "text": {"type": "string"},
}


def sheet_schema() -> dict[str, Any]:
    """The schema of a sheet's content (TOML; in CSV the same tables in sections).

    What hangs together (sums, ids of the street, letters per interval, limits that depend on the kind of a signal
    group) is judged when the sheet is read.
    """
    head = _record(columns.HEAD)
    head["properties"] |= {"version": {"const": columns.VERSION}, "only_these": {"const": True}}
    junction = {"type": "object", "oneOf": [_untouched(), _in_rings(), _in_stages()]}
    return {
        "type": "object",
        "properties": {
            "sheet": head,
            "junction": {"type": "object", "additionalProperties": junction, "minProperties": 1},
        },
        "required": ["sheet", "junction"],
        "additionalProperties": False,
    }


def _untouched() -> dict[str, Any]:
    groups = _rows((columns.GROUP, *columns.SAFETY))
    return _object({columns.UNTOUCHED.key: {"const": True}, "groups": groups} | _matrices(), ["untouched"])


def _in_rings() -> dict[str, Any]:
    more = {
        "ring_phases": _rows(columns.RING_PHASE) | {"minItems": 1},
        "overlaps": _rows(columns.OVERLAP),
        "groups": _rows((columns.GROUP, *columns.SAFETY)),
    }
    return _timed(columns.OF_RINGS, more, ["rings", "ring_phases", "groups"])


def _in_stages() -> dict[str, Any]:
    transition = _record(columns.TRANSITION, {"interstage": _rows(columns.STEP)})
    more = {
        "intervals": _rows(columns.TABLES["intervals"]) | {"minItems": 1},
        "transitions": {"type": "array", "items": transition},
        "groups": _rows((columns.GROUP, columns.SHOWS, *columns.SAFETY)),
    }
    return _timed(columns.STAGES, more, ["intervals", "groups"])


def _timed(heads: Sequence[Column], more: dict[str, Any], needed: list[str]) -> dict[str, Any]:
    texts = {"type": "object", "additionalProperties": _SIMPLE["text"]}
    more |= {"detectors": _rows(columns.DETECTOR), "parameters": texts} | _matrices()
    more[columns.UNTOUCHED.key] = {"const": True}  # beside it, what was read of the running program
    more |= {column.key: _value(column) for column in (columns.CONTROLLER, *columns.TOLD)}
    found = _record((*columns.JUNCTION, *heads), more)
    return found | {"required": [*found["required"], *needed]}


def _matrices() -> dict[str, Any]:
    low, high = INTERGREEN_S
    row = {"type": "object", "additionalProperties": _SIMPLE["seconds"] | {"minimum": low, "maximum": high}}
    return {key: {"type": "object", "additionalProperties": row} for key in columns.MATRICES}


def _rows(listed: Iterable[Column]) -> dict[str, Any]:
    return {"type": "array", "items": _record(listed)}


def _record(listed: Iterable[Column], more: dict[str, Any] | None = None) -> dict[str, Any]:
    known = tuple(listed)
    return _object(
        {column.key: _value(column) for column in known} | (more or {}),
        [column.key for column in known if column.needed],
    )


def _object(properties: dict[str, Any], needed: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}


def _value(column: Column) -> dict[str, Any]:
    if column.choices:
        return {"enum": [*column.choices]}
    if column.kind in ("texts", "wholes"):
        return {"type": "array", "items": _SIMPLE[column.kind[:-1]]}
    if column in columns.SAFETY:
        low, high = GROUP_LIMITS[column.key]
        least = 0.0 if column.key == "yellow_s" else low  # of groups on foot
        return _SIMPLE["seconds"] | {"minimum": least, "maximum": high}
    return _SIMPLE[column.kind]
