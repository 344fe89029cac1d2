"""SUMO's routeSampler as an engine: our files in, whole vehicles per path out, in a process of its own."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path as FilePath
from xml.sax.saxutils import quoteattr

from defusedxml import ElementTree

from networks.demand import Demand
from signals.simulation.job import Limits
from signals.simulation.paths import Path, PathFlows, wanted_veh
from signals.simulation.process import Running, failure_of, simulator_home

LIMITS = Limits(memory_bytes=3 * 2**30, file_bytes=512 * 2**20)


def sample_routes(demand: Demand, flows: PathFlows, *, seed: int, timeout_s: float) -> dict[Path, int]:
    """Vehicles per path, drawn by routeSampler from `flows.paths` (weighted) to meet whole turn counts.

    It reads files that we wrote, in a folder that is removed afterwards, under the limits and the launcher of
    simulation runs. Raises `SimulationError` (its kinds: out of time, out of memory, failed).
    """
    with tempfile.TemporaryDirectory(prefix="greenband-routes-") as name:
        folder = FilePath(name)
        _write_inputs(folder, demand, flows)
        arguments = ["-r", "paths.rou.xml", "-t", "turns.xml", "-d", "begins.xml"]
        arguments += ["--depart-attribute", "departed", "--edgedata-attribute", "None"]
        arguments += ["-o", "out.rou.xml", "-s", str(seed), "--weighted", "--optimize", "full"]
        _run(arguments, folder, timeout_s)
        counts: Counter[Path] = Counter()
        for element in ElementTree.parse(folder / "out.rou.xml", forbid_dtd=True).iter("route"):
            counts[tuple(element.get("edges", "").split())] += 1
    return dict(counts)


def _write_inputs(folder: FilePath, demand: Demand, flows: PathFlows) -> None:
    moves, begins, _ = wanted_veh(demand)
    period = demand.period
    interval = f'<interval id="counts" begin="{period.begin_s:.2f}" end="{period.end_s:.2f}">'
    rows = [
        f'<edgeRelation from={quoteattr(start)} to={quoteattr(end)} count="{round(veh)}"/>'
        for (start, end), veh in sorted(moves.items())
    ]
    (folder / "turns.xml").write_text("\n".join(["<data>", interval, *rows, "</interval>", "</data>"]), "utf-8")
    rows = [f'<edge id={quoteattr(link)} departed="{round(veh)}"/>' for link, veh in sorted(begins.items())]
    (folder / "begins.xml").write_text("\n".join(["<data>", interval, *rows, "</interval>", "</data>"]), "utf-8")
    rows = [
        f'<route id="p{number}" edges={quoteattr(" ".join(path))} probability="{max(veh, 0.001):.4f}"/>'
        for number, (path, veh) in enumerate(zip(flows.paths, flows.vehicles, strict=True))
        if len(path) > 1
    ]
    (folder / "paths.rou.xml").write_text("\n".join(["<routes>", *rows, "</routes>"]), "utf-8")


def _run(arguments: list[str], folder: FilePath, timeout_s: float) -> None:
    limits = replace(LIMITS, wall_s=timeout_s, cpu_s=timeout_s)
    tool = simulator_home() / "tools" / "routeSampler.py"
    running = Running(sys.executable, [str(tool), *arguments], folder, limits)
    try:
        failure = failure_of(running.ending(), folder, limits)
    finally:
        running.kill()
    if failure is not None:
        raise failure
