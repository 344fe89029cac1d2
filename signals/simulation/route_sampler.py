"""SUMO's routeSampler as an engine: our files in, whole vehicles per path out, in a process of its own."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path as FilePath
from xml.sax.saxutils import quoteattr

import sumo
from defusedxml import ElementTree

from networks.demand import Demand
from signals.simulation.paths import Path, PathFlows, wanted_veh

MEMORY_BYTES = 3 * 2**30
OUTPUT_BYTES = 512 * 2**20


class SamplerError(RuntimeError):
    """routeSampler failed or ran out of time."""


def sample_routes(demand: Demand, flows: PathFlows, *, seed: int, timeout_s: float) -> dict[Path, int]:
    """Vehicles per path, drawn by routeSampler from `flows.paths` (weighted) to meet whole turn counts.

    It reads files that we wrote, in a folder that is removed afterwards, with an empty environment and limits on
    memory, output and time. Raises `SamplerError`.
    """
    with tempfile.TemporaryDirectory(prefix="greenband-routes-") as name:
        folder = FilePath(name)
        _write_inputs(folder, demand, flows)
        tool = os.path.join(sumo.SUMO_HOME, "tools", "routeSampler.py")
        command = [sys.executable, tool, "-r", "paths.rou.xml", "-t", "turns.xml", "-d", "begins.xml"]
        command += ["--depart-attribute", "departed", "--edgedata-attribute", "None"]
        command += ["-o", "out.rou.xml", "-s", str(seed), "--weighted", "--optimize", "full"]
        _run(command, folder, timeout_s)
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


def _run(command: list[str], folder: FilePath, timeout_s: float) -> None:
    environment = {"SUMO_HOME": sumo.SUMO_HOME, "PATH": os.defpath, "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=_limits,
    )
    try:
        _, errors = process.communicate(timeout=timeout_s)
    except BaseException as error:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            raise SamplerError(f"routeSampler: no answer within {timeout_s:g} s") from error
        raise
    if process.returncode != 0:
        last = errors.decode("utf-8", "replace").strip().splitlines()[-1:] or ["no message"]
        raise SamplerError(f"routeSampler: ended with {process.returncode}: {last[0][:300]}")


def _limits() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_BYTES, OUTPUT_BYTES))
