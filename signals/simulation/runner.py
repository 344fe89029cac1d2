"""Runs of the simulator, one or many at a time on the cores, with progress and cancel."""

from __future__ import annotations

import os
import selectors
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from networks.faults import Fault, InputError
from signals.launched import MESSAGES, Ending
from signals.simulation import executed, recording
from signals.simulation.job import Cancelled, RunJob, RunResult, SimulationError
from signals.simulation.outputs import measures_of
from signals.simulation.process import Running, failure_of, messages_of

Name = TypeVar("Name")
_POLL_S = 0.1  # how soon a cancel is noticed


class Flag(Protocol):
    """Something that can be set from elsewhere, like `threading.Event`."""

    def is_set(self) -> bool: ...


def run(job: RunJob, *, cancelled: Flag | None = None) -> RunResult:
    """Run one job. Raises a `SimulationError` when it gives no measures."""
    return run_many([job], workers=1, cancelled=cancelled)[0]


def run_many(
    jobs: Sequence[RunJob],
    *,
    workers: int | None = None,
    report: Callable[[int, int], None] | None = None,
    finished: Callable[[int, RunResult], None] | None = None,
    cancelled: Flag | None = None,
) -> list[RunResult]:
    """Results in the order of the jobs, whatever the number of workers (default: the cores this process may use).

    `finished(index of the job, result)` and `report(done, total)` are called after each run. The first run that fails
    ends all others and its `SimulationError` is raised, as is `Cancelled` when the flag is set. No process is left.
    """
    results: dict[int, RunResult] = {}
    waiting = list(reversed(range(len(jobs))))

    def done(index: int, result: RunResult) -> None:
        results[index] = result
        if finished is not None:
            finished(index, result)
        if report is not None:
            report(len(results), len(jobs))

    def next_run() -> tuple[int, RunJob] | None:
        if not waiting:
            return None
        index = waiting.pop()
        return index, jobs[index]

    run_as_handed(next_run, lambda: bool(waiting), workers=workers, finished=done, cancelled=cancelled)
    return [results[index] for index in range(len(jobs))]


def run_as_handed(
    next_run: Callable[[], tuple[Name, RunJob] | None],
    more: Callable[[], bool],
    *,
    workers: int | None,
    finished: Callable[[Name, RunResult], None],
    cancelled: Flag | None,
) -> None:
    """Make the runs that `next_run` hands out, one for each core that is free, until there are no `more`.

    `next_run` may hand out nothing for the moment, and is then asked again soon. Ends as `run_many` does.
    """
    workers = workers or usual_workers()
    running: dict[Name, tuple[RunJob, Running]] = {}
    with selectors.DefaultSelector() as ends:

        def begin() -> None:
            while len(running) < workers and (handed := next_run()) is not None:
                name, job = handed
                running[name] = (job, _start(job))
                ends.register(running[name][1].stdout, selectors.EVENT_READ, name)

        try:
            while running or more():
                if cancelled is not None and cancelled.is_set():
                    raise Cancelled("cancelled")
                begin()
                ended = []
                for key, _ in ends.select(_POLL_S):
                    ends.unregister(key.fileobj)
                    job, process = running.pop(key.data)
                    ended.append((key.data, job, process.ending()))
                begin()  # the cores go on with the next runs while the outputs of these are read
                for name, job, ending in ended:
                    finished(name, _result(job, ending))
        finally:
            for _, process in running.values():
                process.kill()


def usual_workers() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0))


def _start(job: RunJob) -> Running:
    return Running("sumo", lay_out(job), job.work_dir.absolute(), job.limits)


def lay_out(job: RunJob) -> list[str]:
    """Fill the run's folder with its inputs, and give the simulator's options, which are relative to it."""
    folder = job.work_dir.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InputError([Fault("work folder", str(folder), "files in it", "an empty or absent folder")])
        network = _link(folder, "network.net.xml", job.network_path)
        routes = [_link(folder, f"demand-{number}.rou.xml", path) for number, path in enumerate(job.route_paths)]
        additional = [_link(folder, f"more-{number}.add.xml", path) for number, path in enumerate(job.additional_paths)]
        if job.program_path is not None:
            additional.append(_link(folder, "programs.add.xml", job.program_path))
        recording.write_recorders(job.outputs, job.begin_s, job.end_s, folder / recording.RECORDERS)
    except OSError as error:
        raise SimulationError(f"the run's folder cannot be written: {error}") from error
    additional.append(recording.RECORDERS)
    return recording.options(job, network, routes, additional)


def _link(folder: Path, name: str, path: Path) -> str:
    """Make a file known in the folder under a name of ours."""
    if not path.is_file():
        raise InputError([Fault("file", str(path), "nothing", "a file")])
    (folder / name).symlink_to(path.absolute())
    return name


def _result(job: RunJob, ending: Ending) -> RunResult:
    folder = job.work_dir.absolute()
    failure = failure_of(ending, folder, job.limits)
    if failure is not None:
        raise failure
    states = folder / recording.STATES
    shown = executed.read(states, job.end_s, job.step_length_s) if job.outputs.signal_states_of else {}
    measures = measures_of(job, folder, shown)
    (folder / recording.STANDING).unlink(missing_ok=True)  # large, and read
    if not job.outputs.keep_trips:
        (folder / recording.TRIPS).unlink(missing_ok=True)
    warnings = tuple(line for line in messages_of(folder) if line.startswith("Warning") and "Column based" not in line)
    (folder / MESSAGES).unlink(missing_ok=True)

    def present(name: str, wanted: object) -> Path | None:
        return folder / name if wanted else None

    return RunResult(
        measures=measures,
        wall_s=ending.wall_s,
        cpu_s=ending.cpu_s,
        memory_bytes=ending.memory_bytes,
        detectors_path=present(recording.DETECTORS, job.outputs.detectors),
        displays=shown,
        trips_path=present(recording.TRIPS, job.outputs.keep_trips),
        warnings=warnings,
    )
