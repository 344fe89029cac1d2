"""Level crossings near signals: trains that pass there have a say in what the signals show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import heappop, heappush

from networks.network import Link, LinkKind, Network

_KIND = "rail_crossing"


@dataclass(frozen=True, slots=True, order=True)
class LevelCrossing:
    """The level crossing nearest to an intersection, and how far away it is along the road [m]."""

    distance_m: float
    node_id: str


def level_crossings(network: Network, within_m: float) -> Mapping[str, LevelCrossing]:
    """By intersection: the nearest level crossing on a road to it or from it, no other signal in between."""
    crossings = [node.id for node in network.nodes if node.kind == _KIND]
    if not crossings:
        return {}
    leaving: dict[str, list[Link]] = {}
    coming: dict[str, list[Link]] = {}
    for link in network.links:
        if link.kind is LinkKind.ROAD and any(network.lane(name).admits("passenger") for name in link.lane_ids):
            leaving.setdefault(link.from_node_id, []).append(link)
            coming.setdefault(link.to_node_id, []).append(link)
    nearest: dict[str, LevelCrossing] = {}
    for crossing in crossings:
        for links, forwards in ((leaving, True), (coming, False)):
            for intersection_id, distance_m in _reached(network, crossing, links, forwards, within_m).items():
                found = LevelCrossing(distance_m, crossing)
                nearest[intersection_id] = min(found, nearest.get(intersection_id, found))
    return nearest


def _reached(
    network: Network, start: str, links: Mapping[str, list[Link]], forwards: bool, within_m: float
) -> dict[str, float]:
    """The intersections that are reached from a node along the links of nodes, and how far they are [m]."""
    found: dict[str, float] = {}
    seen: set[str] = set()
    waiting = [(0.0, start)]
    while waiting:
        distance_m, node_id = heappop(waiting)
        if node_id in seen:
            continue
        seen.add(node_id)
        intersection_id = network.node(node_id).intersection_id
        if intersection_id is not None:
            found.setdefault(intersection_id, distance_m)
            continue
        for link in links.get(node_id, ()):
            further_m = distance_m + link.length_m
            if further_m <= within_m:
                heappush(waiting, (further_m, link.to_node_id if forwards else link.from_node_id))
    return found
