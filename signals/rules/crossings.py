"""Crossings on foot that the network does not show: assumed on every leg, or named in a file (TOML).

[[intersection."A0".crossing]]
link = "E1"            # a link that ends or begins at the intersection: the leg that the crossing leads across
length_m = 14.0
walking_speed_m_per_s = 0.9   # of its clearance; without, the engineer's or the profile's
groups = ["3"]         # beside whose green it walks; without, the one that holds the traffic over the leg

Who may walk when is said in `over_leg.py`. Where no green of today holds the traffic over a leg, its crossing is not
served: it stands in the rules with the reason, and no green is longer for it. Groups of a file are refused where others
drive over the leg beside their green, as it runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from networks.faults import Fault, InputError
from networks.junction import Intersection, Movement, PairKind
from networks.network import Network
from signals.files import toml_of
from signals.plan import seconds
from signals.rules.legs import Leg, legs_of, on_wheels
from signals.rules.limits import WALKING
from signals.rules.over_leg import OverLeg, over_leg, shown_by
from signals.rules.sources import NamedCrossing, Sources, ds
from signals.rules.types import Crossing, Sourced, WalkingSpeed

LARGEST_FILE_BYTES = 8 * 2**20
_LANE_M = 3.2  # of a leg whose lanes are not known
_NUMBERS = {"length_m": (1.0, 200.0)} | WALKING
_KEYS = {"link", "groups", *_NUMBERS}


def crossings_of(sources: Sources, intersection: Intersection) -> tuple[Crossing, ...]:
    """Crossings beside those that the network shows: the file's, or one on every leg of an intersection with none."""
    if sources.named is not None:
        named = sources.named.get(intersection.id, ())
        legs = {link: leg for leg in legs_of(sources.network, intersection) for link in leg}
        return tuple(_named_crossing(sources, intersection, legs[one.link_id], one) for one in named)
    if not sources.assumed or any(group.walkers for group in intersection.groups):
        return ()
    return tuple(
        _crossing(sources, intersection, leg, _width_m(sources, leg), (), "assumed crossing")
        for leg in legs_of(sources.network, intersection)
    )


def _named_crossing(sources: Sources, intersection: Intersection, leg: Leg, one: NamedCrossing) -> Crossing:
    if one.group_ids:
        over = over_leg(sources.network, intersection, leg)
        why_not = _why_not_beside(intersection, one.group_ids, over)
        if why_not:
            where = f"intersection {intersection.id!r}, named crossing over {', '.join(leg)}"
            found = f"beside signal groups {', '.join(one.group_ids)}, {why_not}"
            needed = f"groups that hold the traffic over it as it runs ({_in_the_way(intersection, over)})"
            sources.faults.append(Fault("groups", where, found, needed))
    return _crossing(sources, intersection, leg, one.length_m, one.group_ids, "named crossing", one.walking_speed)


def _why_not_beside(intersection: Intersection, group_ids: tuple[str, ...], over: OverLeg) -> str:
    """Why people cannot walk beside these groups as it runs; empty where they can."""
    green = [shown for shown, _ in shown_by(intersection) if over.beside_green(group_ids, shown)]
    if not green:
        return "which are never green together"
    drivers = dict.fromkeys(name for shown in green for name in over.drivers(shown))
    if drivers:
        return f"while {', '.join(drivers)} drive over the leg"
    inside = [other for other in over.through if not any(_apart(intersection, name, other) for name in group_ids)]
    return f"with no intergreen after {', '.join(inside)}, who may still be on the way to the leg" if inside else ""


def _crossing(
    sources: Sources,
    intersection: Intersection,
    leg: Leg,
    length_m: float,
    group_ids: tuple[str, ...],
    kind: str,
    speed: WalkingSpeed | None = None,
) -> Crossing:
    groups, not_served = group_ids, ""
    if not groups:
        over = over_leg(sources.network, intersection, leg)
        beside = _beside(sources, intersection, leg, over)
        groups = () if beside is None else (beside,)
    if not groups:
        not_served = f"no green of today holds the traffic over the leg all along ({_in_the_way(intersection, over)})"
    values = sources.profile.pedestrian
    return Crossing(
        link_ids=leg,
        length_m=round(length_m, 2),
        group_ids=groups,
        walk=Sourced(value_ds=ds(values.walk_s), source=sources.profile.source),
        clearance=sources.clearance_on_foot(length_m, speed or sources.walking_speed(intersection)),
        source=f"{kind} over {', '.join(leg)} ({length_m:.1f} m)",
        not_served=not_served,
    )


def _width_m(sources: Sources, leg: Leg) -> float:
    lanes = [sources.network.lane(name) for link_id in leg for name in sources.links[link_id].lane_ids]
    driven = [lane for lane in lanes if not (lane.admits("pedestrian") and not lane.admits("passenger"))]
    return sum(lane.width_m for lane in driven) or _LANE_M


def _beside(sources: Sources, intersection: Intersection, leg: Leg, over: OverLeg) -> str | None:
    """The group beside whose green people walk over a leg: one that shows no green while others drive over the leg, as
    it runs today; of several the one that is green longest. None: there is none.

    First choice is the through traffic that passes the leg on its near side, then any through traffic that passes it.
    Where neither can be, the turns of an approach that leads nowhere straight on (the stem of a T) hold the traffic
    over the leg in their stage. Lefts beside a through never carry people, for theirs are the shortest greens.
    """
    near = "left" if sources.network.left_hand_traffic else "right"
    movements = [*on_wheels(intersection)]
    passing = [m for m in movements if not {m.from_link_id, m.to_link_id} & {*leg}]
    through = [m for m in passing if m.turn == "through"]
    into = {m.from_link_id for m in movements if m.turn == near and m.to_link_id in leg}
    out_of = {m.to_link_id for m in movements if m.turn == near and m.from_link_id in leg}
    beside = [m for m in through if m.from_link_id in into or m.to_link_id in out_of]
    onward = {link for one in legs_of(sources.network, intersection) if _straight_on(movements, one) for link in one}
    ending = [m for m in movements if m.turn != "u-turn" and m.from_link_id not in onward]
    ending.sort(key=lambda m: m.to_link_id in leg)  # of those let go together rather who keeps off the leg
    for rank in (beside, through, ending):
        green_ds = {name: _held_green_ds(intersection, name, over) for m in rank for name in m.group_ids}
        longest = max(green_ds, key=lambda name: green_ds[name], default=None)
        if longest is not None and green_ds[longest] > 0:
            return longest
    return None


def _straight_on(movements: Iterable[Movement], leg: Leg) -> bool:
    return any(m.turn == "through" and m.from_link_id in leg for m in movements)


def _held_green_ds(intersection: Intersection, name: str, over: OverLeg) -> int:
    """How long a group is green in a cycle of today [ds]; 0 where others drive over the leg in any of it, or where
    nothing keeps them from doing so in another plan."""
    if name in over.firm:
        return 0
    found_ds = 0
    for shown, duration_ds in shown_by(intersection):
        if over.beside_green((name,), shown):
            if over.drivers(shown):
                return 0
            found_ds += duration_ds
    rings = intersection.running.in_rings is not None
    # Who comes straight on is long on the way when the green ends: an intergreen has to lie between. Rings show
    # pictures that are not in their planned course: there the pairs alone say what cannot be shown.
    apart = {*over.through, *(over.firm if rings else ())}
    if not all(_apart(intersection, name, other) for other in apart):
        return 0
    return 0 if rings and not _turns_yield(intersection, name, over) else found_ds


def _turns_yield(intersection: Intersection, name: str, over: OverLeg) -> bool:
    """Whether no turn into the leg can have an arrow while a group is green, whatever a plan shows."""
    return all(
        (name,) in turn.let_go
        or (turn.group_id != name and all(intersection.pair(name, turn.group_id).clash(name, its, "G") for its in "gG"))
        for turn in over.turns
    )


def _apart(intersection: Intersection, one: str, other: str) -> bool:
    """Whether an intergreen lies between two groups, whatever they show."""
    return one != other and intersection.pair(one, other).kind is PairKind.CONFLICTING


def _in_the_way(intersection: Intersection, over: OverLeg) -> str:
    """Who drives over a leg in each stage of today, in words."""
    turns = {name: f"{m.turn} {name}" for m in on_wheels(intersection) for name in m.group_ids}
    stages: dict[str, int] = {}
    for shown, duration_ds in shown_by(intersection):
        if {*"gG"} & {*shown.values()} and not {*"yYu"} & {*shown.values()}:
            drivers = ", ".join(turns.get(name, name) for name in over.drivers(shown)) or "nobody"
            stages[drivers] = stages.get(drivers, 0) + duration_ds
    return "; ".join(f"{seconds(duration_ds)}: {drivers}" for drivers, duration_ds in stages.items())


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
    links = {link for m in on_wheels(intersection) for link in (m.from_link_id, m.to_link_id)}
    known = {group.id for group in intersection.groups if group.movement_ids}  # of others nobody judges the greens
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
