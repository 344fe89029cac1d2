"""Runs on the cores of this machine and of all that would help: the first ones here, the last ones put out in batches.

Whoever is free goes on with the next batch; where nobody helps, all runs are made here. What comes back are the same
numbers, for a run is the same wherever it is made.
"""

from __future__ import annotations

import math
import shutil
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from time import monotonic

from signals.simulation.batches import document_of
from signals.simulation.job import RunJob, RunResult
from signals.simulation.kept_runs import KeptRuns
from signals.simulation.runner import Flag, run_as_handed, usual_workers
from signals.store.exchange import Exchange

_BATCH_S = 4.0  # of a batch at least: who takes one needs a second for it
_PATIENCE, _SLOW_S = 5.0, 60.0  # times what a batch should take; a run of which nothing is known may take so long


class SharedRunner:
    """Puts runs out in a folder (see `Exchange`) where its worker says that others would help.

    What takes less than `worth_s` here is not put out. Who has not made a batch `patience_s` after several times what
    it should take is not waited for.
    """

    def __init__(self, exchange: Exchange, *, worth_s: float = 3.0, patience_s: float = 30.0) -> None:
        self._exchange = exchange
        self._worth_s, self._patience_s = worth_s, patience_s
        self._numbers = count(1)
        self._run_s: float | None = None  # what a run took of late

    def __call__(
        self,
        jobs: Mapping[str, RunJob],
        kept: KeptRuns,
        *,
        workers: int | None,
        finished: Callable[[str], None],
        cancelled: Flag,
    ) -> None:
        here, elsewhere = workers or usual_workers(), self._exchange.cores_elsewhere()
        division = _Division(jobs, kept, self._exchange, finished)
        taking_s = len(jobs) * (self._run_s or math.inf) / here
        if elsewhere and len(jobs) > here and taking_s > self._worth_s:
            most = self._batch_runs(len(jobs) - here, here, elsewhere)
            # Asked anew each time: what a run takes here is soon known.
            patience_s = lambda: self._patience_s + _PATIENCE * most * (self._run_s or _SLOW_S)  # noqa: E731
            division.put_out(list(jobs)[here:], most, self._numbers, patience_s)

        def keep(name: str, result: RunResult) -> None:
            self._run_s = result.wall_s if self._run_s is None else (self._run_s + result.wall_s) / 2
            kept.keep(name, result)
            division.done(name)

        try:
            run_as_handed(division.next_run, division.more, workers=here, finished=keep, cancelled=cancelled)
        finally:
            division.take_all_back()

    def _batch_runs(self, runs: int, here: int, elsewhere: Sequence[int]) -> int:
        """How many runs a batch holds: enough to be worth it, but no more than the part of the one who takes it."""
        cores = max(1, min(elsewhere))
        worth = cores * math.ceil(_BATCH_S / self._run_s) if self._run_s else cores
        part = max(1, runs * cores // (here + sum(elsewhere)))
        return max(1, min(worth, part))


class _Division:
    """Who makes which of the runs."""

    def __init__(
        self, jobs: Mapping[str, RunJob], kept: KeptRuns, exchange: Exchange, finished: Callable[[str], None]
    ) -> None:
        self._jobs, self._kept, self._exchange, self._finished = jobs, kept, exchange, finished
        self._patience_s: Callable[[], float] = lambda: 0.0
        self._ours = deque(jobs)
        self._out: dict[str, list[str]] = {}  # batches in the order of their runs
        self._taken_s: dict[str, float] = {}  # since when

    def put_out(self, names: Sequence[str], most: int, numbers: count[int], patience_s: Callable[[], float]) -> None:
        """Put these runs out, the last ones first: those before them are made here meanwhile."""
        self._patience_s = patience_s
        digests: dict[Path, str] = {}

        def digest_of(path: Path) -> str:
            if path not in digests:
                digests[path] = self._exchange.add(path)
            return digests[path]

        for end in range(len(names), 0, -most):
            runs = list(names[max(0, end - most) : end])
            batch = f"{next(numbers):06d}"
            files, document = document_of({name: self._jobs[name] for name in runs}, digest_of)
            self._exchange.put_out(batch, files, document)
            self._out = {batch: runs, **self._out}
            self._ours = deque(name for name in self._ours if name not in runs)

    def next_run(self) -> tuple[str, RunJob] | None:
        """The next run to be made here, if there is one now."""
        self._collect()
        while not self._ours and (batch := self._next_back()) is not None:
            self._ours.extend(self._out.pop(batch))
        if not self._ours:
            return None
        name = self._ours.popleft()
        return name, self._jobs[name]

    def more(self) -> bool:
        """Whether runs are still to be made, here or elsewhere."""
        return bool(self._ours or self._out)

    def done(self, name: str) -> None:
        """Tell of a run that was made here or elsewhere."""
        shutil.rmtree(self._jobs[name].work_dir, ignore_errors=True)
        self._finished(name)

    def take_all_back(self) -> None:
        for batch in self._out:
            self._exchange.take_back(batch, taken_too=True)

    def _collect(self) -> None:
        """Tell of runs that were made elsewhere."""
        for batch, runs in list(self._out.items()):
            for name in [name for name in runs if self._kept.measures(name) is not None]:
                runs.remove(name)
                self.done(name)
            if not runs:
                del self._out[batch]
                self._exchange.take_back(batch, taken_too=True)

    def _next_back(self) -> str | None:
        """A batch that is made here after all: nobody has taken it, or whoever did takes far too long."""
        now_s = monotonic()
        for batch in self._out:
            if not self._exchange.is_taken(batch):
                self._taken_s.pop(batch, None)
            spent_s = now_s - self._taken_s.setdefault(batch, now_s)
            if self._exchange.take_back(batch, taken_too=spent_s > self._patience_s()):
                return batch
        return None
