"""Where the traffic of a stop line comes from: flows shared out to lanes, platoons followed between signals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Protocol

from networks.groups import paths_of_traffic
from networks.junction import GroupKind, Intersection
from networks.network import LaneLink, Network

Flows = Mapping[tuple[str, str], float]

_SMALLEST_SHARE = 0.02
_FARTHEST_LINKS = 40
_ROUNDS = 60
_ON_WHEELS = (GroupKind.VEHICLE, GroupKind.TRANSIT, GroupKind.BICYCLE)
_HEADWAY_AT_STANDSTILL_S = 1.35
_SPACE_M = 7.5
_NO_FLOW_VEH_PER_H = 1e-6


class StopLineUse(Protocol):
    """What the search for feeds needs to know of a row of the problem."""

    @property
    def intersection_id(self) -> str: ...
    @property
    def lane_id(self) -> str: ...
    @property
    def group_id(self) -> str: ...


def share_lanes(network: Network, intersection: Intersection, flows: Flows) -> list[tuple[str, str, float, float]]:
    """Rows (lane id, group id, flow veh/h, saturation flow veh/h) of one intersection.

    Each movement's flow is shared out to the lanes that serve it, but for bus lanes beside others, such that the load
    (flow over saturation flow) of its lanes is as equal as it can be: repeated water-filling, movement by movement,
    until nothing moves.
    """
    links = _signalised_lane_links(network, intersection)
    open_to_any: defaultdict[tuple[str, str], list[LaneLink]] = defaultdict(list)
    for lane_link in links:
        lane_from, lane_to = network.lane(lane_link.from_lane_id), network.lane(lane_link.to_lane_id)
        open_to_any[lane_from.link_id, lane_to.link_id].append(lane_link)
    served = {move: paths_of_traffic(paths, network.lane) for move, paths in open_to_any.items()}
    saturation = {x.id: _saturation_veh_per_h(network, x) for x in links}
    lanes = {move: _lanes(paths, saturation) for move, paths in served.items()}
    part = {(move, lane): flows.get(move, 0.0) / len(mine) for move, mine in lanes.items() for lane in mine}
    load: defaultdict[str, float] = defaultdict(float)
    for (move, lane), flow in part.items():
        load[lane] += flow / lanes[move][lane]
    for _ in range(_ROUNDS):
        moved = 0.0
        for move, mine in lanes.items():
            if len(mine) < 2:
                continue
            for lane in mine:
                load[lane] -= part[move, lane] / mine[lane]
            filled = _fill([load[lane] for lane in mine], list(mine.values()), flows.get(move, 0.0))
            for lane, flow in zip(mine, filled, strict=True):
                moved = max(moved, abs(flow - part[move, lane]))
                part[move, lane] = flow
                load[lane] += flow / mine[lane]
        if moved < 0.5:
            break
    by_path = {
        x.id: part[move, x.from_lane_id] / sum(y.from_lane_id == x.from_lane_id for y in paths)
        for move, paths in served.items()
        for x in paths
    }
    return _by_use(links, by_path, saturation)


def feeds_of(network: Network, uses: Sequence[StopLineUse], flows: Flows) -> list[tuple[int, int, float, float]]:
    """Rows (from use, to use, share of the downstream flow, free travel s) over all pairs of neighbouring signals."""
    leaving: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for (start, end), flow in flows.items():
        if flow > 0:
            leaving[start][end] = flow
    via_s: dict[tuple[str, str], float] = {}
    exits: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for lane_link in network.lane_links:
        start = network.lane(lane_link.from_lane_id).link_id
        end = network.lane(lane_link.to_lane_id).link_id
        via_s.setdefault((start, end), lane_link.via_length_m / max(1.0, lane_link.via_speed_m_per_s))
        if lane_link.group_id is not None:
            exits[lane_link.from_lane_id, lane_link.group_id].add(end)
    at_link: defaultdict[str, list[int]] = defaultdict(list)
    for number, use in enumerate(uses):
        at_link[network.lane(use.lane_id).link_id].append(number)
    flow_of = [getattr(use, "flow_veh_per_h", 0.0) for use in uses]
    rows: list[tuple[int, int, float, float]] = []
    for number, use in enumerate(uses):
        origin = network.lane(use.lane_id).link_id
        ends = {end: leaving[origin].get(end, 0.0) for end in sorted(exits[use.lane_id, use.group_id])}
        together = sum(ends.values())
        if together <= 0 or flow_of[number] <= 0:
            continue
        for end, flow in sorted(ends.items()):
            arriving = flow_of[number] * flow / together
            reached = _reached(network, end, arriving, via_s.get((origin, end), 0.0), leaving, via_s, at_link)
            for link_id, came, travel_s in reached:
                total = sum(leaving[link_id].values())
                share = came / total if total > 0 else 0.0
                if share >= _SMALLEST_SHARE:
                    rows += [(number, to, min(1.0, share), travel_s) for to in at_link[link_id] if flow_of[to] > 0]
    return _at_most_all(rows)


def _reached(
    network: Network,
    link_id: str,
    flow: float,
    travel_s: float,
    leaving: Mapping[str, Mapping[str, float]],
    via_s: Mapping[tuple[str, str], float],
    at_link: Mapping[str, list[int]],
) -> list[tuple[str, float, float]]:
    """Signalised links that a flow entering `link_id` reaches before any other signal: (link, flow, travel s)."""
    found: list[tuple[str, float, float]] = []
    front = [(link_id, flow, travel_s, 0)]
    while front:
        here, came, since_s, depth = front.pop()
        link = network.link(here)
        until_s = since_s + link.length_m / max(1.0, link.speed_m_per_s)
        if at_link.get(here):
            found.append((here, came, until_s))
            continue
        onward = leaving.get(here, {})
        total = sum(onward.values())
        if total <= 0 or depth >= _FARTHEST_LINKS:
            continue
        for to, part in onward.items():
            if came * part / total >= _SMALLEST_SHARE * flow:
                front.append((to, came * part / total, until_s + via_s.get((here, to), 0.0), depth + 1))
    return found


def _at_most_all(rows: list[tuple[int, int, float, float]]) -> list[tuple[int, int, float, float]]:
    totals: defaultdict[int, float] = defaultdict(float)
    for _, to, share, _ in rows:
        totals[to] += share
    return [(a, b, share / max(1.0, totals[b]), travel_s) for a, b, share, travel_s in rows]


def _lanes(paths: list[LaneLink], saturation: Mapping[str, float]) -> dict[str, float]:
    """Saturation flow [veh/h] per lane of one movement; a lane may lead to several lanes of the same link."""
    headways_h: defaultdict[str, list[float]] = defaultdict(list)
    for x in paths:
        headways_h[x.from_lane_id].append(1 / saturation[x.id])
    return {lane: len(found) / sum(found) for lane, found in headways_h.items()}


def _signalised_lane_links(network: Network, intersection: Intersection) -> list[LaneLink]:
    wheels = {group.id for group in intersection.groups if group.kind in _ON_WHEELS}
    ids = [lane_link_id for movement in intersection.movements for lane_link_id in movement.lane_link_ids]
    links = (network.lane_link(lane_link_id) for lane_link_id in ids)
    return [x for x in links if x.group_id in wheels and x.intersection_id == intersection.id]


def _saturation_veh_per_h(network: Network, lane_link: LaneLink) -> float:
    """Discharge of a lane: as measured; else a standing headway and the time to travel one vehicle's space (slower of
    lane and path)."""
    if lane_link.discharge is not None:
        return lane_link.discharge.saturation_veh_per_h
    speed = min(network.lane(lane_link.from_lane_id).speed_m_per_s, lane_link.via_speed_m_per_s)
    return 3600 / (_HEADWAY_AT_STANDSTILL_S + _SPACE_M / max(2.0, speed))


def _fill(load: list[float], saturation: list[float], flow: float) -> list[float]:
    """Share `flow` out so that the lanes that get some end at one common load (flow over saturation)."""
    order = sorted(range(len(load)), key=lambda i: load[i])
    for count in range(len(order), 0, -1):
        chosen = order[:count]
        level = (flow + sum(load[i] * saturation[i] for i in chosen)) / sum(saturation[i] for i in chosen)
        if level >= load[chosen[-1]] - 1e-12:
            return [max(0.0, (level - load[i]) * saturation[i]) if i in chosen else 0.0 for i in range(len(load))]
    return [flow / len(load)] * len(load)


def _by_use(
    links: list[LaneLink], part: dict[str, float], saturation: dict[str, float]
) -> list[tuple[str, str, float, float]]:
    """One row per lane and group; where a group leads from a lane to several links, flows add and headways average."""
    rows: dict[tuple[str, str], list[LaneLink]] = {}
    for lane_link in links:
        assert lane_link.group_id is not None
        rows.setdefault((lane_link.from_lane_id, lane_link.group_id), []).append(lane_link)
    result = []
    for (lane_id, group_id), together in rows.items():
        flow = sum(part.get(x.id, 0.0) for x in together)
        weights = [part.get(x.id, 0.0) if flow > _NO_FLOW_VEH_PER_H else 1.0 for x in together]
        headway_h = sum(w / saturation[x.id] for w, x in zip(weights, together, strict=True)) / sum(weights)
        result.append((lane_id, group_id, flow, 1 / headway_h))
    return result
