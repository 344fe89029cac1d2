"""Counts as comma separated text: detector,start,duration,count[,occupancy|occupancy_percent][,speed]."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd

from signals.detectors import _table
from signals.detectors._open import never
from signals.flows.records import DETECTOR_RECORDS, HIGHEST_SPEED_M_PER_S, OFFSETS, clashes, record_frame

KIND = DETECTOR_RECORDS
CONTENT = "counts as text (columns detector,start,duration,count[,occupancy][,speed])"
_REQUIRED = ("detector", "start", "duration", "count")
_OPTIONAL = ("occupancy", "occupancy_percent", "speed")


def accepts(head: bytes) -> bool:
    """Whether content that begins with `head` is this source's."""
    return _table.header_has(head, ("detector", "count"))


def read(path: Path, *, zone: str = "UTC", day: date | None = None, check: Callable[[], None] = never) -> pd.DataFrame:
    """Detector records from a documented CSV file (plain or gzipped; see README of this folder).

    `zone` and `day` say which local midnight the seconds of a file without dates count from (default: a nominal day,
    UTC); files with instants carry their own zone, which the table's attribute `OFFSETS` names. Missing stays NaN.
    Raises `InputError` with all faults by line.
    """
    table = _table.Table(path, _REQUIRED, _OPTIONAL, zone=zone, day=day, check=check)
    ids: list[str] = []
    lines: list[int] = []
    columns: tuple[list[float], ...] = ([], [], [], [], [])
    for line, cells in table.rows():
        detector_id = table.identifier(cells["detector"], "detector")
        values = (
            table.start(cells["start"]),
            table.duration(cells["duration"]),
            table.count(cells["count"]),
            _occupancy(table, cells),
            table.number(
                cells.get("speed", ""), "speed", 0.0, HIGHEST_SPEED_M_PER_S, "m/s, 0 to 100, empty if missing"
            ),
        )
        if detector_id is None or None in values:
            continue
        ids.append(detector_id)
        lines.append(line)
        for column, value in zip(columns, values, strict=True):
            column.append(math.nan if value is None else value)
    start, duration, count, occupancy, speed = columns
    for line, key, found in clashes(ids, start, duration, lines):
        table.faults.add(f"detector {key}", line, found, "one record per detector and time")
    table.faults.raise_if_any()
    frame = record_frame(
        detector_id=ids,
        start_s=start,
        duration_s=duration,
        count_veh=count,
        occupancy_share=occupancy,
        speed_m_per_s=speed,
    )
    frame.attrs[OFFSETS] = table.offsets
    return frame


def _occupancy(table: _table.Table, cells: dict[str, str]) -> float | None:
    share, percent = cells.get("occupancy", ""), cells.get("occupancy_percent", "")
    if share and percent:
        table.faults.add("occupancy", table.line, "both a share and a percentage", "one of the two")
        return None
    if percent:
        value = table.number(percent, "occupancy_percent", 0.0, 100.0, "a percentage from 0 to 100, empty if missing")
        return None if value is None else value / 100.0
    needed = "a share from 0 to 1 (percentages belong in a column occupancy_percent), empty if missing"
    return table.number(share, "occupancy", 0.0, 1.0, needed)
