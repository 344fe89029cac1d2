"""Main roads of our own with signals at their cross streets: street, vehicles and running plan from one description.

What a scenario says is a `Road`; `write(road, folder)` makes street.net.xml and vehicles.rou.xml of it, the same bytes
every time. Stages of a signal, in their order: protected lefts of the main road where it has them, the main road with
permitted lefts, the bus lanes where it has them, the cross street with permitted lefts. Right-hand traffic.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from signals.scenarios.plain import Channel, Step, build, document, element, in_proportion, vehicle

SPEED_M_PER_S, CROSS_SPEED_M_PER_S = 13.89, 11.11  # 50 and 40 km/h
CROSS_FEEDER_M = 250
LANE_M = 3.2
QUARTERS = (0.94, 1.06, 1.06, 0.94)  # the hour's profile
TRUCK_SHARE = 0.04
WALK_S, WALKING_M_PER_S = 7, 1.07  # people on foot cross beside the traffic: no green is shorter than they need
LEAST_LEFT_S = 5
KINDS = {
    "car": {"vClass": "passenger", "length": 4.7, "speedFactor": "normc(1,0.08,0.8,1.2)"},
    "truck": {"vClass": "truck", "length": 9.5, "accel": 1.2, "speedFactor": "normc(0.95,0.05,0.8,1.1)"},
    "bus": {"vClass": "bus", "length": 12.0, "accel": 1.2, "speedFactor": "normc(0.95,0.05,0.8,1.1)"},
}
AHEAD = {"west": "east", "east": "west", "north": "south", "south": "north"}
LEFT = {"west": "north", "east": "south", "north": "east", "south": "west"}
RIGHT = {"west": "south", "east": "north", "north": "west", "south": "east"}


@dataclass(frozen=True, slots=True)
class BusStage:
    """A stage for the bus lanes alone: how long it runs, and between which limits it may."""

    duration_s: int
    min_s: int
    max_s: int


@dataclass(frozen=True, slots=True)
class Crossroads:
    """One signal: where it stands, what enters from its cross street, and its running program.

    `counted`: what the proportions of green were made of, veh/h per lane and approach of the main road and of the cross
    street, and of a protected left where there is one (0: none).
    """

    x_m: int
    from_north_veh_per_h: int
    from_south_veh_per_h: int
    cycle_s: int
    offset_s: int
    counted: tuple[int, int, int]
    cross_lanes: int = 1


@dataclass(frozen=True, slots=True)
class Road:
    """A main road from west to east, its signals named J1, J2, ... in that order.

    `stay_share` of what enters at an end of the road leaves at the other one, the rest by the cross streets, evenly;
    `across_share` of what enters from a cross street crosses the road, half of the rest leaves at either end of the
    road. `buses_per_h` in each direction, evenly spaced, along the road.
    """

    signals: tuple[Crossroads, ...]
    begin_s: int
    seed: int
    from_west_veh_per_h: int
    from_east_veh_per_h: int
    lanes: int
    pocket_m: int
    buses_per_h: int
    stay_share: float
    across_share: float
    feeder_m: int = 400
    yellow_s: int = 3
    red_s: int = 2
    bus_stage: BusStage | None = None

    @property
    def bus_lanes(self) -> int:
        """How many lanes on the right of each direction are for buses alone."""
        return 0 if self.bus_stage is None else 1

    @property
    def last(self) -> int:
        """Number of the last signal."""
        return len(self.signals)

    def numbered(self) -> list[tuple[int, Crossroads]]:
        """The signals with their numbers."""
        return [*enumerate(self.signals, start=1)]


# --- the street ------------------------------------------------------------------------------------------------------


def street(road: Road) -> tuple[list[str], list[str], list[str]]:
    """Nodes, edges and connections, as plain XML elements. Block i of the road lies between signals i and i + 1."""
    nodes: list[str] = []
    edges: list[str] = []
    connections: list[str] = []

    def node(id_: str, x_m: float, y_m: float, kind: str = "priority") -> None:
        nodes.append(element("node", id=id_, x=x_m, y=y_m, type=kind))

    def main(id_: str, from_: str, to: str, lanes: int) -> None:
        size = {"numLanes": lanes + road.bus_lanes, "speed": SPEED_M_PER_S, "priority": 3, "width": LANE_M}
        opened = element("edge", id=id_, from_=from_, to=to, **size)
        for_buses = "".join(element("lane", index=lane, allow="bus") for lane in range(road.bus_lanes))
        edges.append(f"{opened.removesuffix('/>')}>{for_buses}</edge>")

    def block(id_: str, from_: str, to: str, ends_at_m: float, heading: int) -> None:
        """A block towards a signal, its pocket as an edge of its own."""
        node(f"{id_}.taper", ends_at_m - heading * road.pocket_m, 0)
        main(id_, from_, f"{id_}.taper", road.lanes)
        main(f"{id_}p", f"{id_}.taper", to, road.lanes + 1)
        lanes = range(road.lanes + road.bus_lanes)
        connections.extend(_connection(id_, f"{id_}p", lane, lane) for lane in lanes)
        connections.append(_connection(id_, f"{id_}p", lanes[-1], lanes[-1] + 1))

    node("west", road.signals[0].x_m - road.feeder_m, 0)
    node("east", road.signals[-1].x_m + road.feeder_m, 0)
    stations = ["west", *(f"J{k}" for k, _ in road.numbered()), "east"]
    for k, j in road.numbered():
        node(f"J{k}", j.x_m, 0, "traffic_light")
        block(f"EB{k - 1}", stations[k - 1], f"J{k}", j.x_m, 1)
        block(f"WB{k}", stations[k + 1], f"J{k}", j.x_m, -1)
        for side, sign, inward, outward in (("north", 1, "SB", "NB"), ("south", -1, "NB", "SB")):
            node(f"{side}{k}", j.x_m, sign * CROSS_FEEDER_M)
            size = {"numLanes": j.cross_lanes, "speed": CROSS_SPEED_M_PER_S, "priority": 1, "width": LANE_M}
            edges.append(element("edge", id=f"{inward}{k}in", from_=f"{side}{k}", to=f"J{k}", **size))
            edges.append(element("edge", id=f"{outward}{k}out", from_=f"J{k}", to=f"{side}{k}", **size))
        connections += _turns(road, k, j)
    main(f"EB{road.last}", stations[-2], "east", road.lanes)
    main("WB0", stations[1], "west", road.lanes)
    return nodes, edges, connections


def _connection(from_: str, to: str, from_lane: int, to_lane: int) -> str:
    return element("connection", from_=from_, to=to, fromLane=from_lane, toLane=to_lane)


def legs(k: int) -> dict[str, tuple[str, str]]:
    """Per leg of a signal its incoming and outgoing edge at the stop line."""
    main = {"west": (f"EB{k - 1}p", f"WB{k - 1}"), "east": (f"WB{k}p", f"EB{k}")}
    return main | {"north": (f"SB{k}in", f"NB{k}out"), "south": (f"NB{k}in", f"SB{k}out")}


def _turns(road: Road, k: int, j: Crossroads) -> list[str]:
    found = []
    for leg, (incoming, _) in legs(k).items():
        out = {turn: legs(k)[to[leg]][1] for turn, to in (("ahead", AHEAD), ("left", LEFT), ("right", RIGHT))}
        first, lanes, pocket = (road.bus_lanes, road.lanes, 1) if leg in ("west", "east") else (0, j.cross_lanes, 0)
        first_across, across = (0, j.cross_lanes) if leg in ("west", "east") else (road.bus_lanes, road.lanes)
        found.append(_connection(incoming, out["right"], first, first_across))
        found += [_connection(incoming, out["ahead"], lane, lane) for lane in range(first + lanes)]
        found.append(_connection(incoming, out["left"], first + lanes - 1 + pocket, first_across + across - 1))
    return found


# --- the demand ------------------------------------------------------------------------------------------------------


def origins(road: Road) -> dict[str, int]:
    """Flow that enters at each end of the street, buses left out [veh/h]."""
    found = {"west": road.from_west_veh_per_h, "east": road.from_east_veh_per_h}
    for k, j in road.numbered():
        found |= {f"north{k}": j.from_north_veh_per_h, f"south{k}": j.from_south_veh_per_h}
    return found


def destinations(road: Road, origin: str) -> dict[str, float]:
    """Where what enters at an end of the street leaves: shares that add up to one."""
    if origin in ("west", "east"):
        sides = [f"{side}{k}" for side in ("north", "south") for k, _ in road.numbered()]
        return {AHEAD[origin]: road.stay_share} | {side: (1 - road.stay_share) / len(sides) for side in sides}
    rest = (1 - road.across_share) / 2
    return {f"{AHEAD[origin[:5]]}{origin[5:]}": road.across_share, "west": rest, "east": rest}


def route(road: Road, origin: str, destination: str) -> list[str]:
    """Edges from one end of the street to another one, along the road."""
    ends = {"west": 0, "east": road.last + 1}
    start, stop = (ends[end] if end in ends else int(end[5:]) for end in (origin, destination))
    found = [] if origin in ends else [f"{'SB' if origin.startswith('north') else 'NB'}{start}in"]
    for block in range(start, stop):
        found += [f"EB{block}", f"EB{block}p"] if block < road.last else [f"EB{block}"]
    for block in range(start - 1, stop - 1, -1):
        found += [f"WB{block}", f"WB{block}p"] if block > 0 else ["WB0"]
    if destination not in ends:
        found.append(f"{'NB' if destination.startswith('north') else 'SB'}{stop}out")
    return found


def expected_turns(road: Road) -> dict[tuple[str, str], float]:
    """Expected flow from edge to edge, buses left out [veh/h]."""
    flows: defaultdict[tuple[str, str], float] = defaultdict(float)
    for origin, flow in origins(road).items():
        for destination, share in destinations(road, origin).items():
            for pair in pairwise(route(road, origin, destination)):
                flows[pair] += flow * share
    return dict(flows)


def vehicles(road: Road) -> str:
    """One vehicle after the other, with its route: Poisson arrivals that follow the quarters, buses by timetable."""
    rng = random.Random(road.seed)
    departures: list[tuple[float, str, str, str]] = []
    for origin, flow in origins(road).items():
        shares = destinations(road, origin)
        for quarter, share in enumerate(QUARTERS):
            t_s = road.begin_s + 900.0 * quarter
            while (t_s := t_s + rng.expovariate(flow * share / 3600)) < road.begin_s + 900 * (quarter + 1):
                kind = "truck" if rng.random() < TRUCK_SHARE else "car"
                departures.append((round(t_s, 1), origin, rng.choices([*shares], [*shares.values()])[0], kind))
    headway_s = 3600 / road.buses_per_h
    for n in range(road.buses_per_h):
        for origin, first in (("west", 0.25), ("east", 0.75)):
            departures.append((round(road.begin_s + (n + first) * headway_s, 1), origin, AHEAD[origin], "bus"))
    lines = [element("vType", id=kind, minGap=2.5, **values) for kind, values in KINDS.items()]
    for n, (depart_s, origin, destination, kind) in enumerate(sorted(departures)):
        lines.append(vehicle(f"v{n}", kind, depart_s, route(road, origin, destination)))
    return document("routes", lines)


# --- the running plan ------------------------------------------------------------------------------------------------


def greens_s(road: Road, j: Crossroads) -> dict[str, int]:
    """Green per stage [s]: in proportion to what was counted, none below what people on foot need; the bus stage as
    it is; what rounding leaves over is the main road's."""
    main, cross, left = j.counted
    need = {"main": float(main), "cross": float(cross)} | ({"left": float(left)} if left else {})
    over_cross_m, over_main_m = LANE_M * 2 * j.cross_lanes, LANE_M * (2 * (road.lanes + road.bus_lanes) + 1)
    least = {
        street: WALK_S + math.ceil(m / WALKING_M_PER_S)
        for street, m in (("main", over_cross_m), ("cross", over_main_m))
    }
    bus = {} if road.bus_stage is None else {"bus": road.bus_stage.duration_s}
    free_s = j.cycle_s - (len(need) + len(bus)) * (road.yellow_s + road.red_s) - sum(bus.values())
    found = in_proportion(free_s, need, least | {"left": LEAST_LEFT_S})
    return found | bus | {"main": found["main"] + free_s - sum(found.values())}


def programs(road: Road) -> Callable[[str, Sequence[Channel]], tuple[int, list[Step]]]:
    """The program of each signal."""

    def program(signal: str, _: Sequence[Channel]) -> tuple[int, list[Step]]:
        k = int(signal.removeprefix("J"))
        return road.signals[k - 1].offset_s, _steps(road, k, greens_s(road, road.signals[k - 1]))

    return program


def _steps(road: Road, k: int, greens: dict[str, int]) -> list[Step]:
    """Green, yellow and red of every stage, in the order of the module's first lines."""
    on_main = {legs(k)[leg][0] for leg in ("west", "east")}

    def rule(stage: str, green: bool) -> Callable[[Channel], str]:
        def letter(channel: Channel) -> str:
            belongs = "cross" if channel.from_link not in on_main else "main"
            if belongs == "main" and channel.from_lane < road.bus_lanes:
                belongs = "bus"
            if stage == "left":
                shown = belongs == "main" and channel.turn == "l"
                return ("G" if green else "y") if shown else "r"
            if belongs != stage:
                return "r"
            return ("g" if channel.turn == "l" else "G") if green else "y"

        return letter

    found = []
    for stage in ("left", "main", "bus", "cross"):
        if stage in greens:
            limits = (road.bus_stage.min_s, road.bus_stage.max_s) if stage == "bus" and road.bus_stage else (None, None)
            found.append(Step(greens[stage], rule(stage, True), *limits))
            found += [Step(road.yellow_s, rule(stage, False)), Step(road.red_s, lambda _: "r")]
    return found


def write(road: Road, folder: Path) -> None:
    """Write a scenario's files into a folder. Raises BuildFailed."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "street.net.xml").write_bytes(build(*street(road), programs(road)))
    (folder / "vehicles.rou.xml").write_text(vehicles(road), encoding="utf-8")
