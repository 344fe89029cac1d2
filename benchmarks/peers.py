"""What SUMO brings for signals, and two references that see every vehicle, by the rules of `protocol.py`.

    python -m benchmarks.peers [NAME ...] [--only CONTROL ...] [--realisations N]

- given: the programs of the map;
- cycle adaptation: SUMO's tlsCycleAdaptation.py (Webster) on the map's own routes; adapted and coordinated: its plan
  with the offsets of tlsCoordinator.py;
- actuated, delay based: the given stages under SUMO's own logics, greens of 5 to 50 s;
- greedy, max pressure: every 10 s each signal shows, out of its given stages, the one that serves most vehicles on its
  lanes, or the greatest surplus of them over those on the lanes behind (Varaiya, Transp. Res. C 36, 2013, p. 177); 3 s
  of yellow before a change. They see all vehicles, and no controller could: references, not plans.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from defusedxml import ElementTree

from benchmarks import protocol
from benchmarks.protocol import Map
from signals.measures import Measures
from signals.simulation.job import Outputs
from signals.simulation.outputs import measures_of
from signals.simulation.process import environment, simulator_home
from signals.simulation.runner import lay_out

LEAST_GREEN_S, MOST_GREEN_S = 5, 50
DECISION_S, YELLOW_S = 10, 3
_map: Map
GREEN, YELLOW = frozenset("Gg"), frozenset("yY")


def routes_of(map_: Map, folder: Path) -> Path:
    """The map's vehicles with the links of their ways, by departure: the tools read no trips."""
    path, lines = folder / "routes.rou.xml", []
    for one, way in sorted(protocol.ways_due(map_), key=lambda row: row[0].depart_s):
        route = f"<route edges={quoteattr(' '.join(way))}/>"
        lines.append(f'<vehicle id={quoteattr(one.id)} depart="{one.depart_s:.2f}">{route}</vehicle>')
    path.write_text("\n".join(["<routes>", *lines, "</routes>"]), encoding="utf-8")
    return path


def tool(name: str, *options: str, folder: Path) -> None:
    """Run one of SUMO's own scripts."""
    home = simulator_home()
    command = [sys.executable, str(home / "tools" / name), *options]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment(home, folder)}, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{name} ended with {done.returncode}: {done.stderr[-500:]}")


def adapted(map_: Map, folder: Path) -> Path:
    """Cycles and greens by tlsCycleAdaptation.py."""
    routes = routes_of(map_, folder)
    network = ("-n", str(network_with_given(map_, folder)), "-r", str(routes))
    options = ("-b", f"{map_.scenario.begin_s:g}", "-g", f"{LEAST_GREEN_S}", "--sorted", "-o", "adapted.add.xml")
    tool("tlsCycleAdaptation.py", *network, *options, folder=folder)
    return folder / "adapted.add.xml"


def coordinated(map_: Map, folder: Path) -> Path:
    """The same with offsets by tlsCoordinator.py."""
    programs = adapted(map_, folder)
    network = ("-n", str(network_with_given(map_, folder)), "-r", str(folder / "routes.rou.xml"))
    tool("tlsCoordinator.py", *network, "-a", str(programs), "-o", "offsets.add.xml", folder=folder)
    offsets = {row.get("id"): row.get("offset") for row in _logics(folder / "offsets.add.xml")}
    logics = list(_logics(programs))
    for logic in logics:
        logic.set("offset", offsets.get(logic.get("id")) or logic.get("offset", "0"))
    return _written(logics, folder / "coordinated.add.xml")


def network_with_given(map_: Map, folder: Path) -> Path:
    """The network file with the given programs in it: the tools look nowhere else."""
    path = folder / "network.net.xml"
    if path.exists():
        return path
    if map_.given_path is None:
        shutil.copyfile(map_.scenario.network.path, path)
        return path
    given = {logic.get("id"): logic for logic in _logics(map_.given_path)}
    tree = ElementTree.parse(map_.scenario.network.path, forbid_dtd=True)
    root = tree.getroot()
    for at, found in enumerate(list(root)):
        if found.tag == "tlLogic" and found.get("id") in given:
            root[at] = given[found.get("id")]
    tree.write(path, encoding="unicode")
    return path


def logic_of(kind: str, map_: Map, folder: Path) -> Path:
    """The given stages under one of SUMO's logics that answer to vehicles."""
    logics = list(given_logics(map_))
    for logic in logics:
        logic.set("type", kind)
        logic.set("programID", kind)
        for phase in logic.iter("phase"):
            if is_stage(phase.get("state", "")):
                phase.set("minDur", str(LEAST_GREEN_S))
                phase.set("maxDur", str(max(MOST_GREEN_S, round(float(phase.get("duration", "0"))))))
    return _written(logics, folder / f"{kind}.add.xml")


def is_stage(state: str) -> bool:
    """Whether a state is one that traffic is served by, and no change between two."""
    return bool(GREEN & set(state)) and not YELLOW & set(state)


def given_logics(map_: Map) -> Iterator[Any]:
    """The programs that run today, one element each."""
    return _logics(map_.given_path or map_.scenario.network.path)


def _logics(path: Path) -> Iterator[Any]:
    yield from ElementTree.parse(path, forbid_dtd=True).getroot().iter("tlLogic")


def _written(logics: Iterable[Any], path: Path) -> Path:
    text = "\n".join(ElementTree.tostring(logic, encoding="unicode") for logic in logics)
    path.write_text(f"<additional>\n{text}\n</additional>\n", encoding="utf-8")
    return path


def _take(map_: Map) -> None:
    """In a process for runs: whose they are."""
    global _map
    _map = map_


def seeing_all(pressure: bool, realisation: int) -> Measures:
    """One run in which every signal decides anew each `DECISION_S` from the vehicles on its lanes."""
    map_ = _map
    tools = str(simulator_home() / "tools")
    if tools not in sys.path:
        sys.path.append(tools)
    warnings.filterwarnings("ignore", message="API change")
    import traci  # type: ignore[import-not-found]  # of the simulator package, not installed by itself

    (job,) = map_.scenario.jobs(map_.given_path, [realisation], [realisation], Outputs())
    options = lay_out(job)
    os.chdir(job.work_dir)  # file names are relative to the run's folder; this process is the run's own
    command = [str(simulator_home() / "bin" / "sumo"), *options, "--no-warnings"]
    with contextlib.redirect_stdout(io.StringIO()):  # it tells how often it tried to connect
        traci.start(command, label=str(realisation), stdout=subprocess.DEVNULL)
    simulation = traci.getConnection(str(realisation))
    try:
        signals = [_Signal(simulation, name, pressure) for name in simulation.trafficlight.getIDList()]
        signals = [signal for signal in signals if len(signal.stages) > 1]
        time_s = job.begin_s
        while time_s < job.end_s:
            changing = [signal for signal in signals if signal.decide()]
            if changing:
                simulation.simulationStep(min(time_s + YELLOW_S, job.end_s))
                for signal in changing:
                    signal.show()
            time_s = min(time_s + DECISION_S, job.end_s)
            simulation.simulationStep(time_s)
    finally:
        simulation.close()
    measures = measures_of(job, job.work_dir, {})
    shutil.rmtree(job.work_dir, ignore_errors=True)
    return measures


class _Signal:
    """A signal that sees every vehicle on the lanes before it and behind it."""

    def __init__(self, simulation: Any, name: str, pressure: bool) -> None:
        self._simulation, self._name, self._pressure = simulation, name, pressure
        running = simulation.trafficlight.getProgram(name)
        logics = simulation.trafficlight.getAllProgramLogics(name)
        phases = next(logic for logic in logics if logic.programID == running).phases
        self.stages = list(dict.fromkeys(phase.state for phase in phases if is_stage(phase.state)))
        self._ways = [[(a, b) for a, b, _ in links] for links in simulation.trafficlight.getControlledLinks(name)]
        self._shown = ""

    def decide(self) -> bool:
        """Choose a stage; whether yellow has to come first, which is shown at once."""
        count = self._simulation.lane.getLastStepVehicleNumber
        ways = {way for served in self._ways for way in served}
        vehicles = {lane: count(lane) for lane in {lane for way in ways for lane in way}}

        def worth(state: str) -> int:
            served = {way for letter, way_ in zip(state, self._ways, strict=True) if letter in GREEN for way in way_}
            if not self._pressure:
                return sum(vehicles[lane] for lane in {before for before, _ in served})
            return sum(vehicles[before] - vehicles[behind] for before, behind in served)

        before = self._shown
        best = max(self.stages, key=lambda state: (worth(state), state == before))
        if best == before:
            return False
        self._shown = best
        if not before:
            self.show()
            return False
        yellow = "".join(
            "y" if old in GREEN and new not in GREEN else old for old, new in zip(before, best, strict=True)
        )
        self._simulation.trafficlight.setRedYellowGreenState(self._name, yellow)
        return True

    def show(self) -> None:
        """Show the stage that was chosen."""
        self._simulation.trafficlight.setRedYellowGreenState(self._name, self._shown)


PROGRAMS: dict[str, Callable[[Map, Path], Path | None]] = {
    "given": lambda map_, folder: map_.given_path,
    "cycle adaptation": adapted,
    "adapted and coordinated": coordinated,
    "actuated": partial(logic_of, "actuated"),
    "delay based": partial(logic_of, "delay_based"),
}
SEEING = {"greedy, seeing all": False, "max pressure, seeing all": True}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(protocol.MAPS))
    parser.add_argument("--only", nargs="+", choices=[*PROGRAMS, *SEEING], default=[*PROGRAMS, *SEEING])
    parser.add_argument("--realisations", type=int, default=len(protocol.REALISATIONS))
    parser.add_argument("--out", type=Path, default=Path("build") / "peers")
    asked = parser.parse_args()
    print(protocol.TEXT, end="\n\n")
    print(protocol.HEAD, flush=True)
    realisations = protocol.REALISATIONS[: asked.realisations]
    for name in asked.names:
        shutil.rmtree(asked.out / name, ignore_errors=True)
        map_ = protocol.map_of(name, asked.out.absolute())
        folder = asked.out.absolute() / name / "programs"
        folder.mkdir(parents=True)
        for control in asked.only:
            if control in SEEING:
                cores, fork = len(os.sched_getaffinity(0)), get_context("fork")  # the map is inherited
                with ProcessPoolExecutor(cores, fork, initializer=_take, initargs=(map_,)) as pool:
                    runs = list(pool.map(partial(seeing_all, SEEING[control]), realisations))
                result = protocol.result_of(map_, control, runs)
            else:
                result = protocol.measure(map_, control, PROGRAMS[control](map_, folder), realisations)
            print(result.row(), flush=True)


if __name__ == "__main__":
    main()
