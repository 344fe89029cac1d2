"""What nobody asks for any more is cleared; of jobs that go on, may be tried again, or have a plan, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from signals.service.abandoned import Clearing, clear_abandoned
from signals.service.jobs import State
from signals.store import jobs as rows
from signals.store.database import Database
from signals.store.files import get_file, put_file
from signals.store.place import Place
from signals.store.scratch import Scratch, open_scratch

LONG, SHORT = timedelta(days=30), timedelta(0)


@pytest.fixture
def scratch(place: Place) -> Iterator[Scratch]:
    with open_scratch(place) as opened:
        yield opened


def _job(database: Database, scratch: Scratch, folder: Path, state: State, result: str | None = None) -> str:
    """A job in a state, of which something is kept."""
    job_id = f"{list(State).index(state):032d}"
    with database.writing() as writing:
        request = put_file(writing, state.value.encode())
        first = rows.Event("R. Roe", State.QUEUED, 1, 0, "queued")
        rows.add_job(writing, rows.Job(job_id, request, "", 5, "R. Roe", "engineer", "stated"), first)
        if state is not State.QUEUED:
            rows.append_event(writing, job_id, 1, replace(first, state=state, text="so it is", result=result))
    _measure(scratch, folder, job_id)
    return job_id


def _measure(scratch: Scratch, folder: Path, job_id: str) -> None:
    (folder / job_id / "run").mkdir(parents=True)
    (folder / job_id / "run" / "a.json").write_text("measured")
    scratch.take(job_id, folder / job_id, set())


def test_jobs_that_came_to_no_plan_are_cleared_after_a_while(
    database: Database, scratch: Scratch, tmp_path: Path
) -> None:
    jobs = {state: _job(database, scratch, tmp_path, state) for state in State}
    left = {jobs[state] for state in (State.FAILED, State.CANCELLED, State.PARKED)}
    assert clear_abandoned(database, scratch, LONG) == [jobs[State.DONE]]
    assert set(scratch.jobs()) == set(jobs.values()) - {jobs[State.DONE]}
    assert set(clear_abandoned(database, scratch, SHORT)) == left
    assert set(scratch.jobs()) == {jobs[State.QUEUED], jobs[State.RUNNING]}


def test_who_tries_again_in_time_keeps_it(database: Database, scratch: Scratch, tmp_path: Path) -> None:
    job_id = _job(database, scratch, tmp_path, State.FAILED)
    with database.writing() as writing:
        kept = rows.find_job(writing, job_id)
        assert kept is not None
        rows.append_event(writing, job_id, kept.seen, replace(kept.last, state=State.QUEUED, run=2))
    assert clear_abandoned(database, scratch, SHORT) == []


def test_what_a_plan_names_stays(database: Database, scratch: Scratch, tmp_path: Path) -> None:
    with database.writing() as writing:
        digest = put_file(writing, b"the proof")
    _job(database, scratch, tmp_path, State.DONE, result=digest)
    clear_abandoned(database, scratch, SHORT)
    assert scratch.jobs() == []
    with database.reading() as reading:
        assert get_file(reading, digest) == b"the proof"
        assert get_file(reading, digest_of_request(database, State.DONE)) == State.DONE.value.encode()


def digest_of_request(database: Database, state: State) -> str:
    """The digest of what the job in this state was asked."""
    with database.reading() as reading:
        kept = rows.find_job(reading, f"{list(State).index(state):032d}")
    assert kept is not None
    return kept.job.request_digest


def test_of_a_job_that_nobody_knows_nothing_is_kept(database: Database, scratch: Scratch, tmp_path: Path) -> None:
    _measure(scratch, tmp_path, "0" * 32)
    assert Clearing(database, scratch, LONG).round() == ["0" * 32]


def test_it_is_looked_for_now_and_then(database: Database, scratch: Scratch, tmp_path: Path) -> None:
    clearing = Clearing(database, scratch, SHORT)
    assert clearing.round() == []
    _job(database, scratch, tmp_path, State.FAILED)
    assert clearing.round() == [], "in an hour"
