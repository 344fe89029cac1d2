"""The end of a job: its plan in the library, its files named by its last event, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from signals.plan import read_plan
from signals.release import Actor, Role
from signals.service.folder import PLAN, SUMMARY
from signals.service.job_folder import lay_out_results
from signals.service.job_request import job_request_from
from signals.service.jobs import JobResult, State
from signals.service.library.judging import Readers
from signals.service.library.judging_here import JudgingHere
from signals.service.library.origin import origin_of
from signals.service.library.putting import KnownPlan, put_plan
from signals.service.request import Accept, Decision
from signals.service.stored_jobs import known_job, result_text
from signals.store import audit, jobs, library
from signals.store.database import Database, Writing
from signals.store.files import get_file
from signals.store.jobs import Kept


class _Ended(Exception):
    """Somebody else was first; then nothing of the transaction stays."""


def publish(database: Database, readers: Readers, who: str, job_id: str, run: int, files: Mapping[str, str]) -> None:
    """End a run with what it found (`files`: name to digest), unless it has ended, or was cancelled, by now.

    A recommended plan goes into the library in the same transaction. Where it is there already, by another job, the job
    ends with that one.
    """
    with database.reading() as reading:
        kept = known_job(reading, job_id)
        if not _open(kept, run):
            return
        contents = {name: get_file(reading, digest) for name, digest in files.items()}
        request = job_request_from(get_file(reading, kept.job.request_digest))
        (network,) = request.of_role("network")
        network_content = get_file(reading, network.digest)
    summary = json.loads(contents[SUMMARY])
    recommended = summary["decision"] == Decision.RECOMMENDED
    or_not_worse = request.options.accept == Accept.NOT_WORSE
    with TemporaryDirectory(prefix="greenband-publish-") as place, suppress(_Ended):
        folder = lay_out_results(Path(place) / "results", contents)
        network_path = Path(place) / network.name
        network_path.write_bytes(network_content)
        plan = read_plan(folder / PLAN)
        digest = plan.digest()
        found = JobResult(summary["decision"], summary["verdict"], tuple(summary["reasons"]), digest, dict(files))
        end = _End(who, kept, found)
        if not recommended:
            with database.writing() as writing:
                end(writing)
            return
        by = Actor(kept.job.who, Role(kept.job.role), kept.job.proof)
        try:
            put_plan(
                database,
                readers,
                by,
                folder,
                network_path,
                judges=JudgingHere(readers),
                why=f"job {job_id}",
                or_not_worse=or_not_worse,
                origin=origin_of(request, plan.network_digest, summary.get("demand")),
                also=lambda writing, put: end(writing, put.version, put.life.state),
            )
        except KnownPlan:
            with database.writing() as writing:
                known = library.find_plan(writing, digest)
                assert known is not None  # nothing leaves the library
                end(writing, known.version, known.state)


@dataclass(frozen=True, slots=True)
class _End:
    """Writes the end of a run, in the transaction of whoever calls it."""

    who: str
    kept: Kept
    found: JobResult

    def __call__(self, writing: Writing, version: int | None = None, state: str | None = None) -> None:
        job_id = self.kept.job.id
        now = known_job(writing, job_id)
        if not _open(now, self.kept.last.run):
            raise _Ended
        result = result_text(replace(self.found, library_version=version, library_state=state))
        done = replace(now.last, who=self.who, state=State.DONE, text="done", share_permille=1000, seconds_left=None)
        jobs.append_event(writing, job_id, now.seen, replace(done, result=result))
        audit.append(writing, who=self.who, what="job.done", why=f"job {job_id}", after=self.found.plan_digest)


def _open(kept: Kept, run: int) -> bool:
    return not State(kept.last.state).final and kept.last.run == run
