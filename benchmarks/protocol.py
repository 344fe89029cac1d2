"""The rules under which plans of the maps are compared, printed with every result, and the runs that follow them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev

from networks.network import Network
from signals.cli import verbs, wiring
from signals.measures import Measures
from signals.service.request import PlanRequest
from signals.simulation import scenario
from signals.simulation.demand_files import Departure
from signals.simulation.given_ways import Streets, Way, ways_of
from signals.simulation.job import Outputs

MAPS = ("cologne1", "ingolstadt1", "cologne3", "cologne8", "ingolstadt7", "ingolstadt21", "grid4x4", "arterial4x4")
REALISATIONS = tuple(range(1001, 1021))
"""Of the verdict, and the simulator's seeds; whoever tunes has numbers below 1000."""
TEXT = f"""SUMO 1.28, steps of 1 s, default vehicles, no teleporting, the map's own hour. Realisation r moves every
departure by U(-60, 60) s, reflected at the ends of the hour, by generator seed r, and is driven with SUMO seed r;
r = {REALISATIONS[0]} to {REALISATIONS[-1]}. Delay is time loss plus insertion delay (who never enters: to the end of
the hour) over the vehicles due. Gridlocked: a vehicle stands more than 600 s at a stretch. Programs of ingolstadt7
and ingolstadt21 that the copies comment out are put back."""


@dataclass(frozen=True, slots=True)
class Map:
    """A map, ready for runs. `given_path`: its programs where they are not those of the network file."""

    name: str
    request: PlanRequest
    scenario: scenario.Scenario
    network: Network
    given_path: Path | None


def map_of(name: str, folder: Path) -> Map:
    """Obtain a map into the user's cache (its licence is accepted by that) and prepare it in `folder`."""
    request = verbs.demo_request(name, folder / name, True, 64, 16, "fixed", None)
    begin_s, end_s = request.begin_s or 0.0, request.end_s or 0.0
    work = folder / name / "runs"
    ready = scenario.prepare(request.network, request.demand, work, begin_s=begin_s, end_s=end_s)
    network = wiring.read_street(request.network, request.detectors, request.incumbent)
    return Map(name, request, ready, network, request.incumbent[0] if request.incumbent else None)


@dataclass(frozen=True, slots=True)
class Result:
    """What the runs of one control of the signals measured."""

    map: str
    control: str
    delays_s_per_veh: tuple[float, ...]
    gridlocked: int
    kept_out_veh: int

    @property
    def mean_s_per_veh(self) -> float:
        return fmean(self.delays_s_per_veh)

    @property
    def half_interval_s_per_veh(self) -> float:
        """Half of the 95 % interval of the mean."""
        return float(1.96 * stdev(self.delays_s_per_veh) / len(self.delays_s_per_veh) ** 0.5)

    def row(self) -> str:
        """As a row of the table below."""
        return (
            f"| {self.map} | {self.control} | {self.mean_s_per_veh:.1f} ± {self.half_interval_s_per_veh:.1f} "
            f"| {self.gridlocked} of {len(self.delays_s_per_veh)} | {self.kept_out_veh} |"
        )

    def summary(self) -> dict[str, float]:
        """As it is kept."""
        return {
            "mean_s_per_veh": self.mean_s_per_veh,
            "half_interval_s_per_veh": self.half_interval_s_per_veh,
            "gridlocked": self.gridlocked,
            "kept_out_veh": self.kept_out_veh,
            "runs": len(self.delays_s_per_veh),
        }


def ways_due(map_: Map) -> list[tuple[Departure, Way]]:
    """Who is due in the hour and has a way, with the links of it."""
    ready = map_.scenario
    rows = zip(ready.demand.departures, ways_of(ready.demand, Streets(map_.network)), strict=True)
    return [(one, way) for one, way in rows if way and ready.begin_s <= one.depart_s < ready.end_s]


HEAD = """| map | control | delay, s/veh (± half of the 95 % interval) | gridlocked | vehicles kept out |
|---|---|--:|--:|--:|"""


def result_of(map_: Map, control: str, runs: Sequence[Measures]) -> Result:
    """The runs of one control as one result."""
    return Result(
        map_.name,
        control,
        tuple(run.mean_delay_s_per_veh for run in runs),
        sum(run.gridlocked for run in runs),
        sum(run.kept_out_veh for run in runs),
    )


def measure(
    map_: Map, control: str, programs: Path | None, realisations: Sequence[int] = REALISATIONS, report: bool = True
) -> Result:
    """Runs under the programs of a file (None: the network's own)."""
    tell: Callable[[int, int], None] | None = None
    if report and os.isatty(sys.stderr.fileno()):
        tell = lambda done, total: print(f"\r{map_.name}, {control}: {done} of {total} runs", end="", file=sys.stderr)  # noqa: E731
    runs = map_.scenario.measure(
        [programs] * len(realisations), list(realisations), list(realisations), outputs=Outputs(), report=tell
    )
    return result_of(map_, control, runs)
