"""SUMO's routeSampler as an engine: our files in, whole vehicles per path and interval out, in a process of its own."""

from __future__ import annotations

import select
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath

import numpy as np
from numpy.typing import NDArray

from signals.simulation.job import Cancelled, Limits, SimulationFailed
from signals.simulation.path_flows import Matrix, PathFlows
from signals.simulation.paths import Path, movements_of
from signals.simulation.process import Running, failure_of, simulator_home
from signals.simulation.reading import elements, number
from signals.simulation.recording import element
from signals.simulation.runner import Flag

LIMITS = Limits(wall_s=300.0, cpu_s=300.0, memory_bytes=2 << 30, file_bytes=64 << 20)
_TOOL = "routeSampler"
_PATHS, _TURNS, _BEGINS, _OUT = "paths.rou.xml", "turns.xml", "begins.xml", "out.rou.xml"
_LEAST_WEIGHT = 0.001
_POLL_S = 0.1  # how soon a cancel is noticed
# The same hash of strings in every run, nothing written beside the tool's own files, no threads that reserve memory.
_ENVIRONMENT = {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1"}


def sample_routes(
    flows: PathFlows,
    *,
    seed: int,
    work: FilePath,
    limits: Limits = LIMITS,
    cancelled: Flag | None = None,
) -> NDArray[np.int64]:
    """Vehicles per path and interval of departure, shape (paths, intervals), drawn by routeSampler.

    It is told the paths with their weights and, for each interval, the movements and entries of those who depart in it,
    in whole vehicles. It works in a folder below `work` that holds our files only and is removed afterwards, under
    `limits` and the launcher of simulation runs. Raises `SimulationError` by its kinds: out of time, out of memory,
    too much output, failed, cancelled.
    """
    with tempfile.TemporaryDirectory(prefix="routes-", dir=work) as name:
        folder = FilePath(name)
        _write_inputs(folder, flows, np.random.default_rng([30_000, seed]))
        _run(["-s", str(seed)], folder, limits, cancelled)
        return _read(folder / _OUT, flows)


def _write_inputs(folder: FilePath, flows: PathFlows, random: np.random.Generator) -> None:
    none = np.zeros(len(flows.periods))
    turns: dict[Path, Matrix] = defaultdict(none.copy)
    begins: dict[Path, Matrix] = defaultdict(none.copy)
    for path, vehicles in zip(flows.paths, flows.vehicles, strict=True):
        begins[path[:1]] += vehicles
        for movement in movements_of(path):
            turns[movement] += vehicles
    counts = _whole(turns, random)
    _write_counts(folder / _TURNS, flows, "edgeRelation", ("from", "to"), "count", counts)
    _write_counts(folder / _BEGINS, flows, "edge", ("id",), "departed", _whole(begins, random))
    weights = zip(flows.paths, flows.vehicles.sum(axis=1).tolist(), strict=True)
    rows = [
        element(
            "route",
            (("id", f"p{at}"), ("edges", " ".join(path)), ("probability", f"{max(weight, _LEAST_WEIGHT):.4f}")),
        )
        for at, (path, weight) in enumerate(weights)
    ]
    _write(folder / _PATHS, "routes", rows)


def _whole(expected: Mapping[Path, Matrix], random: np.random.Generator) -> dict[Path, list[int]]:
    """Whole vehicles per interval, whose running sum stays within one of that expected."""
    return {
        key: np.diff(np.floor(np.concatenate(([0.0], np.cumsum(expected[key]))) + random.random())).astype(int).tolist()
        for key in sorted(expected)
    }


def _write_counts(
    path: FilePath, flows: PathFlows, tag: str, names: tuple[str, ...], value: str, counts: Mapping[Path, list[int]]
) -> None:
    intervals = []
    for at, period in enumerate(flows.periods):
        rows = [element(tag, (*zip(names, key, strict=True), (value, str(veh[at])))) for key, veh in counts.items()]
        span = (("id", f"i{at}"), ("begin", f"{period.begin_s:.2f}"), ("end", f"{period.end_s:.2f}"))
        intervals.append(element("interval", span, "\n".join(rows)))
    _write(path, "data", intervals)


def _write(path: FilePath, root: str, rows: Iterable[str]) -> None:
    path.write_text("\n".join((f"<{root}>", *rows, f"</{root}>\n")), "utf-8")


def _run(options: list[str], folder: FilePath, limits: Limits, cancelled: Flag | None) -> None:
    tool = simulator_home() / "tools" / f"{_TOOL}.py"
    arguments = ["-s", "-P", str(tool), "-r", _PATHS, "-t", _TURNS, "-d", _BEGINS, "-o", _OUT]
    arguments += ["--depart-attribute", "departed", "--edgedata-attribute", "None", "--weighted", "--optimize", "full"]
    running = Running(sys.executable, [*arguments, *options], folder, limits, _ENVIRONMENT)
    try:
        while not select.select([running.stdout], [], [], _POLL_S)[0]:
            if cancelled is not None and cancelled.is_set():
                raise Cancelled("cancelled")
        failure = failure_of(running.ending(), folder, limits, _TOOL)
    finally:
        running.kill()
    if failure is not None:
        raise failure


def _read(path: FilePath, flows: PathFlows) -> NDArray[np.int64]:
    """Vehicles by the path they take and the interval they depart in. Raises `SimulationFailed` for other paths."""
    at = {path: number for number, path in enumerate(flows.paths)}
    edges_s = np.array([period.begin_s for period in flows.periods[1:]])
    vehicles = np.zeros(flows.vehicles.shape, dtype=np.int64)
    for found in elements(path, "vehicle"):
        route = found.find("route")
        links = tuple(("" if route is None else route.get("edges", "")).split())
        if links not in at:
            raise SimulationFailed(f"{_TOOL} made a vehicle on a path that it was not given")
        depart_s = number(found.get("depart"), "depart")
        vehicles[at[links], np.searchsorted(edges_s, depart_s, side="right")] += 1
    return vehicles
