"""Requests that the OpenAPI document allows, and many that it does not, to every operation of a filled service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from signals.api.app import PREFIX
from signals.api.service import Service
from signals.cli.desk_here import READERS
from signals.release import Role
from signals.service.delivery.groups import Group, define_group
from signals.service.delivery.ticking import Ticking
from signals.service.job_request import JobFile, JobRequest
from signals.service.library.judging_here import JudgingHere
from signals.service.library.putting import put_plan
from signals.service.stored_jobs import StoredJobs
from signals.service.uploads import keep_file
from signals.store.database import open_database
from signals.store.place import Place
from tests.signals.api.conftest import NO_LIMIT, actor_of, answering, keys_of_all
from tests.signals.service.library.job_results import results

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_STREAM = f"{PREFIX}/jobs/{{job_id}}/events"


@dataclass
class Tried:
    """How many requests were answered with which status."""

    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        return self.statuses.total()


@dataclass(frozen=True, slots=True)
class Filled:
    """A service with content: what there is by the names that operations have for it."""

    url: str
    keys: Mapping[Role, str]
    names: Mapping[str, str]
    ended_job: str  # of which the stream of events ends; the other one may be queued again


@contextmanager
def filled(place: Place, folder: Path) -> Iterator[Filled]:
    """A service over a database with a plan, a schedule's worth of files, and a job that was cancelled."""
    made = results(folder / "day", more_s=4, name="day")
    with open_database(place) as database:
        keys = keys_of_all(database)
        engineer, jobs = actor_of(Role.ENGINEER), StoredJobs(database)
        put_plan(database, READERS, engineer, made.folder, made.network, judges=JudgingHere(READERS), why="")
        network = keep_file(database, engineer, made.network.read_bytes())[0]
        files = (("network", JobFile("street.net.xml", network)), ("flows", JobFile("counts.csv", network)))
        job, ended = (jobs.cancel(jobs.submit(JobRequest(files), engineer).id, engineer) for _ in range(2))
        members = {"J1": made.plan.intersections[0].intersection_id}  # as the key of the controller names it
        group = Group("corridor", made.plan.network_digest, members)
        define_group(database, actor_of(Role.OPERATOR), group, why="")
        ticking = Ticking(database, lambda: JudgingHere(READERS), folder / "signing", lambda text: None)
        ticking.start()
        names = {"plan": "v1", "digest": network, "network": made.plan.network_digest, "job_id": job.id}
        names |= {"group_id": group.group_id, "controller_id": "J1"}
        try:
            with answering(Service(database, READERS, jobs, rates=NO_LIMIT, ticking=ticking)) as url:
                yield Filled(url, keys, names, ended.id)
        finally:
            ticking.stop()


def try_everything(service: Filled, cases_each: int, tried: Tried) -> None:
    """Ask every operation so many times, well and badly, as several roles. Raises for what is not declared."""
    schema = schemathesis.openapi.from_url(f"{service.url}{PREFIX}/openapi.json")
    with requests.Session() as session:
        for found in schema.get_all_operations():
            operation = found.ok()
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                try:
                    _try(service, operation.as_strategy(generation_mode=mode), cases_each, session, tried)
                except Unsatisfiable:
                    assert mode is GenerationMode.NEGATIVE, operation.label  # nothing can be wrong with no input


def _try(service: Filled, cases: st.SearchStrategy[Case], count: int, session: requests.Session, tried: Tried) -> None:
    roles = st.sampled_from([Role.ADMINISTRATOR] * 4 + [Role.CONTROLLER, Role.VIEWER, None])

    @seed(tried.count)  # other requests in each round, the same ones in each run
    @settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(cases, roles, st.booleans())
    def ask(case: Case, role: Role | None, known: bool) -> None:
        if known or case.path == _STREAM:
            of_stream = {"job_id": service.ended_job} if case.path == _STREAM else {}
            _name_what_is_there(case, {**service.names, **of_stream})
        key = {} if role is None else {"Authorization": f"Bearer {service.keys[role]}"}
        response = case.call(session=session, headers=key, timeout=60)
        tried.statuses[response.status_code] += 1
        case.validate_response(response, checks=_CHECKS)
        if response.status_code >= 400:
            assert response.headers["content-type"] == ["application/problem+json"], case.as_curl_command()

    ask()


def _name_what_is_there(case: Case, names: Mapping[str, str]) -> None:
    places: tuple[Any, ...] = (case.path_parameters, case.query, case.body)
    for place in places:
        if isinstance(place, dict):
            place.update({name: names[name] for name in place.keys() & names.keys()})
