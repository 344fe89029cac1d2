"""Ways from signal to signal: the heaviest flows over a junction and on to the next one, and chains of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from networks.demand import Demand
from networks.junction import Movement
from networks.network import Network

_FARTHEST_LINKS = 40
_SMALLEST_VEH_PER_H = 30.0
_GOES_ON_SHARE = 0.3  # of the first way's flow: a chain ends where less goes on
_TURNS_SHARE = 0.6  # of what arrives: a corridor turns only where that much of its traffic does
_MOST_CORNERS = 1
_MAIN_SHARE = 0.4  # of the heaviest way: a corridor that begins with less is no main one


@dataclass(frozen=True, slots=True)
class Way:
    """From the stop line of a movement to the stop line of the next signal, along the heaviest onward flow."""

    start_id: str
    movement: Movement
    end_id: str
    arrival_link_id: str
    flow_veh_per_h: float
    distance_m: float
    travel_s: float


@dataclass(frozen=True, slots=True)
class Chain:
    """A corridor in one direction: ways one after the other, and the movement that leads on at the last signal."""

    ways: tuple[Way, ...]
    last: Movement | None

    @property
    def signal_ids(self) -> tuple[str, ...]:
        return (*(way.start_id for way in self.ways), self.ways[-1].end_id)

    @property
    def movements(self) -> tuple[Movement | None, ...]:
        """The coordinated movement at each signal."""
        return (*(way.movement for way in self.ways), self.last)


class Routes:
    """All ways between neighbouring signals, under one demand."""

    def __init__(self, network: Network, demand: Demand) -> None:
        self._network = network
        self._flow = {(m.from_link_id, m.to_link_id): m.flow_veh_per_h for m in demand.movements}
        self._onward: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)
        for (start, end), flow in self._flow.items():
            self._onward[start].append((flow, end))
        self._via: dict[tuple[str, str], tuple[float, float]] = {}
        for path in network.lane_links:
            key = network.lane(path.from_lane_id).link_id, network.lane(path.to_lane_id).link_id
            self._via.setdefault(key, (path.via_length_m, path.via_length_m / max(1.0, path.via_speed_m_per_s)))
        self._movements: defaultdict[str, list[tuple[str, Movement]]] = defaultdict(list)
        for intersection in network.intersections:
            for movement in intersection.movements:
                if movement.turn != "crossing":
                    self._movements[movement.from_link_id].append((intersection.id, movement))
        self.ways = tuple(sorted(self._ways(), key=lambda way: (-way.flow_veh_per_h, way.start_id, way.movement.id)))
        self._by_first: dict[tuple[str, str], Way] = {(way.start_id, way.movement.id): way for way in self.ways}

    def chains(self, most: int) -> tuple[Chain, ...]:
        """The main corridors, the heaviest first; a pair of signals is shown in one corridor only."""
        chains: list[Chain] = []
        shown: set[frozenset[str]] = set()
        for seed in self.ways:
            if len(chains) == most or seed.flow_veh_per_h < max(
                _SMALLEST_VEH_PER_H, _MAIN_SHARE * self.ways[0].flow_veh_per_h
            ):
                break
            if frozenset((seed.start_id, seed.end_id)) in shown:
                continue
            chain = self._grown(seed, shown)
            shown |= {frozenset((way.start_id, way.end_id)) for way in chain.ways}
            chains.append(chain)
        return tuple(chains)

    def back(self, chain: Chain) -> Chain | None:
        """The same signals the other way round, as far as traffic can go; None where it cannot."""
        ids = chain.signal_ids[::-1]
        options = [w for w in self.ways if (w.start_id, w.end_id) == ids[:2]]
        for first in options:
            ways = [first]
            for start, end in pairwise(ids[1:]):
                way = next((w for w in self._from(ways[-1].arrival_link_id, start) if w.end_id == end), None)
                if way is None:
                    break
                ways.append(way)
            if len(ways) == len(ids) - 1:
                return Chain(tuple(ways), self._main(ways[-1].arrival_link_id, ids[-1]))
        return None

    def _ways(self) -> list[Way]:
        found = []
        for link_id, movements in self._movements.items():
            for intersection_id, movement in movements:
                flow = self._flow.get((link_id, movement.to_link_id), 0.0)
                reached = self._next_signal(link_id, movement.to_link_id)
                if flow > 0 and reached is not None and reached[0] != intersection_id:
                    end_id, arrival, distance_m, travel_s, share = reached
                    found.append(Way(intersection_id, movement, end_id, arrival, flow * share, distance_m, travel_s))
        return found

    def _next_signal(self, before: str, link_id: str) -> tuple[str, str, float, float, float] | None:
        """Signal, arriving link, distance, free travel, and the share of the flow that goes that way."""
        distance_m, travel_s = self._via.get((before, link_id), (0.0, 0.0))
        share = 1.0
        for _ in range(_FARTHEST_LINKS):
            link = self._network.link(link_id)
            distance_m += link.length_m
            travel_s += link.length_m / max(1.0, link.speed_m_per_s)
            if link_id in self._movements:
                return self._movements[link_id][0][0], link_id, distance_m, travel_s, share
            total = sum(flow for flow, _ in self._onward[link_id])
            if total <= 0:
                return None
            flow, onward = max(self._onward[link_id])
            share *= flow / total
            more_m, more_s = self._via.get((link_id, onward), (0.0, 0.0))
            distance_m, travel_s, link_id = distance_m + more_m, travel_s + more_s, onward
        return None

    def _grown(self, seed: Way, shown: set[frozenset[str]]) -> Chain:
        ways = [seed]
        least = _GOES_ON_SHARE * seed.flow_veh_per_h
        while True:  # onward: the heaviest way from where this one arrives
            inside = {seed.start_id, *(way.end_id for way in ways)}
            onward = self._from(ways[-1].arrival_link_id, ways[-1].end_id)
            arriving = ways[-1].flow_veh_per_h
            free = [w for w in onward if w.end_id not in inside and _fits([*ways, w])]
            way = next((w for w in free if _leads_on(w, arriving, least)), None)
            if way is None or frozenset((way.start_id, way.end_id)) in shown:
                break
            ways.append(way)
        while True:  # and back to where it comes from
            inside = {ways[0].start_id, *(way.end_id for way in ways)}
            start = ways[0]
            way = next(
                (
                    w
                    for w in self.ways
                    if w.arrival_link_id == start.movement.from_link_id
                    and w.start_id not in inside
                    and w.flow_veh_per_h >= least
                    and _leads_on(start, w.flow_veh_per_h, 0.0)
                    and _fits([w, *ways])
                ),
                None,
            )
            if way is None or frozenset((way.start_id, way.end_id)) in shown:
                break
            ways.insert(0, way)
        return Chain(tuple(ways), self._main(ways[-1].arrival_link_id, ways[-1].end_id))

    def _from(self, link_id: str, intersection_id: str) -> list[Way]:
        """Ways that start on a link at a signal, the heaviest first."""
        found = [self._by_first.get((intersection_id, movement.id)) for _, movement in self._movements[link_id]]
        return sorted((way for way in found if way is not None), key=lambda way: (-way.flow_veh_per_h, way.movement.id))

    def _main(self, link_id: str, intersection_id: str) -> Movement | None:
        """The heaviest movement from a link at a signal."""
        own = [movement for name, movement in self._movements[link_id] if name == intersection_id]
        flows = {m.id: self._flow.get((m.from_link_id, m.to_link_id), 0.0) for m in own}
        return max(own, key=lambda m: (flows[m.id], m.turn == "through", m.id), default=None)


def _fits(ways: list[Way]) -> bool:
    """A corridor has one corner at most; where its first way begins is none."""
    return sum(way.movement.turn != "through" for way in ways[1:]) <= _MOST_CORNERS


def _leads_on(way: Way, arriving_veh_per_h: float, least_veh_per_h: float) -> bool:
    """Whether a corridor goes on this way: straight, or round a corner that most of its traffic takes."""
    straight = way.movement.turn == "through" or way.flow_veh_per_h >= _TURNS_SHARE * arriving_veh_per_h
    return straight and way.flow_veh_per_h >= least_veh_per_h
