"""Detectors for the second judge: where they lie, and whether traffic is seen wherever it may call or end a green."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tests.signals.brute_force_street import GREEN, Signal


def laid(path: Path | None) -> dict[str, str]:
    """The lane of each induction loop of a file."""
    loops = () if path is None else ElementTree.parse(path).getroot().iter("inductionLoop")
    return {loop.attrib["id"]: loop.attrib["lane"] for loop in loops}


def unseen(signal: Signal, timing: dict[str, Any], lane_of: dict[str, str]) -> bool:
    """Whether an actuated timing names a detector that nobody laid, or traffic would have to be seen and is not."""
    if timing["control_mode"] == "fixed":
        return False
    if any(use["detector_id"] not in lane_of for use in timing["detectors"]):
        return True
    told: dict[str, set[tuple[str, str]]] = {}
    for use in timing["detectors"]:
        for word in ("calls", "extends"):
            if use[word]:
                told.setdefault(use["target"], set()).add((word, lane_of[use["detector_id"]]))
    if timing["body"]["kind"] == "rings":
        return _in_rings(signal, timing, told)
    ends = ("min_ds", "max_ds") if timing["control_mode"] == "actuated" else ("earliest_end_ds", "latest_end_ds")
    for stage in timing["body"]["sequence"]:
        limits = stage["actuation"]
        if limits and limits["min_ds"] != limits["max_ds"] and limits.get(ends[0]) != limits.get(ends[1]):
            green = {
                name for name, letter in zip(timing["group_ids"], stage["displays"], strict=True) if letter in GREEN
            }
            if not any(("extends", lane) in told.get(stage["id"], ()) for lane in _lanes(signal, green)):
                return True
    return False


def _in_rings(signal: Signal, timing: dict[str, Any], told: dict[str, set[tuple[str, str]]]) -> bool:
    body = timing["body"]
    on_the_clock = {*body["coordinated"]} if timing["control_mode"] == "coordinated actuated" else set()
    for phase in body["ring_phases"]:
        comes = phase["recall"] in ("maximum", "minimum") or phase["pedestrian_mode"] in ("rest in walk", "recall")
        if phase["omitted"] or comes or phase["number"] in on_the_clock:
            continue
        groups = {*phase["group_ids"], *phase["yielding_group_ids"]}
        groups |= {row["group_id"] for row in body["overlaps"] if phase["number"] in row["parents"]}
        lanes, seen = _lanes(signal, groups), told.get(str(phase["number"]), set())
        if lanes and not all(any((word, lane) in seen for lane in lanes) for word in ("calls", "extends")):
            return True
    return False


def _lanes(signal: Signal, groups: set[str]) -> set[str]:
    return {lane for name in groups for lane in signal.lanes.get(name, ())}
