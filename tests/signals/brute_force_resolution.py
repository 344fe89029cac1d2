"""Of the second judge: times that a plan chooses and that are no multiples of the resolution asked for."""

from __future__ import annotations

from typing import Any


def between_steps(timing: dict[str, Any], limits: dict[str, Any]) -> bool:
    """Whether any chosen time falls between the steps; where none are asked for, tenths are the steps."""
    asked = limits.get("resolution")
    if not asked:
        return False
    step = asked["value_ds"]
    chosen = [] if timing["cycle_ds"] is None else [timing["cycle_ds"], timing["offset_ds"]]
    body = timing["body"]
    if body["kind"] == "rings":
        chosen += [row["split_ds"] for row in body["ring_phases"]]
    else:
        ways = [stage["interstage"] for stage in body["sequence"]] + [way["interstage"] for way in body["transitions"]]
        chosen += [sum(part["duration_ds"] for part in way) for way in ways]
        for stage in body["sequence"]:
            limited = stage["actuation"] or {}
            ends = ("min_ds", "max_ds", "earliest_end_ds", "latest_end_ds")
            chosen += [stage["duration_ds"], *(limited[end] for end in ends if limited.get(end) is not None)]
    return any(time % step for time in chosen)
