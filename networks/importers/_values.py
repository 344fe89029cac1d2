"""Attributes as checked values: every fault is collected with its place, none stops the reading."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from networks.faults import Fault, InputError

# What the simulator itself refuses in ids; length as in the plan's format.
_ID = re.compile(r"[^\s|\\'\";,<>&*?\x00-\x1f\x7f]{1,512}")
_MOST_FAULTS = 200


class Reader:
    """Collects the faults of one file."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.faults: list[Fault] = []
        self._left_out = 0

    @property
    def count(self) -> int:
        """How many faults there are, those beyond the first 200 as well: tells whether a reading added one."""
        return len(self.faults) + self._left_out

    def fault(self, what: str, where: str, found: str, needed: str) -> None:
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(Fault(what, f"{self.source}: {where}", found[:200], needed))
        else:
            self._left_out += 1

    def all_faults(self) -> list[Fault]:
        """The faults found, with a last one that counts those beyond the first 200."""
        more = [Fault("faults", self.source, f"{self._left_out} more", "none")] if self._left_out else []
        return self.faults + more

    def refuse_if_any(self) -> None:
        """Raise `InputError` with all faults; do nothing when there is none."""
        if self.faults:
            raise InputError(self.all_faults())

    def id(self, attributes: Mapping[str, str], key: str, where: str) -> str:
        """An id; "" with a fault where it is missing or contains what no id may contain."""
        value = attributes.get(key)
        if value is None:
            self.fault(key, where, "nothing", "an id")
            return ""
        if not _ID.fullmatch(value):
            self.fault(
                key, where, repr(value), "an id of 1 to 512 characters without spaces, quotes or | \\ ; , < > & * ?"
            )
            return ""
        return value

    def number(
        self,
        attributes: Mapping[str, str],
        key: str,
        where: str,
        low: float = -1e9,
        high: float = 1e9,
        default: float | None = None,
    ) -> float:
        """A finite number in [low, high]; `default`, where there is one, stands for a missing attribute."""
        text = attributes.get(key)
        if text is None:
            if default is None:
                self.fault(key, where, "nothing", f"a number in [{low:g}, {high:g}]")
                return low
            return default
        value = _as_float(text)
        if not low <= value <= high:  # also where it is not a number
            self.fault(key, where, repr(text), f"a number in [{low:g}, {high:g}]")
            return low
        return value

    def whole(
        self, attributes: Mapping[str, str], key: str, where: str, high: int = 1_000_000, default: int | None = None
    ) -> int:
        """A whole number in [0, high]."""
        text = attributes.get(key)
        if text is None and default is not None:
            return default
        if text is None or not (text.isascii() and text.isdigit() and int(text[:12]) <= high and len(text) < 12):
            self.fault(key, where, "nothing" if text is None else repr(text), f"a whole number in [0, {high}]")
            return 0
        return int(text)

    def deciseconds(self, attributes: Mapping[str, str], key: str, where: str, low_s: float, high_s: float) -> int:
        """A time in seconds that is a multiple of 0.1 s, as deciseconds."""
        value_s = self.number(attributes, key, where, low_s, high_s)
        value_ds = round(value_s * 10)
        if abs(value_ds - value_s * 10) > 1e-6:
            self.fault(key, where, f"{value_s:g} s", "a multiple of 0.1 s")
        return value_ds

    def shape(self, text: str | None, where: str) -> tuple[tuple[float, float], ...]:
        """Points "x,y x,y,z ..." as (x, y) pairs [m]."""
        if not text:
            return ()
        points = []
        try:
            for point in text.split():
                parts = point.split(",")
                x, y = float(parts[0]), float(parts[1])
                if not (math.isfinite(x) and math.isfinite(y)) or len(parts) > 3:
                    raise ValueError(point)
                points.append((x, y))
        except (ValueError, IndexError):
            self.fault("shape", where, repr(text), "points x,y with finite numbers")
            return ()
        return tuple(points)


def _as_float(text: str) -> float:
    try:
        return float(text) if "_" not in text else math.nan
    except ValueError:
        return math.nan
