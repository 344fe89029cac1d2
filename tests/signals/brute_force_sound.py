"""What contradicts itself is no plan: the second judge's own reading of the numbers of one timing."""

from __future__ import annotations

from typing import Any

from tests.signals.brute_force_clock import planned_ends

GREEN = frozenset("gG")


def contradicts(timing: dict[str, Any]) -> bool:
    """Whether the numbers of a timing cannot all be true, or say what no controller could run."""
    cycle = timing["cycle_ds"]
    if (cycle is None) != (timing["control_mode"] == "actuated"):
        return True
    if cycle is not None and timing["offset_ds"] >= cycle:
        return True
    return _rings_contradict(timing) if timing["body"]["kind"] == "rings" else _stages_contradict(timing)


def _stages_contradict(timing: dict[str, Any]) -> bool:
    stages, cycle = timing["body"]["sequence"], timing["cycle_ds"]
    transitions, fixed = timing["body"]["transitions"], timing["control_mode"] == "fixed"
    ids = [stage["id"] for stage in stages]
    ways = [*zip(ids, ids[1:] + ids[:1], strict=True), *((way["from_stage"], way["to_stage"]) for way in transitions)]
    steps = [step for part in (*stages, *transitions) for step in part["interstage"]]
    length = sum(stage["duration_ds"] + sum(step["duration_ds"] for step in stage["interstage"]) for stage in stages)
    if len({*ids}) < len(ids) or len({*ways}) < len(ways) or not {name for way in ways for name in way} <= {*ids}:
        return True
    if any(step["duration_ds"] < 1 or len(step["displays"]) != len(timing["group_ids"]) for step in (*stages, *steps)):
        return True
    if fixed and (transitions or any(stage["actuation"] for stage in stages)):
        return True
    if length != cycle if cycle is not None and (fixed or not timing["untouched"]) else timing["offset_ds"] >= length:
        return True
    for stage in stages:
        shown, limits = {*stage["displays"]}, stage["actuation"]
        if not timing["untouched"] and (not shown & GREEN or shown & {*"yu"}):
            return True
        if limits and limits["min_ds"] > limits["max_ds"]:
            return True
    return {*timing["reference"]} - {*ids} != set() or _clock_contradicts(timing, ids)


def _clock_contradicts(timing: dict[str, Any], ids: list[str]) -> bool:
    """A coordinated stage that is none, or whose window is not its planned end."""
    main = timing["body"].get("coordinated")
    if main is None:
        return False
    if main not in ids or timing["body"]["transitions"] or timing["control_mode"] != "coordinated actuated":
        return True
    end, limits = (
        planned_ends(timing)[ids.index(main)] % timing["cycle_ds"],
        timing["body"]["sequence"][ids.index(main)],
    )
    windows = limits["actuation"] or {}
    return (windows.get("earliest_end_ds"), windows.get("latest_end_ds")) != (end, end)


def _rings_contradict(timing: dict[str, Any]) -> bool:
    body, cycle = timing["body"], timing["cycle_ds"]
    known = {phase["number"]: phase for phase in body["ring_phases"]}
    if any(time < 0 for phase in known.values() for key, time in phase.items() if key.endswith("_ds") and time):
        return True
    placed = [number for ring in body["rings"] for part in ring for number in part]
    if sorted(placed) != sorted(known) or len({len(ring) for ring in body["rings"]}) != 1:
        return True
    served = [[[known[n] for n in part if not known[n]["omitted"]] for part in ring] for ring in body["rings"]]
    if any(sum(phase["dual_entry"] for phase in part) > 1 for ring in served for part in ring):
        return True
    if not all(any(parts) for parts in zip(*served, strict=True)):
        return True
    if _driven_twice(body) or any(_phase_contradicts(timing, p) for p in known.values() if not p["omitted"]):
        return True
    place = {n: (r, b) for r, ring in enumerate(body["rings"]) for b, part in enumerate(ring) for n in part}
    main = body["coordinated"]
    if not {*main, *map(int, timing["reference"])} <= {*known}:
        return True
    if any(known[n]["omitted"] for n in main) or len({place[n][1] for n in main}) > 1:
        return True
    if len({place[n][0] for n in main}) < len(main) or (cycle is not None and not main):
        return True
    if any(known[int(name)]["omitted"] for name in timing["reference"]):
        return True
    if cycle is None:
        return bool(timing["offset_ds"] > 0)
    if any(phase["omitted"] and phase["split_ds"] for phase in known.values()):
        return True
    lengths = [
        {sum(phase["split_ds"] for phase in part) for part in parts if part} for parts in zip(*served, strict=True)
    ]
    return any(len(sums) > 1 for sums in lengths) or sum(max(sums) for sums in lengths) != cycle


def _driven_twice(body: dict[str, Any]) -> bool:
    """Groups that are driven in ways that exclude each other, and overlaps that do not fit their parents."""
    phases = {phase["number"]: phase for phase in body["ring_phases"]}
    vehicles = {n: [*p["group_ids"], *p["yielding_group_ids"]] for n, p in phases.items()}
    walkers = {name for p in phases.values() for name in p["pedestrian_group_ids"]}
    overlaps = [overlap["group_id"] for overlap in body["overlaps"]]
    if walkers & ({*overlaps} | {name for names in vehicles.values() for name in names}):
        return True
    if len({*overlaps}) < len(overlaps):
        return True
    for number, phase in phases.items():
        names = [*vehicles[number], *phase["pedestrian_group_ids"]]
        if len({*names}) < len(names):
            return True
    for overlap in body["overlaps"]:
        named, name = [*overlap["parents"], *overlap["modifiers"]], overlap["group_id"]
        if not {*named} <= {*phases} or len({*named}) < len(named):
            return True
        driving = [n for n in phases if name in vehicles[n]]
        if overlap["kind"] != "flashing yellow arrow":
            if driving:
                return True
        elif any(name in phases[n]["yielding_group_ids"] or n in overlap["parents"] for n in driving):
            return True
        green, yellow, red = (overlap[f"trailing_{part}_ds"] for part in ("green", "yellow", "red"))
        if bool(green) != bool(yellow) or (red and not green):
            return True
        if any(green + yellow + red > _clearance(phases[n]) for n in overlap["parents"]):
            return True
    return False


def _clearance(phase: dict[str, Any]) -> int:
    return int(phase["yellow_ds"] + phase["red_clearance_ds"])


def _phase_contradicts(timing: dict[str, Any], phase: dict[str, Any]) -> bool:
    """Splits, maximum greens and walkers of one ring phase that is served."""
    mode, cycle = timing["body"]["maximum_mode"], timing["cycle_ds"]
    green = phase["split_ds"] - phase["red_amber_ds"] - _clearance(phase)
    if phase["min_green_ds"] < 1 or (cycle is not None and green < phase["min_green_ds"]):
        return True
    for name, longest in (("max1", phase["max_green_ds"]), ("max2", phase["max_green_2_ds"])):
        if longest is not None and longest < phase["min_green_ds"]:
            return True
        if mode == name and (longest is None or longest < (phase["min_green_ds"] if cycle is None else green)):
            return True
    if timing["control_mode"] == "actuated" and phase["max_green_ds"] is None:
        return True
    walks, served = phase["pedestrian_mode"], bool(phase["pedestrian_group_ids"])
    if (walks != "none") != served or (served and not phase["walk_ds"]):
        return True
    if walks == "actuated":
        return bool(timing["control_mode"] == "fixed")
    buffer = max(0, phase["pedestrian_buffer_ds"] - _clearance(phase))
    need = phase["walk_ds"] + phase["pedestrian_clearance_ds"] + buffer
    return bool(served and cycle is not None and need > green)
