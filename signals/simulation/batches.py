"""Runs as a document, with files by digest in place of paths: made on one machine, read on another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from networks.faults import Fault, InputError, refuse_if_any
from signals.simulation.job import RunJob
from signals.simulation.kept_runs import KeptRuns, run_here
from signals.store.exchange import Exchange, is_digest
from signals.store.steps import Steps

_RUNS = TypeAdapter(dict[str, RunJob])


def maker() -> str:
    """Whose numbers they are: only the same versions measure the same."""
    return f"greenband {version('greenband')}, SUMO {version('eclipse-sumo')}"


def document_of(jobs: Mapping[str, RunJob], digest_of: Callable[[Path], str]) -> tuple[set[str], dict[str, Any]]:
    """The digests of the files that these runs need, and the runs."""
    files = set[str]()

    def named(path: Path) -> Path:
        files.add(digest := digest_of(path))
        return Path(digest)

    runs = {name: _elsewhere(job, named, Path(name)) for name, job in jobs.items()}
    return files, {"maker": maker(), "runs": _RUNS.dump_python(runs, mode="json")}


def jobs_from(document: Mapping[str, Any], file_of: Callable[[str], Path], place: Path) -> dict[str, RunJob]:
    """The runs of a document, each to be made in a folder of its own in `place`.

    Raises `InputError` where it is none, or of another version.
    """
    made_by, ours = str(document.get("maker")), maker()
    refuse_if_any([Fault("version", "batch of runs", made_by[:100], ours)] if made_by != ours else [])
    try:
        runs = _RUNS.validate_python(document.get("runs"))
    except ValidationError as error:
        raise InputError([Fault("runs", "batch of runs", f"{error.error_count()} faults", "runs")]) from None
    odd = [name for name in runs if not is_digest(name)]
    refuse_if_any([Fault("name", "batch of runs", name[:100], "a digest") for name in odd])
    there = enumerate(runs.items())
    return {name: _elsewhere(job, lambda path: file_of(path.name), place / str(at)) for at, (name, job) in there}


def make_runs(folder: Path, document: Mapping[str, Any], steps: Path, workers: int | None) -> None:
    """Make the runs of a batch whose files lie in the folder as in an exchange, and keep in `steps` what they gave."""
    jobs = jobs_from(document, Exchange(folder).file, folder / "running")
    run_here(jobs, KeptRuns(Steps(steps)), workers=workers, finished=lambda name: None)


def _elsewhere(job: RunJob, path_of: Callable[[Path], Path], work_dir: Path) -> RunJob:
    return replace(
        job,
        network_path=path_of(job.network_path),
        route_paths=tuple(path_of(path) for path in job.route_paths),
        additional_paths=tuple(path_of(path) for path in job.additional_paths),
        program_path=None if job.program_path is None else path_of(job.program_path),
        work_dir=work_dir,
    )
