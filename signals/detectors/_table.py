"""Comma separated count files: header, rows and cells, each fault with its line."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from networks.faults import Fault, InputError
from signals.detectors import _open
from signals.detectors._open import never
from signals.flows.records import ID_PATTERN, LONGEST_RECORD_S, FaultList, looks_like_formula, midnight_utc, shown

LARGEST_ROW_COUNT = 5_000_000
LARGEST_COUNT_VEH = 1_000_000
_SECONDS = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?|[+-]?(nan|inf|infinity)", re.IGNORECASE)
_EARLIEST, _LATEST = datetime(1970, 1, 1).year, 2200


class Table:
    """One CSV file being read: `rows()` gives (line, cells by column); faults gather in `faults`."""

    def __init__(
        self,
        path: Path,
        required: Sequence[str],
        optional: Sequence[str],
        *,
        zone: str = "UTC",
        day: date | None = None,
        check: Callable[[], None] = never,
    ) -> None:
        self.path = path
        self.faults = FaultList(path.name)
        self.line = 0
        self._required, self._optional = tuple(required), tuple(optional)
        self._zero_s = midnight_utc(day, zone).timestamp()
        self._start_style = ""
        self._offsets: set[timedelta] = set()
        self._check = check

    @property
    def offsets(self) -> tuple[str, ...]:
        """The offsets from UTC that instants were written with, in order; none in a file of seconds."""
        return tuple(_clock(offset) for offset in sorted(self._offsets))

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Every data row; the header is checked first (InputError at once, nothing can be read without it)."""
        numbered = _open.lines(self.path, check=self._check)
        columns = self._header(numbered)
        found = 0
        for line, text in numbered:
            if not text.strip() or text.startswith("#"):
                continue
            self.line, found = line, found + 1
            if found > LARGEST_ROW_COUNT:
                limit = f"at most {LARGEST_ROW_COUNT} rows"
                raise InputError([Fault("file length", self.path.name, f"more than {LARGEST_ROW_COUNT} rows", limit)])
            cells = text.split(",") if '"' not in text else _quoted(text)
            if cells is None or len(cells) != len(columns):
                got = "an unfinished quote" if cells is None else f"{len(cells)} cells"
                self.faults.add("row", line, got, f"{len(columns)} cells: {','.join(columns)}")
                continue
            yield line, dict(zip(columns, (cell.strip() for cell in cells), strict=True))
        if not found:
            self.faults.add("content", None, "a header without rows", "counts")

    def identifier(self, cell: str, what: str) -> str | None:
        """The cell as an id; None (and a fault) if it is none."""
        if ID_PATTERN.fullmatch(cell) and not looks_like_formula(cell):
            return cell
        found = f"{cell[:24]} (looks like a spreadsheet formula)" if looks_like_formula(cell) else cell
        self.faults.add(what, self.line, found, "an id of letters, digits and _ . : # - (at most 128)")
        return None

    def number(self, cell: str, what: str, low: float, high: float, needed: str) -> float | None:
        """The cell as a number in [low, high]; NaN when empty; None (and a fault) otherwise."""
        if not cell:
            return math.nan
        try:
            value = float(cell) if "_" not in cell else math.inf
        except ValueError:
            value = math.inf
        if not low <= value <= high or not math.isfinite(value):
            self.faults.add(what, self.line, cell, needed)
            return None
        return value

    def count(self, cell: str) -> float | None:
        """The cell as a count of vehicles: a whole number, NaN when empty."""
        needed = f"a whole number of vehicles up to {LARGEST_COUNT_VEH:g}, empty if missing"
        value = self.number(cell, "count", 0.0, LARGEST_COUNT_VEH, needed)
        if value is not None and not math.isnan(value) and not value.is_integer():
            self.faults.add("count", self.line, cell, needed)
            return None
        return value

    def duration(self, cell: str) -> float | None:
        """The cell as the length of an interval [s]."""
        needed = f"seconds, above 0 and at most {LONGEST_RECORD_S:g}"
        value = self.number(cell or "?", "duration", 0.0, LONGEST_RECORD_S, needed)
        if value == 0.0:
            self.faults.add("duration", self.line, cell, needed)
            return None
        return value

    def start(self, cell: str) -> float | None:
        """The cell as seconds since 1970-01-01 UTC: an instant with its zone, or seconds after local midnight."""
        style = "seconds" if _SECONDS.fullmatch(cell) else "instants"
        if self._start_style not in ("", style):
            self.faults.add("start", self.line, cell, f"{self._start_style} as in the rows before, not both")
            return None
        if style == "seconds":
            value = self.number(cell, "start", 0.0, 400 * 86_400.0, "seconds after local midnight, 0 or more")
            self._start_style = style if value is not None else self._start_style
            return None if value is None else self._zero_s + value
        needed = "an ISO 8601 instant with its zone, such as 2026-03-02T07:00:00+01:00, or seconds"
        try:
            instant = datetime.fromisoformat(cell)
        except ValueError:
            self.faults.add("start", self.line, cell, needed)
            return None
        if instant.tzinfo is None:
            self.faults.add("start", self.line, f"{cell[:30]} (no zone: which hour is it?)", needed)
            return None
        if not _EARLIEST < instant.year < _LATEST:
            self.faults.add("start", self.line, cell, f"a year from {_EARLIEST + 1} to {_LATEST - 1}")
            return None
        self._start_style = style
        self._offsets.add(instant.utcoffset() or timedelta())
        return instant.timestamp()

    def _header(self, numbered: Iterator[tuple[int, str]]) -> list[str]:
        wanted = ",".join(self._required) + "".join(f"[,{name}]" for name in self._optional)
        for line, text in numbered:
            if not text.strip() or text.startswith("#"):
                continue
            columns = [cell.strip().strip('"').lower() for cell in text.split(",")]
            known = {*self._required, *self._optional}
            faults = FaultList(self.path.name)
            for name in self._required:
                if name not in columns:
                    semicolon = " (separated by semicolons?)" if ";" in text else ""
                    faults.add("header", line, f"no column {name!r}{semicolon}", wanted)
            for name in dict.fromkeys(columns):
                if name not in known:
                    faults.add("header", line, f"unknown column {shown(name)}", wanted)
                elif columns.count(name) > 1:
                    faults.add("header", line, f"column {name!r} more than once", wanted)
            faults.raise_if_any()
            return columns
        raise InputError([Fault("header", self.path.name, "no header", wanted)])


def _clock(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def header_has(head: bytes, names: Sequence[str]) -> bool:
    """Whether the first line that is no comment names these columns."""
    text = head.decode("utf-8-sig", errors="replace")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            columns = {cell.strip().strip('"').lower() for cell in re.split("[,;\t]", line)}
            return set(names) <= columns
    return False


def _quoted(text: str) -> list[str] | None:
    if text.count('"') % 2:
        return None
    try:
        return next(csv.reader([text], strict=True))
    except (csv.Error, StopIteration):
        return None
