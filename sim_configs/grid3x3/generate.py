"""A small grid: nine signals of two stages each, one vehicle class, one hour; small enough to try anything in seconds.

    python sim_configs/grid3x3/generate.py FOLDER

writes street.net.xml and vehicles.rou.xml: the same bytes every time (with the same SUMO).
"""

from __future__ import annotations

import random
import sys
from itertools import pairwise, product
from pathlib import Path

from signals.scenarios.plain import Channel, Step, build, document, element, vehicle

SIZE = 3
BLOCK_M, FEEDER_M = 200, 250
SPEED_M_PER_S = 13.89
BEGIN_S, END_S = 25_200, 28_800  # 07:00 to 08:00
SEED = 3_003

# What enters at each end of the nine streets [veh/h]: the middle column carries a commuting flow, mostly southbound.
FROM_NORTH, FROM_SOUTH = (240, 640, 260), (200, 380, 220)
FROM_WEST, FROM_EAST = (260, 340, 220), (220, 300, 240)
STRAIGHT_ON = (
    0.6  # share that crosses the whole grid on its street; the others turn once, into a street drawn at random
)


def street() -> tuple[list[str], list[str], list[str]]:
    """Nodes, edges and connections as plain XML elements. Column 0 is the west, row 0 the south."""
    nodes, edges, connections = [], [], []
    for column, row in product(range(SIZE), repeat=2):
        x_m, y_m = column * BLOCK_M, row * BLOCK_M
        nodes.append(element("node", id=f"{column}{row}", x=x_m, y=y_m, type="traffic_light"))
    for i in range(SIZE):
        far_m = (SIZE - 1) * BLOCK_M + FEEDER_M
        ends = {"N": (i * BLOCK_M, far_m), "S": (i * BLOCK_M, -FEEDER_M)}
        ends |= {"W": (-FEEDER_M, i * BLOCK_M), "E": (far_m, i * BLOCK_M)}
        nodes += [element("node", id=f"{side}{i}", x=x, y=y, type="priority") for side, (x, y) in ends.items()]
    for line in lines():
        for a, b in pairwise(line):
            for from_, to in ((a, b), (b, a)):
                edges.append(
                    element(
                        "edge", id=edge_id(from_, to), from_=from_, to=to, numLanes=2, speed=SPEED_M_PER_S, priority=1
                    )
                )
    for column, row in product(range(SIZE), repeat=2):
        at = f"{column}{row}"
        around = neighbours(column, row)  # north, east, south, west
        for i, neighbour in enumerate(around):
            right, ahead, left = (around[(i + turn) % 4] for turn in (3, 2, 1))
            for to, lanes in ((right, (0,)), (ahead, (0, 1)), (left, (1,))):
                for lane in lanes:
                    incoming, outgoing = edge_id(neighbour, at), edge_id(at, to)
                    connections.append(element("connection", from_=incoming, to=outgoing, fromLane=lane, toLane=lane))
    return nodes, edges, connections


def edge_id(from_: str, to: str) -> str:
    return f"{from_}.{to}"


def lines() -> list[list[str]]:
    """The streets from end to end: columns from south to north, then rows from west to east."""
    columns = [[f"S{i}", *(f"{i}{row}" for row in range(SIZE)), f"N{i}"] for i in range(SIZE)]
    rows = [[f"W{i}", *(f"{column}{i}" for column in range(SIZE)), f"E{i}"] for i in range(SIZE)]
    return columns + rows


def neighbours(column: int, row: int) -> list[str]:
    """What lies north, east, south and west of a junction."""
    north = f"{column}{row + 1}" if row + 1 < SIZE else f"N{column}"
    east = f"{column + 1}{row}" if column + 1 < SIZE else f"E{row}"
    south = f"{column}{row - 1}" if row > 0 else f"S{column}"
    west = f"{column - 1}{row}" if column > 0 else f"W{row}"
    return [north, east, south, west]


def vehicles(rng: random.Random) -> str:
    """One vehicle after the other, with its route: Poisson arrivals."""
    columns, rows = lines()[:SIZE], lines()[SIZE:]
    departures: list[tuple[float, list[str]]] = []
    for flows, own, across, backwards in (
        (FROM_SOUTH, columns, rows, False),
        (FROM_NORTH, columns, rows, True),
        (FROM_WEST, rows, columns, False),
        (FROM_EAST, rows, columns, True),
    ):
        for i, flow in enumerate(flows):
            line = own[i][::-1] if backwards else own[i]
            t_s = float(BEGIN_S)
            while (t_s := t_s + rng.expovariate(flow / 3600)) < END_S:
                stations = line
                if rng.random() >= STRAIGHT_ON:
                    other = rng.choice(across)
                    other = other[::-1] if rng.random() < 0.5 else other
                    (at,) = set(line) & set(other)
                    stations = line[: line.index(at)] + other[other.index(at) :]
                departures.append((round(t_s, 1), stations))
    found = [element("vType", id="car", vClass="passenger", speedFactor="normc(1,0.1,0.8,1.2)")]
    for n, (depart_s, stations) in enumerate(sorted(departures)):
        found.append(vehicle(f"v{n}", "car", depart_s, [edge_id(a, b) for a, b in pairwise(stations)]))
    return document("routes", found)


# The running plan: the same everywhere. 80 s, both streets alike, yellow 3 s, all red 2 s, no offsets.
GREEN_S, YELLOW_S, RED_S = 35, 3, 2


def program(signal: str, _: tuple[Channel, ...]) -> tuple[int, list[Step]]:
    """The program of one signal: north-south, then east-west; lefts give way."""
    column, row = int(signal[0]), int(signal[1])
    north_south = {edge_id(other, signal) for other in neighbours(column, row)[::2]}

    def rule(street_is_north_south: bool, through: str, turning: str) -> Step:
        def letter(channel: Channel) -> str:
            if (channel.from_link in north_south) != street_is_north_south:
                return "r"
            return turning if channel.turn == "l" else through

        return Step({"G": GREEN_S, "y": YELLOW_S, "r": RED_S}[through], letter)

    return 0, [rule(first, *letters) for first in (True, False) for letters in (("G", "g"), ("y", "y"), ("r", "r"))]


def generate(folder: Path) -> None:
    """Write the scenario's files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "street.net.xml").write_bytes(build(*street(), program))
    (folder / "vehicles.rou.xml").write_text(vehicles(random.Random(SEED)), encoding="utf-8")


if __name__ == "__main__":
    generate(Path(sys.argv[1]))
