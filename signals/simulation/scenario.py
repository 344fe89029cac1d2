"""A scenario: one network, one demand, one period; it hands out the runs of any plan on it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from networks.faults import Fault, refuse_if_any
from networks.queueing import QueueLane
from signals.measures import Measures
from signals.simulation.demand_files import DemandFile, read_demand
from signals.simulation.job import Limits, Outputs, RunJob
from signals.simulation.network_file import PreparedNetwork, prepare_network
from signals.simulation.realisation import JITTER_S, write_definitions, write_realisation
from signals.simulation.runner import Flag, run_many

SIMULATOR = "sumo 1.28"  # part of the digest: another version may move the figures


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything a run needs but the plan. Files are made under `work_root`, which must be ours alone."""

    network: PreparedNetwork
    demand: DemandFile
    begin_s: float
    end_s: float
    work_root: Path
    step_length_s: float = 1.0
    jitter_s: float = JITTER_S
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if not 0 <= self.begin_s < self.end_s:
            found = f"{self.begin_s:g}..{self.end_s:g} s"
            refuse_if_any([Fault("period", "scenario", found, "0 <= begin < end")])

    def digest(self) -> str:
        """Names the scenario by content: network, demand, period, step, jitter, simulator."""
        words = (self.network.digest, self.demand.digest(), self.begin_s, self.end_s, self.step_length_s, self.jitter_s)
        return sha256("\n".join(map(str, (*words, SIMULATOR))).encode()).hexdigest()

    def measured_outputs(self) -> Outputs:
        """What validation records: the network, every approach, and the longest queue on each lane of its last link."""
        approaches, length_m = self.network.approaches, self.network.lane_length_m
        lanes = dict.fromkeys(lane for approach in approaches for lane in approach.lane_ids)
        return Outputs(approaches=approaches, queue_lanes=tuple(QueueLane((lane,), length_m[lane]) for lane in lanes))

    def jobs(
        self,
        program_path: Path | None,
        realisations: Sequence[int],
        seeds: Sequence[int],
        outputs: Outputs | None = None,
    ) -> list[RunJob]:
        """One run per pair of realisation and seed, under the programs of the file (None: those of the network).

        The same realisation gives every plan the same vehicles at the same times.
        """
        if len(realisations) != len(seeds):
            found = f"{len(realisations)} realisations, {len(seeds)} seeds"
            refuse_if_any([Fault("runs", "scenario", found, "as many seeds as realisations")])
        folder = self.work_root / "demand"
        folder.mkdir(parents=True, exist_ok=True)
        definitions = folder / "definitions.add.xml"
        if not definitions.exists():
            _written(definitions, lambda path: write_definitions(self.demand, path))
        runs = self.work_root / "runs"
        runs.mkdir(exist_ok=True)
        return [
            RunJob(
                network_path=self.network.path,
                route_paths=(self._realised(realisation, folder),),
                additional_paths=(definitions,),
                program_path=program_path,
                begin_s=self.begin_s,
                end_s=self.end_s,
                seed=seed,
                step_length_s=self.step_length_s,
                work_dir=Path(tempfile.mkdtemp(prefix=f"r{realisation}-s{seed}-", dir=runs)),
                outputs=outputs if outputs is not None else self.measured_outputs(),
                limits=self.limits,
            )
            for realisation, seed in zip(realisations, seeds, strict=True)
        ]

    def measure(
        self,
        program_paths: Sequence[Path | None],
        realisations: Sequence[int],
        seeds: Sequence[int],
        *,
        workers: int | None = None,
        report: Callable[[int, int], None] | None = None,
        cancelled: Flag | None = None,
        outputs: Outputs | None = None,
    ) -> list[Measures]:
        """Run (program, realisation, seed) triples; their measures in that order. The runs' folders are removed."""
        jobs = []
        try:
            for program_path, realisation, seed in zip(program_paths, realisations, seeds, strict=True):
                jobs += self.jobs(program_path, [realisation], [seed], outputs)
            results = run_many(jobs, workers=workers, report=report, cancelled=cancelled)
            return [result.measures for result in results]
        finally:
            for job in jobs:
                shutil.rmtree(job.work_dir, ignore_errors=True)

    def _realised(self, realisation: int, folder: Path) -> Path:
        """The route file of one realisation, written once."""
        path = folder / f"realisation-{realisation}.rou.xml"
        if not path.exists():
            period = {"begin_s": self.begin_s, "end_s": self.end_s, "jitter_s": self.jitter_s}
            _written(path, lambda part: write_realisation(self.demand, part, realisation, **period))
        return path


def _written(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(path.name + ".part")
    try:
        write(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def prepare(
    network_path: Path,
    route_paths: Sequence[Path],
    work_root: Path,
    *,
    begin_s: float,
    end_s: float,
    additional_paths: Sequence[Path] = (),
) -> Scenario:
    """A scenario from files of others, every one of them read and rewritten or scanned. Raises `InputError`."""
    work_root.mkdir(parents=True, exist_ok=True)
    network = prepare_network(network_path, work_root / "network.net.xml")
    demand = read_demand(route_paths, additional_paths, link_ids=network.link_ids, link_pairs=network.link_pairs)
    return Scenario(network, demand, begin_s, end_s, work_root)


def with_outputs(job: RunJob, outputs: Outputs) -> RunJob:
    """The same run, recording something else."""
    return replace(job, outputs=outputs)
