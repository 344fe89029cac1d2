"""What the service works with, handed in when the app is made, and found again in every request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from networks.faults import Fault, NotNow
from signals.api.limiting import Rates
from signals.service.delivery.coordinating import Coordinator
from signals.service.delivery.ticking import Ticking
from signals.service.jobs import Jobs
from signals.service.library.judges import Judges
from signals.service.library.judging import Readers
from signals.service.library.judging_here import JudgingHere
from signals.service.tokens import Tokens
from signals.store.database import Database


class NotCoordinating(NotNow):
    """Another process of this database coordinates, or none does yet."""


@dataclass(frozen=True, slots=True)
class Service:
    """The database, the adapters that read files, and how this service was started.

    `single_engineer`: one person may propose and approve, and every release of it is stamped so. `jobs` None: this
    service takes none. `ticking`: coordinates roll-outs, or waits until it may. `apart`: who makes its safety checks;
    None: they are made in the thread that asks. `tokens`: who verifies tokens that count beside keys.
    """

    database: Database
    readers: Readers
    jobs: Jobs | None = None
    single_engineer: bool = False
    rates: Rates = field(default_factory=Rates)
    ticking: Ticking | None = None
    apart: Judges | None = None
    tokens: Tokens | None = None

    @property
    def judges(self) -> Judges:
        """Who makes the safety checks that are asked for over HTTP."""
        return self.apart or JudgingHere(self.readers)


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


def coordinator_in(request: Request) -> Coordinator:
    """The coordinator of this process. Raises `NotCoordinating` where another process has the office."""
    ticking = _service(request).ticking
    if ticking is None or ticking.coordinator is None:
        needed = "the one that does; ask again, or at another address of the service"
        raise NotCoordinating([Fault("coordinator", "this process", "it does not coordinate", needed)])
    return ticking.coordinator


def heard_by(service: Service) -> tuple[Coordinator | None, Mapping[str, int]]:
    """The coordinator of this process, where it has one, and when each controller was heard last [ds since 1970]."""
    if service.ticking is None:
        return None, {}
    coordinator, last_heard = service.ticking.coordinator, service.ticking.last_heard
    if coordinator is None:
        last_heard.read()
    return coordinator, last_heard.at_ds()


JobsOf = Annotated[Jobs, Depends(_jobs)]
ServiceOf = Annotated[Service, Depends(_service)]
DatabaseOf = Annotated[Database, Depends(_database)]
CoordinatorOf = Annotated[Coordinator, Depends(coordinator_in)]
