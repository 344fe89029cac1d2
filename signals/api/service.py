"""What the service works with, handed in when the app is made, and found again in every request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from signals.api.limiting import Rates
from signals.service.library.judging import Readers
from signals.store.database import Database


@dataclass(frozen=True, slots=True)
class Service:
    """The database, the adapters that read files, and how this service was started.

    `single_engineer`: one person may propose and approve, and every release of it is stamped so.
    """

    database: Database
    readers: Readers
    single_engineer: bool = False
    rates: Rates = field(default_factory=Rates)


def _service(request: Request) -> Service:
    found = request.app.state.service
    assert isinstance(found, Service)
    return found


def _database(request: Request) -> Database:
    return _service(request).database


ServiceOf = Annotated[Service, Depends(_service)]
DatabaseOf = Annotated[Database, Depends(_database)]
