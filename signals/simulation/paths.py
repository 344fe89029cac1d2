"""Paths through the network that movement flows suggest."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from networks.demand import Demand
from networks.network import Network

Path = tuple[str, ...]  # link ids
Movement = tuple[str, str]

LEAST_FLOW_VEH_PER_H = 0.5
LEAST_PATH_VEH = 0.05
MOST_PATHS_PER_ENTRY = 400
MOST_STEPS_PER_ENTRY = 20_000


def movements_of(path: Path) -> tuple[Movement, ...]:
    """The movements that a path makes, in order."""
    return tuple(pairwise(path))


def wanted_veh(demand: Demand) -> tuple[dict[Movement, float], dict[str, float], dict[str, float]]:
    """Vehicles of the period per movement, per link where trips begin, and per link where they end."""
    hours = demand.period.duration_s / 3600.0
    moves = {
        (row.from_link_id, row.to_link_id): row.flow_veh_per_h * hours
        for row in demand.movements
        if row.flow_veh_per_h >= LEAST_FLOW_VEH_PER_H
    }
    begins = {link: flow * hours for link, flow in demand.link_inflow_veh_per_h if flow >= LEAST_FLOW_VEH_PER_H}
    ends = {link: flow * hours for link, flow in demand.link_outflow_veh_per_h if flow >= LEAST_FLOW_VEH_PER_H}
    return moves, begins, ends


def candidate_paths(demand: Demand, network: Network) -> dict[Path, float]:
    """Paths with the vehicles [veh] that turning by the movements' shares would send along them; no node twice.

    Most likely paths first, from each link where trips begin; every movement with a flow is on at least one path if
    the flows allow it. Following the shares independently at each node is the most even spread over paths that has
    these movement flows (maximum entropy).
    """
    moves, begins, ends = wanted_veh(demand)
    onward: dict[str, list[tuple[str, float]]] = defaultdict(list)
    inward: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for (start, end), veh in moves.items():
        onward[start].append((end, veh))
        inward[end].append((start, veh))
    nodes = {link.id: (link.from_node_id, link.to_node_id) for link in network.links}
    found: dict[Path, float] = {}
    for entry in sorted(begins):
        found.update(_from_entry(entry, begins[entry], onward, ends, nodes))
    covered = {movement for path in found for movement in movements_of(path)}
    for movement in sorted(set(moves) - covered):
        path = _through(movement, onward, inward, begins, ends, nodes)
        if path is not None:
            found.setdefault(path, LEAST_PATH_VEH)
    return found


def _from_entry(
    entry: str,
    inflow_veh: float,
    onward: Mapping[str, Sequence[tuple[str, float]]],
    ends: Mapping[str, float],
    nodes: Mapping[str, tuple[str, str]],
) -> dict[Path, float]:
    found: dict[Path, float] = {}
    heap: list[tuple[float, Path]] = [(-inflow_veh, (entry,))]
    for _ in range(MOST_STEPS_PER_ENTRY):
        if not heap or len(found) >= MOST_PATHS_PER_ENTRY:
            break
        negative, path = heapq.heappop(heap)
        veh, last = -negative, path[-1]
        ending = ends.get(last, 0.0)
        total = ending + sum(flow for _, flow in onward.get(last, ()))
        if total <= 0.0 or not onward.get(last):
            found[path] = veh  # nothing leads on: the trip ends here
            continue
        if ending > 0.0 and veh * ending / total >= LEAST_PATH_VEH:
            found[path] = veh * ending / total
        visited = {node for link in path for node in nodes[link]}
        open_ways = [(link, flow) for link, flow in onward[last] if nodes[link][1] not in visited]
        for link, flow in open_ways:
            share = veh * flow / total
            if share >= LEAST_PATH_VEH:
                heapq.heappush(heap, (-share, (*path, link)))
    return found


def _through(
    movement: Movement,
    onward: Mapping[str, Sequence[tuple[str, float]]],
    inward: Mapping[str, Sequence[tuple[str, float]]],
    begins: Mapping[str, float],
    ends: Mapping[str, float],
    nodes: Mapping[str, tuple[str, str]],
) -> Path | None:
    """The path of the strongest flows through one movement; None if it would pass a node twice."""
    path = list(movement)
    visited = {node for link in path for node in nodes[link]}
    while True:
        back = [(flow, link) for link, flow in inward.get(path[0], ()) if nodes[link][0] not in visited]
        strongest = max(back, default=(0.0, ""))
        if begins.get(path[0], 0.0) >= strongest[0]:
            break
        path.insert(0, strongest[1])
        visited.add(nodes[strongest[1]][0])
    while True:
        ahead = [(flow, link) for link, flow in onward.get(path[-1], ()) if nodes[link][1] not in visited]
        strongest = max(ahead, default=(0.0, ""))
        if ends.get(path[-1], 0.0) >= strongest[0]:
            break
        path.append(strongest[1])
        visited.add(nodes[strongest[1]][1])
    if path[0] not in begins or len({node for link in path for node in nodes[link]}) != len(path) + 1:
        return None
    return tuple(path)
