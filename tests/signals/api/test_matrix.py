"""Every operation of the app, asked by every role and by nobody: exactly those may whom the table of roles names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from signals.api.app import PREFIX, make_app
from signals.api.identity import Asking
from signals.api.service import Service
from signals.cli.desk_here import READERS
from signals.release import Actor, Role, Verb, may
from signals.service.identity import create_key, revoke_key
from signals.store.database import Database, open_database
from signals.store.place import Place
from tests.databases import DAWN
from tests.signals.api.conftest import NO_LIMIT, Answering, answering, keys_of_all

OPEN = {("GET", "/health"), ("GET", "/ready")}
WHOEVER_HAS_A_KEY = {("GET", "/me")}
CHIEF = Actor("Ad Min", Role.ADMINISTRATOR)
_NAMES = {"key_id": "01234567", "digest": "0" * 64, "plan": "v99", "label": "nothing", "job_id": "0" * 32}


@dataclass(frozen=True, slots=True)
class Operation:
    """A method on a path, and what the app asks of who calls it."""

    method: str
    path: str
    asking: tuple[Verb | None, ...]

    @property
    def example(self) -> str:
        """The path with names that nothing has."""
        return re.sub(r"{(\w+)(?::\w+)?}", lambda match: _NAMES.get(match[1], "nothing"), self.path)

    def lets(self, role: Role) -> bool:
        """Whether the table of roles lets this role do it."""
        return all(verb is None or may(role, verb) for verb in self.asking)


def _operations(database: Database) -> Iterator[Operation]:
    for context in iter_route_contexts(make_app(Service(database, READERS)).routes):
        dependant = getattr(context, "dependant", None)
        asking = () if dependant is None else tuple(_asking(dependant))
        methods = (context.methods or set()) - {"HEAD"}
        for method in sorted(methods if str(context.path).startswith(PREFIX) else ()):  # pages: `test_pages.py`
            yield Operation(method, str(context.path).removeprefix(PREFIX), asking)


def _asking(dependant: Dependant) -> Iterator[Verb | None]:
    for inner in dependant.dependencies:
        if isinstance(inner.call, Asking):
            yield inner.call.verb
        yield from _asking(inner)


@pytest.fixture
def operations(api: Answering) -> list[Operation]:
    """All operations, except for the OpenAPI document itself."""
    found = [one for one in _operations(api.database) if one.path != "/openapi.json"]
    assert len(found) > 40
    return found


def test_every_operation_asks_for_a_verb_of_the_table(operations: list[Operation]) -> None:
    for one in operations:
        named = (one.method, one.path)
        if named in OPEN:
            assert not one.asking, one
        elif named in WHOEVER_HAS_A_KEY:
            assert one.asking == (None,), one
        else:
            assert one.asking, one
            assert None not in one.asking, one


def test_exactly_the_roles_of_the_table_may(api: Answering, operations: list[Operation]) -> None:
    leaks = []
    for one in operations:
        for role in Role:
            status = api.ask(role, one.method, one.example, {} if one.method == "POST" else None).status_code
            if (status in (401, 403)) is one.lets(role) or (status >= 500 and status != 503):  # 503: none coordinates
                leaks.append((one, role, status))
    assert leaks == []


@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
@pytest.mark.parametrize("scheme", ["Bearer", "Basic", ""])
def test_a_key_that_is_worth_nothing_opens_nothing(api: Answering, operations: list[Operation], scheme: str) -> None:
    dead, kept = create_key(api.database, CHIEF, "gone", Role.ADMINISTRATOR, why="")
    revoke_key(api.database, CHIEF, kept.id, why="")
    good = api.keys[Role.ADMINISTRATOR]
    worthless = [dead, good[:-1], good + "A", good.swapcase(), "", "null", "eyJhbGciOiJub25lIn0.e30.", "é"]
    if scheme.lower() != "bearer":
        worthless = [good]
    for one in operations:
        if (one.method, one.path) not in OPEN:
            for secret in worthless[:2] if one.path != "/me" else worthless:
                header = {"Authorization": f"{scheme} {secret}".strip().encode()}
                found = api.ask(None, one.method, one.example, {} if one.method == "POST" else None, headers=header)
                assert found.status_code == 401, (one, secret, found.text)
                assert found.headers["WWW-Authenticate"] == "Bearer"


def test_a_key_expires_and_a_revocation_counts_at_once(place: Place) -> None:
    moment = [DAWN]
    with open_database(place, now=lambda: moment[0]) as database:
        keys = keys_of_all(database)
        short, _ = create_key(database, CHIEF, "Temp", Role.VIEWER, expires_at=DAWN + timedelta(days=1), why="")
        long, kept = create_key(database, CHIEF, "Vi", Role.VIEWER, why="")
        with answering(Service(database, READERS, rates=NO_LIMIT)) as url, httpx.Client(timeout=60) as client:
            api = Answering(url, database, keys, client)

            def status(secret: str) -> int:
                return api.ask(None, "GET", "/me", headers={"Authorization": f"Bearer {secret}"}).status_code

            assert (status(short), status(long)) == (200, 200)
            assert api.ask(Role.ADMINISTRATOR, "POST", f"/keys/{kept.id}/revoke", {"why": "left"}).is_success
            assert (status(short), status(long)) == (200, 401)
            moment[0] += timedelta(days=1, microseconds=-1)
            assert status(short) == 200
            moment[0] += timedelta(microseconds=1)
            assert status(short) == 401
