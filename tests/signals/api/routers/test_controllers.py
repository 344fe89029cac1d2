"""What controllers ask over HTTP, on every database: reports answered, documents with their tags, their own alone."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from signals.api.app import PREFIX
from signals.api.service import Service
from signals.cli.desk_here import READERS
from signals.delivery.messages import Report
from signals.delivery.signed import digest_of_document
from signals.delivery.verifier import Verifier, first_met
from signals.delivery.wire import answer_of, report_bytes
from signals.release import Actor, Role
from signals.service.delivery import requests
from signals.service.delivery.ticking import Ticking
from signals.service.identity import create_key
from signals.service.library.judging_here import JudgingHere
from signals.store.database import Database
from tests.signals.api.conftest import NO_LIMIT, answering
from tests.signals.service.delivery.corridors import CONTROLLERS, corridor, grouped
from tests.signals.service.delivery.releasing import OPERATOR, WHY, released_on

CHIEF = Actor("Ad Min", Role.ADMINISTRATOR)
_WAIT = 200  # tries
on_a_file = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)


class Fleet:
    """A service that coordinates, and the keys of three controllers and of people."""

    def __init__(self, url: str, database: Database, ticking: Ticking, keys: dict[str, str]) -> None:
        self.url, self.database, self.ticking, self._keys = url, database, ticking, keys
        self.client = httpx.Client(timeout=60)

    def ask(self, who: str, method: str, path: str, content: bytes | None = None, **headers: str) -> httpx.Response:
        given = {"Authorization": f"Bearer {self._keys[who]}", "Content-Type": "application/json", **headers}
        return self.client.request(method, f"{self.url}{PREFIX}{path}", content=content, headers=given)

    def report(self, who: str, number: int, of: str | None = None, **fields: object) -> httpx.Response:
        said = Report(of or who, 0, number, ring=1, **fields)  # type: ignore[arg-type]
        return self.ask(who, "POST", f"/controllers/{of or who}/reports", report_bytes(said))


@pytest.fixture
def fleet(database: Database, tmp_path: Path) -> Iterator[Fleet]:
    create_key(database, CHIEF, CHIEF.name, Role.ADMINISTRATOR, why="")
    keys = {name: create_key(database, CHIEF, name, Role.CONTROLLER, why="")[0] for name in CONTROLLERS}
    keys |= {
        role.value: create_key(database, CHIEF, role.value, role, why="")[0] for role in (Role.VIEWER, Role.OPERATOR)
    }
    ticking = Ticking(database, lambda: JudgingHere(READERS), tmp_path / "keys", print, tick_s=0.05)
    ticking.start()
    with answering(Service(database, READERS, rates=NO_LIMIT, ticking=ticking)) as url:
        made = Fleet(url, database, ticking, keys)
        yield made
        made.client.close()
    ticking.stop()


def _offered(fleet: Fleet, folder: Path) -> bytes:
    """The signed plan of "west", once it is offered."""
    plan = released_on(corridor(), fleet.database, folder)
    grouped(fleet.database, plan)
    asked = {"plan": plan, "why": WHY}
    found = fleet.ask("operator", "POST", "/groups/corridor/deliver", json.dumps(asked).encode())
    assert found.status_code == 202, found.text
    for number in range(_WAIT):
        answer = answer_of(fleet.report("west", number + 1).content)
        if answer.plans:
            return answer.plans[0]
        time.sleep(0.05)
    raise AssertionError(fleet.ask("viewer", "GET", "/groups/corridor/events").text)


def test_a_plan_is_fetched_by_its_own_controller_and_not_again(fleet: Fleet, tmp_path: Path) -> None:
    document = _offered(fleet, tmp_path / "a")
    ring = first_met(fleet.ask("west", "GET", "/controllers/west/key-ring").content)
    found = fleet.ask("west", "GET", "/controllers/west/plan")
    assert (found.status_code, found.content) == (200, document)
    assert Verifier("west", ring).plan(document, 0).controller_id == "west"
    tag = f'"{digest_of_document(document)}"'
    assert (found.headers["ETag"], found.headers["Cache-Control"]) == (tag, "no-cache")
    again = fleet.ask("west", "GET", "/controllers/west/plan", **{"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    loaded = fleet.report("west", 900, loaded=frozenset({digest_of_document(document)}))
    assert answer_of(loaded.content).plans == ()
    orders = fleet.ask("west", "GET", "/controllers/west/orders")
    assert answer_of(orders.content).orders == ()  # nobody else has loaded


@on_a_file
def test_a_controller_sees_its_own_only(fleet: Fleet, tmp_path: Path) -> None:
    _offered(fleet, tmp_path / "a")
    for path in ("plan", "orders", "key-ring"):
        assert fleet.ask("west", "GET", f"/controllers/east/{path}").status_code == 403
        assert fleet.ask("viewer", "GET", f"/controllers/east/{path}").status_code == 403
    assert fleet.report("west", 1, of="east").status_code == 403
    said = report_bytes(Report("east", 0, 1))
    assert fleet.ask("west", "POST", "/controllers/west/reports", said).status_code == 403
    assert fleet.ask("viewer", "POST", "/controllers/west/reports", said).status_code == 403
    for path in ("/fleet", "/groups", "/groups/corridor/events"):
        assert fleet.ask("west", "GET", path).status_code == 403
        assert fleet.ask("viewer", "GET", path).status_code == 200


@on_a_file
def test_what_is_no_report_is_refused_with_all_its_faults(fleet: Fleet) -> None:
    for content in (b"", b"[]", b"{}", b"\xff", b'{"kind":"report","version":1}', b" " * 70_000):
        found = fleet.ask("west", "POST", "/controllers/west/reports", content)
        assert found.status_code in (413, 422), found.text
        assert found.headers["Content-Type"] == "application/problem+json"


@on_a_file
def test_the_fleet_is_stopped_by_one_request(fleet: Fleet, tmp_path: Path) -> None:
    _offered(fleet, tmp_path / "a")
    refused = fleet.ask("operator", "POST", "/fleet/stop", b'{"why":"so"}')
    assert refused.status_code == 422
    assert fleet.ask("viewer", "POST", "/fleet/stop", b'{"why":"queues on Main Street"}').status_code == 403
    assert fleet.ask("operator", "POST", "/fleet/stop", b'{"why":"queues on Main Street"}').status_code == 202
    for _ in range(_WAIT):
        found = fleet.ask("viewer", "GET", "/groups/corridor/events").json()
        if found[-1]["what"] == "rolled back":
            break
    assert [event["what"] for event in found] == ["offered", "rolled back"]
    before = f"/groups/corridor/events?before={found[-1]['number']}"
    assert fleet.ask("viewer", "GET", before).json() == found[:1]
    assert fleet.ask("viewer", "GET", "/groups/corridor/events?limit=1").json() == found[1:]


def test_a_process_without_the_office_says_so(fleet: Fleet, database: Database, tmp_path: Path) -> None:
    waiting = Ticking(database, lambda: JudgingHere(READERS), tmp_path / "keys", print, tick_s=0.05)
    waiting.start()
    with answering(Service(database, READERS, rates=NO_LIMIT, ticking=waiting)) as url:
        fleet.url = url
        found = fleet.report("west", 1)
        assert (found.status_code, "Retry-After" in found.headers) == (503, True)
        fleet.ticking.stop()  # its holder goes, and the next one takes over
        for _ in range(_WAIT):
            found = fleet.report("west", 2)
            if found.status_code == 200:
                break
            time.sleep(0.05)  # a server gives a lock back some time after its connection was closed
        assert found.status_code == 200, found.text
    waiting.stop()


@on_a_file
def test_requests_are_the_verbs_of_people(fleet: Fleet, tmp_path: Path) -> None:
    plan = released_on(corridor(), fleet.database, tmp_path / "a")
    group = grouped(fleet.database, plan)
    content = {"network": group.network_digest, "controllers": {"west": "A0"}, "why": WHY}
    found = fleet.ask("operator", "PUT", "/groups/avenue", json.dumps(content).encode())
    assert found.status_code == 422  # "west" is of the corridor
    assert "of group 'corridor'" in found.text
    assert fleet.ask("operator", "POST", "/groups/nowhere/stop", b'{"why":"queues on Main Street"}').status_code == 404
    assert requests.deliver(fleet.database, OPERATOR, "corridor", plan, why=WHY).verb == "deliver"
