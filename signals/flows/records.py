"""Detector records: the declared table every detector source yields, checked once at the door."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

from networks.faults import Fault, InputError

RECORD_COLUMNS = ("detector_id", "start", "duration_s", "count_veh", "occupancy_share", "speed_m_per_s")
TURN_COLUMNS = ("from_link_id", "to_link_id", "start", "duration_s", "count_veh")
DETECTOR_RECORDS = "detector records"
TURNING_COUNTS = "turning counts"

NOMINAL_DAY = date(2000, 1, 3)  # a Monday far from any clock change; stands for "the day does not matter"
LONGEST_NOMINAL = timedelta(days=400)
LONGEST_RECORD_S = 86_400.0
DAY_S = 86_400.0
OFFSETS = "offsets"
"""Attribute of a table: the offsets from UTC that its instants were written with, e.g. ("+01:00",); none: no dates."""
HIGHEST_SPEED_M_PER_S = 100.0
LISTED_FAULTS = 20
ID_PATTERN = re.compile(r"[A-Za-z0-9_.:#-]{1,128}")
_OFFSET = re.compile(r"([+-])([01]\d|2[0-3]):([0-5]\d)")


@dataclass(slots=True)
class FaultList:
    """Collects the faults of one file; the first 20 are told, the rest are counted."""

    where: str
    faults: list[Fault] = field(default_factory=list)
    more: int = 0

    def add(self, what: str, line: int | None, found: object, needed: str) -> None:
        """Note one fault; `line` is the line in the file, None for the file as a whole."""
        if len(self.faults) < LISTED_FAULTS:
            place = self.where if line is None else f"{self.where}, line {line}"
            self.faults.append(Fault(what, place, shown(found), needed))
        else:
            self.more += 1

    def raise_if_any(self) -> None:
        """Raise `InputError` with all that was noted."""
        if not self.faults:
            return
        if self.more:
            self.faults.append(Fault("further faults", self.where, f"and {self.more} more", "none"))
        raise InputError(self.faults)


def shown(value: object) -> str:
    """A value as it may stand in a message: short, quoted, printable."""
    text = value if isinstance(value, str) else str(value)
    text = "".join(character if character.isprintable() else "?" for character in text)
    text = text if len(text) <= 60 else text[:57] + "..."
    return repr(text) if isinstance(value, str) else text


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet would run this cell (`=1+1`, `@SUM(...)`, `+cmd|...`, `-cmd|...`)."""
    return bool(re.match(r"\s*[=@+]", text)) or (text.startswith("-") and bool(re.search(r"[|!()+*/]", text)))


def zone_of(name: str) -> tzinfo:
    """The zone of a name, or of a fixed offset such as "+01:00". InputError for an unknown one."""
    fixed = _OFFSET.fullmatch(name)
    if fixed is not None:
        sign, hours, minutes = fixed.groups()
        return timezone((1 if sign == "+" else -1) * timedelta(hours=int(hours), minutes=int(minutes)))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        fault = Fault("time zone", "zone", shown(name), "a zone name such as 'UTC' or 'Europe/Berlin', or '+01:00'")
        raise InputError([fault]) from error


def midnight_utc(day: date | None, zone: str) -> datetime:
    """Local midnight of `day` (the nominal day when None) in `zone`, as UTC. InputError for an unknown zone."""
    chosen = day or NOMINAL_DAY
    return datetime(chosen.year, chosen.month, chosen.day, tzinfo=zone_of(zone)).astimezone(UTC)


def is_nominal(days: Iterable[date]) -> bool:
    """Whether records are of no date: their seconds count from the midnight of the nominal day."""
    return all(NOMINAL_DAY <= day < NOMINAL_DAY + LONGEST_NOMINAL for day in days)


def record_frame(
    *,
    detector_id: Sequence[str],
    start_s: Sequence[float],
    duration_s: Sequence[float],
    count_veh: Sequence[float],
    occupancy_share: Sequence[float],
    speed_m_per_s: Sequence[float],
) -> pd.DataFrame:
    """The declared table, sorted by detector and start; `start_s` is seconds since 1970-01-01 UTC, missing is NaN."""
    frame = pd.DataFrame(
        {
            "detector_id": pd.Series(list(detector_id), dtype="str"),
            "start": utc_column(start_s),
            "duration_s": np.asarray(duration_s, dtype=float),
            "count_veh": np.asarray(count_veh, dtype=float),
            "occupancy_share": np.asarray(occupancy_share, dtype=float),
            "speed_m_per_s": np.asarray(speed_m_per_s, dtype=float),
        }
    )
    return frame.sort_values(["detector_id", "start"], kind="stable", ignore_index=True)


def turn_frame(
    from_link_id: Sequence[str],
    to_link_id: Sequence[str],
    start_s: Sequence[float],
    duration_s: Sequence[float],
    count_veh: Sequence[float],
) -> pd.DataFrame:
    """The declared table of turning counts, sorted by movement and start; arguments as of `record_frame`."""
    frame = pd.DataFrame(
        {
            "from_link_id": pd.Series(list(from_link_id), dtype="str"),
            "to_link_id": pd.Series(list(to_link_id), dtype="str"),
            "start": utc_column(start_s),
            "duration_s": np.asarray(duration_s, dtype=float),
            "count_veh": np.asarray(count_veh, dtype=float),
        }
    )
    return frame.sort_values(["from_link_id", "to_link_id", "start"], kind="stable", ignore_index=True)


def utc_column(start_s: Sequence[float]) -> pd.Series[pd.Timestamp]:
    """Seconds since 1970-01-01 UTC as a UTC column with millisecond steps."""
    milliseconds = np.round(np.asarray(start_s, dtype=float) * 1000.0).astype("int64")
    return pd.Series(pd.to_datetime(milliseconds, unit="ms", utc=True))


def clashes(
    keys: Sequence[str], start_s: Sequence[float], duration_s: Sequence[float], line: Sequence[int]
) -> Iterator[tuple[int, str, str]]:
    """Pairs of rows of one key that are duplicates or overlap in time: (line, key, what was found)."""
    if not keys:
        return
    key = np.asarray(keys, dtype=object)
    start = np.asarray(start_s, dtype=float)
    end = start + np.asarray(duration_s, dtype=float)
    order = np.lexsort((start, np.unique(key.astype(str), return_inverse=True)[1]))
    same = key[order[1:]] == key[order[:-1]]
    touching = same & (start[order[1:]] < end[order[:-1]] - 1e-3)
    for position in np.flatnonzero(touching):
        before, after = int(order[position]), int(order[position + 1])
        kind = "the same start as" if abs(start[after] - start[before]) < 1e-3 else "overlap with"
        yield max(line[before], line[after]), str(key[after]), f"{kind} line {min(line[before], line[after])}"


def check_records(records: pd.DataFrame, where: str = "detector records") -> None:
    """Raise `InputError` unless the table has the declared columns, UTC starts and possible values."""
    missing = [column for column in RECORD_COLUMNS if column not in records.columns]
    if missing:
        raise InputError([Fault("columns", where, f"no {', '.join(missing)}", ", ".join(RECORD_COLUMNS))])
    faults = []
    if not isinstance(records["start"].dtype, pd.DatetimeTZDtype) or str(records["start"].dt.tz) != "UTC":
        faults.append(Fault("start", where, str(records["start"].dtype), "UTC instants"))
    bounds = {
        "duration_s": (0.0, LONGEST_RECORD_S),
        "count_veh": (0.0, float("inf")),
        "occupancy_share": (0.0, 1.0),
        "speed_m_per_s": (0.0, HIGHEST_SPEED_M_PER_S),
    }
    for column, (low, high) in bounds.items():
        values = records[column].to_numpy(dtype=float)
        bad = ~np.isnan(values) & ~((values >= low) & (values <= high) & np.isfinite(values))
        if column == "duration_s":
            bad |= np.isnan(values) | (values == 0.0)
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            faults.append(Fault(column, f"{where}, row {row}", f"{values[row]}", f"{low:g} to {high:g}"))
    if faults:
        raise InputError(faults)
