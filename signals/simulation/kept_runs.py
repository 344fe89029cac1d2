"""What runs gave, kept by the digest of what each was made of; and how runs are made so that they are kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from networks.faults import InputError
from signals.measures import ApproachMeasure, CrossingMeasure, LaneQueue, Measures
from signals.simulation.job import RunJob, RunResult
from signals.simulation.runner import Flag, run_as_handed
from signals.store.steps import Steps

_MEASURED, _SHOWN = "run", "shown"
Changes = Mapping[str, Sequence[Sequence[Any]]]
"""Per intersection: from when on [s] which display was shown."""


@dataclass(frozen=True, slots=True)
class KeptRuns:
    """Measures of runs and what the signals showed in them; what does not read as such counts as absent."""

    steps: Steps

    def measures(self, name: str) -> Measures | None:
        kept = self.steps.find(_MEASURED, name)
        try:
            return None if kept is None else measures_from(kept)
        except (TypeError, KeyError, InputError):
            return None

    def displays(self, name: str) -> Changes | None:
        found: Changes | None = self.steps.find(_SHOWN, name)
        return found

    def keep(self, name: str, result: RunResult) -> None:
        """Displays first: who finds the measures finds them too."""
        if result.displays:
            self.steps.keep(_SHOWN, name, changes_in(result))
        self.steps.keep(_MEASURED, name, asdict(result.measures))


class Runner(Protocol):
    """Makes runs, so that afterwards what each of them gave is kept under its name.

    `finished` is called with each name. Raises the `SimulationError` of a run that fails, and `Cancelled`.
    """

    def __call__(
        self,
        jobs: Mapping[str, RunJob],
        kept: KeptRuns,
        *,
        workers: int | None,
        finished: Callable[[str], None],
        cancelled: Flag,
    ) -> None: ...


def run_here(
    jobs: Mapping[str, RunJob],
    kept: KeptRuns,
    *,
    workers: int | None,
    finished: Callable[[str], None],
    cancelled: Flag | None = None,
) -> None:
    """The runner on the cores of this machine."""
    waiting = list(jobs.items())[::-1]

    def keep(name: str, result: RunResult) -> None:
        kept.keep(name, result)
        shutil.rmtree(jobs[name].work_dir, ignore_errors=True)
        finished(name)

    def next_run() -> tuple[str, RunJob] | None:
        return waiting.pop() if waiting else None

    run_as_handed(next_run, lambda: bool(waiting), workers=workers, finished=keep, cancelled=cancelled)


def changes_in(result: RunResult) -> dict[str, list[list[Any]]]:
    """Displays as their changes, for they are many."""
    return {name: [list(row) for row in shown.runs()] for name, shown in result.displays.items()}


def measures_from(kept: Any) -> Measures:
    """Measures out of what JSON gives back."""
    approaches = tuple(
        ApproachMeasure(**{**approach, "queues": tuple(LaneQueue(**queue) for queue in approach["queues"])})
        for approach in kept["approaches"]
    )
    crossings = tuple(CrossingMeasure(**crossing) for crossing in kept["crossings"])
    return Measures(**{**kept, "approaches": approaches, "crossings": crossings})
