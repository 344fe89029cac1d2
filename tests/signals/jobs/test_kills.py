"""Workers are killed at random moments and at the edges of commits: no job is lost, none published twice.

The proof makes as many kills of each kind on each database as GREENBAND_KILLS says (15); a hundred take 12 minutes.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from signals.service.jobs import State
from signals.service.stored_jobs import StoredJobs
from signals.store.database import Database, open_database
from signals.store.place import Place
from signals.store.tables import audit_entries, job_events, library_plans, plan_events
from tests.scenarios.small_street import SmallStreet
from tests.signals.jobs.workers import Workers, open_jobs, running_of, submit, wait_for, workers_at

DONE_WITHIN_S = 30.0
_WAITING = 4  # jobs that are kept waiting, so that every kill meets one


def test_some_kills(place: Place, street: SmallStreet, tmp_path: Path) -> None:
    """The beginning of the proofs below: at random on the one kind of database, at commits on the other."""
    _kill(place, street, tmp_path, 3, at_commits=place.file is None)


@pytest.mark.prove
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("at_commits", [False, True], ids=["random", "at-commits"])
def test_many_kills(place: Place, street: SmallStreet, tmp_path: Path, at_commits: bool) -> None:
    _kill(place, street, tmp_path, int(os.environ.get("GREENBAND_KILLS", "15")), at_commits)


def _kill(place: Place, street: SmallStreet, folder: Path, kills: int, at_commits: bool) -> None:
    dice = random.Random(20261129)
    edge_share = 0.04 if at_commits else 0.0
    running = running_of(street, folder)
    submitted: list[str] = []
    with open_database(place) as database, workers_at(place, folder, running, 2, edge_share=edge_share) as workers:
        jobs = StoredJobs(database)
        while workers.died < kills:
            while len(open_jobs(jobs)) < _WAITING:
                submitted.append(submit(jobs, street, f"job {len(submitted)}"))
            if not at_commits:
                time.sleep(dice.expovariate(1.0))
                workers.kill(dice.choice(workers.alive))
            time.sleep(0.05)
            workers.tend()
        took_s = _all_done(jobs, workers, submitted)
        begun = sum(event.text == "lay out" for job in submitted for event in jobs.events(job))
        print(
            f"{len(submitted)} jobs begun {begun} times, {workers.died} kills, all done {took_s:.1f} s after the last"
        )
        _each_once(database, submitted)
    assert took_s <= DONE_WITHIN_S


def _all_done(jobs: StoredJobs, workers: Workers, submitted: list[str]) -> float:
    workers.edge_share = 0.0
    for process in list(workers.alive):
        workers.kill(process)
    workers.tend()
    took_s = wait_for(lambda: not open_jobs(jobs), 5 * DONE_WITHIN_S)
    assert Counter(jobs.state(job).state for job in submitted) == {State.DONE: len(submitted)}
    return took_s


def _each_once(database: Database, submitted: list[str]) -> None:
    with database.reading() as reading:

        def column(query: object) -> Counter[str]:
            return Counter(reading.connection.execute(query).scalars())  # type: ignore[call-overload]

        done = column(select(job_events.c.job_id).where(job_events.c.state == State.DONE))
        assert done == dict.fromkeys(submitted, 1)
        told = column(select(audit_entries.c.why).where(audit_entries.c.what == "job.done"))
        assert told == {f"job {job}": 1 for job in submitted}
        names = column(select(library_plans.c.name))
        assert names == {f"job {number}": 1 for number in range(len(submitted))}
        put = column(select(plan_events.c.why).where(plan_events.c.move == "put"))
        assert put == {f"job {job}": 1 for job in submitted}
