"""Rings for the second judge: made visible second by second on its own, by painting what each service of a ring phase
shows; fixed plans three times round, actuated ones on a long walk through what their controller may do.

Shares no line with the service: plans come as plain JSON values, letters are painted into arrays.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from typing import Any

import numpy as np

RANK = {letter: rank for rank, letter in enumerate("ruygG")}
VISITS = 400


@dataclass
class Service:
    """One ring phase being served: its moments [ds], and which ring phases came before and come after it."""

    phase: dict[str, Any]
    begin: int
    green: int
    end: int
    over: int  # the next ring phase may begin
    walked: int  # green on foot, from the start of green
    before: frozenset[int]
    after: frozenset[int]


def swept_rings(timing: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Rows of letters (their ranks in "ruygG"), one column per group of the plan, and how long each stands [ds]."""
    pictures = painted_rings(timing)
    changes = np.flatnonzero((pictures[1:] != pictures[:-1]).any(axis=1)) + 1
    starts = np.concatenate(([0], changes))
    return pictures[starts], np.diff(np.concatenate((starts, [len(pictures)])))


def painted_rings(timing: dict[str, Any]) -> np.ndarray:
    """Rows of letters, one every tenth of a second, one column per group of the plan."""
    body = timing["body"]
    if timing["control_mode"] == "fixed":
        return _pictures(timing, _planned(body))
    return _pictures(timing, _walked(timing, body, random.Random(len(repr(timing)))))


def painted_visit(timing: dict[str, Any], visits: int, rng: random.Random) -> np.ndarray:
    """As `painted_rings` of actuated rings, that begin from red for all and after some visits end in it."""
    return _pictures(timing, _walked(timing, timing["body"], rng, visits, to_red=True))


def _pictures(timing: dict[str, Any], services: list[Service]) -> np.ndarray:
    body = timing["body"]
    length = max(service.over for service in services)
    pictures = np.zeros((length, len(timing["group_ids"])), dtype=np.uint8)
    place = {name: at for at, name in enumerate(timing["group_ids"])}
    for name, letter, kind, parents, overlap in _drives(body):
        column = _painted(services, letter, kind, parents, overlap, length)
        np.maximum(pictures[:, place[name]], column, out=pictures[:, place[name]])
    return pictures


def broken_walking(timing: dict[str, Any], limits: dict[str, Any]) -> set[str]:
    """Walk and pedestrian clearance below the safety inputs."""
    rules = {group["group_id"]: group for group in limits["groups"]}
    found = set()
    for phase in timing["body"]["ring_phases"]:
        for name in [] if phase["omitted"] else phase["pedestrian_group_ids"]:
            if rules[name]["walk"] and phase["walk_ds"] < rules[name]["walk"]["value_ds"]:
                found.add("walk")
            clearance = rules[name]["pedestrian_clearance"]
            if clearance and phase["pedestrian_clearance_ds"] < clearance["value_ds"]:
                found.add("pedestrian-clearance")
    return found


def broken_limits(timing: dict[str, Any], limits: dict[str, Any]) -> set[str]:
    """Under actuated control, limits of the controller above the longest green of the groups that it drives."""
    most = {group["group_id"]: group["max_green"] for group in limits["groups"]}
    mode, body = timing["control_mode"], timing["body"]
    for phase in body["ring_phases"] if mode != "fixed" else ():
        longest = phase["max_green_2_ds"] if body["maximum_mode"] == "max2" else phase["max_green_ds"]
        if mode == "coordinated actuated":
            longest = phase["split_ds"] - phase["red_amber_ds"] - _clearance(phase)
        for name in [] if phase["omitted"] or longest is None else phase["group_ids"] + phase["yielding_group_ids"]:
            if most[name] and longest > most[name]["value_ds"]:
                return {"max-green"}
    return set()


def _drives(body: dict[str, Any]) -> list[tuple[str, str, str, set[int], dict[str, Any] | None]]:
    table: dict[tuple[str, str, str], set[int]] = {}
    for phase in body["ring_phases"]:
        for key, letter, kind in (
            ("group_ids", "G", "vehicles"),
            ("yielding_group_ids", "g", "vehicles"),
            ("pedestrian_group_ids", "G", "foot"),
        ):
            for name in [] if phase["omitted"] else phase[key]:
                table.setdefault((name, letter, kind), set()).add(phase["number"])
    found: list[tuple[str, str, str, set[int], dict[str, Any] | None]] = [(*key, v, None) for key, v in table.items()]
    for overlap in body["overlaps"]:
        letter = "G" if overlap["kind"] == "protected" else "g"
        found.append((overlap["group_id"], letter, "vehicles", set(overlap["parents"]), overlap))
    return found


def _painted(
    services: list[Service], letter: str, kind: str, parents: set[int], overlap: dict[str, Any] | None, length: int
) -> np.ndarray:
    column = np.zeros(length, dtype=np.uint8)

    def paint(begin: int, end: int, sign: str) -> None:
        part = column[begin:end]
        np.maximum(part, RANK[sign], out=part)

    for service in services:
        phase = service.phase
        if phase["number"] not in parents:
            continue
        if kind == "foot":
            paint(service.green, service.green + service.walked, "G")
            continue
        paint(service.begin, service.green, letter if service.before & parents else "u")
        paint(service.green, service.end, letter)
        if service.after & parents:
            paint(service.end, service.over, letter)
        elif overlap and overlap["trailing_green_ds"]:
            dims = service.end + overlap["trailing_green_ds"]
            paint(service.end, dims, letter)
            paint(dims, dims + overlap["trailing_yellow_ds"], "y")
        else:
            paint(service.end, service.end + phase["yellow_ds"], "y")
    for service in services if overlap else ():
        if service.phase["number"] in overlap["modifiers"]:  # type: ignore[index]
            green = column[service.green : service.end]
            green[green >= RANK["g"]] = 0
            yellow = column[service.end : service.end + service.phase["yellow_ds"]]
            yellow[yellow == RANK["y"]] = 0
    return column


def _clearance(phase: dict[str, Any]) -> int:
    return int(phase["yellow_ds"] + phase["red_clearance_ds"])


def _served(body: dict[str, Any]) -> list[list[list[dict[str, Any]]]]:
    known = {phase["number"]: phase for phase in body["ring_phases"]}
    return [[[known[n] for n in part if not known[n]["omitted"]] for part in ring] for ring in body["rings"]]


def _planned(body: dict[str, Any]) -> list[Service]:
    """Three cycles of the splits."""
    rings = _served(body)
    count = len(rings[0])
    spans = [max(sum(p["split_ds"] for p in ring[b]) for ring in rings) for b in range(count)]
    starts = [sum(spans[:b]) for b in range(count)]
    found = []
    for cycle, ring, b in itertools.product(range(3), rings, range(count)):
        at = cycle * sum(spans) + starts[b]
        for k, phase in enumerate(ring[b]):
            green, end = at + phase["red_amber_ds"], at + phase["split_ds"] - _clearance(phase)
            buffer = max(0, phase["pedestrian_buffer_ds"] - _clearance(phase))
            walked = {"none": 0, "rest in walk": end - green - buffer}.get(
                phase["pedestrian_mode"], phase["walk_ds"] + phase["pedestrian_clearance_ds"]
            )
            inside = len(ring[b]) - 1
            before = [ring[b][k - 1]] if k else [r[b - 1][-1] for r in rings if r[b - 1]]
            after = [ring[b][k + 1]] if k < inside else [r[(b + 1) % count][0] for r in rings if r[(b + 1) % count]]
            found.append(
                Service(phase, at, green, end, at + phase["split_ds"], walked, _numbers(before), _numbers(after))
            )
            at += phase["split_ds"]
    return found


def _numbers(phases: list[dict[str, Any]]) -> frozenset[int]:
    return frozenset(phase["number"] for phase in phases)


def _always(timing: dict[str, Any], phase: dict[str, Any]) -> bool:
    coordinated = timing["control_mode"] == "coordinated actuated" and phase["number"] in timing["body"]["coordinated"]
    return (
        coordinated
        or phase["recall"] in ("minimum", "maximum")
        or phase["pedestrian_mode"] in ("recall", "rest in walk")
    )


def _paths(timing: dict[str, Any], part: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Which ring phases of a part can be served in one visit: in order, none with a recall skipped, any the last."""
    found = []
    for size in range(1, len(part) + 1):
        for places in itertools.combinations(range(len(part)), size):
            skipped = [part[k] for k in range(places[-1]) if k not in places]
            if not any(_always(timing, phase) for phase in skipped):
                found.append([part[k] for k in places])
    if not any(_always(timing, phase) or phase["dual_entry"] for phase in part):
        found.append([])
    return found


def _walked(
    timing: dict[str, Any], body: dict[str, Any], rng: random.Random, most: int = VISITS, *, to_red: bool = False
) -> list[Service]:
    """A long walk: every way through every concurrency group, events of the rings set close to each other.

    It begins from red for all; its end leads to its begin, or to red.
    """
    rings = _served(body)
    count = len(rings[0])
    ways = [
        [way for way in itertools.product(*(_paths(timing, ring[b]) for ring in rings)) if any(way)]
        for b in range(count)
    ]
    left_out = [not any(_always(timing, p) for ring in rings for p in ring[b]) for b in range(count)]
    visits: list[tuple[Any, ...]] = []
    b = rng.randrange(count) if to_red else 0
    for _ in range(most):
        visits.append(rng.choice(ways[b]))
        b = (b + 1) % count
        for _ in range(count - 1):
            if left_out[b] and rng.random() < 0.3:
                b = (b + 1) % count
    found: list[Service] = []
    at, before = 0, frozenset[int]()
    for way, onward in zip(visits, [*visits[1:], () if to_red else visits[0]], strict=True):
        entered = _numbers([path[0] for path in onward if path])
        services, at = _visit(way, at, before, entered, rng)
        found += services
        before = _numbers([path[-1] for path in way if path])
    return found


def _visit(
    way: tuple[Any, ...], start: int, before: frozenset[int], entered: frozenset[int], rng: random.Random
) -> tuple[list[Service], int]:
    """One concurrency group: greens at their shortest, some longer; the last ones end together."""
    plans: list[list[list[int]]] = []  # per ring, per ring phase: walked, green
    for path in way:
        row = []
        for phase in path:
            foot = phase["walk_ds"] + phase["pedestrian_clearance_ds"]
            mode = phase["pedestrian_mode"]
            walks = mode in ("recall", "rest in walk") or (mode == "actuated" and rng.random() < 0.5)
            buffer = max(0, phase["pedestrian_buffer_ds"] - _clearance(phase))
            shortest = max(phase["min_green_ds"], foot + buffer) if walks else phase["min_green_ds"]
            row.append([foot if walks else 0, shortest])
        plans.append(row)
    for row in plans:
        if row and rng.random() < 0.4:
            rng.choice(row)[1] += rng.choice([0, 1, 7, 30, 100, 250])
    inner = [(r, k) for r, row in enumerate(plans) for k in range(len(row) - 1)]
    moments = [
        (r, k, moment) for r, k in inner for moment in ("end", "dark", "next")
    ]  # end of green, of yellow, start of the next green
    if len({r for r, _ in inner}) > 1 and rng.random() < 0.8:
        _aligned(way, plans, moments, rng)
    ends = []
    for path, row in zip(way, plans, strict=True):
        if path:
            ends.append(_moment(path, row, len(path) - 1, "end"))
    clearances = [_clearance(path[-1]) for path in way if path]
    together = rng.random() < 0.5  # the greens end at once, or the clearances
    last = max(ends) if together else max(e + c for e, c in zip(ends, clearances, strict=True))
    over = start + (last + max(clearances) if together else last)
    found = []
    for path, row in zip(way, plans, strict=True):
        at = start
        for k, (phase, (walked, length)) in enumerate(zip(path, row, strict=True)):
            green = at + phase["red_amber_ds"]
            end = green + length
            if k == len(path) - 1:
                end = start + last if together else start + last - _clearance(phase)
                after, done = entered, over
            else:
                after, done = frozenset({path[k + 1]["number"]}), end + _clearance(phase)
            earlier = frozenset({path[k - 1]["number"]}) if k else before
            own = frozenset({phase["number"]})
            if walked and phase["pedestrian_mode"] == "rest in walk" and rng.random() < 0.5:
                walked = end - green - max(0, phase["pedestrian_buffer_ds"] - _clearance(phase))
            found.append(Service(phase, at, green, end, done, walked, earlier - own, after - own))
            at = done
    return found, over


def _moment(path: list[dict[str, Any]], row: list[list[int]], at: int, which: str) -> int:
    time = 0
    for k, (phase, (_, green)) in enumerate(zip(path, row, strict=True)):
        time += phase["red_amber_ds"] + green
        if k == at:
            if which == "dark":
                return int(time + phase["yellow_ds"])
            if which == "next":
                return int(time + _clearance(phase) + path[k + 1]["red_amber_ds"])
            return int(time)
        time += _clearance(phase)
    raise ValueError(which)


def _aligned(
    way: tuple[Any, ...], plans: list[list[list[int]]], moments: list[tuple[int, int, str]], rng: random.Random
) -> None:
    """Lengthen a green so that a moment of one ring falls on, just before or just after one of another."""
    one = rng.choice(moments)
    other = rng.choice([moment for moment in moments if moment[0] != one[0]])
    gap = _moment(way[one[0]], plans[one[0]], one[1], one[2]) - _moment(
        way[other[0]], plans[other[0]], other[1], other[2]
    )
    gap += rng.choice([-25, -1, 0, 1, 25])
    ring, at = (other[0], other[1]) if gap > 0 else (one[0], one[1])
    plans[ring][rng.randrange(at + 1)][1] += abs(gap)
