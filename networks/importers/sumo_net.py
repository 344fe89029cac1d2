"""SUMO networks (`.net.xml`, `.net.xml.gz`): the whole street, streamed.

Left out: the paths of walkers between sidewalks and walking areas (crossings are there), internal edges as links of
their own (they give length and speed of the lane links across a node), signals switched by trains (their lane links
count as unsignalised; the node keeps its kind "rail_signal" or "rail_crossing").
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from networks.detectors import with_detectors
from networks.importers._documents import DEFAULT_LIMITS, Limits, scan
from networks.importers._net_rows import Connection, Junction, NetRows, Request
from networks.importers._values import Reader
from networks.importers.sumo_additional import read_additional
from networks.importers.sumo_programs import TRAIN_CONTROLLED
from networks.junction import Intersection, Program
from networks.network import LaneLink, LinkKind, Network
from networks.running import intersection_of, with_running

CONTENT = "a SUMO network (XML, <net>)"


def accepts(head: bytes) -> bool:
    """Whether content that begins with `head` is this format's."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<") and b"<net" in head


def read(path: Path, additional: Iterable[Path] = (), limits: Limits = DEFAULT_LIMITS) -> Network:
    """Read a SUMO network; programs and detectors of `additional` files are added, the last program of a signal runs.

    Raises `InputError` with all faults: unreadable or hostile XML, missing or duplicate ids, numbers that are not
    finite or out of range, links, lanes or nodes that do not exist, right-of-way tables and programs that do not fit.
    """
    path = Path(path)
    reader = Reader(path.name)
    handler = NetRows(reader)
    digest = scan(path, handler, limits)
    reader.refuse_if_any()
    network = _Assembly(handler, reader).network(digest)
    paths = tuple(additional)
    if not paths:
        return network
    programs, detectors = read_additional(paths, network, limits)
    return with_detectors(with_running(network, programs), detectors)


class _Assembly:
    """Builds the network out of the rows of a file."""

    def __init__(self, rows: NetRows, reader: Reader) -> None:
        self._rows, self._reader = rows, reader
        programs: dict[str, list[Program]] = {}
        for program in rows.programs.programs:
            programs.setdefault(program.intersection_id, []).append(program)
        self._programs = programs
        self._behind_crossing = {
            connection.from_link_id: connection.to_lane_id
            for connection in rows.connections
            if connection.from_link_id[:1] == ":"
        }

    def network(self, digest: str) -> Network:
        rows, reader = self._rows, self._reader
        self._check_links()
        lane_links = self._lane_links()
        by_signal: dict[str, list[LaneLink]] = {name: [] for name in self._programs}
        for lane_link in lane_links:
            if lane_link.intersection_id is not None:
                by_signal[lane_link.intersection_id].append(lane_link)
        self._check_programs(by_signal)
        reader.refuse_if_any()
        intersections: list[Intersection] = []
        named: dict[str, LaneLink] = {}
        for signal_id, members in by_signal.items():
            intersection, links = intersection_of(signal_id, members, rows.lanes, self._programs[signal_id])
            intersections.append(intersection)
            named |= {link.id: link for link in links}
        signal_of_node = {node_id: item.id for item in intersections for node_id in item.node_ids}
        return Network(
            source=reader.source,
            digest=digest,
            nodes=tuple(
                replace(junction.node, intersection_id=signal_of_node.get(name))
                if name in signal_of_node
                else junction.node
                for name, junction in rows.junctions.items()
            ),
            links=tuple(rows.links.values()),
            lanes=tuple(rows.lanes.values()),
            lane_links=tuple(named.get(link.id, link) for link in lane_links),
            intersections=tuple(intersections),
            left_hand_traffic=rows.left_hand_traffic,
            projection=rows.projection,
        )

    def _check_links(self) -> None:
        rows, reader = self._rows, self._reader
        if not rows.links:
            reader.fault("edges", "network", "none", "at least one")
        for link in rows.links.values():
            for node_id in dict.fromkeys((link.from_node_id, link.to_node_id)):
                if node_id in rows.junctions:
                    continue
                reader.fault("junction", f"edge {link.id!r}", f"unknown id {node_id!r}", "a junction of the network")

    def _check_programs(self, by_signal: dict[str, list[LaneLink]]) -> None:
        for signal_id, programs in self._programs.items():
            lengths = {len(step.state) for program in programs for step in program.steps}
            where = f"programs of {signal_id!r}"
            if len(lengths) > 1:
                self._reader.fault("states", where, f"lengths {sorted(lengths)}", "one number of channels")
            highest = max((link.channel or 0 for link in by_signal[signal_id]), default=0)
            if by_signal[signal_id] and highest >= min(lengths, default=0):
                self._reader.fault(
                    "state", where, f"{min(lengths, default=0)} letters", f"one per channel 0..{highest}"
                )

    def _lane_links(self) -> list[LaneLink]:
        """All lane links, with right of way; group ids come with the intersections."""
        rows = self._rows
        from_lane: dict[str, list[Connection]] = {}
        for connection in rows.connections:
            if self._counts(connection):
                from_lane.setdefault(connection.from_lane_id, []).append(connection)
        ids: dict[int, str] = {}
        taken: dict[str, int] = {}
        for connections in from_lane.values():
            for connection in connections:
                name = f"{connection.from_lane_id}->{connection.to_lane_id}"
                taken[name] = taken.get(name, 0) + 1
                ids[id(connection)] = name if taken[name] == 1 else f"{name}#{taken[name]}"
        made: list[LaneLink] = []
        for node_id, junction in rows.junctions.items():
            inner = [c for lane_id in junction.incoming_lane_ids for c in from_lane.pop(lane_id, ())]
            names = [ids[id(connection)] for connection in inner]
            table = self._table(node_id, junction, len(inner))
            for index, connection in enumerate(inner):
                made += self._lane_link(connection, node_id, index, names, table)
        for lane_id, connections in from_lane.items():
            found = "leads to no junction's incLanes"
            self._reader.fault(
                "connection", f"lane {lane_id!r} ({len(connections)} connections)", found, "its junction"
            )
        return made

    def _counts(self, connection: Connection) -> bool:
        """Whether a connection is a lane link: link to link, or from a walking area onto a crossing."""
        links, lanes = self._rows.links, self._rows.lanes
        start, end = links.get(connection.from_link_id), links.get(connection.to_link_id)
        if start is None or end is None:
            where = f"connection {connection.from_link_id!r} -> {connection.to_link_id!r}"
            self._reader.fault("edge", where, "unknown id", "edges of the network")
            return False
        for lane_id in (connection.from_lane_id, connection.to_lane_id):
            if lane_id not in lanes:
                where = f"connection {connection.from_link_id!r} -> {connection.to_link_id!r}"
                self._reader.fault("lane", where, f"unknown id {lane_id!r}", "a lane of the network")
                return False
        if start.kind is LinkKind.ROAD:
            return end.kind is LinkKind.ROAD
        return start.kind is LinkKind.WALKING_AREA and end.kind is LinkKind.CROSSING

    def _table(self, node_id: str, junction: Junction, count: int) -> list[Request] | None:
        """The right-of-way table in the order of the node's lane links; None where the node has none."""
        if not junction.requests:
            return None
        rows = [junction.requests[index] for index in sorted(junction.requests)]
        where = f"junction {node_id!r}"
        if sorted(junction.requests) != list(range(count)):
            self._reader.fault("request rows", where, f"{len(rows)}", f"{count}, one per lane link, numbered from 0")
            return None
        if any(len(row.foes) != count or len(row.response) != count for row in rows):
            self._reader.fault("request rows", where, "rows of other lengths", f"{count} characters each")
            return None
        return rows

    def _lane_link(
        self, connection: Connection, node_id: str, index: int, names: list[str], table: list[Request] | None
    ) -> list[LaneLink]:
        rows = self._rows
        crossing = rows.links[connection.to_link_id].kind is LinkKind.CROSSING
        length_m, speed_m_per_s = self._via(connection, crossing)
        signal_id, channel = self._signal(connection, node_id)
        request = table[index] if table else None
        link = LaneLink(
            id=names[index],
            node_id=node_id,
            from_lane_id=connection.from_lane_id,
            to_lane_id=connection.to_lane_id,
            turn="crossing" if crossing else connection.turn,
            via_length_m=length_m,
            via_speed_m_per_s=speed_m_per_s,
            node_index=index if table else None,
            intersection_id=signal_id,
            channel=channel,
            yields_to=_chosen(request.response, names) if request else (),
            crosses=_chosen(request.foes, names) if request else (),
            may_wait_inside=request.cont if request else False,
        )
        if signal_id is None or connection.second_channel in (None, channel):
            return [link]
        return [link, self._second_part(link, connection)]

    def _second_part(self, link: LaneLink, connection: Connection) -> LaneLink:
        """What the second channel of a path shows: to walkers from the far side of a crossing, or to bicycles that turn
        left in two parts. Which part of such a turn crosses what the file does not say; both get all of it.
        """
        far_side = self._behind_crossing.get(connection.to_link_id, link.from_lane_id)
        name = f"{far_side}->{link.to_lane_id}"
        if name == link.id.partition("#")[0]:
            name = f"{link.id}#second"
        return replace(link, id=name, from_lane_id=far_side, channel=connection.second_channel)

    def _signal(self, connection: Connection, node_id: str) -> tuple[str | None, int | None]:
        signal_id = connection.signal_id
        if not signal_id or signal_id in self._rows.programs.train_controlled:
            return None, None
        if signal_id not in self._programs:
            if self._rows.junctions[node_id].node.kind not in TRAIN_CONTROLLED:
                self._reader.fault("program", f"signal {signal_id!r}", "none", "at least one program")
            return None, None
        return signal_id, connection.channel

    def _via(self, connection: Connection, crossing: bool) -> tuple[float, float]:
        """Length [m] and mean speed [m/s] of the path across the node, over all its inner lanes."""
        rows = self._rows
        if crossing:
            lane = rows.lanes[connection.to_lane_id]
            return lane.length_m, lane.speed_m_per_s
        total_m = total_s = slowest = 0.0
        inner_id, seen = connection.via_lane_id, 0
        while inner_id and seen < 16:
            if inner_id not in rows.inner_lanes:
                where = f"connection {connection.from_link_id!r} -> {connection.to_link_id!r}"
                self._reader.fault("via", where, f"unknown id {inner_id!r}", "an inner lane of the network")
                break
            length_m, slowest = rows.inner_lanes[inner_id]
            total_m += length_m
            total_s += length_m / max(slowest, 0.1)
            inner_id, seen = rows.continues.get(inner_id, ""), seen + 1
        if total_s > 0.0:
            return total_m, total_m / total_s
        start, end = rows.lanes[connection.from_lane_id], rows.lanes[connection.to_lane_id]
        speed_m_per_s = slowest or min(start.speed_m_per_s, end.speed_m_per_s)
        straight_m = math.dist(start.shape_m[-1], end.shape_m[0]) if start.shape_m and end.shape_m else 0.0
        return straight_m, max(speed_m_per_s, 0.1)


def _chosen(bits: str, names: list[str]) -> tuple[str, ...]:
    """The names whose bit is set; the rightmost character stands for link 0."""
    last = len(bits) - 1
    found = []
    position = bits.rfind("1")
    while position >= 0:
        found.append(names[last - position])
        position = bits.rfind("1", 0, position)
    return tuple(found)
