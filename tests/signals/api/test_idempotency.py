"""What is done once, whatever fails on the way: the database, the program, the keeping of the answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

import httpx
import pytest
from sqlalchemy import func, select

from networks.faults import Fault
from signals.api.app import PREFIX, make_app
from signals.api.service import Service
from signals.cli.desk_here import READERS
from signals.release import Role
from signals.store.database import Database, open_database
from signals.store.failures import DatabaseAway, DatabaseFailed, DatabaseLocked, NoConnection
from signals.store.place import Place
from signals.store.tables import kept_requests
from tests.signals.api.conftest import NO_LIMIT, Answering, keys_of_all, listening

_KEY = {"Idempotency-Key": "once"}
_FAULT = [Fault("database", "here", "away", "there")]
on_a_file = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)


class Work:
    """An operation that does something and may fail after it."""

    def __init__(self, url: str, database: Database, key: str) -> None:
        self._url, self._headers = url, {"Authorization": f"Bearer {key}", **_KEY}
        self.database, self.done, self.fails = database, 0, ExitStack()
        self.error: Exception | None = None
        self.after: AbstractContextManager[object] | None = None

    def do(self) -> int:
        self.done += 1
        if self.after is not None:
            self.fails.enter_context(self.after)
        if self.error is not None:
            raise self.error
        return self.done

    def ask(self) -> httpx.Response:
        return httpx.post(f"{self._url}{PREFIX}/work", headers=self._headers, timeout=60)


@pytest.fixture
def work(place: Place) -> Iterator[Work]:
    with open_database(place) as patient, open_database(place, lock_wait_s=0.2) as database:
        app = make_app(Service(database, READERS, rates=NO_LIMIT))
        app.add_api_route(f"{PREFIX}/work", lambda: made.do(), methods=["POST"])
        with listening(app) as url:
            made = Work(url, patient, keys_of_all(patient)[Role.ENGINEER])
            with made.fails:
                yield made


@on_a_file
@pytest.mark.parametrize(
    ("error", "statuses", "done"),
    [
        (None, [200, 200], 1),
        (DatabaseLocked(_FAULT), [503, 503], 2),
        (NoConnection(_FAULT), [503, 409], 1),
        (DatabaseAway(_FAULT), [503, 409], 1),
        (DatabaseFailed(_FAULT), [503, 409], 1),
        (ValueError("a fault of our own"), [500, 409], 1),
    ],
)
def test_what_may_have_been_done_is_not_done_again(
    work: Work, error: Exception | None, statuses: list[int], done: int
) -> None:
    work.error = error
    assert [work.ask().status_code for _ in range(2)] == statuses
    assert work.done == done


@contextmanager
def _locked(database: Database) -> Iterator[None]:
    with database.writing():
        yield


def test_an_answer_that_cannot_be_kept_is_given_and_the_work_not_done_again(work: Work) -> None:
    work.after = _locked(work.database)
    first = work.ask()
    assert (first.status_code, first.json()) == (200, 1)
    work.fails.close()
    assert (work.ask().status_code, work.done) == (409, 1)


def test_an_answer_is_kept_as_soon_as_it_can(work: Work) -> None:
    free = threading.Event()

    def hold() -> None:
        with work.database.writing():
            held.set()
            free.wait(30)

    held, other = threading.Event(), threading.Thread(target=hold)

    @contextmanager
    def locked_for_a_moment() -> Iterator[None]:
        other.start()
        held.wait(30)
        threading.Timer(0.5, free.set).start()
        yield

    work.after = locked_for_a_moment()
    assert work.ask().status_code == 200
    other.join()
    again = work.ask()
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (1, "true")


@on_a_file
def test_files_and_polls_are_no_requests_to_keep(api: Answering) -> None:
    for status in (201, 200):
        assert api.ask(Role.ENGINEER, "POST", "/files", content=b"a", headers=_KEY).status_code == status
    assert api.ask(Role.CONTROLLER, "POST", "/files", content=b"b", headers=_KEY).status_code == 403
    assert api.ask(Role.CONTROLLER, "POST", "/controllers/J1/reports", content=b"{}", headers=_KEY).status_code == 422
    with api.database.reading() as reading:
        assert reading.connection.execute(select(func.count()).select_from(kept_requests)).scalar_one() == 0
    paths = api.ask(None, "GET", "/openapi.json").json()["paths"]
    posts = {path: of["post"].get("parameters", ()) for path, of in paths.items() if "post" in of}
    without = {path for path, parameters in posts.items() if not any(one["name"] in _KEY for one in parameters)}
    assert without == {f"{PREFIX}/files", f"{PREFIX}/controllers/{{controller_id}}/reports"}
