"""The database server is stopped at once under load, again and again: what was acknowledged is there, nothing twice."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from signals.service.jobs import State
from signals.service.stored_jobs import StoredJobs
from signals.store.database import open_database, upgrade_database
from signals.store.failures import DatabaseAway
from signals.store.place import place_of
from signals.store.tables import job_events
from tests.databases import private_server, server_programs
from tests.scenarios.small_street import SmallStreet
from tests.signals.jobs.workers import open_jobs, running_of, submit, wait_for, workers_at

_LOAD_S = 2.0  # between stops
_DONE_WITHIN_S = 60.0


def test_a_stop(street: SmallStreet, tmp_path: Path) -> None:
    _stop(street, tmp_path, 1)


@pytest.mark.prove
@pytest.mark.timeout(900)
def test_twenty_stops(street: SmallStreet, tmp_path: Path) -> None:
    _stop(street, tmp_path, 20)


def _stop(street: SmallStreet, folder: Path, stops: int) -> None:
    programs = server_programs()
    if programs is None:
        pytest.skip("the programs of a PostgreSQL server (initdb, pg_ctl) are not installed")
    acknowledged: list[str] = []
    with private_server(programs) as server:
        place = place_of(server.url, folder)
        upgrade_database(place)
        with open_database(place) as database, workers_at(place, folder, running_of(street, folder), 2) as workers:
            jobs = StoredJobs(database)
            acknowledged += [submit(jobs, street, f"job {number}") for number in range(2)]
            wait_for(lambda: not open_jobs(jobs), 60)  # both workers are at work
            for _ in range(stops):
                until_s = time.monotonic() + _LOAD_S
                while time.monotonic() < until_s:
                    acknowledged.append(submit(jobs, street, f"job {len(acknowledged)}"))
                    time.sleep(0.5)
                server.stop()
                with pytest.raises(DatabaseAway):
                    submit(jobs, street, "nobody hears it")
                server.start()
                workers.tend()
            took_s = wait_for(lambda: _none_open(jobs), 5 * _DONE_WITHIN_S, workers.tend)
            print(
                f"{len(acknowledged)} jobs, {stops} stops, all done {took_s:.1f} s later; {workers.died} workers died"
            )
            states = [jobs.state(job) for job in acknowledged]
            assert [(job.state, job.reason) for job in states if job.state is not State.DONE] == []
            with database.reading() as reading:
                done = select(job_events.c.job_id).where(job_events.c.state == State.DONE)
                assert sorted(reading.connection.execute(done).scalars()) == sorted(acknowledged)
            assert workers.died == 0, "a worker waits until its database is back"


def _none_open(jobs: StoredJobs) -> bool:
    with suppress(DatabaseAway):
        return not open_jobs(jobs)
    return False
