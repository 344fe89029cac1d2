"""Turning counts as comma separated text: from_link,to_link,start,duration,count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd

from signals.detectors import _table
from signals.detectors._open import never
from signals.flows.records import OFFSETS, TURNING_COUNTS, clashes, turn_frame

KIND = TURNING_COUNTS
CONTENT = "turning counts as text (columns from_link,to_link,start,duration,count)"
_REQUIRED = ("from_link", "to_link", "start", "duration", "count")


def accepts(head: bytes) -> bool:
    """Whether content that begins with `head` is this source's."""
    return _table.header_has(head, ("from_link", "to_link"))


def read(path: Path, *, zone: str = "UTC", day: date | None = None, check: Callable[[], None] = never) -> pd.DataFrame:
    """Counts per movement: from_link_id, to_link_id, start (UTC), duration_s, count_veh (NaN where missing).

    `zone` and `day` as for counts in `counts_csv`. Raises `InputError` with all faults by line.
    """
    table = _table.Table(path, _REQUIRED, (), zone=zone, day=day, check=check)
    keys: list[tuple[str, str]] = []
    lines: list[int] = []
    starts: list[float] = []
    durations: list[float] = []
    counts: list[float] = []
    for line, cells in table.rows():
        origin = table.identifier(cells["from_link"], "from_link")
        target = table.identifier(cells["to_link"], "to_link")
        start = table.start(cells["start"])
        duration = table.duration(cells["duration"])
        count = table.count(cells["count"])
        if origin is None or target is None or start is None or duration is None or count is None:
            continue
        keys.append((origin, target))
        lines.append(line)
        starts.append(start)
        durations.append(duration)
        counts.append(count)
    for line, key, found in clashes([f"{a} -> {b}" for a, b in keys], starts, durations, lines):
        table.faults.add(f"movement {key}", line, found, "one count per movement and time")
    table.faults.raise_if_any()
    frame = turn_frame([a for a, _ in keys], [b for _, b in keys], starts, durations, counts)
    frame.attrs[OFFSETS] = table.offsets
    return frame
