"""Which steps of a controller the traffic of a lane holds and calls, as SUMO decides it for `actuated` programs.

(`detection.Loops.lanes_of` says for which lanes a plan wants loops; here stands what the simulator, which judges plans,
makes of a program and its loops: MSActuatedTrafficLightLogic::init.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from networks.junction import Intersection
from networks.network import LaneLink, Network

_GREENS = frozenset("Gg")
_MOTORS = ("passenger", "bus", "truck")


@dataclass(frozen=True, slots=True)
class Holding:
    """Of a lane that has or gets a loop: the steps that it holds, and the steps in which somebody there has green."""

    steps: tuple[int, ...]
    lit: tuple[int, ...]


def holding(
    states: Sequence[str], loop_steps: Collection[int], intersection: Intersection, network: Network, jams: bool
) -> Mapping[str, Holding]:
    """By lane with a signal of the intersection. `states`: a letter per channel; `loop_steps`: which steps loops can
    hold or call; `jams`: loops that are occupied for long do not count.

    All ways of a lane have to be green. One that gives way counts where it never has the right of way but another of
    its lane has it, on a link of one lane, and where nobody is green who is in its way. With `jams` one green way is
    enough.
    """
    street = _Street(intersection, network)
    never = {way.id for way in street.ways if not any(state[_channel(way)] == "G" for state in states)}
    found = {}
    for lane_id, ways in street.by_lane.items():
        lit = tuple(k for k, state in enumerate(states) if any(state[_channel(way)] in _GREENS for way in ways))
        held = list[int]()
        for k in lit:
            if k not in loop_steps:
                continue
            counted, giving_way = 0, 0
            major = any(states[k][_channel(way)] == "G" for way in ways)
            for way in ways:
                letter = states[k][_channel(way)]
                if letter == "G" or (letter == "g" and street.counts(way, states[k], major, way.id in never)):
                    counted += 1
                elif letter == "g":
                    giving_way += 1
            if counted == len(ways) or (jams and counted + giving_way > 0):
                held.append(k)
        found[lane_id] = Holding(tuple(held), lit)
    return found


def _channel(way: LaneLink) -> int:
    assert way.channel is not None
    return way.channel


class _Street:
    """The ways of one intersection."""

    def __init__(self, intersection: Intersection, network: Network) -> None:
        ways = (
            network.lane_link(name)
            for movement in intersection.movements
            if movement.turn != "crossing"
            for name in movement.lane_link_ids
        )
        self.ways = [way for way in ways if way.channel is not None]
        self.by_lane: defaultdict[str, list[LaneLink]] = defaultdict(list)
        for way in self.ways:
            self.by_lane[way.from_lane_id].append(way)
        self._network = network
        self._by_id = {way.id: way for way in self.ways}

    def counts(self, way: LaneLink, state: str, major: bool, never_major: bool) -> bool:
        """Whether a way that gives way counts as green."""
        if (never_major or way.turn == "u-turn") and major:
            return True
        return self._alone(way) or not self._hindered(way, state)

    def _alone(self, way: LaneLink) -> bool:
        link = self._network.link(self._network.lane(way.from_lane_id).link_id)
        lanes = (self._network.lane(lane_id) for lane_id in link.lane_ids)
        return sum(any(lane.admits(kind) for kind in _MOTORS) for lane in lanes) == 1

    def _hindered(self, way: LaneLink, state: str) -> bool:
        own = self._network.lane(way.from_lane_id).link_id
        for other in self.ways:
            if state[_channel(other)] not in _GREENS or other.node_id != way.node_id or other.id == way.id:
                continue
            in_way = other.id in (*way.crosses, *way.yields_to) or way.id in (*other.crosses, *other.yields_to)
            if in_way and self._network.lane(other.from_lane_id).link_id != own:
                return True
        return False
