"""Crossings on foot that the network does not show: assumed on every leg, or named in a file (TOML).

[[intersection."A0".crossing]]
link = "E1"            # a link that ends or begins at the intersection: the leg that the crossing leads across
length_m = 14.0
walking_speed_m_per_s = 0.9   # of its clearance; without, the engineer's or the profile's
groups = ["3"]         # beside whose green it walks; without, those that run beside it by the street's geometry
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from networks.faults import Fault, InputError
from networks.junction import Intersection, Movement
from networks.network import Network
from signals.files import toml_of
from signals.rules.limits import WALKING
from signals.rules.sources import NamedCrossing, Sources, ds
from signals.rules.types import Crossing, Sourced, WalkingSpeed

LARGEST_FILE_BYTES = 8 * 2**20
_LANE_M = 3.2  # of a leg whose lanes are not known
_ONE_LEG_RAD = math.radians(30.0)  # lanes that come and lanes that go, in directions this near, are walked over at once
_NUMBERS = {"length_m": (1.0, 200.0)} | WALKING
_KEYS = {"link", "groups", *_NUMBERS}


def crossings_of(sources: Sources, intersection: Intersection) -> tuple[Crossing, ...]:
    """Crossings beside those that the network shows: the file's, or one on every leg of an intersection with none."""
    if sources.named is not None:
        named = sources.named.get(intersection.id, ())
        legs = {link: leg for leg in _legs(sources, intersection) for link in leg}
        found = [
            _crossing(
                sources,
                intersection,
                legs[one.link_id],
                one.length_m,
                one.group_ids,
                "named crossing",
                one.walking_speed,
            )
            for one in named
        ]
        return tuple(one for one in found if one is not None)
    if not sources.assumed or any(group.walkers for group in intersection.groups):
        return ()
    found = [
        _crossing(sources, intersection, leg, _width_m(sources, leg), (), "assumed crossing")
        for leg in _legs(sources, intersection)
    ]
    return tuple(one for one in found if one is not None)


def _crossing(
    sources: Sources,
    intersection: Intersection,
    leg: tuple[str, ...],
    length_m: float,
    group_ids: tuple[str, ...],
    kind: str,
    speed: WalkingSpeed | None = None,
) -> Crossing | None:
    groups = group_ids or _beside(sources, intersection, leg)
    if not groups:
        where = f"intersection {intersection.id!r}, crossing over {', '.join(leg)}"
        sources.notes.append(
            f"{where}: no traffic runs beside it, so that it would need a stage of its own; not assumed"
        )
        return None
    values = sources.profile.pedestrian
    return Crossing(
        link_ids=leg,
        length_m=round(length_m, 2),
        group_ids=groups,
        walk=Sourced(value_ds=ds(values.walk_s), source=sources.profile.source),
        clearance=sources.clearance_on_foot(length_m, speed or sources.walking_speed(intersection)),
        source=f"{kind} over {', '.join(leg)} ({length_m:.1f} m)",
    )


def _on_wheels(intersection: Intersection) -> Iterator[Movement]:
    yield from (movement for movement in intersection.movements if movement.turn != "crossing")


def _legs(sources: Sources, intersection: Intersection) -> list[tuple[str, ...]]:
    """The links that end or begin at the intersection, those of one leg together: to and from the same node, or, where
    the one side only comes and the other only goes (a link split for a pocket, two carriageways), in one direction."""
    legs: dict[str, dict[str, None]] = {}
    for movement in _on_wheels(intersection):
        came, goes = sources.links.get(movement.from_link_id), sources.links.get(movement.to_link_id)
        if came is not None:
            legs.setdefault(came.from_node_id, {})[came.id] = None
        if goes is not None:
            legs.setdefault(goes.to_node_id, {})[goes.id] = None
    found = [tuple(leg) for _, leg in sorted(legs.items())]
    into = {movement.from_link_id for movement in _on_wheels(intersection)}
    coming = [leg for leg in found if into.issuperset(leg)]
    going = [leg for leg in found if into.isdisjoint(leg)]
    while pair := _nearest(sources, coming, going):
        found = [leg for leg in found if leg not in pair] + [pair[0] + pair[1]]
        coming.remove(pair[0])
        going.remove(pair[1])
    return found


def _nearest(
    sources: Sources, coming: list[tuple[str, ...]], going: list[tuple[str, ...]]
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Those two that are nearest to one direction, and near enough to be one leg."""
    turns = [
        (abs(math.remainder(_heading(sources, one, -1) - _heading(sources, other, 0), math.tau)), one, other)
        for one in coming
        for other in going
    ]
    near = [turn for turn in turns if turn[0] <= _ONE_LEG_RAD]
    return min(near)[1:] if near else None


def _heading(sources: Sources, leg: tuple[str, ...], end: int) -> float:
    """Where a leg leads, seen from the intersection, by its link's last (`end` -1) or first piece [rad]; else nan."""
    shape_m = sources.network.lane(sources.links[leg[0]].lane_ids[0]).shape_m
    if len(shape_m) < 2:
        return math.nan
    near, far = (shape_m[-1], shape_m[-2]) if end == -1 else (shape_m[0], shape_m[1])
    return math.atan2(far[1] - near[1], far[0] - near[0])


def _width_m(sources: Sources, leg: tuple[str, ...]) -> float:
    lanes = [sources.network.lane(name) for link_id in leg for name in sources.links[link_id].lane_ids]
    driven = [lane for lane in lanes if not (lane.admits("pedestrian") and not lane.admits("passenger"))]
    return sum(lane.width_m for lane in driven) or _LANE_M


def _beside(sources: Sources, intersection: Intersection, leg: tuple[str, ...]) -> tuple[str, ...]:
    """Groups of the through traffic that passes the leg on its near side; else of any through traffic that passes it;
    else of whatever does not touch the leg."""
    near = "left" if sources.network.left_hand_traffic else "right"
    movements = list(_on_wheels(intersection))
    passing = [m for m in movements if not {m.from_link_id, m.to_link_id} & set(leg) and m.turn != "u-turn"]
    through = [m for m in passing if m.turn == "through"]
    into = {m.from_link_id for m in movements if m.turn == near and m.to_link_id in leg}
    out_of = {m.to_link_id for m in movements if m.turn == near and m.from_link_id in leg}
    beside = [m for m in through if m.from_link_id in into or m.to_link_id in out_of]
    return tuple(sorted({name for m in (beside or through or passing) for name in m.group_ids}))


def read_crossings(path: Path, network: Network) -> dict[str, tuple[NamedCrossing, ...]]:
    """Read and check a file of crossings against the network. Raises `InputError` with all faults."""
    raw = toml_of(path, LARGEST_FILE_BYTES, "file of crossings")
    faults: list[Fault] = []
    street = {intersection.id: intersection for intersection in network.intersections}
    tables = raw.get("intersection", {})
    if set(raw) - {"intersection"} or not isinstance(tables, dict):
        faults.append(Fault("key", path.name, ", ".join(sorted(raw)), "tables [[intersection.ID.crossing]]"))
        tables = {}
    found: dict[str, tuple[NamedCrossing, ...]] = {}
    for name, table in tables.items():
        where = f"{path.name}, intersection {name!r}"
        entries = table.get("crossing") if isinstance(table, dict) and set(table) <= {"crossing"} else None
        if name not in street:
            faults.append(Fault("intersection", where, "not in the network", f"one of {sorted(street)[:20]}"))
        elif not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            faults.append(Fault("crossing", where, repr(table)[:80], "tables [[intersection.ID.crossing]]"))
        else:
            places = [(f"{where}, crossing {at}", entry) for at, entry in enumerate(entries, start=1)]
            read = [_named(entry, street[name], place, faults) for place, entry in places]
            found[name] = tuple(one for one in read if one is not None)
    if faults:
        raise InputError(faults)
    return found


def _named(
    entry: Mapping[str, Any], intersection: Intersection, where: str, faults: list[Fault]
) -> NamedCrossing | None:
    before = len(faults)
    links = {link for m in _on_wheels(intersection) for link in (m.from_link_id, m.to_link_id)}
    known = {group.id for group in intersection.groups}
    link, groups = entry.get("link"), entry.get("groups", [])
    numbers: dict[str, float] = {}
    for key in sorted(set(entry) - _KEYS):
        faults.append(Fault("key", where, f"{key!r} unknown", f"one of {', '.join(sorted(_KEYS))}"))
    if not isinstance(link, str) or link not in links:
        faults.append(Fault("link", where, repr(link), f"one of {sorted(links)[:20]}"))
    for key, (low, high) in _NUMBERS.items():
        value = entry.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
            numbers[key] = float(value)
        elif key in entry or key == "length_m":
            faults.append(Fault(key, where, repr(value), f"a number, {low:g} to {high:g}"))
    if not isinstance(groups, list) or not all(isinstance(group, str) and group in known for group in groups):
        faults.append(Fault("groups", where, repr(groups), f"signal groups, of {sorted(known)[:40]}"))
    if len(faults) > before:
        return None
    walked = numbers.get("walking_speed_m_per_s")
    speed = None if walked is None else WalkingSpeed(value_m_per_s=walked, source=where.partition(",")[0])
    return NamedCrossing(str(link), numbers["length_m"], tuple(groups), speed)
