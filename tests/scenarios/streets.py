"""Streets of every kind that a city has, built by SUMO's own tools; what is special about each its builder says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from xml.etree import ElementTree

from networks.network import Network
from tests.networks.conftest import (
    JOINED_EDGES,
    JOINED_NODES,
    MIXED_CONNECTIONS,
    MIXED_EDGES,
    MIXED_NODES,
)
from tests.signals.sumo_streets import run_tool

NAME = "street.net.xml"
_GRID = ("--grid", "--grid.y-number", "1", "--grid.attach-length", "150", "--grid.length", "200")
_SIGNALS = ("--default-junction-type", "traffic_light", "--no-turnarounds", "true", "--seed", "1")


@dataclass(frozen=True, slots=True)
class Shown:
    """What SUMO showed, second by second per signal, how many cars collided, and what it found wrong with programs."""

    rows: dict[str, list[tuple[float, str]]]
    collisions: int
    warnings: tuple[str, ...]


def grid(folder: Path, *options: str, count: int = 2) -> Path:
    """`count` junctions from west to east, two lanes with permitted lefts."""
    size = (*_GRID, "--grid.x-number", str(count), "-L", "2", *_SIGNALS)
    run_tool("netgenerate", *size, *options, "-o", NAME, folder=folder)
    return folder / NAME


def converted(folder: Path, nodes: str, edges: str, connections: str = "", *options: str) -> Path:
    """A street out of plain nodes, edges and connections."""
    (folder / "n.nod.xml").write_text(nodes)
    (folder / "e.edg.xml").write_text(edges)
    files = ["-n", "n.nod.xml", "-e", "e.edg.xml"]
    if connections:
        (folder / "c.con.xml").write_text(connections)
        files += ["-x", "c.con.xml"]
    run_tool("netconvert", *files, "--no-turnarounds", "true", *options, "-o", NAME, folder=folder)
    return folder / NAME


def edited(path: Path, change: Callable[[str], str]) -> Path:
    text = path.read_text()
    changed = change(text)
    assert changed != text
    path.write_text(changed)
    return path


def steps(text: str, signal: str, change: Callable[[int, str, float], tuple[str, float]]) -> str:
    """The network with the steps of one signal's program changed: by number, state and duration [s]."""
    start = text.index(f'<tlLogic id="{signal}"')
    end = text.index("</tlLogic>", start)
    numbers = iter(range(10_000))

    def phase(found: re.Match[str]) -> str:
        state, seconds = change(next(numbers), found.group(2), float(found.group(1)))
        return f'<phase duration="{seconds:g}" state="{state}"'

    return text[:start] + re.sub(r'<phase duration="([\d.]+)"\s+state="(\w+)"', phase, text[start:end]) + text[end:]


def one_program_for_two_nodes(folder: Path) -> Path:
    """A and B are 60 m apart under one program J."""
    return converted(folder, JOINED_NODES, JOINED_EDGES)


def one_index_for_several(folder: Path) -> Path:
    """The same, and what always shows the same has one index."""
    return converted(folder, JOINED_NODES, JOINED_EDGES, "", "--tls.group-signals")


def index_without_connection(folder: Path) -> Path:
    """At A0 the connection of index 3 has moved to a new last index: 3 drives lamps of nobody."""

    def change(text: str) -> str:
        count = len(re.search(r'<tlLogic id="A0".*?state="(\w+)"', text, re.S).group(1))  # type: ignore[union-attr]
        text = text.replace('tl="A0" linkIndex="3"', f'tl="A0" linkIndex="{count}"')
        return steps(text, "A0", lambda number, state, seconds: (state[:3] + "r" + state[4:] + state[3], seconds))

    return edited(grid(folder), change)


def permitted_lefts(folder: Path) -> Path:
    """Two stages, every left gives way."""
    return grid(folder)


def right_arrows(folder: Path) -> Path:
    """At A0 the rights of the street that waits show the arrow: stop, then turn."""

    def change(text: str) -> str:
        rights = {int(i) for i in re.findall(r'tl="A0" linkIndex="(\d+)" dir="r"', text)}
        assert rights

        def arrows(number: int, state: str, seconds: float) -> tuple[str, float]:
            return "".join("s" if c in rights and x == "r" else x for c, x in enumerate(state)), seconds

        return steps(text, "A0", arrows)

    return edited(grid(folder), change)


def several_programs(folder: Path) -> Path:
    """A0 has a second program in the network, of 120 s; the last one of a signal runs."""

    def change(text: str) -> str:
        start = text.index('<tlLogic id="A0"')
        end = text.index("</tlLogic>", start) + len("</tlLogic>")
        second = (
            text[start:end].replace('programID="0"', 'programID="evening"').replace('duration="42"', 'duration="57"')
        )
        return text[:end] + second + text[end:]

    return edited(grid(folder), change)


def program_in_additional(folder: Path) -> Path:
    """`night.add.xml` beside the network: a program for A0 of 60 s."""
    path = grid(folder)
    text = path.read_text()
    start = text.index('<tlLogic id="A0"')
    logic = text[start : text.index("</tlLogic>", start) + len("</tlLogic>")]
    logic = logic.replace('programID="0"', 'programID="night"').replace('duration="42"', 'duration="27"')
    (folder / "night.add.xml").write_text(f"<additional>{logic}</additional>")
    return path


def walkers(folder: Path) -> Path:
    """Sidewalks and crossings everywhere."""
    return grid(folder, "--sidewalks.guess", "--crossings.guess")


def all_red(folder: Path) -> Path:
    """2 s of all red after each yellow."""
    return grid(folder, "--tls.allred.time", "2")


def rail_and_buses(folder: Path) -> Path:
    """At C a tram line crosses, a lane is for buses, a right turn has no signal; trains have their own signals."""
    return converted(folder, MIXED_NODES, MIXED_EDGES, MIXED_CONNECTIONS)


def own_signal_for_buses(folder: Path) -> Path:
    """The same, and the bus lane's signal at C ends 12 s before that of the lane beside it."""
    ends_early = [(30, "rGrGG"), (3, "rGrGy"), (9, "rGrGr"), (3, "ryryr"), (42, "GrGrr"), (3, "yryrr")]

    def change(text: str) -> str:
        start = text.index('<tlLogic id="C"')
        first, end = text.index("<phase", start), text.index("</tlLogic>", start)
        return text[:first] + "".join(f'<phase duration="{s}" state="{x}"/>' for s, x in ends_early) + text[end:]

    return edited(rail_and_buses(folder), change)


def already_actuated(folder: Path) -> Path:
    """Actuated, free."""
    return grid(folder, "--tls.default-type", "actuated")


def coordinated_already(folder: Path) -> Path:
    """Actuated on a common clock."""

    def change(text: str) -> str:
        text = text.replace('type="static"', 'type="actuated"')
        text = text.replace('<phase duration="42"', '<phase duration="42" minDur="10" maxDur="60"')
        said = '<param key="coordinated" value="true"/><param key="cycleTime" value="90"/></tlLogic>'
        return text.replace("</tlLogic>", said)

    return edited(grid(folder), change)


def different_cycles(folder: Path) -> Path:
    """A0 runs 90 s, B0 60 s, C0 45 s."""

    def with_greens_of(green_s: float) -> Callable[[int, str, float], tuple[str, float]]:
        return lambda number, state, seconds: (state, green_s if seconds > 5 else seconds)

    def change(text: str) -> str:
        for signal, green_s in (("B0", 27.0), ("C0", 19.5)):
            text = steps(text, signal, with_greens_of(green_s))
        return text

    return edited(grid(folder, count=3), change)


def shown(path: Path, network: Network, programs: Path | None, end_s: int = 300) -> Shown:
    """What SUMO shows with some programs loaded, under a car every three seconds from every entry to every exit."""
    folder = path.parent
    ids = [intersection.id for intersection in network.intersections]
    events = "".join(f'<timedEvent type="SaveTLSStates" source="{name}" dest="states.xml"/>' for name in ids)
    (folder / "watch.add.xml").write_text(f"<additional>{events}</additional>")
    ways = cycle(_ways(network))
    cars = "".join(
        f'<vehicle id="{second}" depart="{second}"><route edges="{" ".join(next(ways))}"/></vehicle>'
        for second in range(0, end_s, 3)
    )
    (folder / "cars.rou.xml").write_text(f"<routes>{cars}</routes>")
    added = ",".join([*([] if programs is None else [str(programs)]), "watch.add.xml"])
    options = ["-X", "never", "--no-step-log", "--log", "log.txt", "--statistic-output", "statistic.xml"]
    options += ["--collision.check-junctions", "true", "--collision.action", "warn", "--time-to-teleport", "-1"]
    run_tool("sumo", "-n", path.name, "-a", added, "-r", "cars.rou.xml", "-e", str(end_s), *options, folder=folder)
    rows: dict[str, list[tuple[float, str]]] = {}
    for row in ElementTree.parse(folder / "states.xml").getroot().iter("tlsState"):
        rows.setdefault(row.attrib["id"], []).append((float(row.attrib["time"]), row.attrib["state"]))
    safety = ElementTree.parse(folder / "statistic.xml").getroot().find("safety")
    assert safety is not None
    warned = [line for line in (folder / "log.txt").read_text().splitlines() if "yellow" in line or "Unsafe" in line]
    return Shown(rows, int(safety.attrib["collisions"]), tuple(warned))


def _ways(network: Network) -> list[list[str]]:
    """Shortest ways for cars from the links where the street begins to those where it ends."""
    onward: dict[str, list[str]] = {}
    roads = {link.id for link in network.links if any(network.lane(lane).admits("passenger") for lane in link.lane_ids)}
    for path in network.lane_links:
        lanes = [network.lane(lane_id) for lane_id in (path.from_lane_id, path.to_lane_id)]
        if all(lane.admits("passenger") and lane.link_id in roads for lane in lanes):
            onward.setdefault(lanes[0].link_id, []).append(lanes[1].link_id)
    reached = {link for links in onward.values() for link in links}
    found = []
    for entry in sorted(set(onward) - reached):
        came: dict[str, str | None] = {entry: None}
        waiting = [entry]
        for link in waiting:
            new = [one for one in onward.get(link, ()) if one not in came]
            came |= dict.fromkeys(new, link)
            waiting += new
        for exit_ in sorted(link for link in came if link not in onward):
            way = [exit_]
            while (before := came[way[0]]) is not None:
                way.insert(0, before)
            found.append(way)
    assert found
    return found
