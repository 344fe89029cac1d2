"""Controllers from the command line: on a database of this machine and at a service, in the same words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from signals.release import Role
from signals.service.delivery import requests
from signals.service.delivery.fleet import fleet as rows_of
from signals.service.delivery.last_heard import LastHeard
from signals.store.database import Database
from signals.store.scratch import open_scratch
from tests.signals.api.conftest import Answering, api
from tests.signals.service.delivery.corridors import CONTROLLERS, Corridor, grouped, released
from tests.signals.service.delivery.releasing import OPERATOR

__all__ = ["api"]
Call = Callable[..., tuple[int, str, str]]
on_a_file = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
ASKED = "the coordinator does it within a second: greenband fleet show GROUP\n"
REASON = "queues on Main Street"


@on_a_file
def test_what_is_not_known_on_a_database_is_said_so(database: Database, call: Call, tmp_path: Path) -> None:
    grouped(database, released(database, tmp_path / "a"))
    code, out, _ = call(database.place, "fleet", "show", "corridor")
    assert (code, out.count("silence not known here")) == (0, len(CONTROLLERS))
    shown = json.loads(call(database.place, "fleet", "show", "--json")[1])
    assert {row["silence_known"] for row in shown["controllers"]} == {False}


def test_both_tell_when_a_controller_was_heard_last(database: Database, call: Call, tmp_path: Path) -> None:
    """A database is told every half minute, and says that it may have been later."""
    corridor = Corridor(database, tmp_path)
    grouped(database, released(database, tmp_path / "a"))
    corridor.pass_s(600)  # in which nobody tells anything new
    with open_scratch(database.place) as scratch:
        LastHeard(scratch).write(corridor.coordinator.heard())
    there = {row.controller_id: row.heard_at for row in rows_of(database, corridor.coordinator)}
    assert len(set(there.values())) == 1
    shown = json.loads(call(database.place, "fleet", "show", "--json")[1])
    assert {row["controller_id"]: row["heard_at"] for row in shown["controllers"]} == there
    _, out, _ = call(database.place, "fleet", "show", "corridor")
    told = f"heard {there['west']} or later, silence not known here (ask the service that coordinates)"
    assert out.count(told) == len(CONTROLLERS)
    corridor.coordinator.close()


@on_a_file
def test_since_when_each_runs_what_it_runs_is_told_as_on_the_page(
    database: Database, call: Call, tmp_path: Path
) -> None:
    corridor = Corridor(database, tmp_path)
    plan = released(database, tmp_path / "a")
    grouped(database, plan)
    _, out, _ = call(database.place, "fleet", "show")
    assert out.count("runs unknown, should run local schedule  heard never") == len(CONTROLLERS)
    corridor.pass_s(60)
    _, out, _ = call(database.place, "fleet", "show", "corridor")
    assert out.count("runs local schedule since not known  heard") == len(CONTROLLERS)
    requests.deliver(database, OPERATOR, "corridor", plan, why=REASON)
    assert corridor.pass_s(600, until="confirmed")
    (since,) = {row.runs_since for row in rows_of(database, corridor.coordinator)}
    _, out, _ = call(database.place, "fleet", "show", "corridor")
    assert out.count(f"runs plan {plan[:12]} since {since}  heard") == len(CONTROLLERS)
    corridor.coordinator.close()


@on_a_file
@pytest.mark.parametrize("there", [False, True], ids=["database", "service"])
def test_the_same_words_say_the_same_at_a_service(
    api: Answering, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    plan = released(api.database, tmp_path / "a")
    release = ""

    def fleet(role: Role, *words: str, code: int = 0) -> str:
        monkeypatch.setenv("GREENBAND_API_KEY", api.keys[role])
        asked = ["fleet", *words, *(["--server", api.url] if there else [])]
        found, out, told = call(api.database.place, *asked)
        assert found == code, out + told
        return out + told

    assert fleet(Role.VIEWER, "show") == "no controllers\n"
    members = [word for pair in CONTROLLERS.items() for word in ("--controller", "=".join(pair))]
    network = ("--network", "nowhere")
    assert "none of this name" in fleet(Role.OPERATOR, "define", "corridor", *network, *members, code=2)
    network = ("--network", api.ask(Role.VIEWER, "GET", f"/plans/{plan}").json()["network_name"])
    assert "needed administrator or operator" in fleet(Role.VIEWER, "define", "corridor", *network, *members, code=2)
    defined = ("define", "corridor", *network, *members, "--poll", "3", "--confirm-by", "8")
    assert fleet(Role.OPERATOR, *defined) == "group corridor: 3 controllers\n"
    (group,) = api.ask(Role.VIEWER, "GET", "/groups").json()["items"]
    assert (group["controllers"], group["times"]["poll_ds"]) == (CONTROLLERS, 30)
    assert "no such group" in fleet(Role.OPERATOR, "deliver", "avenue", "v1", code=2)
    assert "needed a version" in fleet(Role.OPERATOR, "deliver", "corridor", "v9", code=2)
    told = fleet(Role.OPERATOR, "deliver", "corridor", "v1", "--why", "first try")
    release = told.partition("release ")[2][:12]
    assert told == f"request 1: deliver, group corridor, release {release}\n{ASKED}"
    assert "another one under way" in fleet(Role.OPERATOR, "deliver", "corridor", "v1", code=2)
    back = ("roll-back", "corridor", plan[:8], "--valid-days", "3", "--why", REASON)
    assert fleet(Role.APPROVER, *back) == f"request 2: roll back, group corridor, release {release}\n{ASKED}"
    assert "needed" in fleet(Role.VIEWER, *back, code=2)
    stopped = "stop, group corridor, the local schedules"
    assert fleet(Role.OPERATOR, "stop", "corridor", "--why", REASON) == f"request 3: {stopped}\n{ASKED}"
    assert fleet(Role.OPERATOR, "stop", "--all", "--why", REASON) == f"request 4: {stopped}\n{ASKED}"
    assert "a reason of at least" in fleet(Role.OPERATOR, "stop", "--all", "--why", "so", code=2)
    assert "needed GROUP or --all" in fleet(Role.OPERATOR, "stop", "--why", REASON, code=2)
    shown = fleet(Role.VIEWER, "show", "corridor")
    assert shown.count("corridor  ") == shown.count("ALARM never heard") == 3
    assert "no such group" in fleet(Role.VIEWER, "show", "avenue", code=2)
    documents = json.loads(fleet(Role.VIEWER, "show", "corridor", "--json"))
    assert [row["controller_id"] for row in documents["controllers"]] == sorted(CONTROLLERS)
    assert documents["events"] == []


@on_a_file
def test_at_a_service_the_key_says_who_asks(call: Call, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENBAND_SERVER", "http://127.0.0.1:9")
    monkeypatch.delenv("GREENBAND_API_KEY", raising=False)
    code, _, told = call(database.place, "fleet", "show")
    assert (code, "needed one in GREENBAND_API_KEY" in told) == (2, True)
