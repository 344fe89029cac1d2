"""A network file of others: scanned, then copied byte by byte, with what a run needs to know about it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from xml.etree.ElementTree import Element

from networks.faults import Fault
from networks.importers.sumo_programs import names_a_file
from signals.simulation.job import Approach
from signals.simulation.untrusted import Bounds, elements_of, finite, is_id, opened, raise_faults, shown

_CHILDREN: dict[str, frozenset[str]] = {
    "net": frozenset(
        {"location", "type", "edge", "tlLogic", "junction", "connection", "prohibition", "roundabout", "param"}
    ),
    "type": frozenset({"restriction", "param"}),
    "edge": frozenset({"lane", "param", "stopOffset"}),
    "lane": frozenset({"param", "stopOffset", "neigh"}),
    "tlLogic": frozenset({"phase", "param", "condition", "assignment", "function"}),
    "function": frozenset({"assignment"}),
    "junction": frozenset({"request", "param"}),
    "connection": frozenset({"param"}),
}
# The simulator would open what these name, for writing or reading.
_REFUSED = frozenset({"file", "output", "href", "dest", "source"})
_NUMBERS = frozenset(
    {"length", "speed", "width", "x", "y", "duration", "minDur", "maxDur", "offset", "priority", "index"}
)
_POINTS = frozenset({"shape", "customShape", "outlineShape"})
_IDS = frozenset({"id", "from", "to", "via", "tl", "junction", "node"})
_BOUNDS = Bounds(packed_bytes=512 << 20, unpacked_bytes=2 << 30)


@dataclass(frozen=True, slots=True)
class PreparedNetwork:
    """A network in our folder, scanned; `digest` names its content."""

    path: Path
    digest: str
    lane_length_m: Mapping[str, float]  # of all lanes that are no inner paths
    link_ids: frozenset[str]
    link_pairs: frozenset[tuple[str, str]]  # of links that meet
    approaches: tuple[Approach, ...]
    inner_lanes: Mapping[tuple[str, str], tuple[str, ...]]  # lanes inside the junction between two lanes, in order


@dataclass(slots=True)
class _Scan:
    name: str
    faults: list[Fault] = field(default_factory=list)
    lane_length_m: dict[str, float] = field(default_factory=dict)
    lanes: dict[str, list[str]] = field(default_factory=dict)  # per link
    ends: dict[str, tuple[str, str]] = field(default_factory=dict)  # nodes of a link: from, to
    # (from, to, via, tl, turn) of every connection
    connections: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    vias: dict[tuple[str, str], str] = field(default_factory=dict)  # next lane inside, on the way between two lanes
    ids: set[tuple[str, str]] = field(default_factory=set)


def prepare_network(path: Path, out: Path) -> PreparedNetwork:
    """Copy a network (plain or gzip) to `out`, unpacked, once every element of it was found on the allow-list.

    Raises `InputError` with all faults; then there is no copy.
    """
    part = out.with_name(out.name + ".part")
    content = sha256()
    try:
        with opened(path, _BOUNDS) as stream, part.open("wb") as copy:
            while data := stream.read():
                content.update(data)
                copy.write(data)
        # The copy is scanned, not the original: what was read is what will run, also if the original changes meanwhile.
        scan = _Scan(path.name)
        for element in elements_of(part, frozenset({"net"}), _BOUNDS):
            _check(element, scan, inside=element.tag != "net")
        if not scan.lanes and not scan.faults:
            scan.faults.append(Fault("network", path.name, "no links", "a network with links"))
        raise_faults(scan.faults, path.name)
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)
    links = frozenset(scan.lanes)
    pairs = frozenset((come, go) for come, go, *_ in scan.connections if not come.startswith(":"))
    approaches = approaches_of(scan.connections, scan)
    inner = _inner_lanes(scan.vias)
    return PreparedNetwork(out, content.hexdigest(), scan.lane_length_m, links, pairs, approaches, inner)


def _check(element: Element, scan: _Scan, *, inside: bool) -> None:
    where = f"{scan.name}: <{shown(element.tag)} {shown(element.get('id') or '')!r}>"
    if inside and element.tag not in _CHILDREN["net"]:
        scan.faults.append(Fault("element", where, f"<{shown(element.tag)}>", "elements of a network only"))
        return
    _check_attributes(element, where, scan)
    for child in element if inside else ():
        _check_inner(child, element.tag, where, scan)
    if element.tag == "edge":
        _note_link(element, scan)
    elif element.tag == "connection" and element.get("from"):
        words = (element.get(name, "") for name in ("from", "to", "via", "tl", "dir"))
        scan.connections.append(tuple(words))  # type: ignore[arg-type]
        come, go = (f"{element.get(end, '')}_{element.get(f'{end}Lane', '')}" for end in ("from", "to"))
        if element.get("via"):
            scan.vias[come, go] = element.get("via", "")
    key = element.get("id")
    if key is not None and element.tag in ("edge", "junction"):
        if (element.tag, key) in scan.ids:
            scan.faults.append(Fault(f"{element.tag} id", where, "a second one", "one of this id"))
        scan.ids.add((element.tag, key))


def _check_inner(element: Element, parent: str, where: str, scan: _Scan) -> None:
    if element.tag not in _CHILDREN.get(parent, frozenset()):
        found = f"<{shown(element.tag)}> inside <{parent}>"
        scan.faults.append(Fault("element", where, found, "elements of a network only"))
        return
    _check_attributes(element, where, scan)
    for child in element:
        _check_inner(child, element.tag, where, scan)


def _check_attributes(element: Element, where: str, scan: _Scan) -> None:
    for name, value in element.attrib.items():
        if name in _REFUSED:
            scan.faults.append(Fault("attribute", where, f'{name}="{shown(value)}"', "no file names"))
        elif name in _NUMBERS and value and element.tag != "param" and finite(value) is None:
            if not (name == "offset" and value == "begin"):
                scan.faults.append(Fault(name, where, shown(value), "a finite number"))
        elif name in _POINTS and not re.fullmatch(r"[-+\d.,eE ]*", value, re.ASCII):
            scan.faults.append(Fault(name, where, shown(value), "points of finite numbers"))
        elif name in _IDS and value and element.tag not in ("location", "type", "param") and not is_id(value):
            needed = "an id without spaces, separators, slashes or quotes"
            scan.faults.append(Fault(name, where, shown(value), needed))
    if element.tag == "param" and names_a_file(element.get("key", ""), element.get("value", "")):
        found = f'{shown(element.get("key", ""))}="{shown(element.get("value", ""))}"'
        scan.faults.append(Fault("parameter", where, found, "no file names"))


def _note_link(edge: Element, scan: _Scan) -> None:
    link_id = edge.get("id", "")
    if edge.get("function", "normal") == "internal" or link_id.startswith(":"):
        return
    scan.ends[link_id] = edge.get("from", ""), edge.get("to", "")
    for lane in edge.findall("lane"):
        lane_id = lane.get("id", "")
        scan.lanes.setdefault(link_id, []).append(lane_id)
        scan.lane_length_m[lane_id] = finite(lane.get("length", "")) or 0.0


def _inner_lanes(vias: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], tuple[str, ...]]:
    found = {}
    for come, go in vias:
        if come.startswith(":"):
            continue
        lanes = [vias[come, go]]
        while (onward := vias.get((lanes[-1], go))) is not None and onward not in lanes:
            lanes.append(onward)
        found[come, go] = tuple(lanes)
    return found


def approaches_of(connections: list[tuple[str, str, str, str, str]], scan: _Scan) -> tuple[Approach, ...]:
    """Every link that ends at a signal, with the links before it from which one can only come here."""
    after: dict[str, set[str]] = {}
    before: dict[str, set[str]] = {}
    inner: dict[str, list[str]] = {}  # paths that begin at a link or at a path
    signalised: dict[tuple[str, str], None] = {}
    ends_at_signal: set[str] = set()
    for come, go, via, signal, turn in connections:
        if via:
            inner.setdefault(come, []).append(via.rpartition("_")[0])
        if come.startswith(":"):
            continue
        if turn != "t":  # turning round does not make it a place where ways part
            after.setdefault(come, set()).add(go)
            before.setdefault(go, set()).add(come)
        if signal:
            signalised[signal, come] = None
            ends_at_signal.add(come)

    def chain(link: str) -> tuple[str, ...]:
        links = [link]
        while len(before.get(links[0], ())) == 1:
            (previous,) = before[links[0]]
            if len(after[previous]) != 1 or previous in ends_at_signal or previous in links:
                break
            start, end = scan.ends[links[0]]
            if start != end and scan.ends[previous] == (end, start):
                break  # the street's other side: where a map is cut, it may lead back by a hairpin that nobody drives
            links.insert(0, previous)
        return tuple(links)

    def paths(links: tuple[str, ...]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        waiting = [path for link in links for path in inner.get(link, ())]
        while waiting:
            path = waiting.pop()
            if path not in found:
                found[path] = None
                waiting.extend(inner.get(path, ()))
        return tuple(sorted(found))

    result = []
    for signal, link in signalised:
        links = chain(link)
        lanes = tuple(scan.lanes.get(link, ()))
        result.append(Approach(signal, link, links, paths(links), lanes))
    return tuple(sorted(result, key=lambda approach: (approach.intersection_id, approach.link_id)))
