"""What becomes of jobs and of their programs when a worker dies, stops, or hears that a job is not wanted any more."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from signals.service.job_work import MOST_ATTEMPTS
from signals.service.jobs import State
from signals.service.stored_jobs import StoredJobs
from signals.store import jobs as rows
from signals.store.database import Database, open_database, upgrade_database
from signals.store.place import Place, file_place
from tests.scenarios.processes import processes_in
from tests.scenarios.small_street import SmallStreet
from tests.signals.jobs.workers import ENGINEER, Workers, running_of, submit, wait_for, workers_at

Staffed = Callable[..., AbstractContextManager[Workers]]
on_either_kind_alike = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)  # one kind will do


@pytest.fixture
def opened(place: Place) -> Iterator[Database]:
    """The database by the clock of the machine."""
    with open_database(place) as database:
        yield database


@pytest.fixture
def jobs(opened: Database) -> StoredJobs:
    return StoredJobs(opened)


@pytest.fixture
def staffed(place: Place, street: SmallStreet, tmp_path: Path) -> Staffed:
    """Workers: how many, and how long a job takes them [s]."""
    return lambda count, takes_s: workers_at(place, tmp_path, running_of(street, tmp_path), count, takes_s=takes_s)


def _runs(jobs: StoredJobs, job: str) -> bool:
    return jobs.state(job).state is State.RUNNING and jobs.state(job).step.startswith("race")


def test_the_work_of_a_dead_worker_goes_on_elsewhere_and_its_programs_end(
    jobs: StoredJobs, street: SmallStreet, staffed: Staffed, tmp_path: Path
) -> None:
    """Taken over within 10 s; no program of the dead worker is left 5 s after its death."""
    with staffed(1, 8.0) as workers:
        job = submit(jobs, street, "job")
        wait_for(lambda: _runs(jobs, job), 60)
        (first,) = workers.alive
        left = processes_in(tmp_path / "state")
        assert len(left) >= 1
        second = workers.start()
        workers.kill(first)
        gone_s = wait_for(lambda: not set(left) & set(processes_in(tmp_path / "state")), 5 * 5.0)
        taken_s = gone_s + wait_for(lambda: jobs.state(job).attempts == 2, 5 * 10.0)
        print(f"no program left after {gone_s:.1f} s, taken over after {taken_s:.1f} s")
        wait_for(lambda: jobs.state(job).state is State.DONE, 60)
    assert second.pid is not None
    events = jobs.events(job)
    assert [event.text for event in events].count("lay out") == 2
    shares = [event.share for event in events if event.share is not None]
    assert shares == sorted(shares), "what the first worker measured is not measured again"


def test_a_cancelled_job_leaves_no_program_and_no_plan(
    jobs: StoredJobs, street: SmallStreet, staffed: Staffed, tmp_path: Path
) -> None:
    with staffed(1, 30.0):
        job, waiting = submit(jobs, street, "job"), submit(jobs, street, "waiting")
        wait_for(lambda: _runs(jobs, job), 60)
        for one in (waiting, job):
            assert jobs.cancel(one, ENGINEER, why="not wanted").state is State.CANCELLED
        gone_s = wait_for(lambda: not processes_in(tmp_path / "state"), 5 * 2.0)
        print(f"no program left after {gone_s:.1f} s")
    for one in (waiting, job):
        assert jobs.state(one).reason == "cancelled by R. Roe: not wanted"
        assert jobs.state(one).result is None


@on_either_kind_alike
@pytest.mark.parametrize("whole_service", [False, True], ids=["worker", "worker and programs"])
def test_a_worker_that_stops_hands_its_job_back(
    jobs: StoredJobs, street: SmallStreet, staffed: Staffed, tmp_path: Path, whole_service: bool
) -> None:
    """Also where all programs of the service are told to end at once, and those of the job are quicker."""
    with staffed(1, 3.0) as workers:
        job = submit(jobs, street, "job")
        wait_for(lambda: _runs(jobs, job), 60)
        (first,) = workers.alive
        assert first.pid is not None
        if whole_service:
            for program in processes_in(tmp_path / "state"):
                os.kill(program, signal.SIGTERM)
            wait_for(lambda: not processes_in(tmp_path / "state"), 30)  # before the worker hears of it
        os.kill(first.pid, signal.SIGTERM)
        first.join(30)
        assert first.exitcode == 0
        assert jobs.state(job).step == "handed back by a worker that stops"
        assert jobs.state(job).attempts == 0
        shares = [event.share for event in jobs.events(job) if event.share is not None]
        assert shares == sorted(shares)
        workers.tend()
        wait_for(lambda: jobs.state(job).state is State.DONE, 60)


@on_either_kind_alike
def test_workers_of_two_databases_may_share_a_state_folder(
    jobs: StoredJobs, street: SmallStreet, staffed: Staffed, tmp_path: Path
) -> None:
    """A worker clears away what dead workers left; who lives it sees in its own database alone."""
    another = file_place(tmp_path / "another.sqlite")
    upgrade_database(another)
    with staffed(1, 6.0), open_database(another) as database:
        job, elsewhere = submit(jobs, street, "job"), submit(StoredJobs(database), street, "elsewhere")
        wait_for(lambda: _runs(jobs, job), 60)
        with workers_at(another, tmp_path, running_of(street, tmp_path), 1):
            wait_for(lambda: StoredJobs(database).state(elsewhere).attempts == 1, 60)  # it has cleared away before
            wait_for(lambda: jobs.state(job).state.final, 60)
    assert (jobs.state(job).state, jobs.state(job).attempts) == (State.DONE, 1), jobs.state(job).reason


@on_either_kind_alike
def test_a_worker_that_was_taken_for_dead_does_no_harm(
    jobs: StoredJobs, opened: Database, street: SmallStreet, staffed: Staffed
) -> None:
    """It was frozen, another worker took its job up and ended it, and now it goes on."""
    with staffed(2, 2.0) as workers:
        job = submit(jobs, street, "job")
        wait_for(lambda: _runs(jobs, job), 60)
        with opened.writing() as writing:  # as another worker would
            kept = rows.find_job(writing, job)
            assert kept is not None
            rows.append_event(writing, job, kept.seen, rows.Event("other", "running", 1, 2, "lay out"))
            rows.append_event(writing, job, kept.seen + 1, rows.Event("other", "cancelled", 1, 2, "elsewhere"))
        more = submit(jobs, street, "more")
        wait_for(lambda: jobs.state(more).state is State.DONE, 60)
        assert len(workers.alive) == 2
    assert jobs.state(job).reason == "elsewhere"
    assert jobs.events(job)[-1].text == "elsewhere"


@on_either_kind_alike
def test_a_job_that_takes_its_workers_down_is_parked_and_can_be_retried(
    jobs: StoredJobs, opened: Database, street: SmallStreet, staffed: Staffed
) -> None:
    job = submit(jobs, street, "job")
    with opened.writing() as writing:
        lost = rows.Event("worker", "running", 1, MOST_ATTEMPTS, "lay out")
        rows.append_event(writing, job, 1, lost)
    with staffed(1, 0.1):
        wait_for(lambda: jobs.state(job).state is State.PARKED, 60)
        assert "given up after 10 attempts" in jobs.state(job).reason
        assert jobs.retry(job, ENGINEER).state is State.QUEUED
        wait_for(lambda: jobs.state(job).state is State.DONE, 60)
    assert jobs.state(job).attempts == 1


@on_either_kind_alike
def test_what_matters_more_goes_first(jobs: StoredJobs, street: SmallStreet, staffed: Staffed) -> None:
    submitted = [submit(jobs, street, f"job {priority}", priority=priority) for priority in (5, 9, 1)]
    with staffed(1, 0.1):
        wait_for(lambda: all(jobs.state(job).state is State.DONE for job in submitted), 90)
    done = partial(sorted, key=lambda job: jobs.state(job).changed_at)
    assert done(submitted) == [submitted[2], submitted[0], submitted[1]]
