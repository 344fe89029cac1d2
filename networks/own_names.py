"""Names that our own files of programs bring along: parameters of programs, detectors for the simulator."""

from __future__ import annotations

OWN_PREFIX = "greenband."


def is_own(name: str) -> bool:
    """Whether a parameter or a detector is ours, and none of the street's."""
    return name.startswith(OWN_PREFIX)
