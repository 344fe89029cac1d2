"""Jobs as people ask for them: who may, the same key the same job, what can be cancelled and tried again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from networks.faults import InputError
from signals.release import Actor, NotAllowed, Role
from signals.service.job_request import JobFile, JobOptions, JobRequest
from signals.service.jobs import JobConflict, JobResult, NoSuchJob, State
from signals.service.stored_jobs import StoredJobs, result_text
from signals.service.uploads import MOST_BYTES
from signals.store import audit
from signals.store import jobs as rows
from signals.store.database import Database
from signals.store.documents import LARGEST_BYTES

ENGINEER, VIEWER = Actor("R. Roe", Role.ENGINEER), Actor("J. Doe", Role.VIEWER)


@pytest.fixture
def jobs(database: Database) -> StoredJobs:
    return StoredJobs(database)


def _request(jobs: StoredJobs, title: str = "") -> JobRequest:
    network, flows = (JobFile(name, jobs.keep_file(name.encode(), ENGINEER)) for name in ("net.xml", "flows.csv"))
    return JobRequest((("network", network), ("flows", flows)), JobOptions(seed=7), title=title)


def _append(database: Database, job: str, state: State, **more: object) -> None:
    with database.writing() as writing:
        kept = rows.find_job(writing, job)
        assert kept is not None
        event = replace(kept.last, who="worker", state=state, **more)  # type: ignore[arg-type]
        rows.append_event(writing, job, kept.seen, event)


def test_a_job_is_kept_as_it_was_asked(jobs: StoredJobs) -> None:
    request = _request(jobs, "Main St")
    state = jobs.submit(request, ENGINEER)
    assert (state.number, state.state, state.title, state.submitted_by) == (1, State.QUEUED, "Main St", "R. Roe")
    assert jobs.request(state.id) == request
    assert jobs.state(state.id) == state
    assert jobs.file(request.of_role("flows")[0].digest) == b"flows.csv"


def test_the_same_key_gives_the_same_job(jobs: StoredJobs) -> None:
    request = _request(jobs)
    first = jobs.submit(request, ENGINEER, idempotency_key="k")
    assert jobs.submit(request, ENGINEER, idempotency_key="k") == first
    assert jobs.submit(request, ENGINEER).id != first.id
    assert jobs.submit(request, Actor("A. N. Other", Role.ENGINEER), idempotency_key="k").id != first.id
    namesakes = [Actor("R. Roe", Role.ENGINEER, f"key {key}") for key in ("1", "2", "1")]
    second, third, again = (jobs.submit(request, one, idempotency_key="k") for one in namesakes)
    assert len({first.id, second.id, third.id}) == 3
    assert again == second
    with pytest.raises(JobConflict, match="idempotency key"):
        jobs.submit(replace(request, title="another"), ENGINEER, idempotency_key="k")
    with pytest.raises(InputError, match="1 to 200 letters"):
        jobs.submit(request, ENGINEER, idempotency_key="")


@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_files_that_are_too_much_together_are_refused(jobs: StoredJobs) -> None:
    """A job that names one file often costs its worker the room of them all."""
    large = JobFile("large.xml", jobs.keep_file(bytes(LARGEST_BYTES), ENGINEER))
    files = [("network", large), ("demand", large)] + [("additional", large)] * (MOST_BYTES // LARGEST_BYTES - 2)
    assert jobs.submit(JobRequest(tuple(files)), ENGINEER).state is State.QUEUED
    with pytest.raises(InputError, match=f"at most {MOST_BYTES} bytes"):
        jobs.submit(JobRequest((*files, files[-1])), ENGINEER)


def test_who_may(jobs: StoredJobs, database: Database) -> None:
    state = jobs.submit(_request(jobs), ENGINEER)
    for refused in (
        lambda: jobs.submit(_request(jobs), VIEWER),
        lambda: jobs.keep_file(b"", VIEWER),
        lambda: jobs.cancel(state.id, VIEWER),
        lambda: jobs.retry(state.id, VIEWER),
    ):
        with pytest.raises(NotAllowed):
            refused()
    jobs.cancel(state.id, ENGINEER, why="not wanted")
    jobs.retry(state.id, ENGINEER)
    with database.reading() as reading:
        told = [(entry.who, entry.what) for entry in audit.list_entries(reading)]
    assert told == [("R. Roe (stated)", f"job.{verb}") for verb in ("submit", "cancel", "retry")]


def test_files_that_are_not_kept_are_named_all_at_once(jobs: StoredJobs) -> None:
    files = (("network", JobFile("a", "0" * 64)), ("flows", JobFile("b", "1" * 64)))
    with pytest.raises(InputError) as caught:
        jobs.submit(JobRequest(files), ENGINEER)
    assert [fault.what for fault in caught.value.faults] == ["network", "flows"]
    assert jobs.page() == []


def test_what_can_be_cancelled_and_what_can_be_tried_again(jobs: StoredJobs, database: Database) -> None:
    job = jobs.submit(_request(jobs), ENGINEER).id
    with pytest.raises(JobConflict, match="found queued"):
        jobs.retry(job, ENGINEER)
    assert jobs.cancel(job, ENGINEER, why="a mistake").reason == "cancelled by R. Roe: a mistake"
    with pytest.raises(JobConflict, match="found cancelled"):
        jobs.cancel(job, ENGINEER)
    assert jobs.retry(job, ENGINEER).state is State.QUEUED
    for state in (State.FAILED, State.PARKED):
        _append(database, job, state, text="why it ended")
        assert jobs.state(job).reason == "why it ended"
        assert jobs.retry(job, ENGINEER).reason == ""
    result = JobResult("recommended", "better", ("a reason",), "2" * 64, {"plan.json": "3" * 64}, 1, "validated")
    _append(database, job, State.DONE, result=result_text(result))
    assert jobs.state(job).result == result
    for refused in (jobs.cancel, jobs.retry):
        with pytest.raises(JobConflict, match="found done"):
            refused(job, ENGINEER)


def test_pages_and_events_go_on_where_they_stopped(jobs: StoredJobs, database: Database) -> None:
    submitted = [jobs.submit(_request(jobs), ENGINEER) for _ in range(3)]
    _append(database, submitted[1].id, State.RUNNING, text="optimize", share_permille=125, seconds_left=60)
    assert [state.number for state in jobs.page(after=1, limit=1)] == [2]
    assert [state.id for state in jobs.page(State.RUNNING)] == [submitted[1].id]
    first, second = jobs.events(submitted[1].id)
    assert (second.text, second.share, second.seconds_left) == ("optimize", 0.125, 60)
    assert jobs.events(submitted[1].id, after=first.number) == [second]
    with pytest.raises(InputError, match="page"):
        jobs.page(limit=0)


def test_an_unknown_job_is_told(jobs: StoredJobs) -> None:
    for asked in (jobs.state, jobs.request, jobs.events):
        with pytest.raises(NoSuchJob, match="none of id 'x'"):
            asked("x")
