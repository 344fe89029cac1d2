"""Areas before and behind a junction where SUMO counts vehicles, those of one movement alone where that is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from networks.junction import Movement
from networks.network import Network

_ROOM_M = 7.5  # that a standing vehicle takes
_LEAST_M = 1.0


@dataclass(frozen=True, slots=True)
class Area:
    """A piece of a lane, and the links that a vehicle has to have before it to count (none: all count)."""

    id: str
    lane_id: str
    start_m: float
    end_m: float
    next_link_ids: tuple[str, ...] = ()

    def line(self) -> str:
        """As SUMO reads it."""
        only = f" nextEdges={quoteattr(' '.join(self.next_link_ids))}" if self.next_link_ids else ""
        return (
            f'<laneAreaDetector id={quoteattr(self.id)} lane={quoteattr(self.lane_id)} pos="{self.start_m:.2f}"'
            f' endPos="{self.end_m:.2f}" friendlyPos="true" period="86400" file="NUL"{only}/>'
        )


class Street:
    """Where the links of a network come from, and which of their lanes cars may use."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._before: dict[str, dict[str, None]] = {}
        for path in network.lane_links:
            if path.turn != "crossing":
                behind = network.lane(path.to_lane_id).link_id
                self._before.setdefault(behind, {})[network.lane(path.from_lane_id).link_id] = None

    def approaching(self, movement: Movement, reach_m: float, prefix: str) -> list[Area]:
        """Where those of a movement are within `reach_m` of the stop line, back to the next signal."""
        found: list[Area] = []
        for link_id, beyond_m in self._upstream(movement.from_link_id, reach_m):
            on = () if link_id == movement.from_link_id else (movement.from_link_id,)
            for lane_id, length_m in self._lanes(link_id):
                start_m = max(0.0, length_m - (reach_m - beyond_m))
                if length_m - start_m > _LEAST_M:
                    found.append(Area(f"{prefix}{len(found)}", lane_id, start_m, length_m, (*on, movement.to_link_id)))
        return found

    def leaving(self, link_id: str, reach_m: float, prefix: str) -> tuple[list[Area], float]:
        """The first `reach_m` of a link that leads away, and how many vehicles stand there when it is full."""
        ends = [(lane_id, min(length_m, reach_m)) for lane_id, length_m in self._lanes(link_id) if length_m > _ROOM_M]
        areas = [Area(f"{prefix}{at}", lane_id, 0.0, end_m) for at, (lane_id, end_m) in enumerate(ends)]
        return areas, sum(area.end_m for area in areas) / _ROOM_M

    def _lanes(self, link_id: str) -> Iterator[tuple[str, float]]:
        lanes = (self._network.lane(lane_id) for lane_id in self._network.link(link_id).lane_ids)
        return ((lane.id, lane.length_m) for lane in lanes if lane.admits("passenger"))

    def _upstream(self, link_id: str, reach_m: float) -> Iterator[tuple[str, float]]:
        """A link and those before it, each with how far its end is from that of the first [m]."""
        todo, done = [(link_id, 0.0)], set()
        while todo:
            here, beyond_m = todo.pop()
            if here in done:
                continue
            done.add(here)
            yield here, beyond_m
            further_m = beyond_m + self._network.link(here).length_m
            node = self._network.node(self._network.link(here).from_node_id)
            if further_m < reach_m and node.intersection_id is None:
                todo += [(before, further_m) for before in self._before.get(here, ())]
