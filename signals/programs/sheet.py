"""Timing sheets: the plan and the safety inputs of junctions as an engineer's table (TOML; as CSV: `sheet_csv`).

A junction runs in rings (`rings`, `ring_phases`, `overlaps`), in stages (`intervals` one after the other, and per
signal group a letter for each of them), or `untouched` as today; the columns are those of `_sheet_columns`. Safety
inputs stand with the signal groups and in the matrices of intergreens; they count only where a sheet is named as a
source of rules. Reading back what was written gives the same plan with the same digest.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from networks.network import Network
from signals.controllers import NOBODY_SAID, Controllers
from signals.files import toml_of, write_whole
from signals.plan import TimingPlan
from signals.programs import _sheet_document as document
from signals.programs._sheet_schema import sheet_schema
from signals.rules import Rules
from signals.rules.engineer import EngineerFile

__all__ = ["CONTENT", "accepts", "named_in", "read", "safety_inputs", "sheet_schema", "write"]
CONTENT = 'a timing sheet (TOML with format = "greenband-sheet")'
_OURS = re.compile(rb"^\s*format\s*=\s*[\"']greenband-sheet[\"']", re.MULTILINE)


def accepts(head: bytes) -> bool:
    """Whether content that begins with `head` is a timing sheet's."""
    return _OURS.search(head.removeprefix(b"\xef\xbb\xbf")) is not None


def read(path: Path, network: Network) -> TimingPlan:
    """The junctions of a sheet as a plan; those that it does not name run on as today.

    Raises `InputError` with all faults of plan and safety inputs.
    """
    return document.plan_of(_tables(path), path.name, network, [])


def named_in(path: Path, network: Network) -> tuple[str, ...]:
    """The intersections that a sheet has a table for. Raises `InputError`."""
    return document.named_by(_tables(path), path.name, network, [])


def safety_inputs(path: Path, network: Network) -> EngineerFile:
    """The safety inputs of a sheet, as a source of rules. Raises `InputError` with all faults."""
    return document.safety_inputs_of(_tables(path), path.name, network, [])


def write(
    plan: TimingPlan,
    network: Network,
    path: Path,
    rules: Rules | None = None,
    controllers: Controllers = NOBODY_SAID,
) -> None:
    """Write a sheet, with safety inputs where `rules` are given, and the offset as the `controllers` are told it.

    The old file stays whole until the new one is.

    Raises `NotExpressible` for other signal groups than the street's, and for "untouched" that is not what runs.
    """
    write_whole(path, document.text_of(plan, network, rules, controllers).encode())


def _tables(path: Path) -> dict[str, Any]:
    return toml_of(path, document.LARGEST_FILE_BYTES, "timing sheet", CONTENT)
