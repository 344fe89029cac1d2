"""The map sketch: links as wide as their flow, signals by what became of them."""

from __future__ import annotations

from collections import defaultdict

from networks.junction import Intersection
from networks.network import Link, LinkKind, Network
from signals.drawings import MapLink, MapSignal
from signals.reports import JunctionReport
from signals.service.account.compared import Compared
from signals.service.account.names import short
from signals.validation import ValidationReport


def map_links(compared: Compared) -> tuple[MapLink, ...]:
    """Every road by its middle lane, with its estimated flow as a share of the largest."""
    flow: defaultdict[str, float] = defaultdict(float)
    for movement in compared.demand.movements:
        flow[movement.from_link_id] += movement.flow_veh_per_h
    for link_id, leaving in compared.demand.link_outflow_veh_per_h:
        flow[link_id] += leaving
    most = max(flow.values(), default=0.0)
    links = []
    for link in compared.network.links:
        shape = _shape(compared.network, link)
        if link.kind is LinkKind.ROAD and len(shape) > 1:
            links.append(MapLink(shape, flow[link.id] / most if most > 0 else 0.0))
    return tuple(links)


def map_signals(
    compared: Compared,
    junctions: tuple[JunctionReport, ...],
    validation: ValidationReport | None,
    *,
    recommended: bool,
) -> tuple[MapSignal, ...]:
    """Every intersection in the middle of its nodes; a timing that is not recommended changes none."""
    worse: set[str] = set()
    if validation is not None:
        for junction in junctions:
            before, after = junction.simulated_before_s_per_veh, junction.simulated_after_s_per_veh
            if before is not None and after is not None and after > before:
                worse.add(junction.id)
    changed = {junction.id for junction in junctions if junction.changes and recommended}
    signals = []
    for intersection in compared.network.intersections:
        x_m, y_m = _middle(compared.network, intersection)
        kind = "worse" if intersection.id in worse else "changed" if intersection.id in changed else "kept"
        signals.append(MapSignal(short(intersection.id), x_m, y_m, kind))
    return tuple(signals)


def _middle(network: Network, intersection: Intersection) -> tuple[float, float]:
    nodes = [network.node(node_id) for node_id in intersection.node_ids]
    return sum(node.x_m for node in nodes) / len(nodes), sum(node.y_m for node in nodes) / len(nodes)


def _shape(network: Network, link: Link) -> tuple[tuple[float, float], ...]:
    if not link.lane_ids:
        return ()
    return network.lane(link.lane_ids[len(link.lane_ids) // 2]).shape_m
