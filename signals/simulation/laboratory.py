"""The laboratory in SUMO: trials become runs, and what a run measured is kept by the digest of what it was made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from networks.demand import Period
from signals.discharge import Discharge
from signals.measures import Measures
from signals.plan import TimingPlan
from signals.simulation.drivers import Drivers
from signals.simulation.job import Cancelled, Limits, Outputs, RunJob, SimulationFailed
from signals.simulation.kept_runs import KeptRuns, Runner, changes_in, run_here
from signals.simulation.runner import Flag, run
from signals.simulation.workplace import workplace
from signals.store.steps import Steps, digest_of
from signals.trials import STEPS_S, IntervalFit, MovementFit, RealisationFit, Trial
from signals.watch import Watch

_FIT = "fit"


@dataclass(frozen=True, slots=True)
class Vehicles:
    """The route files of one realisation and, where the vehicles were made from flows, how well they fit."""

    paths: tuple[Path, ...]
    fit: tuple[IntervalFit, ...] = ()


class SumoLaboratory:
    """Runs plans on one prepared network under one demand.

    `routes_of(realisation, folder, cancelled)` writes the vehicles of a realisation into a folder (see `Vehicles`);
    `write_programs(plan, path)` writes a plan for the simulator. `inputs` (JSON-able) name everything that the measures
    depend on besides plan, realisation and seed; its digest is the laboratory's. `drivers`: who drives, in place of
    types in `additional_paths`; None: whom the files name, as they are. `factor_of`: see `factor`. `runner` makes the
    runs, `workers` at a time on this machine.
    `queues_where_usual`: they are recorded where the demand is as usual only, which saves a fourth of a run elsewhere.
    """

    def __init__(
        self,
        *,
        network_path: Path,
        begin_s: float,
        end_s: float,
        routes_of: Callable[[int, Path, Flag], Vehicles],
        write_programs: Callable[[TimingPlan, Path], None],
        outputs: Outputs,
        factor_of: Callable[[int], float] = lambda _: 1.0,
        queues_where_usual: bool = False,
        inputs: object,
        steps: Steps,
        additional_paths: tuple[Path, ...] = (),
        drivers: Drivers | None = None,
        workers: int | None = None,
        runner: Runner = run_here,
        limits: Limits | None = None,
    ) -> None:
        self._network_path = network_path
        self._period_s = (begin_s, end_s)
        self._routes_of = routes_of
        self._write_programs = write_programs
        self._outputs = outputs
        self._factor_of = factor_of
        self._queues_where_usual = queues_where_usual
        self._steps = steps
        self._additional_paths = additional_paths
        self._drivers = drivers
        self._kept = KeptRuns(steps)
        self._workers = workers
        self._runner = runner
        self._limits = limits or Limits()
        measured = [inputs, "queues where usual"] if queues_where_usual else inputs
        self._digest = digest_of(measured if drivers is None else [measured, drivers.inputs])

    @property
    def digest(self) -> str:
        return self._digest

    @property
    def period(self) -> Period:
        return Period(*self._period_s)

    def factor(self, realisation: int) -> float:
        """How busy a realisation is, against the demand as it was estimated or given."""
        return self._factor_of(realisation)

    def discharge(self, step_s: float, watch: Watch) -> Discharge | None:
        """What queues discharge in steps of `step_s`, measured once and kept; None where nothing is aimed at."""
        if self._drivers is None:
            return None
        with stop_of(watch) as cancelled:
            return self._drivers.discharge(step_s, cancelled=cancelled)

    def run(self, trials: Sequence[Trial], watch: Watch, doing: str) -> list[Measures]:
        """Measures of the trials in their order; those measured before are read, the others are run and kept."""
        keys = [self._key(trial) for trial in trials]
        known = {key: kept for key in set(keys) if (kept := self._kept.measures(key)) is not None}
        missing = {key: trial for key, trial in zip(keys, trials, strict=True) if key not in known}
        if missing:
            watch.check()
            with workplace(self._steps.folder) as folder:
                self._run(missing, folder, watch, doing)
        known |= {key: self._measured(key) for key in missing}
        return [known[key] for key in keys]

    def fits(self, realisations: Sequence[int]) -> tuple[RealisationFit, ...]:
        """Fits that were kept when the vehicles were made; a damaged one counts as absent."""
        found = []
        for realisation in realisations:
            kept = self._steps.find(_FIT, self._fit_key(realisation))
            with suppress(TypeError, KeyError):
                found += [] if kept is None else [RealisationFit(realisation, tuple(_fit_from(fit) for fit in kept))]
        return tuple(found)

    def displays(self, trial: Trial, watch: Watch) -> Mapping[str, Sequence[tuple[float, str]]]:
        """What every intersection of the trial's plan showed, one row (time [s], state) per step.

        Kept since the trial was run where its displays were recorded; else the trial is run once more for them.
        """
        kept = self._kept.displays(self._key(trial))
        if kept is None:
            watch.check()
            watch.report("read back what was shown", None)
            with workplace(self._steps.folder) as folder:
                program_path = folder / "program.add.xml"
                self._write_programs(trial.plan, program_path)
                shown = Outputs(signal_states_of=tuple(t.intersection_id for t in trial.plan.intersections))
                with stop_of(watch) as cancelled:
                    vehicles = self._routes_of(trial.realisation, folder, cancelled)
                    more = self._more(trial.step_s, folder, cancelled)
                    job = self._job(trial, vehicles.paths, more, program_path, folder / "run")
                    kept = changes_in(run(replace(job, outputs=shown), cancelled=cancelled))
        until_s, step_s = self._period_s[1], trial.step_s
        return {name: _rows(changes, until_s, step_s) for name, changes in kept.items()}

    def _run(self, missing: dict[str, Trial], folder: Path, watch: Watch, doing: str) -> None:
        routes: dict[int, tuple[Path, ...]] = {}
        more: dict[float, tuple[Path, ...]] = {}
        jobs: dict[str, RunJob] = {}
        for at, (key, trial) in enumerate(missing.items()):
            if trial.realisation not in routes:
                place = folder / f"realisation-{trial.realisation}"
                place.mkdir()
                with stop_of(watch) as cancelled:
                    vehicles = self._routes_of(trial.realisation, place, cancelled)
                routes[trial.realisation] = vehicles.paths
                if vehicles.fit:
                    self._steps.keep(_FIT, self._fit_key(trial.realisation), [asdict(fit) for fit in vehicles.fit])
            if trial.step_s not in more:
                with stop_of(watch) as cancelled:
                    more[trial.step_s] = self._more(trial.step_s, folder, cancelled)
            program_path = folder / f"program-{at}.add.xml"
            self._write_programs(trial.plan, program_path)
            routes_more = routes[trial.realisation], more[trial.step_s]
            jobs[key] = self._job(trial, *routes_more, program_path, folder / f"run-{at}")
        watch.report(doing, 0.0)
        done = set[str]()

        def finished(key: str) -> None:
            done.add(key)
            watch.report(doing, len(done) / len(jobs))

        with stop_of(watch) as cancelled:
            self._runner(jobs, self._kept, workers=self._workers, finished=finished, cancelled=cancelled)
        watch.check()

    def _more(self, step_s: float, folder: Path, cancelled: Flag) -> tuple[Path, ...]:
        drivers = () if self._drivers is None else self._drivers.write(step_s, folder, cancelled=cancelled)
        return (*self._additional_paths, *drivers)

    def _job(
        self,
        trial: Trial,
        route_paths: tuple[Path, ...],
        additional_paths: tuple[Path, ...],
        program_path: Path,
        work_dir: Path,
    ) -> RunJob:
        outputs = replace(self._outputs, cycle_s=_cycles_s(trial.plan))
        if self._queues_where_usual and self.factor(trial.realisation) != 1.0:
            outputs = replace(outputs, queue_lanes=())
        return RunJob(
            network_path=self._network_path,
            route_paths=route_paths,
            begin_s=self._period_s[0],
            end_s=self._period_s[1],
            seed=trial.seed,
            step_length_s=trial.step_s,
            work_dir=work_dir,
            program_path=program_path,
            additional_paths=additional_paths,
            outputs=outputs,
            limits=self._limits,
        )

    def _measured(self, key: str) -> Measures:
        measured = self._kept.measures(key)
        if measured is None:
            raise SimulationFailed(f"what run {key[:12]} measured was kept, and is gone or damaged")
        return measured

    def _fit_key(self, realisation: int) -> str:
        return digest_of([self._digest, _FIT, realisation])

    def _key(self, trial: Trial) -> str:
        words = [self._digest, trial.plan.digest(), trial.realisation, trial.seed]
        return digest_of(words if trial.step_s == STEPS_S[0] else [*words, trial.step_s])


class _Stop:
    """A watch as the flag that the runner asks."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def is_set(self) -> bool:
        return self._watch.stop()


@contextmanager
def stop_of(watch: Watch) -> Iterator[Flag]:
    """A watch as the flag that children are stopped by; raises what the watch says where they were."""
    try:
        yield _Stop(watch)
    except Cancelled:
        watch.check()
        raise


def _cycles_s(plan: TimingPlan) -> dict[str, float]:
    """The cycles [s] of the signals that have one."""
    return {one.intersection_id: one.cycle_ds / 10.0 for one in plan.intersections if one.cycle_ds is not None}


def _rows(changes: Sequence[Sequence[Any]], until_s: float, step_s: float) -> list[tuple[float, str]]:
    """Changes as one row per step."""
    rows: list[tuple[float, str]] = []
    for (start_s, picture), end_s in zip(changes, [*(row[0] for row in changes[1:]), until_s], strict=True):
        rows += [(start_s + number * step_s, picture) for number in range(round((end_s - start_s) / step_s))]
    return rows


def _fit_from(kept: Any) -> IntervalFit:
    worst = tuple(MovementFit(**movement) for movement in kept["worst"])
    return IntervalFit(**{**kept, "period": Period(**kept["period"]), "worst": worst})
