"""Names short enough to be read (ids of joined nodes are as long as a sentence), and times of the clock."""

from __future__ import annotations

_LONGEST, _HEAD, _TAIL = 22, 10, 8


def short(name: str) -> str:
    """The name, or its beginning and end."""
    return name if len(name) <= _LONGEST else f"{name[:_HEAD]}…{name[-_TAIL:]}"


def clock(time_s: float) -> str:
    """A time of day, hours and minutes; seconds where there are some."""
    hours, rest = divmod(round(time_s), 3600)
    return f"{hours:02d}:{rest // 60:02d}" + (f":{rest % 60:02d}" if rest % 60 else "")
