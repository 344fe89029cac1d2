"""A US-style arterial of eight signals: left-turn pockets, crossings on foot, uneven spacing, one evening peak hour.

    python sim_configs/arterial8/generate.py FOLDER

writes street.net.xml, vehicles.rou.xml and pedestrians.rou.xml: the same bytes every time (with the same SUMO).
"""

from __future__ import annotations

import math
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from signals.scenarios.plain import Channel, Step, build, document, element, in_proportion, vehicle

BEGIN_S, END_S = 61_200, 64_800  # 17:00 to 18:00
SEED = 20_080
MILE_PER_H = 0.44704
MAIN_M_PER_S, CROSS_M_PER_S = 40 * MILE_PER_H, 30 * MILE_PER_H
POCKET_M, CROSS_POCKET_M = 75, 45
LANE_M, SIDEWALK_M = 3.3, 2.0
FEEDER_M, CROSS_FEEDER_M = 400, 250


@dataclass(frozen=True, slots=True)
class Junction:
    """One signal: where it stands, the lanes of its cross street per direction, the flows that enter from it."""

    number: int
    x_m: int
    cross_lanes: int
    from_north_veh_per_h: int  # 0: no north leg, a T junction
    from_south_veh_per_h: int
    pedestrians_per_h: int

    @property
    def id(self) -> str:
        return f"A{self.number}"

    @property
    def has_north(self) -> bool:
        return self.from_north_veh_per_h > 0

    @property
    def has_cross_lefts(self) -> bool:
        """Protected lefts on the cross street too: only where it is a main road itself."""
        return self.cross_lanes > 1


JUNCTIONS = (
    Junction(1, 0, 1, 150, 190, 60),
    Junction(2, 260, 1, 130, 170, 60),
    Junction(3, 670, 2, 460, 420, 110),
    Junction(4, 850, 1, 0, 180, 40),
    Junction(5, 1180, 1, 200, 140, 70),
    Junction(6, 1700, 2, 400, 440, 110),
    Junction(7, 1930, 1, 160, 120, 50),
    Junction(8, 2310, 1, 140, 180, 50),
)
LAST = len(JUNCTIONS)
FROM_WEST_VEH_PER_H, FROM_EAST_VEH_PER_H = 820, 1_080


# --- the street ------------------------------------------------------------------------------------------------------


def street() -> tuple[list[str], list[str], list[str]]:
    """Nodes, edges and connections, as plain XML elements. Lane 0 of every edge is the sidewalk."""
    nodes: list[str] = []
    edges: list[str] = []
    connections: list[str] = []

    def node(id_: str, x_m: float, y_m: float, kind: str = "priority") -> None:
        nodes.append(element("node", id=id_, x=x_m, y=y_m, type=kind))

    def edge(id_: str, from_: str, to: str, lanes: int, speed_m_per_s: float, priority: int) -> None:
        size = {"numLanes": lanes, "width": LANE_M, "sidewalkWidth": SIDEWALK_M}
        speed = round(speed_m_per_s, 2)
        edges.append(element("edge", id=id_, from_=from_, to=to, speed=speed, priority=priority, **size))

    def approach(id_: str, from_: str, to: str, at: tuple[float, float], lanes: int, pocket: bool, main: bool) -> None:
        """An approach, with its pocket as an edge of its own where it has one."""
        speed_m_per_s, priority = (MAIN_M_PER_S, 3) if main else (CROSS_M_PER_S, 1)
        if not pocket:
            edge(id_, from_, to, lanes, speed_m_per_s, priority)
            return
        node(f"{id_}.taper", *at)
        edge(id_, from_, f"{id_}.taper", lanes, speed_m_per_s, priority)
        edge(f"{id_}p", f"{id_}.taper", to, lanes + 1, speed_m_per_s, priority)
        for lane in range(1, lanes + 1):
            connections.append(connection(id_, f"{id_}p", lane, lane))
        connections.append(connection(id_, f"{id_}p", lanes, lanes + 1))

    node("west", JUNCTIONS[0].x_m - FEEDER_M, 0)
    node("east", JUNCTIONS[-1].x_m + FEEDER_M, 0)
    for junction in JUNCTIONS:
        node(junction.id, junction.x_m, 0, "traffic_light")
    stations = ["west", *(j.id for j in JUNCTIONS), "east"]
    for i in range(LAST + 1):  # block i lies between signals i and i + 1
        if i < LAST:
            at = (JUNCTIONS[i].x_m - POCKET_M, 0)
            approach(f"EB{i}", stations[i], stations[i + 1], at, 2, JUNCTIONS[i].has_north, main=True)
        else:
            edge(f"EB{i}", stations[i], stations[i + 1], 2, MAIN_M_PER_S, 3)
        if i > 0:
            at = (JUNCTIONS[i - 1].x_m + POCKET_M, 0)
            approach(f"WB{i}", stations[i + 1], stations[i], at, 2, pocket=True, main=True)
        else:
            edge(f"WB{i}", stations[i + 1], stations[i], 2, MAIN_M_PER_S, 3)
    for j in JUNCTIONS:
        k = j.number
        for side, sign, inward, outward in (("north", 1, "SB", "NB"), ("south", -1, "NB", "SB")):
            if side == "north" and not j.has_north:
                continue
            node(f"{side}{k}", j.x_m, sign * CROSS_FEEDER_M)
            at = (j.x_m, sign * CROSS_POCKET_M)
            approach(f"{inward}{k}in", f"{side}{k}", j.id, at, j.cross_lanes, pocket=True, main=False)
            edge(f"{outward}{k}out", j.id, f"{side}{k}", j.cross_lanes, CROSS_M_PER_S, 1)
        connections += turns(j)
        connections += crossings(j)
    return nodes, edges, connections


def connection(from_: str, to: str, from_lane: int, to_lane: int) -> str:
    return element("connection", from_=from_, to=to, fromLane=from_lane, toLane=to_lane)


def legs(j: Junction) -> dict[str, tuple[str, str]]:
    """Per leg its incoming and outgoing edge at the stop line."""
    k = j.number
    found = {
        "west": (f"EB{k - 1}p" if j.has_north else f"EB{k - 1}", f"WB{k - 1}"),
        "east": (f"WB{k}p", f"EB{k}"),
        "south": (f"NB{k}inp", f"SB{k}out"),
    }
    if j.has_north:
        found["north"] = (f"SB{k}inp", f"NB{k}out")
    return found


AHEAD = {"west": "east", "east": "west", "north": "south", "south": "north"}
LEFT = {"west": "north", "east": "south", "north": "east", "south": "west"}
RIGHT = {"west": "south", "east": "north", "north": "west", "south": "east"}


def turns(j: Junction) -> list[str]:
    at = legs(j)
    found = []
    for leg, (incoming, _) in at.items():
        lanes = 2 if leg in ("west", "east") else j.cross_lanes
        out = {name: outgoing for name, (_, outgoing) in at.items()}
        if RIGHT[leg] in out:
            found.append(connection(incoming, out[RIGHT[leg]], 1, 1))
        if AHEAD[leg] in out:
            found += [connection(incoming, out[AHEAD[leg]], lane, lane) for lane in range(1, lanes + 1)]
        if LEFT[leg] in out:
            leftmost = j.cross_lanes if leg in ("west", "east") else 2
            found.append(connection(incoming, out[LEFT[leg]], lanes + 1, leftmost))
    return found


def crossings(j: Junction) -> list[str]:
    sides = ["west", "east", "north", "south"] if j.has_north else ["west", "south"]
    return [element("crossing", node=j.id, edges=" ".join(legs(j)[s]), priority="true", width=3.0) for s in sides]


# --- the demand ------------------------------------------------------------------------------------------------------


def origins() -> dict[str, int]:
    """Flow that enters at each end of the street [veh/h]."""
    found = {"west": FROM_WEST_VEH_PER_H, "east": FROM_EAST_VEH_PER_H}
    for j in JUNCTIONS:
        if j.has_north:
            found[f"north{j.number}"] = j.from_north_veh_per_h
        found[f"south{j.number}"] = j.from_south_veh_per_h
    return found


def place(terminal: str) -> tuple[str, int]:
    """Side and number of the signal nearest to an end of the street."""
    if terminal == "west":
        return "west", 1
    if terminal == "east":
        return "east", LAST
    return terminal[:5], int(terminal[5:])


def attraction(origin: str, destination: str) -> float:
    """How much an end of the street attracts from another one (relative)."""
    (side, number), (to_side, to_number) = place(origin), place(destination)
    if origin == destination:
        return 0.0
    size = origins()[destination] / 100
    if {origin, destination} == {"west", "east"}:
        return 1.3 * size
    if number == to_number and {side, to_side} == {"north", "south"}:  # straight across
        return 12.0 * size if JUNCTIONS[number - 1].has_cross_lefts else 9.0 * size
    return 0.6 * size * math.exp(-abs(number - to_number) / 5)


def route(origin: str, destination: str) -> list[str]:
    """Edges from one end of the street to another one, along the arterial."""
    (side, number), (to_side, to_number) = place(origin), place(destination)
    found: list[str] = []

    def on_main(heading: str, block: int) -> None:
        found.append(f"{heading}{block}")
        signal = block + 1 if heading == "EB" else block
        if 1 <= signal <= LAST and (heading == "WB" or JUNCTIONS[signal - 1].has_north):
            found.append(f"{heading}{block}p")

    if side in ("north", "south"):
        inward = "SB" if side == "north" else "NB"
        found += [f"{inward}{number}in", f"{inward}{number}inp"]
    start = {"west": 0, "east": LAST + 1}.get(side, number)
    stop = {"west": 0, "east": LAST + 1}.get(to_side, to_number)
    for block in range(start, stop):
        on_main("EB", block)
    for block in range(start - 1, stop - 1, -1):
        on_main("WB", block)
    if to_side in ("north", "south"):
        found.append(f"{'NB' if to_side == 'north' else 'SB'}{to_number}out")
    return found


def expected_turns() -> dict[tuple[str, str], float]:
    """Expected flow from edge to edge [veh/h], over all pairs of ends."""
    flows: Counter[tuple[str, str]] = Counter()
    entering = origins()
    for origin, flow in entering.items():
        weights = {d: attraction(origin, d) for d in entering}
        for destination, weight in weights.items():
            if weight:
                for pair in pairwise(route(origin, destination)):
                    flows[pair] += flow * weight / sum(weights.values())
    return dict(flows)


QUARTERS = (0.92, 1.06, 1.10, 0.92)  # the hour's profile: a peak hour factor of about 0.91


def vehicles(rng: random.Random) -> str:
    """One vehicle after the other, with its route: Poisson arrivals that follow the quarters of the hour."""
    entering = origins()
    departures: list[tuple[float, str, str, str]] = []
    for origin, flow in entering.items():
        destinations = [d for d in entering if attraction(origin, d)]
        weights = [attraction(origin, d) for d in destinations]
        for quarter, share in enumerate(QUARTERS):
            t_s = BEGIN_S + 900.0 * quarter
            while (t_s := t_s + rng.expovariate(flow * share / 3600)) < BEGIN_S + 900 * (quarter + 1):
                kind = "truck" if rng.random() < 0.04 else "car"
                departures.append((round(t_s, 1), origin, rng.choices(destinations, weights)[0], kind))
    car = {"id": "car", "vClass": "passenger", "length": 4.7, "speedFactor": "normc(1,0.08,0.8,1.2)"}
    truck = {"id": "truck", "vClass": "truck", "length": 9.5, "accel": 1.2, "speedFactor": "normc(0.95,0.05,0.8,1.1)"}
    lines = [element("vType", minGap=2.5, **kind) for kind in (car, truck)]
    for n, (depart_s, origin, destination, kind) in enumerate(sorted(departures)):
        lines.append(vehicle(f"v{n}", kind, depart_s, route(origin, destination)))
    return document("routes", lines)


def pedestrians(rng: random.Random) -> str:
    """People on foot across the arterial and across its cross streets, spread evenly over the hour."""
    people: list[tuple[float, str, str]] = []
    for j in JUNCTIONS:
        at = legs(j)
        walks = [(at["south"][0], at["west"][1])]
        if j.has_north:
            walks = [(at[a][0], at[b][1]) for a, b in AHEAD.items()]
        for _ in range(j.pedestrians_per_h):
            walk = rng.choice(walks)
            people.append((round(rng.uniform(BEGIN_S, END_S - 120), 1), f"p{j.number}", " ".join(walk)))
    lines = [element("vType", id="foot", vClass="pedestrian")]
    lines += [
        f'<person id="{who}.{n}" type="foot" depart="{depart_s}"><walk edges="{edges}"/></person>'
        for n, (depart_s, who, edges) in enumerate(sorted(people))
    ]
    return document("routes", lines)


# --- the running plan ------------------------------------------------------------------------------------------------
#
# Made the way many are: splits from counts that are years old, of another time of day (0.8 of the demand, both
# directions of the arterial alike), one cycle for all, a green wave westbound, the way
# that most drive in the evening, at the speed limit.

CYCLE_S = 110
COUNTED_SHARE = 0.8
WALK_S, WALKING_M_PER_S = 7, 1.07  # 3.5 ft/s
LEFT_CLEAR_S, THROUGH_CLEAR_S = (4, 1), (4, 2)  # yellow (1 s + v / 6.1 m/s2, one for every lamp), red clearance
MIN_LEFT_S = 7


def programs(flows: dict[tuple[str, str], float]) -> Callable[[str, tuple[Channel, ...]], tuple[int, list[Step]]]:
    """The program of each signal, from expected flows edge to edge [veh/h]."""

    def program(signal: str, channels: tuple[Channel, ...]) -> tuple[int, list[Step]]:
        j = next(j for j in JUNCTIONS if j.id == signal)
        clearance_s = {street: foot_clearance_s(j, channels, street) for street in ("main", "cross")}
        greens_s = greens(j, flows, {street: WALK_S + clearance_s[street] for street in clearance_s})
        return round((JUNCTIONS[-1].x_m - j.x_m) / MAIN_M_PER_S) % CYCLE_S, steps(j, greens_s, clearance_s)

    return program


def street_of(j: Junction, channel: Channel) -> str:
    """The street whose green a channel shares: people cross the cross street while the main street has green."""
    at = legs(j)
    main = {edge for side in ("west", "east") for edge in at[side]}
    if channel.crossed_links:
        return "cross" if channel.crossed_links & main else "main"
    return "main" if channel.from_link in main else "cross"


def foot_clearance_s(j: Junction, channels: Sequence[Channel], street: str) -> int:
    """Pedestrian clearance [s] of the crossings walked during the green of a street."""
    lengths_m = [c.crossing_length_m for c in channels if c.crossed_links and street_of(j, c) == street]
    return math.ceil(max(lengths_m) / WALKING_M_PER_S)


def greens(j: Junction, flows: dict[tuple[str, str], float], least_s: dict[str, int]) -> dict[str, int]:
    """Green [s] per part of the cycle: in proportion to the counted flow per lane, none below its least."""
    at = legs(j)

    def counted(side: str, *turns_: dict[str, str]) -> float:
        pairs = [(at[side][0], at[turn[side]][1]) for turn in turns_ if turn[side] in at]
        return COUNTED_SHARE * sum(flows.get(pair, 0.0) for pair in pairs)

    sides = [side for side in ("north", "south") if side in at]
    need = {
        "main left": max(counted(side, LEFT) for side in ("west", "east")),
        "main": (counted("west", AHEAD, RIGHT) + counted("east", AHEAD, RIGHT)) / 2 / 2,
        "cross": max(counted(side, AHEAD, RIGHT) for side in sides) / j.cross_lanes,
    }
    least = {"main left": MIN_LEFT_S, "cross left": MIN_LEFT_S, **least_s}
    if j.has_cross_lefts:
        need["cross left"] = max(counted(side, LEFT) for side in sides)
    free_s = CYCLE_S - sum(sum(LEFT_CLEAR_S if "left" in part else THROUGH_CLEAR_S) for part in need)
    found = in_proportion(free_s, need, least)
    found["main"] += free_s - sum(found.values())
    return found


def steps(j: Junction, greens_s: dict[str, int], clearance_s: dict[str, int]) -> list[Step]:
    """The steps of a signal: per street its protected lefts, then walk, pedestrian clearance, yellow, all red."""

    def rule(street: str, left: str, other: str, foot: str = "r", beside: str = "") -> Callable[[Channel], str]:
        """Letters of one street's lefts, other traffic and people on foot; the other street has red.

        `beside` is for the T junction, where the left has no opposite: traffic beside it, on its own approach.
        """

        def letter(channel: Channel) -> str:
            if street_of(j, channel) != street:
                return "r"
            if channel.crossed_links:
                return foot
            if channel.turn == "l":
                return left
            if beside and not j.has_north and channel.from_link == legs(j)["east"][0]:
                return beside
            return "g" if channel.turn == "r" and other == "G" else other

        return letter

    found = []
    for street in ("main", "cross"):
        protected = f"{street} left"
        if protected in greens_s:
            yellow_s, red_s = LEFT_CLEAR_S
            found.append(Step(greens_s[protected], rule(street, "G", "r", beside="G")))
            found.append(Step(yellow_s, rule(street, "y", "r", beside="G")))
            found.append(Step(red_s, rule(street, "r", "r", beside="G")))
        yellow_s, red_s = THROUGH_CLEAR_S
        found.append(Step(greens_s[street] - clearance_s[street], rule(street, "g", "G", foot="G")))
        found.append(Step(clearance_s[street], rule(street, "g", "G")))
        found.append(Step(yellow_s, rule(street, "y", "y")))
        found.append(Step(red_s, rule(street, "r", "r")))
    return found


def generate(folder: Path) -> None:
    """Write the scenario's files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "street.net.xml").write_bytes(build(*street(), programs(expected_turns())))
    (folder / "vehicles.rou.xml").write_text(vehicles(random.Random(SEED)), encoding="utf-8")
    (folder / "pedestrians.rou.xml").write_text(pedestrians(random.Random(SEED + 1)), encoding="utf-8")


if __name__ == "__main__":
    generate(Path(sys.argv[1]))
