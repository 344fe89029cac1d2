"""Values of a timing sheet as the cells of a CSV file, and back.

In a text a backslash takes the character after it as it is. One stands before what a spreadsheet would take for a
formula or this layout for a section, before spaces at the ends, and before commas in the items of a list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_TRUTH = {"true": True, "false": False}
_STARTS = tuple("=+-@[\t ")
_ITEM = re.compile(r"(?:\\.|[^\\,]|\\$)+")
_ESCAPED = re.compile(r"\\(.)")


def value_of(cell: str, kind: str) -> Any:
    """What a cell says, by the kind of its column (`_sheet_columns.Column`); a text where it is nothing of the kind."""
    if kind in ("texts", "wholes"):
        return [value_of(item, kind[:-1]) for item in _ITEM.findall(cell) if item.strip()]
    bare = cell.strip()
    if kind in ("seconds", "whole") and (found := _NUMBER.fullmatch(bare)):
        return float(bare) if found[1] else int(bare)
    if kind == "truth":
        return _TRUTH.get(bare.lower(), bare)
    return _text(cell)


def cell_of(value: Any) -> str:
    """A value as a cell; of lists a cell for all items."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(cell_of(item).replace(",", "\\,") for item in value)
    return _escaped(value) if isinstance(value, str) else str(value)


def stripped(cells: Sequence[str]) -> list[str]:
    """A row without the empty cells at its end, which spreadsheets add."""
    filled = [at for at, cell in enumerate(cells, start=1) if cell.strip()]
    return list(cells[: filled[-1]]) if filled else []


def _text(cell: str) -> str:
    inner = cell.lstrip()
    kept = inner.rstrip()
    if (len(kept) - len(kept.rstrip("\\"))) % 2 and len(kept) < len(inner):
        kept += inner[len(kept)]  # a space that a backslash keeps
    return _ESCAPED.sub(r"\1", kept)


def _escaped(text: str) -> str:
    shown = text.replace("\\", "\\\\")
    if len(shown) > 1 and shown[-1].isspace():
        shown = f"{shown[:-1]}\\{shown[-1]}"
    return f"\\{shown}" if shown.startswith(_STARTS) or shown[:1].isspace() else shown
