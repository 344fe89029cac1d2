"""What the service works with, handed in when the app is made, and found again in every request."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from signals.api.limiting import Rates
from signals.service.jobs import Jobs
from signals.service.library.judging import Readers
from signals.store.database import Database


@dataclass(frozen=True, slots=True)
class Service:
    """The database, the adapters that read files, and how this service was started.

    `single_engineer`: one person may propose and approve, and every release of it is stamped so. `jobs` None: this
    service takes none.
    """

    database: Database
    readers: Readers
    jobs: Jobs | None = None
    single_engineer: bool = False
    rates: Rates = field(default_factory=Rates)


def _service(request: Request) -> Service:
    found = request.app.state.service
    assert isinstance(found, Service)
    return found


def _database(request: Request) -> Database:
    return _service(request).database


def _jobs(request: Request) -> Jobs:
    jobs = _service(request).jobs
    if jobs is None:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "this service was started without jobs")
    return jobs


JobsOf = Annotated[Jobs, Depends(_jobs)]
ServiceOf = Annotated[Service, Depends(_service)]
DatabaseOf = Annotated[Database, Depends(_database)]
