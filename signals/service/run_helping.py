"""What a worker without a job does for the jobs of others: makes runs that were shared out, batch by batch."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from signals.service.attempts import Attempt, attempt_from
from signals.service.program import Ending, Program
from signals.service.run_sharing import Batches
from signals.service.shift import LOOK_S, Shift
from signals.service.stored_jobs import known_job
from signals.store.database import Database
from signals.store.exchange import BATCH, RESULTS, Exchange, files_named
from signals.store.failures import DatabaseAway, DatabaseLocked, told
from signals.store.scratch import Scratch


class Queue(Batches, Protocol):
    """Knows of batches, and whether jobs wait for a worker that has nothing else to do."""

    def jobs_wait(self) -> bool: ...


@dataclass(slots=True)
class RunHelp:
    """`start(folder)` starts the program that makes the runs of `BATCH` in the folder and leaves them in `RESULTS`."""

    database: Database
    scratch: Scratch
    batches: Queue
    start: Callable[[Path], Program]
    folder: Path
    shift: Shift
    tell: Callable[[str], None]
    jobs_wait_s: float = 2.0  # so long may a job wait for this worker

    def help_with(self, batch: str, attempt: str, digest: str) -> None:
        """Make a batch, unless it is not wanted any more. What was made is kept as it comes."""
        with self.shift.at_work():
            place = self.folder / batch
            try:
                self._help(batch, attempt_from(attempt), digest, place)
            finally:
                shutil.rmtree(place, ignore_errors=True)

    def _help(self, batch: str, attempt: Attempt, digest: str, place: Path) -> None:
        wanted = self.shift.lasting(lambda: self._wanted(batch, attempt))
        if not wanted or not self.shift.lasting(lambda: self._laid_out(attempt.job_id, digest, place)):
            return
        known: set[str] = set()
        free_s = time.monotonic()  # when no job waited for a worker
        program = self.start(place)
        try:
            while (ending := program.wait(LOOK_S)) is None:
                if self.shift.stopping.is_set() or not self._wanted(batch, attempt):
                    return
                self._take(attempt.job_id, place, known)
                if not self._jobs_wait():
                    free_s = time.monotonic()
                elif time.monotonic() - free_s > self.jobs_wait_s:
                    return  # the job of a dead worker, say: it goes first, and what is missing here is made elsewhere
        finally:
            program.kill()
        self.shift.lasting(lambda: self.scratch.take(attempt.job_id, place / RESULTS, known))
        made = sum(name.startswith("run/") for name in known)
        failed = "" if ending.code == 0 else f", then it failed: {_why(ending)}"
        self.tell(f"made {made} simulation{'' if made == 1 else 's'} for job {attempt.job_id}{failed}")

    def _laid_out(self, job_id: str, digest: str, place: Path) -> bool:
        """Write a batch and its files into a new folder; False where they are not there any more."""
        shutil.rmtree(place, ignore_errors=True)
        there = Exchange(place)
        there.make()
        (place / RESULTS).mkdir()
        content = self.scratch.shared(job_id, digest)
        if content is None:
            return False
        (place / BATCH).write_bytes(content)
        for name in files_named(content):
            file = self.scratch.shared(job_id, name)
            if file is None:
                return False
            there.file(name).write_bytes(file)
        return True

    def _wanted(self, batch: str, attempt: Attempt) -> bool:
        """Whether the job is still in this attempt, and the batch not withdrawn. While the database is away it is."""
        with suppress(DatabaseAway, DatabaseLocked), told(self.scratch.database.place):
            with self.database.reading() as reading:
                goes_on = attempt.goes_on(known_job(reading, attempt.job_id))
            return goes_on and self.batches.standing([batch]).get(batch) is not None
        return True

    def _jobs_wait(self) -> bool:
        with suppress(DatabaseAway, DatabaseLocked), told(self.scratch.database.place):
            return self.batches.jobs_wait()
        return False

    def _take(self, job_id: str, place: Path, known: set[str]) -> None:
        with suppress(DatabaseAway, DatabaseLocked):
            self.scratch.take(job_id, place / RESULTS, known)


def _why(ending: Ending) -> str:
    return (ending.why or ending.said or f"it ended with {ending.code}").splitlines()[-1].strip()
