"""The elements of a SUMO network file as checked rows, before anything is joined."""

from __future__ import annotations

from dataclasses import dataclass, field

from networks.importers._values import Reader
from networks.importers.sumo_programs import ProgramReader
from networks.network import Lane, Link, LinkKind, Node

_TURNS = {"s": "through", "l": "left", "L": "left", "r": "right", "R": "right", "t": "u-turn"}
_LINK_KINDS = {"crossing": LinkKind.CROSSING, "walkingarea": LinkKind.WALKING_AREA}
_SLOWEST_M_PER_S, _FASTEST_M_PER_S = 0.01, 500.0
_NOBODY: frozenset[str] = frozenset()


@dataclass(slots=True)
class Request:
    response: str
    foes: str
    cont: bool


@dataclass(slots=True)
class Junction:
    node: Node
    incoming_lane_ids: list[str]
    requests: dict[int, Request] = field(default_factory=dict)


@dataclass(slots=True)
class Connection:
    from_link_id: str
    to_link_id: str
    from_lane_id: str
    to_lane_id: str
    via_lane_id: str
    turn: str
    signal_id: str
    channel: int | None
    second_channel: int | None  # per direction of walking, or of a bicycle's left turn in two parts


class NetRows:
    """Collects the elements of a network file as rows."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.programs = ProgramReader(reader)
        self.links: dict[str, Link] = {}
        self.lanes: dict[str, Lane] = {}
        self.inner_lanes: dict[str, tuple[float, float]] = {}  # length, speed
        self.continues: dict[str, str] = {}  # inner lane -> inner lane behind an internal junction
        self.junctions: dict[str, Junction] = {}
        self.connections: list[Connection] = []
        self.left_hand_traffic = False
        self.projection: str | None = None
        self._edge: dict[str, str] = {}
        self._edge_lanes: list[Lane] = []
        self._junction: Junction | None = None
        self._root_seen = False
        self._handlers = {
            "edge": self._start_edge,
            "lane": self._lane,
            "junction": self._start_junction,
            "request": self._request,
            "connection": self._connection,
            "location": self._location,
        }

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._root_seen:
            self._root_seen = True
            if tag != "net":
                self.reader.fault("root element", "start", f"<{tag[:40]}>", "<net>, a SUMO network")
            self.left_hand_traffic = attributes.get("lefthand", "false") in ("true", "1", "yes", "on", "x", "t", "T")
        if tag in ("tlLogic", "WAUT") or self.programs.inside:
            self.programs.start(tag, attributes)
            return
        handler = self._handlers.get(tag)
        if handler is not None:
            handler(attributes)

    def end(self, tag: str) -> None:
        if self.programs.inside:
            self.programs.end(tag)
        elif tag == "edge":
            self._end_edge()
        elif tag == "junction":
            self._junction = None

    def _location(self, attributes: dict[str, str]) -> None:
        projection = attributes.get("projParameter", "!")
        self.projection = None if projection == "!" else projection[:1000]

    def _start_edge(self, attributes: dict[str, str]) -> None:
        self._edge, self._edge_lanes = attributes, []

    def _lane(self, attributes: dict[str, str]) -> None:
        reader, edge = self.reader, self._edge
        where = f"lane {attributes.get('id')!r}"
        lane_id = reader.id(attributes, "id", where)
        length_m = reader.number(attributes, "length", where, 0.0, 1e6)
        speed_m_per_s = reader.number(attributes, "speed", where, _SLOWEST_M_PER_S, _FASTEST_M_PER_S)
        if lane_id in self.inner_lanes or lane_id in self.lanes:
            reader.fault("lane id", where, "more than once", "unique ids")
        if edge.get("function") == "internal":
            self.inner_lanes[lane_id] = (length_m, speed_m_per_s)
            return
        link_id = edge.get("id", "")
        index = reader.whole(attributes, "index", where, 1000)
        if lane_id != f"{link_id}_{index}":
            reader.fault("lane id", where, repr(lane_id), f"{link_id}_{index}, by its edge and index")
        lane = Lane(
            id=lane_id,
            link_id=link_id,
            index=index,
            length_m=length_m,
            speed_m_per_s=speed_m_per_s,
            width_m=reader.number(attributes, "width", where, -1.0, 1000.0, default=3.2),
            allowed=_classes(attributes.get("allow")),
            disallowed=_classes(attributes.get("disallow")),
            shape_m=reader.shape(attributes.get("shape"), where),
        )
        self.lanes[lane_id] = lane
        self._edge_lanes.append(lane)

    def _end_edge(self) -> None:
        edge, lanes = self._edge, self._edge_lanes
        self._edge = {}
        function = edge.get("function", "normal")
        if function == "internal":
            return
        where = f"edge {edge.get('id')!r}"
        link_id = self.reader.id(edge, "id", where)
        kind = _LINK_KINDS.get(function, LinkKind.ROAD)
        if kind is LinkKind.ROAD:
            from_node_id, to_node_id = self.reader.id(edge, "from", where), self.reader.id(edge, "to", where)
        else:  # ":<node>_c0", ":<node>_w0"
            from_node_id = to_node_id = link_id[1:].rpartition("_")[0]
        if not lanes:
            self.reader.fault("lanes", where, "none", "at least one lane")
            return
        if link_id in self.links:
            self.reader.fault("edge id", where, "more than once", "unique ids")
        self.links[link_id] = Link(
            id=link_id,
            kind=kind,
            from_node_id=from_node_id,
            to_node_id=to_node_id,
            lane_ids=tuple(lane.id for lane in lanes),
            length_m=lanes[0].length_m,
            speed_m_per_s=max(lane.speed_m_per_s for lane in lanes),
            priority=int(self.reader.number(edge, "priority", where, -1e6, 1e6, default=0.0)),
            name=edge.get("name", "")[:500],
        )

    def _start_junction(self, attributes: dict[str, str]) -> None:
        kind = attributes.get("type", "")
        if kind == "internal":
            return
        where = f"junction {attributes.get('id')!r}"
        node = Node(
            id=self.reader.id(attributes, "id", where),
            kind=kind,
            x_m=self.reader.number(attributes, "x", where),
            y_m=self.reader.number(attributes, "y", where),
        )
        if node.id in self.junctions:
            self.reader.fault("junction id", where, "more than once", "unique ids")
        self._junction = Junction(node, attributes.get("incLanes", "").split())
        self.junctions[node.id] = self._junction

    def _request(self, attributes: dict[str, str]) -> None:
        if self._junction is None:
            return
        where = f"junction {self._junction.node.id!r}, request"
        index = self.reader.whole(attributes, "index", where, 4096)
        rows = [attributes.get("response", ""), attributes.get("foes", "")]
        if any(row.strip("01") for row in rows):
            self.reader.fault("request row", f"{where} {index}", repr(rows), "rows of 0 and 1")
        if index in self._junction.requests:
            self.reader.fault("request row", f"{where} {index}", "more than once", "one row per index")
        self._junction.requests[index] = Request(rows[0], rows[1], attributes.get("cont", "0") in ("1", "true"))

    def _connection(self, attributes: dict[str, str]) -> None:
        start, end = attributes.get("from", ""), attributes.get("to", "")
        if start[:1] == ":" and end[:1] != ":":  # out of an inner edge or a walking area
            via = attributes.get("via", "")
            if via:
                self.continues[f"{start}_{attributes.get('fromLane', '')}"] = via
            return
        reader, where = self.reader, f"connection {start!r} -> {end!r}"
        signal_id = attributes.get("tl", "")
        if attributes.get("linkIndex") == "-1":  # the signal leaves this path alone, as a level crossing the trains
            lane = self.lanes.get(f"{start}_{attributes.get('fromLane', '')}")
            if signal_id and lane is not None and lane.admits("passenger"):
                reader.fault("linkIndex", where, "-1", "0 or more: only rails may pass a signal unasked")
            signal_id = ""
        channels = [
            reader.whole(attributes, key, where, 4096) if signal_id and (key in attributes or needed) else None
            for key, needed in (("linkIndex", True), ("linkIndex2", False))
        ]
        self.connections.append(
            Connection(
                start,
                end,
                f"{start}_{reader.whole(attributes, 'fromLane', where, 1000)}",
                f"{end}_{reader.whole(attributes, 'toLane', where, 1000)}",
                attributes.get("via", ""),
                _TURNS.get(attributes.get("dir", ""), "through"),
                signal_id,
                channels[0],
                channels[1],
            )
        )


def _classes(text: str | None) -> frozenset[str]:
    return frozenset(text.split()) if text else _NOBODY
