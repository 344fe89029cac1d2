"""Route and additional files of others: read against the allow-list and kept as our own values, to be written by us."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import Element

from networks.faults import Fault, InputError
from signals.simulation.additional_kinds import NO_DEMAND
from signals.simulation.allowed import ALLOWED, DEFINITIONS, DEPARTURES, DROPPED, ROOTS, parameter_fault
from signals.simulation.flow_elements import depart_times_s
from signals.simulation.recording import element
from signals.simulation.untrusted import Bounds, elements_of, raise_faults, seconds, shown

_KNOWN_TYPES = frozenset(f"DEFAULT_{kind}TYPE" for kind in ("VEH", "PED", "BIKE", "TAXI", "RAIL"))
MOST_VEHICLES = 2_000_000
_MINUTE_S = 60.0

# What these files often hold beside demand, and why it is refused.
_ELSEWHERE = {
    "tlLogic": "signal programs are given as the running plan, not as demand",
    "WAUT": "signal programs are given as the running plan, not as demand",
    "include": "no other files: give each file by itself",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One element in our hands: checked, nothing of it unread."""

    tag: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple[Item, ...] = ()

    def get(self, name: str) -> str | None:
        return next((value for key, value in self.attributes if key == name), None)

    def with_attributes(self, **changed: str) -> Item:
        """The same element with these attributes first, replacing its own."""
        rest = tuple((key, value) for key, value in self.attributes if key not in changed)
        return Item(self.tag, (*changed.items(), *rest), self.children)

    def text(self) -> str:
        """As XML."""
        return element(self.tag, self.attributes, "".join(child.text() for child in self.children))


@dataclass(frozen=True, slots=True)
class Departure:
    """A vehicle or person that wants to depart; `item` has neither its id nor its time."""

    id: str
    depart_s: float
    item: Item

    @property
    def is_person(self) -> bool:
        return self.item.tag == "person"


@dataclass(frozen=True, slots=True)
class DemandFile:
    """All demand of one simulation: what vehicles are defined by, and every single departure in file order."""

    definitions: tuple[Item, ...]
    departures: tuple[Departure, ...]
    notes: tuple[str, ...] = ()

    def digest(self) -> str:
        """Names the demand by its content."""
        content = sha256()
        for item in self.definitions:
            content.update(item.text().encode())
        for departure in self.departures:
            content.update(f"\n{departure.id} {departure.depart_s!r} {departure.item.text()}".encode())
        return content.hexdigest()

    def span_s(self) -> tuple[float, float]:
        """From the first departure to behind the last, in whole minutes outwards [s]."""
        times_s = [departure.depart_s for departure in self.departures]
        return min(times_s) // _MINUTE_S * _MINUTE_S, (max(times_s) // _MINUTE_S + 1) * _MINUTE_S


@dataclass(slots=True)
class _Reading:
    """What was read so far, over all files of one demand."""

    link_ids: frozenset[str] | None
    link_pairs: frozenset[tuple[str, str]] | None = None
    lane_ids: Collection[str] | None = None
    faults: list[Fault] = field(default_factory=list)
    definitions: dict[str, list[Item]] = field(default_factory=lambda: {tag: [] for tag in DEFINITIONS})
    names: dict[tuple[str, str], str] = field(default_factory=dict)  # (kind, id) -> where it was defined
    departures: list[Departure] = field(default_factory=list)
    used: dict[tuple[str, str], str] = field(default_factory=dict)  # (kind, id) -> where it is first used
    dropped: dict[str, int] = field(default_factory=dict)

    def fault(self, what: str, where: str, found: str, needed: str) -> None:
        self.faults.append(Fault(what, where, shown(found), needed))

    def define(self, kind: str, name: str, where: str) -> None:
        if (kind, name) in self.names:
            self.fault(f"{kind} id", where, f"{name!r} a second time", f"one {kind} of this id")
        self.names[kind, name] = where


def read_demand(
    route_paths: Sequence[Path],
    additional_paths: Sequence[Path] = (),
    *,
    link_ids: frozenset[str] | None = None,
    link_pairs: frozenset[tuple[str, str]] | None = None,
    lane_ids: Collection[str] | None = None,
    bounds: Bounds | None = None,
    mixed: frozenset[Path] = frozenset(),
) -> DemandFile:
    """Read all files of one demand. With `link_ids`, every link named must be one of these; with `link_pairs`, links
    that follow each other in a route must be one of these; with `lane_ids`, the lane to depart in must be one of these.
    In `mixed` files, what is no demand (detectors, signal programs, outputs) is read over: its place is elsewhere.

    Raises `InputError` with all faults. Flows are spelled out, vehicle by vehicle, the same at every reading.
    """
    reading = _Reading(link_ids, link_pairs, lane_ids)
    for path in (*additional_paths, *route_paths):
        try:
            for number, found in enumerate(elements_of(path, ROOTS, bounds)):
                if number > 0 and not (path in mixed and found.tag in NO_DEMAND):
                    _top(found, f"{path.name}: {_name_of(found, number)}", reading)
        except InputError as error:
            reading.faults.extend(error.faults)
    _check_uses(reading)
    if not reading.faults and not reading.departures:
        names = ", ".join(path.name for path in route_paths) or "no file"
        reading.fault("demand", names, "no vehicle", "vehicles, trips or flows")
    raise_faults(reading.faults, "demand")
    notes = tuple(f"{name} read over, {count} times" for name, count in sorted(reading.dropped.items()))
    definitions = tuple(item for tag in DEFINITIONS for item in reading.definitions[tag])
    return DemandFile(definitions, tuple(reading.departures), notes)


def _name_of(found: Element, number: int) -> str:
    name = found.get("id")
    return f"<{shown(found.tag)} {shown(name)!r}>" if name else f"<{shown(found.tag)}>, element {number}"


def _top(found: Element, where: str, reading: _Reading) -> None:
    if found.tag not in DEPARTURES and found.tag not in DEFINITIONS:
        needed = _ELSEWHERE.get(found.tag, "vehicles, trips, flows, persons, types, routes, stops")
        reading.fault("element", where, f"<{found.tag}>", needed)
        return
    before = len(reading.faults)
    item = _item(found, where, reading, named=True)
    if len(reading.faults) > before:
        return
    if item.tag in DEFINITIONS:
        reading.definitions[item.tag].append(item)
    else:
        _depart(item, where, reading)


def _item(found: Element, where: str, reading: _Reading, *, named: bool = False) -> Item:
    """The element as ours; faults go to the reading. `named`: it stands by itself and its id must be new."""
    allowed = ALLOWED[found.tag]
    attributes = []
    for name, value in found.attrib.items():
        if name.startswith("{http://www.w3.org/2001/XMLSchema-instance}"):
            continue
        check = allowed.check_of(name)
        if check is None and name in DROPPED:
            reading.dropped[name] = reading.dropped.get(name, 0) + 1
            continue
        needed = check(value) if check is not None else "only attributes that describe the demand"
        if needed is not None:
            reading.fault(name if check else "attribute", where, value if check else f'{name}="{value}"', needed)
            continue
        attributes.append((name, " ".join(value.split())))
        _note_uses(found.tag, name, value, where, reading)
    for name in allowed.needed:
        if name not in found.attrib:
            reading.fault(name, where, "none", f"<{found.tag}> with {name}")
    if found.tag == "param" and (needed := parameter_fault(found.get("key", ""))):
        reading.fault("parameter", where, found.get("key", ""), needed)
    own = found.get("id")
    if own is not None and (named or found.tag in ("vType", "route")):
        reading.define(_kind(found.tag), own, where)
    elif named and "id" not in allowed.needed:
        reading.fault("id", where, "none", "an id")
    children = []
    for child in found:
        if child.tag not in allowed.children:
            reading.fault("element", where, f"<{child.tag}> inside <{found.tag}>", "none of this kind here")
            continue
        children.append(_item(child, where, reading))
    return Item(found.tag, tuple(attributes), tuple(children))


def _kind(tag: str) -> str:
    if tag in ("vehicle", "trip", "flow"):
        return "vehicle"
    return {"vTypeDistribution": "vType", "routeDistribution": "route", "personFlow": "person"}.get(tag, tag)


def _note_uses(tag: str, name: str, value: str, where: str, reading: _Reading) -> None:
    if name in ("edges", "from", "to", "via") or (name == "edge" and tag == "stop"):
        if reading.link_ids is not None:
            for link in value.split():
                if link not in reading.link_ids:
                    reading.fault("link", where, link, "a link of the network")
        if tag == "route" and name == "edges" and reading.link_pairs is not None:
            for pair in pairwise(value.split()):
                if pair not in reading.link_pairs and (reading.link_ids is None or reading.link_ids.issuperset(pair)):
                    reading.fault("route", where, f"{pair[1]} behind {pair[0]}", "links that meet")
    elif name == "lane":
        link = value.rpartition("_")[0]
        if reading.link_ids is not None and link not in reading.link_ids:
            reading.fault("lane", where, value, "a lane of the network")
    elif name in ("type", "vTypes"):
        for word in value.split():
            reading.used.setdefault(("vType", word), where)
    elif name in ("route", "routes", "refId"):
        for word in value.split():
            reading.used.setdefault(("route", word), where)
    elif name in ("busStop", "trainStop", "parkingArea"):
        reading.used.setdefault((name, value), where)


def _check_uses(reading: _Reading) -> None:
    for (kind, name), where in reading.used.items():
        if (kind, name) not in reading.names and not (kind == "vType" and name in _KNOWN_TYPES):
            reading.fault(kind, where, f"{name!r}, defined nowhere", f"a {kind} defined in the files given")


def _depart(item: Item, where: str, reading: _Reading) -> None:
    """Add the departures of a vehicle, trip, flow or person."""
    plain = tuple((key, value) for key, value in item.attributes if key not in _TIMING)
    if item.tag in ("vehicle", "flow") and not _has_route(item):
        reading.fault("route", where, "none", "a route inside, a route id, or from and to links")
        return
    lane = item.get("departLane") or ""
    first = _first_link(item, reading)
    if lane.isdigit() and first and reading.lane_ids is not None and f"{first}_{lane}" not in reading.lane_ids:
        reading.fault("departLane", where, lane, f"a lane of link {first}, where the vehicle departs")
        return
    tag = {"flow": "trip" if item.get("from") else "vehicle", "personFlow": "person"}.get(item.tag, item.tag)
    bare = Item(tag, plain, item.children)
    name = item.get("id") or ""
    if item.tag not in ("flow", "personFlow"):
        reading.departures.append(Departure(name, seconds(item.get("depart") or "") or 0.0, bare))
    else:
        for number, depart_s in enumerate(_flow_times(item, where, reading)):
            own = f"{name}.{number}"
            reading.define(_kind(tag), own, where)
            reading.departures.append(Departure(own, depart_s, bare))
    if len(reading.departures) > MOST_VEHICLES:
        raise InputError([Fault("demand", where, f"more than {MOST_VEHICLES} vehicles", f"at most {MOST_VEHICLES}")])


_TIMING = frozenset({"id", "depart", "begin", "end", "number", "period", "vehsPerHour", "perHour", "probability"})


def _flow_times(item: Item, where: str, reading: _Reading) -> Iterator[float]:
    try:
        yield from depart_times_s(dict(item.attributes), MOST_VEHICLES)
    except ValueError as error:
        reading.fault("flow", where, str(error), "begin and end (or a number) and one rate that gives a sane count")


def _first_link(item: Item, reading: _Reading) -> str:
    """The link that a vehicle departs on; nothing where that is only drawn later."""
    inside = next((child for child in item.children if child.tag == "route"), None)
    name = item.get("route") or (inside.get("refId") if inside else None)
    named = next((route for route in reading.definitions["route"] if name and route.get("id") == name), None)
    edges = (inside.get("edges") if inside else None) or (named.get("edges") if named else None) or item.get("from")
    return (edges or "").split(" ")[0]


def _has_route(item: Item) -> bool:
    inside = any(child.tag == "route" and (child.get("edges") or child.get("refId")) for child in item.children)
    ends = item.get("from") is not None and item.get("to") is not None
    return inside or item.get("route") is not None or ends
