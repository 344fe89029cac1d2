"""Rings that run today, for the second judge: a NEMA program of SUMO, or a program with our note of its rings.

Read with the standard library; shares no line with the service. What it finds are the plain values of a timing as it
would be published, and what the lamps show in a cycle of it.
"""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

from tests.signals.brute_force_rings import RANK, painted_rings

Fields = dict[str, Any]
DRIVEN = ("group_ids", "yielding_group_ids", "pedestrian_group_ids")
NOTE = "greenband.intersection"
KEYS = ("ring1", "ring2", "barrierPhases", "barrier2Phases", "coordinatePhases", "coordinate-mode", "controllerType")
KEYS += ("total-cycle-length", "minRecall", "maxRecall", "fixForceOff")
_PHASE: Fields = {
    "group_ids": [],
    "yielding_group_ids": [],
    "pedestrian_group_ids": [],
    "red_amber_ds": 0,
    "max_green_ds": None,
    "max_green_2_ds": None,
    "walk_ds": 0,
    "pedestrian_clearance_ds": 0,
    "pedestrian_buffer_ds": 0,
    "passage_ds": None,
    "recall": "none",
    "pedestrian_mode": "none",
    "dual_entry": False,
    "omitted": False,
}
_OVERLAP: Fields = {
    "modifiers": [],
    "kind": "protected",
    "trailing_green_ds": 0,
    "trailing_yellow_ds": 0,
    "trailing_red_ds": 0,
}
_BODY: Fields = {
    "kind": "rings",
    "overlaps": [],
    "coordinated": [],
    "force_off": "floating",
    "maximum_mode": "inhibit",
    "permissive": "by phase",
    "correction": "short way",
}


def rings_of(logic: ElementTree.Element) -> Fields | None:
    """A program as the values of a timing, whose groups are the channels; None where it says nothing of rings."""
    said = {row.attrib["key"]: row.attrib["value"] for row in logic.findall("param")}
    channels = [str(at) for at in range(len(logic.findall("phase")[0].attrib["state"]))]
    if logic.get("type") == "NEMA":
        timing = _nema(logic, said)
    elif "rings" in json.loads(said.get(NOTE, "{}")):
        timing = _noted(logic, json.loads(said[NOTE]))
    else:
        return None
    return timing | {
        "intersection_id": logic.attrib["id"],
        "program_id": logic.attrib["programID"],
        "group_ids": channels,
        "offset_reference": "first green",
        "parameters": [[key, text] for key, text in said.items() if key not in (*KEYS, NOTE)],
        "untouched": True,
    }


def spelled_out(logic: ElementTree.Element, timing: Fields) -> ElementTree.Element:
    """The same program with what is shown as its steps: a NEMA program's are from the first crossing of a barrier on,
    one with our note has them itself."""
    if logic.get("type") != "NEMA":
        return logic
    shown = ElementTree.Element("tlLogic", logic.attrib)
    pictures = _pictures(timing)
    begin = 0
    for at in range(1, len(pictures) + 1):
        if at == len(pictures) or pictures[at] != pictures[begin]:
            ElementTree.SubElement(shown, "phase", duration=f"{(at - begin) / 10}", state=pictures[begin])
            begin = at
    return shown


def _pictures(timing: Fields) -> list[str]:
    """One cycle as planned, a picture every tenth of a second."""
    cycle = sum(_lengths(timing["body"]))
    rows = painted_rings(timing | {"control_mode": "fixed"})[cycle : 2 * cycle]
    return ["".join([*RANK][code] for code in row) for row in rows]


def _lengths(body: Fields) -> list[int]:
    """The time between each two barriers: the sum of the splits, alike in all rings."""
    split = {phase["number"]: phase["split_ds"] for phase in body["ring_phases"]}
    parts = zip(*body["rings"], strict=True)
    sums = [{sum(split[number] for number in part) for part in beside if part} for beside in parts]
    assert all(len(found) == 1 for found in sums), f"rings of different lengths: {sums}"
    return [min(found) for found in sums]


def _noted(logic: ElementTree.Element, note: Fields) -> Fields:
    """The rings of a program of fixed steps; these have to show what its rings do."""
    assert note.get("offset_reference") == "first green", "no other reference of an offset is read here"
    body = _BODY | note["rings"]
    body["ring_phases"] = [_PHASE | row for row in body["ring_phases"]]
    body["overlaps"] = [_OVERLAP | row for row in body["overlaps"]]
    body["rings"] = [[[*part] for part in ring] for ring in body["rings"]]
    reference = note.get("reference", [str(number) for number in body["coordinated"]])
    cycle = sum(_lengths(body))
    timing = {
        "control_mode": "fixed",
        "cycle_ds": cycle,
        "offset_ds": (_tenths(logic.get("offset", "0")) + _first_green(body, reference)) % cycle,
        "reference": reference,
        "body": body,
        "detectors": [{"calls": True, "extends": True} | use for use in note.get("detectors", [])],
    }
    steps = [(step.attrib["state"], _tenths(step.attrib["duration"])) for step in logic.findall("phase")]
    written = [state for state, length in steps for _ in range(length)]
    painted = _pictures(timing | {"group_ids": [str(at) for at in range(len(written[0]))]})
    driven = {name for row in body["ring_phases"] for key in DRIVEN for name in row[key]}
    for at in sorted({int(name) for name in driven} | {int(row["group_id"]) for row in body["overlaps"]}):
        assert [row[at] for row in written] == [row[at] for row in painted], f"channel {at} shows what no ring does"
    return timing


def _first_green(body: Fields, reference: list[str]) -> int:
    """When the first of some ring phases turns green, from the first crossing of a barrier on [ds]."""
    known = {phase["number"]: phase for phase in body["ring_phases"]}
    begins, lengths = [], _lengths(body)
    for ring in body["rings"]:
        for b, part in enumerate(ring):
            now = sum(lengths[:b])
            for number in part:
                if str(number) in reference:
                    begins.append(now + known[number]["red_amber_ds"])
                now += known[number]["split_ds"]
    return int(min(begins))


def _nema(logic: ElementTree.Element, said: dict[str, str]) -> Fields:
    """A coordinated NEMA program, by the documentation of SUMO and what it was measured to do: the ring phases of
    `barrier2Phases` are the coordinated ones, `maxDur` is the green of the split, local zero their first green."""
    assert (said["controllerType"], said["coordinate-mode"]) == ("TS2", "true"), "no other control is read here"
    first, second = _numbers(said["barrierPhases"]), _numbers(said["barrier2Phases"])
    minimum, maximum = said.get("minRecall"), said.get("maxRecall", "")
    phases = []
    for step in logic.findall("phase"):
        number, green = int(step.attrib["name"]), _tenths(step.attrib["maxDur"])
        yellow, red = _tenths(step.attrib["yellow"]), _tenths(step.attrib["red"])
        recall = "minimum" if minimum is None or number in _numbers(minimum) else "none"
        phases.append(
            _PHASE
            | {
                "number": number,
                "group_ids": [str(at) for at, letter in enumerate(step.attrib["state"]) if letter == "G"],
                "yielding_group_ids": [str(at) for at, letter in enumerate(step.attrib["state"]) if letter == "g"],
                "split_ds": green + yellow + red,
                "yellow_ds": yellow,
                "red_clearance_ds": red,
                "min_green_ds": _tenths(step.attrib["minDur"]),
                "passage_ds": _tenths(step.attrib["vehext"]),
                "recall": "maximum" if number in _numbers(maximum) else recall,
            }
        )
    rings = [_cut(_numbers(said[key]), first, second) for key in ("ring1", "ring2")]
    if _numbers(said["ring1"])[0] in rings[0][1]:
        rings = [ring[::-1] for ring in rings]
    body = _BODY | {"rings": rings, "ring_phases": phases, "coordinated": second}
    body["force_off"] = "fixed" if said.get("fixForceOff") == "true" else "floating"
    cycle = sum(_lengths(body))
    assert cycle == _tenths(said["total-cycle-length"]), "SUMO takes no other cycle"
    return {
        "control_mode": "coordinated actuated",
        "cycle_ds": cycle,
        "offset_ds": _tenths(logic.get("offset", "0")) % cycle,
        "reference": [str(number) for number in second],
        "body": body,
        "detectors": [],
    }


def _cut(ring: list[int], first: list[int], second: list[int]) -> list[list[int]]:
    """What a ring serves up to the first barrier, and from there to the second."""
    count = len(ring)
    one, other = (next(at for at, number in enumerate(ring) if number in barrier) for barrier in (first, second))
    return [[ring[k % count] for k in range(a + 1, a + 1 + (b - a) % count)] for a, b in ((other, one), (one, other))]


def _numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",") if word.strip() and int(word)]


def _tenths(seconds: str) -> int:
    return round(float(seconds) * 10)
