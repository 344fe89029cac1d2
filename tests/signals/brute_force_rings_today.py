"""Rings where rings run today, for the second judge: all as today but times that are no safety input, and for lefts
that lead or lag their throughs.

Shares no line with the service: plan and today are plain values, who turns left the network file says.
"""

from __future__ import annotations

import itertools
from functools import cache
from typing import Any

from tests.signals.brute_force_running_rings import DRIVEN
from tests.signals.brute_force_street import LEFTS, Signal

Fields = dict[str, Any]
AT_LEAST = ("min_green", "red_amber", "yellow", "red_clearance", "walk", "pedestrian_clearance", "pedestrian_buffer")
MORE_ON_FOOT = {  # which service of people on foot is no less than which
    "none": {"none", "actuated", "recall", "rest in walk"},
    "actuated": {"actuated", "recall", "rest in walk"},
    "recall": {"recall", "rest in walk"},
    "rest in walk": {"rest in walk"},
}


def keeps_todays_rings(signal: Signal, timing: Fields) -> bool:
    """Whether a timing is in the rings that run at a signal."""
    body, today = timing["body"], _named(signal)["body"]
    if body["kind"] != "rings" or _shape(body) != _shape(today) or {*body["coordinated"]} != {*today["coordinated"]}:
        return False
    if _overlaps(body) != _overlaps(today):
        return False
    planned, running = ({row["number"]: row for row in one["ring_phases"]} for one in (body, today))
    if not all(_serves_no_less(planned[number], running[number]) for number in running):
        return False
    return all(
        _served(now, running) in _orders(signal, _served(part, running), [_served(p, running) for p in beside])
        for beside, others in zip(zip(*today["rings"], strict=True), zip(*body["rings"], strict=True), strict=True)
        for part, now in zip(beside, others, strict=True)
    )


def runs_as_today(signal: Signal, timing: Fields) -> bool:
    """Whether a timing is the very one that runs at a signal."""
    return timing == _named(signal)


@cache
def _named(signal: Signal) -> Fields:
    """What runs, with groups in place of channels."""
    assert signal.rings is not None
    timing, body = signal.rings, signal.rings["body"]

    def groups(channels: list[str]) -> list[str]:
        return [*dict.fromkeys(signal.group[int(name)] for name in channels)]

    rows = [row | {key: groups(row[key]) for key in DRIVEN} for row in body["ring_phases"]]
    overlaps = [row | {"group_id": groups([row["group_id"]])[0]} for row in body["overlaps"]]
    body = body | {"ring_phases": rows, "overlaps": overlaps}
    return timing | {"body": body, "group_ids": signal.group_ids}


def _shape(body: Fields) -> list[list[set[int]]]:
    """Which ring phases each ring serves between which barriers."""
    return [[{*part} for part in ring] for ring in body["rings"]]


def _overlaps(body: Fields) -> dict[str, Fields]:
    return {
        row["group_id"]: row | {"parents": {*row["parents"]}, "modifiers": {*row["modifiers"]}}
        for row in body["overlaps"]
    }


def _serves_no_less(phase: Fields, today: Fields) -> bool:
    return (
        all({*phase[key]} == {*today[key]} for key in DRIVEN)
        and phase["omitted"] == today["omitted"]
        and phase["pedestrian_mode"] in MORE_ON_FOOT[today["pedestrian_mode"]]
        and all(phase[f"{key}_ds"] >= today[f"{key}_ds"] for key in AT_LEAST)
    )


def _served(part: list[int], known: dict[int, Fields]) -> list[Fields]:
    return [known[number] for number in part if not known[number]["omitted"]]


def _orders(signal: Signal, part: list[Fields], beside: list[list[Fields]]) -> list[list[Fields]]:
    """Every order that comes of today's by neighbours that change places, one of them a left beside its through."""
    free = [phase["number"] for phase in part if _free(signal, phase, beside)]
    orders = [part]
    for order in orders:
        for at, (one, other) in enumerate(itertools.pairwise(order)):
            turned = [*order[:at], other, one, *order[at + 2 :]]
            if (one["number"] in free or other["number"] in free) and turned not in orders:
                orders.append(turned)
    return orders


def _free(signal: Signal, phase: Fields, beside: list[list[Fields]]) -> bool:
    """Whether a ring phase serves lefts alone, and their throughs are served between the same two barriers."""
    onward = {name for part in beside for other in part for name in _driven(other) if not _left(signal, name)}
    roads = {road for name in onward for road in signal.approaches[name]}
    return all(_left(signal, name) and signal.approaches[name] <= roads for name in _driven(phase))


def _driven(phase: Fields) -> set[str]:
    return {*phase["group_ids"], *phase["yielding_group_ids"]}


def _left(signal: Signal, name: str) -> bool:
    at = signal.group_ids.index(name)
    turns = signal.turns_of(at)
    return bool(turns) and turns <= LEFTS and not signal.walking[at]
