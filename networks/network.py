"""The whole street: nodes, links, lanes, lane links, detectors and signalised intersections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from networks.faults import Fault, refuse_if_any
from networks.junction import Intersection


class LinkKind(StrEnum):
    ROAD = "road"
    CROSSING = "crossing"
    WALKING_AREA = "walking area"


class DetectorKind(StrEnum):
    STOP_LINE = "stop line"
    ADVANCE = "advance"
    MID_BLOCK = "mid-block"
    ENTRY = "entry"
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class Node:
    id: str
    kind: str  # as in the source: "traffic_light", "priority", "right_before_left", "dead_end", ...
    x_m: float
    y_m: float
    intersection_id: str | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    id: str
    link_id: str
    index: int  # 0 is the outermost (right in right-hand traffic)
    length_m: float
    speed_m_per_s: float
    width_m: float
    allowed: frozenset[str]  # vehicle classes; empty: all
    disallowed: frozenset[str]
    shape_m: tuple[tuple[float, float], ...]

    def admits(self, vehicle_class: str) -> bool:
        """Whether vehicles of this class may use the lane."""
        if self.allowed:
            return vehicle_class in self.allowed or "all" in self.allowed
        return vehicle_class not in self.disallowed and "all" not in self.disallowed


@dataclass(frozen=True, slots=True)
class Link:
    id: str
    kind: LinkKind
    from_node_id: str
    to_node_id: str
    lane_ids: tuple[str, ...]
    length_m: float
    speed_m_per_s: float
    priority: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class PathDischarge:
    """What a standing queue discharges over a path, measured [veh/h], and the speed at which the path is driven."""

    saturation_veh_per_h: float
    speed_m_per_s: float


@dataclass(frozen=True, slots=True)
class LaneLink:
    """A path from one lane to another across a node. Ids in `yields_to` and `crosses` are of the same node.

    `discharge`: where it was measured, instead of what speeds alone tell.
    """

    id: str
    node_id: str
    from_lane_id: str
    to_lane_id: str
    turn: str  # "through", "left", "right", "u-turn", "crossing"
    via_length_m: float
    via_speed_m_per_s: float
    node_index: int | None  # its row in the node's right-of-way table
    intersection_id: str | None = None
    channel: int | None = None  # position in the controller's state; None: not signalised
    group_id: str | None = None
    yields_to: tuple[str, ...] = ()
    crosses: tuple[str, ...] = ()
    may_wait_inside: bool = False
    discharge: PathDischarge | None = None


@dataclass(frozen=True, slots=True)
class Detector:
    id: str
    lane_id: str
    position_m: float  # from the start of the lane
    distance_to_stop_line_m: float
    length_m: float
    kind: DetectorKind


@dataclass(frozen=True, slots=True)
class Network:
    """Everything that stands in the street. `digest` names the source file's content."""

    source: str
    digest: str
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    lanes: tuple[Lane, ...]
    lane_links: tuple[LaneLink, ...]
    intersections: tuple[Intersection, ...]
    detectors: tuple[Detector, ...] = ()
    left_hand_traffic: bool = False
    projection: str | None = None
    _by_id: Mapping[str, Mapping[str, object]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        tables = {
            "node": self.nodes,
            "link": self.links,
            "lane": self.lanes,
            "lane link": self.lane_links,
            "intersection": self.intersections,
            "detector": self.detectors,
        }
        faults: list[Fault] = []
        indexed: dict[str, Mapping[str, object]] = {}
        for name, rows in tables.items():
            ids = [row.id for row in rows]  # type: ignore[attr-defined]
            twice = sorted(key for key, count in Counter(ids).items() if count > 1)
            faults += [Fault(f"{name} id", self.source, f"{key!r} more than once", "unique ids") for key in twice]
            indexed[name] = MappingProxyType(dict(zip(ids, rows, strict=True)))
        object.__setattr__(self, "_by_id", MappingProxyType(indexed))
        refuse_if_any(faults)

    def node(self, node_id: str) -> Node:
        return self._by_id["node"][node_id]  # type: ignore[return-value]

    def link(self, link_id: str) -> Link:
        return self._by_id["link"][link_id]  # type: ignore[return-value]

    def lane(self, lane_id: str) -> Lane:
        return self._by_id["lane"][lane_id]  # type: ignore[return-value]

    def lane_link(self, lane_link_id: str) -> LaneLink:
        return self._by_id["lane link"][lane_link_id]  # type: ignore[return-value]

    def intersection(self, intersection_id: str) -> Intersection:
        return self._by_id["intersection"][intersection_id]  # type: ignore[return-value]

    def detector(self, detector_id: str) -> Detector:
        return self._by_id["detector"][detector_id]  # type: ignore[return-value]
