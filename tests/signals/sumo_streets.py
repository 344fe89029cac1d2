"""Small streets made by SUMO's own tools, and plain runs of SUMO, for tests only."""

from __future__ import annotations

import functools
import os
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree

import sumo

_ENVIRONMENT = {"SUMO_HOME": sumo.SUMO_HOME, "PROJ_DATA": os.path.join(sumo.SUMO_HOME, "data", "proj")}


def run_tool(name: str, *arguments: str, folder: Path) -> None:
    """Run one of SUMO's programs in a folder; its messages are the error's text."""
    command = [os.path.join(sumo.SUMO_HOME, "bin", name), *arguments]
    done = subprocess.run(command, cwd=folder, env=_ENVIRONMENT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


@functools.cache
def street(kind: str) -> Path:
    """A generated network file: "grid" (two junctions, left lanes), "walkers" (one, with pedestrians), "cleared" (one,
    with all-red and red-amber), "legs" (one, each leg alone), "dense" (two by two, one lane for all), "lefts" (one,
    with left lanes and all-red), "crossings" (the same with pedestrians), "shared" (of these, the crossings over the
    right and the left leg have no lamps of their own: they go by the through beside them), "arrows" ("crossings"
    whose rights from top and bottom have an arrow beside the lefts' own stage), "led" ("lefts" with lefts that
    lead: right and left their own before the throughs, nowhere else; top its own beside its through, then as bottom
    giving way), "lawless" ("lefts" without right-of-way rows), "tee" (one, a main street from left to right with one
    that ends from below; its right from the left goes on beside the stem), "tee led" (the same, that right apart; the
    left from the right leads beside its through and the rights of the stem)."""
    if kind == "tee":
        return _tee()
    if kind == "tee led":
        return _tee_led(street("tee"))
    if kind == "led":
        return _led(street("lefts"))
    if kind == "arrows":
        return _arrows(street("crossings"))
    if kind == "lawless":
        return _lawless(street("lefts"))
    if kind == "shared":
        return _shared(street("crossings"))
    folder = Path(tempfile.mkdtemp(prefix="greenband-street-"))
    common = ["--tls.guess", "--default-junction-type", "traffic_light", "-o", f"{kind}.net.xml"]
    lengths = ["--grid", "--grid.y-number", "1", "--grid.attach-length", "120", "--grid.length", "150"]
    lefts = [*lengths, "--grid.x-number", "1", "-L", "2", "--turn-lanes", "1", "--turn-lanes.length", "60"]
    lefts += ["--no-turnarounds", "true", "--tls.allred.time", "2", "--tls.left-green.time", "8"]
    options = {
        "grid": [*lengths, "--grid.x-number", "2", "-L", "2", "--turn-lanes", "1", "--turn-lanes.length", "50"],
        "walkers": [*lengths, "--grid.x-number", "1", "-L", "1", "--sidewalks.guess", "--crossings.guess"],
        "cleared": [*lengths, "--grid.x-number", "1", "-L", "2", "--tls.allred.time", "2"],
        "legs": [*lengths, "--grid.x-number", "1", "-L", "2", "--tls.layout", "incoming", "--tls.yellow.time", "4"],
        "lefts": lefts,
        "crossings": [*lefts, "--sidewalks.guess", "--crossings.guess"],
        "dense": ["--grid", "--grid.number", "2", "--grid.attach-length", "90", "--grid.length", "120", "-L", "1"],
    }[kind]
    run_tool("netgenerate", *options, *common, folder=folder)
    return folder / f"{kind}.net.xml"


def _arrows(plain: Path) -> Path:
    tree = ElementTree.parse(plain)
    phases = list(tree.getroot().iter("phase"))
    for phase, right in zip(phases[2:5], "gGy", strict=True):
        state = phase.attrib["state"]
        phase.set("state", right + state[1:8] + right + state[9:])
    path = plain.with_name("arrows.net.xml")
    tree.write(path)
    return path


def _led(plain: Path) -> Path:
    rows = [
        (10, "rrrrrrrGrrrrrrrG"),  # the lefts from right and left
        (3, "rrrrrrryrrrrrrry"),
        (2, "rrrrrrrrrrrrrrrr"),
        (25, "rrrrGGGrrrrrGGGr"),  # their throughs
        (3, "rrrryyyrrrrryyyr"),
        (2, "rrrrrrrrrrrrrrrr"),
        (10, "GGGGrrrrrrrrrrrr"),  # the left from top, beside its through
        (3, "GGGyrrrrrrrrrrrr"),
        (2, "GGGrrrrrrrrrrrrr"),
        (25, "GGGgrrrrGGGgrrrr"),  # top and bottom
        (3, "yyyyrrrryyyyrrrr"),
        (2, "rrrrrrrrrrrrrrrr"),
    ]
    return _programmed(plain, plain.with_name("led.net.xml"), rows)


def _programmed(plain: Path, path: Path, rows: list[tuple[int, str]]) -> Path:
    """The same street with another program, as a new file."""
    tree = ElementTree.parse(plain)
    (logic,) = tree.getroot().iter("tlLogic")
    for phase in logic.findall("phase"):
        logic.remove(phase)
    for duration_s, state in rows:
        ElementTree.SubElement(logic, "phase", duration=str(duration_s), state=state)
    tree.write(path)
    return path


def _tee() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="greenband-street-"))
    places = {"A0": (0, 0), "left": (-150, 0), "right": (150, 0), "bottom": (0, -150)}
    nodes = "".join(
        f'<node id="{name}" x="{x}" y="{y}" type="{"traffic_light" if name == "A0" else "priority"}"/>'
        for name, (x, y) in places.items()
    )
    ways = [(a, b) for name in ("left", "right", "bottom") for a, b in ((name, "A0"), ("A0", name))]
    edges = "".join(f'<edge id="{a}{b}" from="{a}" to="{b}" numLanes="2" speed="13.9"/>' for a, b in ways)
    (folder / "plain.nod.xml").write_text(f"<nodes>{nodes}</nodes>")
    (folder / "plain.edg.xml").write_text(f"<edges>{edges}</edges>")
    files = ["-n", "plain.nod.xml", "-e", "plain.edg.xml", "-o", "tee.net.xml"]
    run_tool("netconvert", *files, "--no-turnarounds", "true", "--tls.allred.time", "2", folder=folder)
    return folder / "tee.net.xml"


def _tee_led(plain: Path) -> Path:
    rows = [
        (12, "GGGGGrrrr"),  # the left from the right beside its through, and the rights of the stem
        (3, "GGgyyrrrr"),
        (2, "GGgrrrrrr"),
        (30, "GGgrrrGGG"),  # the main street
        (3, "yyyrrryyy"),
        (2, "rrrrrrrrr"),
        (30, "rrrGGGrrr"),  # the stem
        (3, "rrryyyrrr"),
        (2, "rrrrrrrrr"),
    ]
    return _programmed(plain, plain.with_name("tee led.net.xml"), rows)


def _lawless(ruled: Path) -> Path:
    tree = ElementTree.parse(ruled)
    for junction in tree.getroot().iter("junction"):
        for request in junction.findall("request"):
            junction.remove(request)
    path = ruled.with_name("lawless.net.xml")
    tree.write(path)
    return path


def _shared(crossings: Path) -> Path:
    tree = ElementTree.parse(crossings)
    lamps = {":A0_c0": "16", ":A0_c1": "9", ":A0_c2": "17", ":A0_c3": "1"}
    for link in tree.getroot().iter("connection"):
        if link.get("tl") and link.attrib["to"] in lamps:
            link.set("linkIndex", lamps[link.attrib["to"]])
    for phase in tree.getroot().iter("phase"):
        state = phase.attrib["state"]
        phase.set("state", state[:17] + state[18])
    path = crossings.with_name("shared.net.xml")
    tree.write(path)
    return path


@functools.cache
def loops_of(network: Path) -> Path:
    """An additional file with a loop, "loop:LANE", 20 m before each stop line with a signal (half way where short)."""
    root = ElementTree.parse(network).getroot()
    length = {lane.attrib["id"]: float(lane.attrib["length"]) for lane in root.iter("lane")}
    links = [link.attrib for link in root.iter("connection") if link.get("tl") and ":" not in link.attrib["from"]]
    lanes = sorted({f"{link['from']}_{link['fromLane']}" for link in links})
    rows = (
        f'<inductionLoop id="loop:{lane}" lane="{lane}" pos="{max(length[lane] - 20, length[lane] / 2):.2f}"'
        ' period="60" file="NUL"/>'
        for lane in lanes
    )
    path = Path(tempfile.mkdtemp(prefix="greenband-loops-")) / "loops.add.xml"
    path.write_text(f"<additional>{''.join(rows)}</additional>")
    return path


Trip = tuple[int, str, str]  # second of departure, first and last link


def executed(
    network: Path,
    programs: Path,
    folder: Path,
    end_s: int,
    *,
    begin_s: int = 0,
    flow: bool = True,
    trips: Sequence[Trip] | None = None,
) -> dict[str, list[tuple[float, str]]]:
    """What SUMO showed, per signal one row a second, with the programs loaded and some traffic, or these trips."""
    ids = [row.get("id", "") for row in ElementTree.parse(network).getroot().iter("tlLogic")]
    events = "".join(f'<timedEvent type="SaveTLSStates" source="{name}" dest="states.xml"/>' for name in ids)
    (folder / "watch.add.xml").write_text(f"<additional>{events}</additional>")
    arguments = ["-n", str(network), "-a", f"{programs},watch.add.xml", "-b", str(begin_s), "-e", str(end_s)]
    if flow:
        _write_trips(folder, _usual_trips(network, begin_s, end_s) if trips is None else trips)
        arguments += ["-r", "trips.xml"]
    arguments += ["--ignore-route-errors", "--no-warnings"]  # some turn round where nobody may
    run_tool("sumo", *arguments, "-X", "never", "--no-step-log", folder=folder)
    shown: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for row in ElementTree.parse(folder / "states.xml").getroot().iter("tlsState"):
        shown[row.attrib["id"]].append((float(row.attrib["time"]), row.attrib["state"]))
    return dict(shown)


def _write_trips(folder: Path, trips: Iterable[Trip]) -> None:
    rows = (
        f'<trip id="{number}" depart="{second}" from="{start}" to="{target}"/>'
        for number, (second, start, target) in enumerate(trips)
    )
    (folder / "trips.xml").write_text(f"<routes>{''.join(rows)}</routes>")


def _usual_trips(network: Path, begin_s: int, end_s: int) -> Iterator[Trip]:
    """A vehicle every few seconds from every entry to every exit in turn."""
    root = ElementTree.parse(network).getroot()
    edges = [e for e in root.iter("edge") if e.get("function") is None]
    ends = {e.get("to") for e in edges}, {e.get("from") for e in edges}
    dead = {j.get("id") for j in root.iter("junction") if len((j.get("incLanes") or "").split()) <= 2}
    entries = sorted(e.attrib["id"] for e in edges if e.get("from") in dead)
    exits = sorted(e.attrib["id"] for e in edges if e.get("to") in dead)
    assert entries
    assert exits
    assert all(ends)
    for number, second in enumerate(range(begin_s, end_s, 3)):
        start = entries[number * 7 % len(entries)]
        target = exits[(number * 5 + number // 11) % len(exits)]
        if start.lstrip("-") != target.lstrip("-"):
            yield second, start, target
