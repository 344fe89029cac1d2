"""Which way every vehicle of a given demand takes, for whoever counts it or models it before anything is simulated."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from networks.network import LinkKind, Network
from signals.simulation.demand_files import DemandFile, Item
from signals.simulation.realisation import jittered_s

Way = tuple[str, ...]  # link ids; empty: none is known
Move = tuple[str, str]

_CAR = "passenger"
_YIELDING_S = 1.5  # on the quickest way, for each place where it gives way; as in the simulator


class Streets:
    """Travel times [s] of cars at free speed, link by link, and the quickest ways between links."""

    def __init__(self, network: Network) -> None:
        links = [link for link in network.links if link.kind is LinkKind.ROAD]
        self._names = [link.id for link in links]
        self._number = {link.id: at for at, link in enumerate(links)}
        speed = {lane.id: lane.speed_m_per_s for lane in network.lanes}
        length = {lane.id: lane.length_m for lane in network.lanes}
        self.link_s = {
            link.id: max(length[lane] for lane in link.lane_ids) / max(speed[lane] for lane in link.lane_ids)
            for link in links
        }
        self.move_s: dict[Move, float] = {}
        cost_s: dict[Move, float] = {}
        for path in network.lane_links:
            lanes = network.lane(path.from_lane_id), network.lane(path.to_lane_id)
            move = lanes[0].link_id, lanes[1].link_id
            if not self._number.keys() >= set(move) or not all(lane.admits(_CAR) for lane in lanes):
                continue
            travel_s = path.via_length_m / path.via_speed_m_per_s if path.via_length_m else 0.0
            self.move_s[move] = min(travel_s, self.move_s.get(move, travel_s))
            whole_s = self.link_s[move[0]] + travel_s + _YIELDING_S * bool(path.yields_to)
            cost_s[move] = min(whole_s, cost_s.get(move, whole_s))
        rows = [self._number[a] for a, _ in cost_s]
        columns = [self._number[b] for _, b in cost_s]
        self._graph = csr_array((list(cost_s.values()), (rows, columns)), shape=(len(links), len(links)))
        self._before: dict[str, NDArray[np.signedinteger[Any]]] = {}

    def quickest(self, stops: Sequence[str]) -> Way:
        """The quickest way over these links in turn, both ends included; empty where there is none."""
        way = [stops[0]]
        for origin, target in pairwise(stops):
            if origin not in self._number or target not in self._number:
                return ()
            if origin not in self._before:
                found = dijkstra(self._graph, indices=[self._number[origin]], return_predecessors=True)
                self._before[origin] = found[1][0]
            before, at = self._before[origin], self._number[target]
            part = list[str]()
            while at != self._number[origin]:
                if at < 0:
                    return ()
                part.append(self._names[at])
                at = int(before[at])
            way += reversed(part)
        return tuple(way)

    def passes_s(self, way: Way) -> Iterator[tuple[Move, float]]:
        """Each movement of a way, and how long after its departure a vehicle alone makes it [s]."""
        after_s = 0.0
        for move in pairwise(way):
            after_s += self.link_s[move[0]]
            yield move, after_s
            after_s += self.move_s.get(move, 0.0)


def ways_of(demand: DemandFile, streets: Streets) -> list[Way]:
    """The way of every departure, in their order: as its route says, or the quickest one between its ends.

    Of routes that are drawn by chance the likeliest counts. Empty for persons and for who has no way.
    """
    routes = {item.get("id"): item for item in demand.definitions if item.tag in ("route", "routeDistribution")}
    known: dict[tuple[str, ...], Way] = {}

    def edges(item: Item | None) -> Way:
        if item is None:
            return ()
        if item.tag == "routeDistribution":
            named = [routes.get(name) for name in (item.get("routes") or "").split()]
            each = [*(child for child in item.children if child.tag == "route"), *(one for one in named if one)]
            chances = [float(word) for word in (item.get("probabilities") or "").split()]
            own = [float(one.get("probability") or 1.0) for one in each]
            likeliest = chances if len(chances) == len(each) else own
            return edges(each[int(np.argmax(likeliest))]) if each else ()
        if item.get("refId"):
            return edges(routes.get(item.get("refId")))
        return tuple((item.get("edges") or "").split())

    def way(item: Item) -> Way:
        inside = next((child for child in item.children if child.tag in ("route", "routeDistribution")), None)
        given = edges(inside) or edges(routes.get(item.get("route")))
        if given or item.tag == "person":
            return given if item.tag != "person" else ()
        stops = (item.get("from"), *(item.get("via") or "").split(), item.get("to"))
        ends = tuple(stop for stop in stops if stop)
        if len(ends) < 2:
            return ()
        if ends not in known:
            known[ends] = streets.quickest(ends)
        return known[ends]

    return [way(departure.item) for departure in demand.departures]


def known_departures(
    demand: DemandFile, ways: Sequence[Way], realisation: int, begin_s: float, end_s: float
) -> list[tuple[float, Way]]:
    """When vehicles due in [begin, end) depart in a realisation [s], as `write_realisation` has it, and their ways; who
    has none is left out."""
    due = [at for at, departure in enumerate(demand.departures) if begin_s <= departure.depart_s < end_s]
    departs_s = np.array([demand.departures[at].depart_s for at in due])
    times_s = jittered_s(departs_s, realisation, begin_s, end_s).tolist()
    return sorted((time_s, ways[at]) for time_s, at in zip(times_s, due, strict=True) if ways[at])


def turns_of(
    demand: DemandFile, streets: Streets, begin_s: float, end_s: float, part_s: float
) -> dict[Move, list[tuple[float, float, int]]]:
    """Per movement of the network that vehicles due in [begin, end) could make: its counts (start [s], duration [s],
    vehicles), part by part, each vehicle when it would be there alone. Nobody passing is a count of 0."""
    edges = np.append(np.arange(begin_s, end_s, part_s), end_s)
    counts: dict[Move, Counter[int]] = defaultdict(Counter)
    for departure, way in zip(demand.departures, ways_of(demand, streets), strict=True):
        if begin_s <= departure.depart_s < end_s:
            for move, after_s in streets.passes_s(way):
                part = int(np.searchsorted(edges, departure.depart_s + after_s, side="right")) - 1
                if part < len(edges) - 1:
                    counts[move][part] += 1
    spans = [(float(a), float(b - a)) for a, b in pairwise(edges)]
    return {move: [(*span, counts[move][at]) for at, span in enumerate(spans)] for move in streets.move_s}
