"""One table of a timing sheet while it is read: what is unknown, missing or strange becomes a fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from networks.faults import Fault
from signals.programs._sheet_columns import Column

_SHOWN = 60


class Table:
    """A table with its place in the sheet; all tables of a sheet share one list of faults."""

    def __init__(self, raw: Mapping[str, Any], where: str, faults: list[Fault]) -> None:
        self.raw = raw
        self.where = where
        self._faults = faults

    def __contains__(self, key: str) -> bool:
        return key in self.raw

    def fault(self, what: str, found: str, needed: str) -> None:
        """Add a fault of this table."""
        self._faults.append(Fault(what, self.where, found, needed))

    def only(self, keys: Iterable[str]) -> None:
        """Every other key is a fault."""
        known = [*keys]
        for key in self.raw:
            if key not in known:
                self.fault("key", f"{brief(key)} unknown", f"one of {', '.join(known)}")

    def values(self, columns: Iterable[Column]) -> dict[str, Any]:
        """The fields that columns fill; what is not said or not right is not among them."""
        found = {}
        for column in columns:
            if column.key not in self.raw:
                if column.needed:
                    self.fault(column.key, "nothing", column.wanted)
                continue
            value = column.value(self.raw[column.key])
            if value is None:
                self.fault(column.key, brief(self.raw[column.key]), column.wanted)
            else:
                found[column.field] = value
        return found

    def table(self, key: str, place: str = "") -> Table:
        """A table inside; an empty one where there is none."""
        inside = self.raw.get(key, {})
        if not isinstance(inside, dict):
            self.fault(key, brief(inside), "a table")
            inside = {}
        return Table(inside, f"{self.where}, {place or key}", self._faults)

    def rows(self, key: str, what: str) -> Iterator[Table]:
        """The rows of a list of tables, each with its place; none where the key is missing."""
        rows = self.raw.get(key, [])
        if not isinstance(rows, list):
            self.fault(key, brief(rows), "a list of tables")
            return
        for number, row in enumerate(rows, start=1):
            inside = Table(row if isinstance(row, dict) else {}, f"{self.where}, {what} {number}", self._faults)
            if isinstance(row, dict):
                yield inside
            else:
                inside.fault(key, brief(row), "a table")


def brief(value: object) -> str:
    """A value for a message; of what holds others only the kind, for it may be as deep as it likes."""
    if isinstance(value, dict):
        return f"a table of {len(value)}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    shown = repr(value) if not isinstance(value, int) or abs(value) < 10**_SHOWN else "a huge number"
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 3]}..."
