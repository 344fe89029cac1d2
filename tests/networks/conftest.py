"""Networks of our own, generated at test time with the simulator's tools: a grid, walkers, rail, joined nodes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import sumo

from networks.importers import sumo_net
from networks.network import Network

Build = Callable[..., Path]

MIXED_NODES = """<nodes>
<node id="C" x="0" y="0" type="traffic_light"/><node id="W" x="-200" y="0"/><node id="E" x="200" y="0"/>
<node id="S" x="0" y="-200"/><node id="N" x="0" y="200"/><node id="R" x="400" y="0" type="rail_crossing"/>
<node id="RN" x="400" y="200" type="rail_signal"/><node id="RNN" x="400" y="400"/><node id="RS" x="400" y="-200"/>
<node id="E2" x="600" y="0"/></nodes>"""
MIXED_EDGES = """<edges>
<edge id="WC" from="W" to="C" numLanes="2"><lane index="1" allow="bus"/></edge>
<edge id="CE" from="C" to="E" numLanes="2"><lane index="1" allow="bus"/></edge>
<edge id="EC" from="E" to="C" numLanes="1"/><edge id="CW" from="C" to="W" numLanes="1"/>
<edge id="NC" from="N" to="C" numLanes="1" allow="tram"/><edge id="CS" from="C" to="S" numLanes="1" allow="tram"/>
<edge id="SC" from="S" to="C" numLanes="1" allow="bicycle"/><edge id="CN" from="C" to="N" numLanes="1" allow="bicycle"/>
<edge id="ER" from="E" to="R" numLanes="1"/><edge id="RE2" from="R" to="E2" numLanes="1"/>
<edge id="a" from="RNN" to="RN" numLanes="1" allow="rail"/><edge id="b" from="RN" to="R" numLanes="1" allow="rail"/>
<edge id="c" from="R" to="RS" numLanes="1" allow="rail"/></edges>"""
MIXED_CONNECTIONS = """<connections>
<connection from="NC" to="CS" fromLane="0" toLane="0"/><connection from="SC" to="CN" fromLane="0" toLane="0"/>
<connection from="WC" to="CE" fromLane="0" toLane="0"/><connection from="WC" to="CE" fromLane="1" toLane="1"/>
<connection from="WC" to="CS" fromLane="0" toLane="0" uncontrolled="true"/>
<connection from="EC" to="CW" fromLane="0" toLane="0"/></connections>"""
JOINED_NODES = """<nodes>
<node id="A" x="0" y="0" type="traffic_light" tl="J"/><node id="B" x="60" y="0" type="traffic_light" tl="J"/>
<node id="W" x="-200" y="0"/><node id="E" x="260" y="0"/><node id="S" x="0" y="-200"/><node id="N" x="60" y="200"/>
</nodes>"""
JOINED_EDGES = """<edges>
<edge id="WA" from="W" to="A" numLanes="2"/><edge id="AB" from="A" to="B" numLanes="2"/>
<edge id="BE" from="B" to="E" numLanes="2"/><edge id="EB" from="E" to="B" numLanes="2"/>
<edge id="BA" from="B" to="A" numLanes="2"/><edge id="AW" from="A" to="W" numLanes="2"/>
<edge id="SA" from="S" to="A" numLanes="1"/><edge id="NB" from="N" to="B" numLanes="1"/>
<edge id="AS" from="A" to="S" numLanes="1"/><edge id="BN" from="B" to="N" numLanes="1"/></edges>"""


def _run(tool: str, *arguments: str) -> None:
    environment = {**os.environ, "SUMO_HOME": sumo.SUMO_HOME}
    command = [os.path.join(sumo.SUMO_HOME, "bin", tool), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Turns node, edge and connection files into a network file."""

    def build(nodes: str, edges: str, *options: str, connections: str = "", suffix: str = ".net.xml") -> Path:
        folder = tmp_path_factory.mktemp("converted")
        texts = {"n.nod.xml": nodes, "e.edg.xml": edges, "c.con.xml": connections}
        for name, text in texts.items():
            (folder / name).write_text(text)
        path = folder / f"street{suffix}"
        given = ["-n", str(folder / "n.nod.xml"), "-e", str(folder / "e.edg.xml"), "-o", str(path), *options]
        _run("netconvert", *given, *(["-x", str(folder / "c.con.xml")] if connections else []))
        return path

    return build


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """A generated grid with signals at all nodes."""

    def build(*options: str, number: int = 2) -> Path:
        path = tmp_path_factory.mktemp("generated") / "grid.net.xml"
        shape = ["--grid", f"--grid.number={number}", "--grid.attach-length=100", "-L", "2"]
        _run("netgenerate", *shape, "--default-junction-type", "traffic_light", *options, "-o", str(path))
        return path

    return build


@pytest.fixture(scope="session")
def grid_path(generated: Build) -> Path:
    return generated()


@pytest.fixture(scope="session")
def walkers_path(generated: Build) -> Path:
    """The grid with sidewalks and crossings."""
    return generated("--crossings.guess", "--sidewalks.guess", "--sidewalks.guess.min-speed", "5")


@pytest.fixture(scope="session")
def mixed_path(converted: Build) -> Path:
    """Cars, a bus lane, trams, bicycles and an unsignalised right turn at C; a rail signal and a level crossing."""
    return converted(MIXED_NODES, MIXED_EDGES, connections=MIXED_CONNECTIONS)


@pytest.fixture(scope="session")
def joined_path(converted: Build) -> Path:
    """Two nodes under one program, one index for several connections."""
    return converted(JOINED_NODES, JOINED_EDGES, "--tls.group-signals", suffix=".net.xml.gz")


@pytest.fixture(scope="session")
def actuated_path(converted: Build) -> Path:
    """The joined nodes under actuated control with walkers."""
    options = ["--tls.default-type", "actuated", "--crossings.guess"]
    return converted(JOINED_NODES, JOINED_EDGES, *options, "--sidewalks.guess", "--sidewalks.guess.max-speed", "20")


@pytest.fixture(scope="session")
def grid(grid_path: Path) -> Network:
    return sumo_net.read(grid_path)


@pytest.fixture(scope="session")
def walkers(walkers_path: Path) -> Network:
    return sumo_net.read(walkers_path)


@pytest.fixture(scope="session")
def mixed(mixed_path: Path) -> Network:
    return sumo_net.read(mixed_path)


@pytest.fixture(scope="session")
def joined(joined_path: Path) -> Network:
    return sumo_net.read(joined_path)


@pytest.fixture(scope="session")
def actuated(actuated_path: Path) -> Network:
    return sumo_net.read(actuated_path)
