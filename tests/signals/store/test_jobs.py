"""Of those who looked at the same state of a job, the first one wins."""

from __future__ import annotations

import pytest

from signals.store.database import Database, Writing
from signals.store.files import put_file
from signals.store.instants import instant_text
from signals.store.jobs import (
    Event,
    Job,
    JobMovedMeanwhile,
    add_job,
    append_event,
    count_by_state,
    find_job,
    find_submitted,
    list_jobs,
)

QUEUED = Event("R. Roe", "queued", 1, 0, "queued")
RUNNING = Event("worker", "running", 1, 1, "optimize", 125, 60)


def _add(writing: Writing, number: int, key: str | None = None) -> str:
    job = Job(f"{number:032d}", put_file(writing, b"request"), "", 5, "R. Roe", "engineer", "stated", key)
    add_job(writing, job, QUEUED)
    return job.id


def test_the_first_of_those_who_looked_wins(database: Database) -> None:
    with database.writing() as writing:
        job = _add(writing, 1)
        assert append_event(writing, job, 1, RUNNING) == 2
        with pytest.raises(JobMovedMeanwhile, match="2 events, of which 1 were looked at"):
            append_event(writing, job, 1, QUEUED)
        kept = find_job(writing, job)
    assert kept is not None
    assert (kept.seen, kept.last) == (2, RUNNING)


def test_jobs_are_listed_by_how_they_stand_now(database: Database) -> None:
    with database.writing() as writing:
        first, second = _add(writing, 1, "a"), _add(writing, 2, "b")
        append_event(writing, first, 1, RUNNING)
    with database.reading() as reading:
        assert [kept.job.id for kept in list_jobs(reading, ["queued"])] == [second]
        assert [kept.job.id for kept in list_jobs(reading, ["queued", "running"], limit=1)] == [first]
        found = find_submitted(reading, "R. Roe", "b")
        assert found is not None
        assert found.job.id == second
        assert find_submitted(reading, "J. Doe", "b") is None


def test_jobs_are_counted_by_how_they_stand_now(database: Database) -> None:
    with database.writing() as writing:
        first, _ = _add(writing, 1), _add(writing, 2)
        since = writing.at
        append_event(writing, first, 1, RUNNING)
    with database.writing() as writing:
        _add(writing, 3)
        later = writing.at
        append_event(writing, first, 2, RUNNING)
    with database.reading() as reading:
        found = {one.state: (one.count, one.since) for one in count_by_state(reading)}
    assert found == {"queued": (2, instant_text(since)), "running": (1, instant_text(later))}
