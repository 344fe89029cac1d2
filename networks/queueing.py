"""Where a queue stands: behind its stop line, and on along the lanes from which one can only come here.

Streets are often cut into short links; the last one may be a metre long, and its queue stands on those before it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from networks.network import LaneLink, LinkKind, Network

VEHICLE_SPACE_M = 7.5  # a standing passenger car with its gap


@dataclass(frozen=True, slots=True)
class QueueLane:
    """A stop-line lane (the last of `lane_ids`) and the lanes before it, upstream first; `storage_m` is their length
    with the paths across the nodes between: how long a queue can become before it blocks somebody else's way."""

    lane_ids: tuple[str, ...]
    storage_m: float

    @property
    def lane_id(self) -> str:
        return self.lane_ids[-1]


def queue_lanes(network: Network) -> tuple[QueueLane, ...]:
    """Every lane on wheels that ends at a signal, in the order of the network's lanes.

    A queue goes on into the lane before if that lies on a link without a signal from which all ways (turning round
    excepted) lead here, and on from the one that leads here most directly. A pocket that begins at its link ends there.
    """
    street = _Street(network)
    return tuple(street.queue_lane(lane.id) for lane in network.lanes if lane.id in street.signalised)


def entries(network: Network) -> frozenset[str]:
    """Links onto which nobody drives from another one (turning round excepted): what is before them is not known."""
    street = _Street(network)
    return frozenset(link.id for link in network.links if link.kind is LinkKind.ROAD and street.is_entry(link.id))


class _Street:
    """Lane links by the lanes they come from and go to; links by the links they lead to and come from."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._leading_to: defaultdict[str, list[LaneLink]] = defaultdict(list)
        self._ways_on: defaultdict[str, set[str]] = defaultdict(set)
        self._ways_here: defaultdict[str, set[str]] = defaultdict(set)
        self._goals: defaultdict[str, set[str]] = defaultdict(set)
        self._signalised_links: set[str] = set()
        self.signalised: set[str] = set()
        for lane_link in network.lane_links:
            start, end = (self._link_of(lane_id) for lane_id in (lane_link.from_lane_id, lane_link.to_lane_id))
            if network.link(start).kind is not LinkKind.ROAD:
                continue
            if lane_link.group_id is not None:
                self.signalised.add(lane_link.from_lane_id)
                self._signalised_links.add(start)
            if lane_link.turn != "u-turn":
                self._leading_to[lane_link.to_lane_id].append(lane_link)
                self._goals[lane_link.from_lane_id].add(lane_link.to_lane_id)
                self._ways_on[start].add(end)
                self._ways_here[end].add(start)

    def queue_lane(self, lane_id: str) -> QueueLane:
        lane_ids, storage_m = [lane_id], self._network.lane(lane_id).length_m
        links = {self._link_of(lane_id)}
        while (before := self._before(lane_ids[0])) is not None and self._link_of(before.from_lane_id) not in links:
            lane_ids.insert(0, before.from_lane_id)
            links.add(self._link_of(before.from_lane_id))
            storage_m += before.via_length_m + self._network.lane(before.from_lane_id).length_m
        return QueueLane(tuple(lane_ids), storage_m)

    def is_entry(self, link_id: str) -> bool:
        return all(self._doubles_back(previous, link_id) for previous in self._ways_here[link_id])

    def _before(self, lane_id: str) -> LaneLink | None:
        """The lane link by which a queue on this lane goes on upstream."""
        link_id = self._link_of(lane_id)
        if len(self._ways_here[link_id]) != 1:
            return None
        (previous,) = self._ways_here[link_id]
        if len(self._ways_on[previous]) != 1 or previous in self._signalised_links:
            return None
        if self._doubles_back(previous, link_id):
            return None
        index = self._network.lane(lane_id).index
        return min(
            self._leading_to[lane_id],
            key=lambda way: (
                len(self._goals[way.from_lane_id]),
                abs(self._network.lane(way.from_lane_id).index - index),
                way.from_lane_id,
            ),
            default=None,
        )

    def _doubles_back(self, previous: str, link_id: str) -> bool:
        """The street's other side: where a map is cut, it may lead back by a hairpin that nobody drives."""
        there, here = self._network.link(previous), self._network.link(link_id)
        ends = there.from_node_id, there.to_node_id
        return here.from_node_id != here.to_node_id and ends == (here.to_node_id, here.from_node_id)

    def _link_of(self, lane_id: str) -> str:
        return self._network.lane(lane_id).link_id
