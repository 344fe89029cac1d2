"""How things stand, as it is told to who watches: jobs by state, alarms by kind, who coordinates."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from signals.api.service import Service
from signals.cli.desk_here import JUDGES, READERS
from signals.release import Role
from signals.service.delivery.ticking import Ticking
from signals.service.job_request import JobFile, JobRequest
from signals.service.stored_jobs import StoredJobs
from signals.service.uploads import keep_file
from tests.signals.api.conftest import NO_LIMIT, Answering, actor_of, answering, api
from tests.signals.service.delivery.corridors import Corridor, grouped, released

__all__ = ["api"]
pytestmark = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)


def _numbers(api: Answering) -> dict[str, float]:
    found = api.ask(Role.VIEWER, "GET", "/metrics")
    assert found.is_success, found.text
    return {
        " ".join([sample.name.removeprefix("greenband_"), *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(found.text)
        for sample in family.samples
    }


def test_jobs_are_counted_by_state_with_the_age_of_who_waits_longest(api: Answering) -> None:
    none = _numbers(api)
    assert (none["ready"], none["jobs queued"], none["jobs_oldest_queued_seconds"]) == (1, 0, 0)
    assert none["coordinates"] == 0
    assert "controllers" not in none, "who does not coordinate does not know"
    engineer, jobs = actor_of(Role.ENGINEER), StoredJobs(api.database)
    content = keep_file(api.database, engineer, b"<net/>")[0]
    asked = JobRequest((("network", JobFile("street.net.xml", content)), ("flows", JobFile("counts.csv", content))))
    first, _, third = (jobs.submit(asked, engineer) for _ in range(3))
    jobs.cancel(third.id, engineer)
    api.database._now = lambda: first.submitted_at + timedelta(seconds=90)
    some = _numbers(api)
    assert (some["jobs queued"], some["jobs cancelled"], some["jobs running"]) == (2, 1, 0)
    assert some["jobs_oldest_queued_seconds"] == 90


def test_alarms_are_counted_by_who_coordinates(api: Answering, tmp_path: Path) -> None:
    corridor = Corridor(api.database, tmp_path)
    grouped(api.database, released(api.database, tmp_path / "a"))
    corridor.cut = {"east"}
    corridor.pass_s(30)
    corridor.cut = {"east", "west"}
    corridor.pass_s(60)
    coordinating = Ticking(api.database, lambda: JUDGES, tmp_path / "keys", print)
    coordinating.coordinator = corridor.coordinator
    with answering(Service(api.database, READERS, rates=NO_LIMIT, ticking=coordinating)) as url:
        found = _numbers(Answering(url, api.database, api.keys, api.client))
    assert (found["coordinates"], found["controllers"]) == (1, 3)
    alarms = {name.removeprefix("alarms "): value for name, value in found.items() if name.startswith("alarms ")}
    assert alarms == {"never_heard": 1, "silent": 1, "drift": 0, "clock": 0, "key_ring": 0, "refused": 0, "schedule": 0}
    corridor.coordinator.close()
