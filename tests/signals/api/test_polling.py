"""Polls by the short way: what is as usual is answered there as the usual way would, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from signals.api.app import PREFIX, make_app
from signals.api.limiting import Rates
from signals.api.service import Service
from signals.cli.desk_here import READERS
from signals.delivery.messages import Report
from signals.delivery.wire import LARGEST_REPORT_BYTES, answer_of, report_bytes
from signals.release import Actor, Role
from signals.service.delivery.receipts import MOST_OF_ONE
from signals.service.delivery.ticking import Ticking
from signals.service.identity import create_key, revoke_key
from signals.service.library.judging_here import JudgingHere
from signals.store.database import Database
from tests.signals.api.conftest import listening
from tests.signals.service.delivery.corridors import grouped, released

CHIEF = Actor("Ad Min", Role.ADMINISTRATOR)
pytestmark = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)


class Polled:
    """A service that coordinates when it is told to, and how many requests went the usual way."""

    def __init__(self, database: Database, folder: Path) -> None:
        create_key(database, CHIEF, CHIEF.name, Role.ADMINISTRATOR, why="")
        names = {"west": Role.CONTROLLER, "east": Role.CONTROLLER, "O. Poe": Role.OPERATOR}
        made = {name: create_key(database, CHIEF, name, role, why="") for name, role in names.items()}
        self.keys = {name: secret for name, (secret, _) in made.items()}
        self.ids = {name: kept.id for name, (_, kept) in made.items()}
        self.database, self.usual = database, 0
        self.ticking = Ticking(database, lambda: JudgingHere(READERS), folder / "keys", print)
        self.ticking._tick()
        self.ticking.known_keys.refresh()
        rates = Rates(controller=20)
        self.app = make_app(Service(database, READERS, rates=rates, ticking=self.ticking))
        usual = self.app.polls._app  # type: ignore[attr-defined]

        async def counted(scope, receive, send):  # type: ignore[no-untyped-def]
            self.usual += scope["type"] == "http"
            await usual(scope, receive, send)

        self.app.polls._app = counted  # type: ignore[attr-defined]
        self.url, self.client = "", httpx.Client(timeout=60)

    def poll(self, path: str, key: str | None, content: bytes, **headers: str) -> httpx.Response:
        given = headers if key is None else {"Authorization": f"Bearer {key}", **headers}
        return self.client.post(f"{self.url}{PREFIX}/controllers/{path}/reports", content=content, headers=given)


@pytest.fixture
def polled(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Polled]:
    monkeypatch.setattr("signals.service.known_keys._STALE_S", 10**9)  # looked at when a test says so
    made = Polled(database, tmp_path)
    app: FastAPI = made.app
    with listening(app) as url:
        made.url = url
        yield made
        made.client.close()
    made.ticking._leave()


def test_what_is_as_usual_is_answered_and_counted_there(polled: Polled) -> None:
    found = polled.poll("west", polled.keys["west"], report_bytes(Report("west", 0, 1)))
    assert (found.status_code, found.headers["Content-Type"], polled.usual) == (200, "application/json", 0)
    assert answer_of(found.content).plans == ()
    key = {"Authorization": f"Bearer {create_key(polled.database, CHIEF, 'V', Role.VIEWER, why='')[0]}"}
    told = polled.client.get(f"{polled.url}{PREFIX}/metrics", headers=key).text
    route = 'route="/controllers/{controller_id}/reports"'
    assert f'greenband_requests_total{{method="POST",{route},status="200"}} 1.0' in told
    assert f'greenband_request_seconds_count{{method="POST",{route}}} 1.0' in told


def test_polls_by_either_way_are_counted_as_one_operation(polled: Polled) -> None:
    polled.poll("west", polled.keys["west"], report_bytes(Report("west", 0, 1)))
    polled.poll("west", None, b"")
    counted = polled.app.state.numbers.requests.collect()
    assert len({sample.labels["route"] for metric in counted for sample in metric.samples}) == 1


def test_whatever_is_not_is_refused_by_the_usual_way(polled: Polled) -> None:
    own, west = report_bytes(Report("west", 0, 1)), polled.keys["west"]
    wrong = west[:-1] + ("a" if west[-1] != "a" else "b")
    asked = [
        (401, polled.poll("west", None, own)),
        (401, polled.poll("west", wrong, own)),
        (401, polled.poll("west", "", own, Authorization="Basic abc")),
        (403, polled.poll("east", west, own)),
        (403, polled.poll("east", west, report_bytes(Report("east", 0, 1)))),
        (403, polled.poll("west", west, report_bytes(Report("east", 0, 1)))),
        (403, polled.poll("O. Poe", polled.keys["O. Poe"], report_bytes(Report("O. Poe", 0, 1)))),
        (422, polled.poll("west", west, b"")),
        (422, polled.poll("west", west, own[:-1])),
        (422, polled.poll("west", west, b" " * (LARGEST_REPORT_BYTES + 1))),
        (404, polled.poll("west/east", west, own)),
        (405, polled.client.get(f"{polled.url}{PREFIX}/controllers/west/reports", headers={"Accept": "*/*"})),
    ]
    assert [found.status_code for _, found in asked] == [status for status, _ in asked]
    assert {found.headers["Content-Type"] for _, found in asked} == {"application/problem+json"}
    assert polled.usual == len(asked)


def test_a_revoked_key_is_worth_nothing_at_the_next_look(polled: Polled) -> None:
    own = report_bytes(Report("west", 0, 1))
    assert polled.poll("west", polled.keys["west"], own).status_code == 200
    revoke_key(polled.database, CHIEF, polled.ids["west"], why="lost")
    polled.ticking.known_keys.refresh()
    assert polled.poll("west", polled.keys["west"], own).status_code == 401
    assert polled.poll("east", polled.keys["east"], report_bytes(Report("east", 0, 1))).status_code == 200


def test_who_polls_too_often_is_told_when_to_come_back(polled: Polled) -> None:
    own = report_bytes(Report("west", 0, 1))
    statuses = [polled.poll("west", polled.keys["west"], own) for _ in range(60)]  # two windows of a minute at most
    assert statuses[0].status_code == 200
    assert statuses[-1].status_code == 429
    assert "Retry-After" in statuses[-1].headers


def test_what_cannot_be_kept_for_now_is_told_so_and_when_to_come_back(polled: Polled, tmp_path: Path) -> None:
    grouped(polled.database, released(polled.database, tmp_path / "a"))
    polled.ticking._tick()
    polled.ticking.known_keys.refresh()
    for number in range(MOST_OF_ONE):  # nothing is written without a tick, as if the database was away
        found = polled.poll("west", polled.keys["west"], report_bytes(Report("west", 0, number, running=number)))
        assert found.status_code == 200, found.text
    last = report_bytes(Report("west", 0, 9, running=9))
    refused = polled.poll("west", polled.keys["west"], last)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert "that are not kept yet" in refused.text
    polled.ticking._tick()
    polled.ticking.known_keys.refresh()
    assert polled.poll("west", polled.keys["west"], last).status_code == 200


def test_another_process_coordinates(polled: Polled) -> None:
    polled.ticking._leave()
    found = polled.poll("west", polled.keys["west"], report_bytes(Report("west", 0, 1)))
    assert (found.status_code, polled.usual) == (503, 1)
