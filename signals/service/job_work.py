"""What a worker does with a run of a job: has the work done by a program of its own, and publishes what it found.

Every write is fenced by the events of the job: who was cancelled, or whose job another worker has taken up meanwhile,
ends its program and writes nothing more. So both steps may be begun any number of times, and publish once.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from networks.faults import InputError
from signals.service.attempts import attempt_of, parts_of
from signals.service.folder import PLAN, SUMMARY
from signals.service.job_folder import exchange_of, lay_out, progress_told, results_in, steps_folder
from signals.service.job_progress import Progress
from signals.service.job_publish import publish
from signals.service.job_request import job_request_from
from signals.service.jobs import State
from signals.service.library.judging import Readers
from signals.service.program import Ending, Program
from signals.service.request import CANCELLED, DONE, LIMIT, NOT_PROVED
from signals.service.run_sharing import Batches, Sharing
from signals.service.shift import LOOK_S, Shift
from signals.service.stored_jobs import known_job
from signals.store import jobs
from signals.store.database import Database
from signals.store.failures import DatabaseAway, DatabaseLocked
from signals.store.files import get_file, put_file
from signals.store.jobs import Event, JobMovedMeanwhile, Kept
from signals.store.scratch import Scratch

MOST_ATTEMPTS = 10
_TELL_S = 1.0  # between events of progress
_FOUND = (DONE, NOT_PROVED, LIMIT)  # the codes of work that found something
# Where a whole service is shut down, its programs are told to end as its worker is, and may be quicker.
_SHUTDOWN_S = 2.0


@dataclass(slots=True)
class JobWork:
    """The two steps of a run. `start(folder)` starts the program that does the work of the job laid out there.

    `helpers()` are the cores of each other worker that would make some of its simulations.
    """

    database: Database
    scratch: Scratch
    readers: Readers
    start: Callable[[Path], Program]
    folder: Path
    who: str
    batches: Batches
    helpers: Callable[[], Sequence[int]] = tuple
    shift: Shift = field(default_factory=Shift)

    def work(self, run: str) -> dict[str, Any] | None:
        """Find a plan; the digests of what was found. None: nothing is to be published, the job's events say why."""
        with self.shift.at_work():
            begun = self.shift.lasting(lambda: self._begin(run))
            return None if begun is None else self._done(begun)

    def publish(self, run: str, found: dict[str, Any]) -> None:
        """Put what was found where people look for it, and end the job: all at once, and once."""
        job_id, number = parts_of(run)
        files = dict(found["files"])
        self.shift.lasting(lambda: publish(self.database, self.readers, self.who, job_id, number, files))
        with suppress(InputError):
            self.scratch.forget(job_id)

    def _begin(self, run: str) -> Kept | None:
        """Write down that the run is taken up; None where it is not to be: ended, cancelled, tried too often."""
        job_id, number = parts_of(run)
        with self.database.writing() as writing:
            kept = known_job(writing, job_id)
            last = kept.last
            if State(last.state).final or last.run != number:
                return None
            if last.attempts >= MOST_ATTEMPTS:
                text = f"given up after {last.attempts} attempts, in each of which its worker was lost"
                parked = replace(last, who=self.who, state=State.PARKED, text=text)
                jobs.append_event(writing, job_id, kept.seen, parked)
                return None
            event = Event(self.who, State.RUNNING, number, last.attempts + 1, "lay out", last.share_permille)
            jobs.append_event(writing, job_id, kept.seen, event)
            return known_job(writing, job_id)

    def _done(self, begun: Kept) -> dict[str, Any] | None:
        place = self.folder / begun.job.id
        shutil.rmtree(place, ignore_errors=True)  # of an attempt whose worker is gone
        folder = place / f"{begun.last.run}-{begun.last.attempts}"
        folder.mkdir(parents=True)
        try:
            known = self.shift.lasting(lambda: self._laid_out(begun, folder))
            ending = self._attended(begun, folder, known)
            return None if ending is None else self._found(begun, folder, ending)
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def _laid_out(self, begun: Kept, folder: Path) -> set[str]:
        shutil.rmtree(folder)
        folder.mkdir()
        with self.database.reading() as reading:
            request = job_request_from(get_file(reading, begun.job.request_digest))
            lay_out(folder, request, partial(get_file, reading))
        return self.scratch.lay_out(begun.job.id, steps_folder(folder))

    def _attended(self, begun: Kept, folder: Path, known: set[str]) -> Ending | None:
        """How the program ended; None where the job is no longer ours, or this worker stops (soon after it, too)."""
        progress, told_at_s, told = Progress(), 0.0, None
        progress.share = (begun.last.share_permille or 0) / 1000
        steps = steps_folder(folder)
        sharing = Sharing(self.scratch, self.batches, exchange_of(folder), attempt_of(begun), steps, known)
        program = self.start(folder)
        try:
            while (ending := program.wait(LOOK_S)) is None:
                if self.shift.stopping.is_set() or not self._ours(begun):
                    return None
                sharing.round(self.helpers())
                now = progress_told(folder)
                if now is None or now == told or time.monotonic() - told_at_s < _TELL_S:
                    continue
                progress.tell(*now)
                self._tell(begun, now[0], progress)
                self._take(begun, folder, known)
                told, told_at_s = now, time.monotonic()
            if ending.code not in _FOUND and self.shift.stopping.wait(_SHUTDOWN_S):
                return None
        finally:
            program.kill()
            sharing.close()
            self._take(begun, folder, known)
            if self.shift.stopping.is_set():
                self._hand_back(begun)
        return ending

    def _ours(self, begun: Kept) -> bool:
        """Whether the job is still the one that was begun. A database that is away for a while changes nothing."""
        with suppress(DatabaseAway, DatabaseLocked), self.database.reading() as reading:
            return attempt_of(begun).goes_on(known_job(reading, begun.job.id))
        return True

    def _tell(self, begun: Kept, text: str, progress: Progress) -> None:
        left_s = progress.seconds_left()
        self._append(begun, text, round(1000 * progress.share), None if left_s is None else round(left_s))

    def _append(self, begun: Kept, text: str, permille: int | None, left_s: int | None, back: int = 0) -> None:
        """An event of the attempt that was begun; none where it is not ours any more, or the database is away."""
        with suppress(DatabaseAway, DatabaseLocked, JobMovedMeanwhile), self.database.writing() as writing:
            now = known_job(writing, begun.job.id)
            if attempt_of(begun).goes_on(now):
                share = now.last.share_permille if permille is None else permille
                attempts = now.last.attempts - back
                event = Event(self.who, now.last.state, now.last.run, attempts, text, share, left_s)
                jobs.append_event(writing, begun.job.id, now.seen, event)

    def _hand_back(self, begun: Kept) -> None:
        self._append(begun, "handed back by a worker that stops", None, None, back=1)

    def _take(self, begun: Kept, folder: Path, known: set[str]) -> None:
        with suppress(DatabaseAway, DatabaseLocked):
            self.scratch.take(begun.job.id, steps_folder(folder), known)

    def _found(self, begun: Kept, folder: Path, ending: Ending) -> dict[str, Any] | None:
        results = dict(results_in(folder))
        if ending.code in _FOUND and PLAN in results and SUMMARY in results:
            return self.shift.lasting(lambda: self._kept(results))
        self.shift.lasting(lambda: self._fail(begun, _why(ending)))
        return None

    def _kept(self, results: Mapping[str, bytes]) -> dict[str, Any]:
        with self.database.writing() as writing:
            files = {name: put_file(writing, content) for name, content in results.items()}
        return {"files": files}

    def _fail(self, begun: Kept, why: str) -> None:
        with self.database.writing() as writing:
            now = known_job(writing, begun.job.id)
            if attempt_of(begun).goes_on(now):
                event = replace(now.last, who=self.who, state=State.FAILED, text=why, seconds_left=None)
                jobs.append_event(writing, begun.job.id, now.seen, event)


def _why(ending: Ending) -> str:
    if ending.code is None:
        return ending.why
    if ending.code == CANCELLED:
        return "the work was cancelled from outside"
    return ending.said or f"the work ended with {ending.code} and without a word"
