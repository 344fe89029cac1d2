"""A job of the service: the worker is killed in the middle of it, another one goes on, and the plan is the same as that
of the command line, whatever the number of simulations at a time."""

from __future__ import annotations

import json
import signal
from pathlib import Path

from signals.service.job_request import JobFile, JobOptions, JobRequest
from signals.service.jobs import State
from signals.service.stored_jobs import StoredJobs
from signals.store import library
from signals.store.database import open_database, upgrade_database
from signals.store.place import place_of
from tests.scenarios.processes import processes_in, started, wait_until
from tests.scenarios.small_street import BEGIN_S, END_S, SmallStreet
from tests.signals.jobs.workers import ENGINEER, submit

_OPTIONS = JobOptions(begin_s=BEGIN_S, end_s=END_S, effort=8, pairs=6, profile="literature", seed=1)
_WAIT_S = 200.0


def _broken(jobs: StoredJobs, street: SmallStreet) -> str:
    """A job that goes first, and fails."""
    contents = {"network": b"<net/>", "flows": street.flows.read_bytes()}
    files = [
        (role, JobFile(f"street.{role[:3]}.xml", jobs.keep_file(text, ENGINEER))) for role, text in contents.items()
    ]
    return jobs.submit(JobRequest(tuple(files), priority=1), ENGINEER).id


def test_a_killed_worker_and_the_same_plan(small: SmallStreet, planned: Path, tmp_path: Path) -> None:
    place = place_of(None, tmp_path / "state")
    upgrade_database(place)
    worker = ("worker", "--state-dir", str(tmp_path / "state"), "--workers")
    with open_database(place) as database:
        jobs = StoredJobs(database)
        broken = _broken(jobs, small)
        job = submit(jobs, small, "", _OPTIONS)

        def measured() -> bool:
            return (jobs.state(job).share or 0) > 0.36

        with started(*worker, "2", folder=tmp_path) as first:
            assert wait_until(lambda: measured() or jobs.state(job).state.final, _WAIT_S), jobs.state(job)
            first.send_signal(signal.SIGKILL)
            first.wait()
        assert wait_until(lambda: not processes_in(tmp_path), 5 * 5.0)
        assert jobs.state(job).state is State.RUNNING
        with started(*worker, "1", folder=tmp_path):
            assert wait_until(lambda: jobs.state(job).state.final, _WAIT_S), jobs.state(job)
            assert len(list((tmp_path / "state" / "work").glob("*/*"))) == 1, "what the first one left is gone"
        assert jobs.state(broken).state is State.FAILED
        assert jobs.state(broken).reason.startswith("error: 1 fault in the input\n  street.net.xml")
        state = jobs.state(job)
        assert (state.state, state.attempts, state.share) == (State.DONE, 2, 1.0), state
        result = state.result
        assert result is not None
        assert (result.decision, result.library_version, result.library_state) == ("recommended", 1, "validated")
        for name in ("plan.json", "validation.json"):
            assert jobs.file(result.files[name]) == (planned / name).read_bytes()
        summary, before = (
            json.loads(content)
            for content in (jobs.file(result.files["report.json"]), (planned / "report.json").read_bytes())
        )
        assert summary["digests"] == before["digests"]
        with database.reading() as reading:
            assert library.find_plan(reading, result.plan_digest) is not None
