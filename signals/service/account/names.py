"""Names short enough to be read; ids of joined nodes are as long as a sentence."""

from __future__ import annotations

_LONGEST, _HEAD, _TAIL = 22, 10, 8


def short(name: str) -> str:
    """The name, or its beginning and end."""
    return name if len(name) <= _LONGEST else f"{name[:_HEAD]}…{name[-_TAIL:]}"
