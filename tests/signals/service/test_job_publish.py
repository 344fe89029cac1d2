"""What a job leaves in the library: a plan that names what it was made for, by digests, down to the counts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from signals.cli.desk_here import READERS
from signals.release import Actor, Role
from signals.service.job_publish import publish
from signals.service.job_request import JobFile, JobOptions, JobRequest
from signals.service.jobs import State
from signals.service.stored_jobs import StoredJobs
from signals.store import documents, files, library
from signals.store import jobs as rows
from signals.store.database import Database
from tests.signals.service.library.job_results import results

ENGINEER = Actor("R. Roe", Role.ENGINEER)
FOUND = {"days": ["2026-03-02"], "hour_found": True}


def _published(database: Database, folder: Path, roles: tuple[str, ...]) -> tuple[JobRequest, str]:
    """A job with a file for each role that ends with a recommended plan; its request and the plan's digest."""
    made, jobs = results(folder), StoredJobs(database)
    handed = [(role, JobFile(f"{role}.csv", jobs.keep_file(role.encode(), ENGINEER))) for role in roles]
    network = JobFile(made.network.name, jobs.keep_file(made.network.read_bytes(), ENGINEER))
    request = JobRequest((("network", network), *handed), JobOptions(begin_s=25_200, growth=1.1))
    job = jobs.submit(request, ENGINEER).id
    (folder / "report.json").write_text(
        json.dumps({"decision": "recommended", "verdict": "better", "reasons": [], "demand": FOUND})
    )
    with database.writing() as writing:
        kept = rows.find_job(writing, job)
        assert kept is not None
        rows.append_event(writing, job, kept.seen, replace(kept.last, who="worker", state=State.RUNNING))
        paths = [path for path in folder.rglob("*") if path.is_file()]
        left = {str(path.relative_to(folder)): files.put_file(writing, path.read_bytes()) for path in paths}
    publish(database, READERS, "worker", job, kept.last.run, left)
    assert jobs.state(job).state is State.DONE
    return request, made.plan.digest()


def test_a_plan_names_its_demand_and_the_demand_its_flows(database: Database, tmp_path: Path) -> None:
    request, plan = _published(database, tmp_path / "day", ("flows", "detectors"))
    with database.reading() as reading:
        demand_digest = documents.inputs_of(reading, plan)["demand"]
        made_from = documents.inputs_of(reading, demand_digest)
        demand, flows = (json.loads(documents.get(reading, name)) for name in (demand_digest, made_from["flows"]))
        assert library.files_of(reading, plan)["demand.json"] == demand_digest
    assert (demand["network"], demand["flows"]) == (made_from["network"], made_from["flows"])
    assert (demand["found"], demand["options"]["growth"], demand["options"]["begin_s"]) == (FOUND, 1.1, 25_200.0)
    handed = {(file["role"], file["digest"]) for file in flows["files"]}
    assert handed == {(role, request.of_role(role)[0].digest) for role in ("flows", "detectors")}


@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_routes_that_were_handed_in_are_the_demand(database: Database, tmp_path: Path) -> None:
    request, plan = _published(database, tmp_path / "day", ("demand",))
    with database.reading() as reading:
        demand_digest = documents.inputs_of(reading, plan)["demand"]
        assert [*documents.inputs_of(reading, demand_digest)] == ["network"]
        demand = json.loads(documents.get(reading, demand_digest))
    assert demand["flows"] is None
    assert [file["digest"] for file in demand["files"]] == [request.of_role("demand")[0].digest]
