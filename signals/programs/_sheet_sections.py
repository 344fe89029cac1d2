"""The sections of a timing sheet in CSV become the tables that it would have in TOML, with the faults of the layout.

What stands in the cells is judged as in TOML, by the columns; here only sections, rows and their lengths are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from networks.faults import Fault
from signals.programs import _sheet_columns as columns
from signals.programs._sheet_cells import value_of
from signals.programs._sheet_columns import Column
from signals.programs._sheet_table import brief

MATRIX_CORNER = "from"  # above the names of the greens that end
PARAMETER = (Column("name", "name", "text"), Column("value", "value", "text"))
STEP_OF_TRANSITION = (*columns.TRANSITION, *columns.STEP)
_SECTION = re.compile(r"\[([a-z_]+)\]")
_KEYS = {
    "sheet": {column.key: column.kind for column in columns.HEAD},
    "junction": {column.key: column.kind for column in columns.OF_JUNCTION},
}
_KINDS = {key: {column.key: column.kind for column in listed} for key, listed in columns.TABLES.items()}
_KINDS["parameters"] = {column.key: column.kind for column in PARAMETER}
_KINDS["transitions"] = {column.key: column.kind for column in STEP_OF_TRANSITION}
_NAMES = (*_KEYS, *_KINDS, *columns.MATRICES)
Row = dict[str, Any]


class Sections:
    """The sections so far: `raw` are the tables that they make."""

    def __init__(self, name: str) -> None:
        self.raw: dict[str, Any] = {"sheet": {}, "junction": {}}
        self.faults: list[Fault] = []
        self._name, self._line = name, ""
        self._section = ""  # none yet, or one that is not known: its rows are passed over
        self._into: dict[str, Any] = {}  # of the sheet, or of the junction above
        self._header: list[str] | None = None

    def take(self, line: str, cells: list[str]) -> None:
        """The next row of the file; empty cells at its end are left out."""
        self._line = line
        if not cells:
            return
        if found := _SECTION.fullmatch(cells[0].strip()):
            self._begin(found[1], cells[1:])
        elif self._section in _KEYS:
            self._key(cells)
        elif self._section and self._header is None:
            self._columns(cells)
        elif self._section:
            self._row(cells)

    def _fault(self, what: str, found: str, needed: str) -> None:
        self.faults.append(Fault(what, f"{self._name}, {self._line}", found, needed))

    def _begin(self, name: str, cells: list[str]) -> None:
        self._section, self._header = "", None
        if name not in _NAMES:
            self._fault("section", f"[{brief(name)[1:-1]}] unknown", f"one of {', '.join(_NAMES)}")
        elif name == "junction":
            junction = value_of(cells[0], "text") if cells else ""
            if not junction or junction in self.raw["junction"]:
                self._fault("junction", brief(junction) + (" twice" if junction else ""), "[junction] and an id, once")
                self._into = {}
            else:
                self._into = self.raw["junction"][junction] = {}
            self._section = name
        elif cells:
            self._fault("section", f"{brief(cells[0])} after [{name}]", "nothing")
        elif name == "sheet":
            self._section, self._into = name, self.raw["sheet"]
        elif self._into is self.raw["sheet"] or not self.raw["junction"]:
            self._fault("section", f"[{name}] before any junction", "[junction] and its id above it")
        elif name in self._into:
            self._fault("section", f"[{name}] twice", "once under each junction")
        else:
            self._section = name
            self._into[name] = [] if name in columns.TABLES or name == "transitions" else {}

    def _key(self, cells: list[str]) -> None:
        key = cells[0].strip()
        kind = _KEYS[self._section].get(key, "text")
        if key in self._into:
            self._fault("key", f"{brief(key)} twice", "once")
        elif kind in ("texts", "wholes"):
            self._into[key] = [value_of(cell, kind[:-1]) for cell in cells[1:]]
        elif len(cells) > 2:
            self._fault(key[:80], f"{len(cells) - 1} values", "one")
        else:
            self._into[key] = value_of(cells[1] if len(cells) > 1 else "", kind)

    def _columns(self, cells: list[str]) -> None:
        matrix = self._section in columns.MATRICES
        names = [str(value_of(cell, "text")) for cell in cells]
        self._header = names
        for name in dict.fromkeys(name for name in names if names.count(name) > 1):
            self._fault("columns", f"{brief(name)} more than once", "each once")
        if matrix and names[0] != MATRIX_CORNER:
            self._fault("columns", brief(names[0]), f"{MATRIX_CORNER}, then the greens that start")

    def _row(self, cells: list[str]) -> None:
        header = self._header or []
        if len(cells) > len(header):
            self._fault("row", f"{len(cells)} cells", f"at most {len(header)}, as column names stand above")
            return
        if self._section in columns.MATRICES:
            said = {name: value_of(cell, "seconds") for name, cell in self._filled(header, cells) if name != header[0]}
            self._once(str(value_of(cells[0], "text")), said)
            return
        kinds = _KINDS[self._section]
        row = {name: value_of(cell, kinds.get(name, "text")) for name, cell in self._filled(header, cells)}
        _TAKEN.get(self._section, Sections._listed)(self, row)

    def _filled(self, header: list[str], cells: list[str]) -> list[tuple[str, str]]:
        return [(name, cell) for name, cell in zip(header, cells, strict=False) if cell.strip()]

    def _once(self, key: str, value: Any) -> None:
        """An entry of a table by names."""
        if key in self._into[self._section]:
            self._fault(self._section, f"{brief(key)} twice", "once")
        else:
            self._into[self._section][key] = value

    def _listed(self, row: Row) -> None:
        self._into[self._section].append(row)

    def _parameter(self, row: Row) -> None:
        if {*row} <= {"name", "value"} and "name" in row:
            self._once(row["name"], row.get("value", ""))
        else:
            self._fault("parameters", f"{', '.join(map(brief, row))}", "name and value")

    def _step(self, row: Row) -> None:
        """A row of transitions: a step more of the change above it, or the first one of another."""
        ways = self._into[self._section]
        step = {key: row.pop(key) for key in ("duration_s", "shows") if key in row}
        if not ways or {key: ways[-1].get(key) for key in row} != row:
            ways.append({**row, "interstage": []})
        ways[-1]["interstage"] += [step] if step else []


_TAKEN: dict[str, Callable[[Sections, Row], None]] = {
    "parameters": Sections._parameter,
    "transitions": Sections._step,
}
