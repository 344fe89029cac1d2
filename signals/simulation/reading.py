"""Files that a run wrote, read element by element. Read with care: a simulator's output is input to us."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import iterparse

from signals.simulation.job import Cancelled, SimulationFailed


def elements(path: Path, *tags: str) -> Iterator[Element]:
    """Elements of these tags, one after the other, memory given back in between."""
    root: Element | None = None
    try:
        for event, found in iterparse(str(path), events=("start", "end"), forbid_dtd=True):
            if root is None:
                root = found
            if event == "end" and found.tag in tags:
                yield found
                root.clear()
    except (ParseError, ValueError, OSError) as error:
        raise SimulationFailed(f"{path.name} of the run cannot be read: {error}") from error


def refuse_cut_short(totals: Path, end_s: float) -> None:
    """Raise `Cancelled` where a run did not get to the end of its period.

    The simulator answers a signal to end, as when a whole service is shut down, by writing all its files as if the
    period had been over, and ends well: what it measured is of a part of the period.
    """
    ends_s = [number(found.get("end"), "end") for found in elements(totals, "performance")]
    if not ends_s:
        raise SimulationFailed(f"{totals.name} of the run has no performance")
    if ends_s[0] < end_s:
        raise Cancelled(f"the simulator was stopped from outside at {ends_s[0]:g} s of a run until {end_s:g} s")


def columns(path: Path, *names: str) -> Iterator[tuple[str, ...]]:
    """The fields of these names, row by row, of a table separated by semicolons."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, delimiter=";", quoting=csv.QUOTE_NONE)
            header = next(rows, [])
            at = [header.index(name) for name in names]
            for row in rows:
                yield tuple(row[place] for place in at)
    except (ValueError, IndexError, csv.Error, OSError) as error:
        raise SimulationFailed(f"{path.name} of the run cannot be read: {error}") from error


def number(text: str | None, name: str) -> float:
    """A finite number, or `SimulationFailed`."""
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise SimulationFailed(f"{name}: found {text!r} in the run's output, needed a number")
    return value
