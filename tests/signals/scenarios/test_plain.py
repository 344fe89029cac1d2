"""Building blocks of our own streets, and the streets built with them."""

from __future__ import annotations

import hashlib
import os
import re
import runpy
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
import sumo

from signals.scenarios.description import read, scenarios_folder
from signals.scenarios.plain import (
    BuildFailed,
    Channel,
    Step,
    build,
    channels_of,
    element,
    in_proportion,
    sumo_environment,
    vehicle,
)

OWN = sorted(path.parent.name for path in scenarios_folder().glob("*/generate.py"))
CROSS = {"N": (0, 100), "E": (100, 0), "S": (0, -100), "W": (-100, 0)}


def crossroads() -> tuple[list[str], list[str]]:
    nodes = [element("node", id=name, x=x, y=y, type="priority") for name, (x, y) in CROSS.items()]
    nodes.append(element("node", id="C", x=0, y=0, type="traffic_light"))
    pairs = [*((name, "C") for name in CROSS), *(("C", name) for name in CROSS)]
    return nodes, [element("edge", id=f"{a}.{b}", from_=a, to=b, numLanes=1, speed=13.9) for a, b in pairs]


def all_green_then_red(signal: str, channels: tuple[Channel, ...]) -> tuple[int, list[Step]]:
    return 7, [Step(20, lambda c: "g"), Step(3, lambda c: "y"), Step(2, lambda c: "r")]


def test_programs_are_written_over_the_built_network() -> None:
    network = build(*crossroads(), [], all_green_then_red)
    assert network == build(*crossroads(), [], all_green_then_red)
    assert b"<!--" not in network[:500]
    logic = ElementTree.fromstring(network).find("tlLogic")
    assert logic is not None
    assert logic.get("offset") == "7"
    assert [(p.get("duration"), set(p.get("state", ""))) for p in logic] == [("20", {"g"}), ("3", {"y"}), ("2", {"r"})]
    (channels,) = channels_of(network).values()
    assert [c.index for c in channels] == list(range(12))
    assert {c.turn for c in channels} == {"l", "s", "r"}


def test_limits_of_a_step_are_in_the_program_though_it_is_fixed() -> None:
    def limited(signal: str, channels: tuple[Channel, ...]) -> tuple[int, list[Step]]:
        return 0, [Step(20, lambda c: "g", min_s=15), Step(3, lambda c: "y"), Step(2, lambda c: "r", max_s=4)]

    logic = ElementTree.fromstring(build(*crossroads(), [], limited)).find("tlLogic")
    assert logic is not None
    assert [(p.get("duration"), p.get("minDur"), p.get("maxDur")) for p in logic] == [
        ("20", "15", None),
        ("3", None, None),
        ("2", None, "4"),
    ]


def test_what_netconvert_says_is_passed_on() -> None:
    nodes, edges = crossroads()
    with pytest.raises(BuildFailed, match="nowhere"):
        build(nodes, [*edges, element("edge", id="bad", from_="C", to="nowhere", numLanes=1)], [], all_green_then_red)


def test_ids_are_quoted() -> None:
    assert element("node", id='a"<b', from_="x") == '<node id=\'a"&lt;b\' from="x"/>'
    assert vehicle("v1", "car", 1.5, ["a", "b"]).count('"') == 12


def test_green_in_proportion_but_nobody_below_its_least() -> None:
    assert in_proportion(90, {"a": 2.0, "b": 1.0}, {"a": 5, "b": 5}) == {"a": 60, "b": 30}
    assert in_proportion(90, {"a": 8.0, "b": 1.0}, {"a": 5, "b": 20}) == {"a": 70, "b": 20}
    assert in_proportion(60, {"a": 8.0, "b": 1.0, "c": 2.0}, {"a": 5, "b": 20, "c": 15}) == {"a": 25, "b": 20, "c": 15}
    assert in_proportion(60, {"a": 0.0, "b": 1.0}, {"a": 7, "b": 5}) == {"a": 7, "b": 53}
    with pytest.raises(BuildFailed, match="cannot hold"):
        in_proportion(20, {"a": 1.0, "b": 1.0}, {"a": 15, "b": 15})


# --- the streets of our own -------------------------------------------------------------------------------------------


@cache
def generator(name: str) -> Callable[[Path], None]:
    function: Callable[[Path], None] = runpy.run_path(str(scenarios_folder() / name / "generate.py"))["generate"]
    return function


def files(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("name", OWN)
def test_the_same_bytes_every_time(tmp_path: Path, name: str) -> None:
    for folder in ("one", "two"):
        generator(name)(tmp_path / folder)
    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert set(files(tmp_path / "one")) == {file.name for file in read(scenarios_folder() / name).files}


@pytest.mark.scenario
@pytest.mark.parametrize("name", OWN)
def test_the_simulator_runs_them_without_a_warning(tmp_path: Path, name: str) -> None:
    info = read(scenarios_folder() / name)
    generator(name)(tmp_path)
    routes = ",".join(file.name for file in info.files if file.role == "demand")
    command = [os.path.join(sumo.SUMO_HOME, "bin", "sumo"), "--net-file", "street.net.xml", "--route-files", routes]
    command += ["--begin", str(info.begin_s), "--end", str(info.begin_s + 900), "--time-to-teleport", "-1"]
    command += ["--no-step-log", "true", "--duration-log.statistics", "true"]
    done = subprocess.run(command, cwd=tmp_path, env=sumo_environment(), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0
    assert done.stderr.strip() == ""
    assert int(re.findall(r"Inserted: (\d+)", done.stdout)[0]) > 500


@pytest.mark.parametrize("name", OWN)
def test_no_two_crossing_streams_have_priority_together(tmp_path: Path, name: str) -> None:
    """Of two channels green together whose paths cross, one gives way (g), by the simulator's own table of foes."""
    generator(name)(tmp_path)
    root = ElementTree.parse(tmp_path / "street.net.xml").getroot()
    assert len(root.findall("tlLogic")) == read(scenarios_folder() / name).signals
    junctions = {j.get("id"): j for j in root.iter("junction")}
    for logic in root.iter("tlLogic"):
        requests = {int(r.get("index", "")): r for r in junctions[logic.get("id")].iter("request")}
        states = [p.get("state", "") for p in logic]
        size = len(requests)  # one node, one signal: the order of its requests is that of its channels
        assert {len(state) for state in states} == {size}
        for i in range(size):
            assert any(state[i] in "Gg" for state in states)
            foes = [j for j in range(size) if requests[i].get("foes", "")[size - 1 - j] == "1"]
            assert not [(i, j, state) for state in states for j in foes if state[i] == state[j] == "G"]
        ours = [c for c in root.iter("connection") if c.get("tl") == logic.get("id")]
        on_foot = {int(c.get("linkIndex", "")) for c in ours if c.get("to", "").startswith(":")}
        for before, after in zip(states, states[1:] + states[:1], strict=True):
            changes = {a + b for k, (a, b) in enumerate(zip(before, after, strict=True)) if k not in on_foot}
            assert not changes & {"Gr", "gr", "yG", "yg"}
