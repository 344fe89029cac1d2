"""Whether everybody who calls is served, by the second judge: every round that a controller can go is walked."""

from __future__ import annotations

from typing import Any

from tests.signals.brute_force_street import GREEN, Signal


def put_off(signal: Signal, timing: dict[str, Any], limits: dict[str, Any], lane_of: dict[str, str]) -> bool:
    """Whether a group can wait for ever: it can be passed over, and nobody calls it, or no limit of calls holds."""
    body = timing["body"]
    if body["kind"] == "rings" or timing["control_mode"] == "fixed" or not body["transitions"]:
        return False
    place = {name: at for at, name in enumerate(timing["group_ids"])}
    rounds = _rounds(body)
    passed = []
    for name, unused in zip(signal.group_ids, signal.unused, strict=True):
        own = {stage["id"] for stage in body["sequence"] if stage["displays"][place[name]] in GREEN}
        if own and not unused and any(not own & round_ for round_ in rounds):
            passed.append((name, own))
    if not passed:
        return False
    if not all(_called(signal, name, own, timing, place, lane_of) for name, own in passed):
        return True
    least, most, limit = _longest(body), limits["cycle_max"]["value_ds"], timing.get("call_limit_ds")
    return limit is None or limit < least or limit > max(least, most)


def _rounds(body: dict[str, Any]) -> list[set[str]]:
    """The stages of every way that comes back to where it began and meets no stage twice."""
    ids = [stage["id"] for stage in body["sequence"]]
    onward: dict[str, set[str]] = {name: {to} for name, to in zip(ids, ids[1:] + ids[:1], strict=True)}
    for way in body["transitions"]:
        onward[way["from_stage"]].add(way["to_stage"])
    found = []
    ways = [[name] for name in ids]
    while ways:
        way = ways.pop()
        for to in onward[way[-1]]:
            if to == way[0]:
                found.append({*way})
            elif to not in way and ids.index(to) > ids.index(way[0]):  # each round once, from its first stage
                ways.append([*way, to])
    return found


def _longest(body: dict[str, Any]) -> int:
    """All stages once at their longest, each left by the longest of its interstages."""
    total = 0
    for stage in body["sequence"]:
        ways = [stage["interstage"], *(w["interstage"] for w in body["transitions"] if w["from_stage"] == stage["id"])]
        total += max(sum(step["duration_ds"] for step in way) for way in ways)
        total += stage["actuation"]["max_ds"] if stage["actuation"] else stage["duration_ds"]
    return total


def _called(
    signal: Signal, name: str, own: set[str], timing: dict[str, Any], place: dict[str, int], lane_of: dict[str, str]
) -> bool:
    stages = {stage["id"]: stage["displays"] for stage in timing["body"]["sequence"]}
    calls = {(use["target"], lane_of.get(use["detector_id"])) for use in timing["detectors"] if use["calls"]}
    lanes = signal.lanes[name]
    for lane in lanes:
        beside = [place[other] for other, theirs in signal.lanes.items() if lane in theirs]
        able = {one for one in own if _moves(signal, lane, stages[one], beside, stages)}
        if timing["detectors"]:
            able = {one for one in able if (one, lane) in calls}
        if not able:
            return False
    return bool(lanes)


def _moves(signal: Signal, lane: str, shown: str, beside: list[int], stages: dict[str, str]) -> bool:
    letters = [shown[at] for at in beside]
    if not {*letters} <= GREEN:
        return False
    if signal.lanes_of_link[lane.rsplit("_", 1)[0]] == 1 or "g" not in letters:
        return True
    waiting = [at for at in beside if shown[at] == "g"]
    return "G" in letters and all(picture[at] != "G" for at in waiting for picture in stages.values())
