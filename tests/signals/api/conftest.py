"""The service answering on a port of its own, over a database of every kind, for people of every role."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from signals.api.app import PREFIX, make_app
from signals.api.limiting import Rates
from signals.api.service import Service
from signals.cli.desk_here import READERS
from signals.release import Actor, Role
from signals.service.identity import create_key
from signals.service.stored_jobs import StoredJobs
from signals.store.database import Database, open_database
from signals.store.place import Place

PEOPLE = {
    Role.VIEWER: "Vi Ewer",
    Role.ENGINEER: "R. Roe",
    Role.APPROVER: "J. Doe",
    Role.OPERATOR: "O. Poe",
    Role.ADMINISTRATOR: "Ad Min",
    Role.CONTROLLER: "J1",
}
NO_LIMIT = Rates(10**9, 10**9, 10**9)


@dataclass(frozen=True, slots=True)
class Answering:
    """A service that answers at `url`, its database, and a key for each role."""

    url: str
    database: Database
    keys: dict[Role, str]
    client: httpx.Client

    def ask(self, role: Role | None, method: str, path: str, json: Any = None, **more: Any) -> httpx.Response:
        """A request as the person of a role (None: nobody)."""
        key = {} if role is None else {"Authorization": f"Bearer {self.keys[role]}"}
        headers = key | more.pop("headers", {})
        return self.client.request(method, f"{self.url}{PREFIX}{path}", json=json, headers=headers, **more)


@contextmanager
def answering(service: Service) -> Iterator[str]:
    """The app of this service behind a real port; its address."""
    with listening(make_app(service)) as url:
        yield url


@contextmanager
def listening(app: FastAPI) -> Iterator[str]:
    """An app behind a real port; its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
    thread = threading.Thread(target=lambda: server.run(sockets=[listener]))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
        listener.close()


def actor_of(role: Role) -> Actor:
    """The person of a role."""
    return Actor(PEOPLE[role], role)


def keys_of_all(database: Database) -> dict[Role, str]:
    """A key for each role."""
    chief = Actor(PEOPLE[Role.ADMINISTRATOR], Role.ADMINISTRATOR)
    first = {Role.ADMINISTRATOR: create_key(database, chief, chief.name, Role.ADMINISTRATOR, why="")[0]}
    return first | {
        role: create_key(database, chief, name, role, why="")[0]
        for role, name in PEOPLE.items()
        if role is not Role.ADMINISTRATOR
    }


@pytest.fixture
def api(place: Place) -> Iterator[Answering]:
    """A service over a database of every kind."""
    with open_database(place) as database:
        keys = keys_of_all(database)
        with (
            answering(Service(database, READERS, StoredJobs(database), rates=NO_LIMIT)) as url,
            httpx.Client(timeout=60) as client,
        ):
            yield Answering(url, database, keys, client)


Ask = Callable[..., Any]


@pytest.fixture
def ask(api: Answering) -> Ask:
    """Ask as somebody: the document of the answer; anything but the expected status fails."""

    def asked(role: Role, method: str, path: str, json: Any = None, *, status: int | None = None, **more: Any) -> Any:
        found = api.ask(role, method, path, json, **more)
        assert found.status_code == status if status else found.is_success, found.text
        return found.json()

    return asked


def upload(api: Answering, folder: Path, network: Path) -> dict[str, Any]:
    """Hand a job's results in as files; what a plan is put in with."""

    def handed_in(path: Path) -> str:
        found = api.ask(Role.ENGINEER, "POST", "/files", content=path.read_bytes())
        assert found.is_success, found.text
        return str(found.json()["digest"])

    files = {str(path.relative_to(folder)): handed_in(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    return {"network": handed_in(network), "network_name": network.name, "files": files}
