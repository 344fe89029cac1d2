"""Checks that are asked for over HTTP are made by programs of their own, with the same answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from signals.api.service import Service
from signals.cli.desk_here import READERS
from signals.cli.serving import CHECK_LIMITS, CHECK_PLAN
from signals.jobs.child import Child
from signals.release import Role
from signals.service.folder import PLAN
from signals.service.library.judging_apart import JudgingApart
from tests.signals.api.conftest import NO_LIMIT, Answering, Ask, answering, upload
from tests.signals.plans import one_plan_every_day
from tests.signals.service.library.job_results import results

ENGINEER, APPROVER, OPERATOR = Role.ENGINEER, Role.APPROVER, Role.OPERATOR
pytestmark = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)


def _never(*_: object) -> NoReturn:
    raise AssertionError("the process that answers reads no street for a check")


@contextmanager
def _apart(api: Answering, words: tuple[str, ...] = CHECK_PLAN, most_s: float = 600.0) -> Iterator[Answering]:
    """The same service, which cannot make a check itself."""
    readers = replace(READERS, read_street=_never, read_plan=_never, read_sheet=_never, running_plan=_never)
    with (
        closing(JudgingApart(lambda folder: Child(words, folder, CHECK_LIMITS), most_s=most_s)) as judges,
        answering(Service(api.database, readers, rates=NO_LIMIT, apart=judges)) as url,
    ):
        yield Answering(url, api.database, api.keys, api.client)


def _put(api: Answering, ask: Ask, folder: Path, **how: Any) -> str:
    made = results(folder, **how)
    return str(ask(ENGINEER, "POST", "/plans", upload(api, made.folder, made.network), status=201)["plan"])


def _schedule(plan: str) -> dict[str, Any]:
    return {"schedule": one_plan_every_day(plan), "method": "dwell"}


def test_moves_and_schedules_are_judged_apart(api: Answering, ask: Ask, tmp_path: Path) -> None:
    plan, unsafe = _put(api, ask, tmp_path / "a", more_s=4), _put(api, ask, tmp_path / "b", green_s=1)
    here = api.ask(ENGINEER, "POST", f"/plans/{unsafe}/check", {})
    ask(ENGINEER, "POST", f"/plans/{plan}/propose", {})
    with _apart(api) as apart:

        def done(role: Role, path: str, json: Any) -> Any:
            found = apart.ask(role, "POST", path, json)
            assert found.is_success, found.text
            return found.json()

        there = apart.ask(ENGINEER, "POST", f"/plans/{unsafe}/check", {})
        assert (there.status_code, there.json()) == (here.status_code, here.json()) == (409, here.json())
        assert here.json()["reasons"]
        assert done(APPROVER, f"/plans/{plan}/approve", {})["state"] == "approved"
        assert done(OPERATOR, f"/plans/{plan}/release", {})["state"] == "released"
        judged = done(Role.VIEWER, "/schedules/judge", _schedule(plan))
        assert judged == ask(Role.VIEWER, "POST", "/schedules/judge", _schedule(plan))
        assert judged["fit"]
        assert done(OPERATOR, "/schedules", _schedule(plan))["schedule"] == judged["schedule"]
        refused = apart.ask(Role.VIEWER, "POST", "/schedules/judge", _schedule(unsafe)).json()
        assert not refused["fit"]
        assert refused["plans"]["day"]


def test_a_plan_that_is_put_in_is_checked_apart_with_all_that_it_claims(api: Answering, tmp_path: Path) -> None:
    made = results(tmp_path / "a", more_s=4)
    file = made.folder / PLAN
    plan = json.loads(file.read_text())
    plan["inputs"][0]["inputs"][0]["value"] += 1
    file.write_text(json.dumps(plan))
    with (
        closing(JudgingApart(lambda folder: Child(CHECK_PLAN, folder, CHECK_LIMITS))) as judges,
        answering(Service(api.database, READERS, rates=NO_LIMIT, apart=judges)) as url,
    ):
        apart = Answering(url, api.database, api.keys, api.client)
        found = apart.ask(ENGINEER, "POST", "/plans", upload(apart, made.folder, made.network))
    assert (found.status_code, found.json()["state"]) == (201, "draft")
    (reason,) = found.json()["open"]
    assert reason.startswith("inputs: ")


def test_a_check_that_was_not_made_is_told_and_nothing_was_done(api: Answering, ask: Ask, tmp_path: Path) -> None:
    plan = _put(api, ask, tmp_path / "a", more_s=4)
    ask(ENGINEER, "POST", f"/plans/{plan}/propose", {})
    once = {"headers": {"Idempotency-Key": "approve-it-once"}}
    with _apart(api, ("-c", "raise SystemExit('no memory')")) as apart:
        found = apart.ask(APPROVER, "POST", f"/plans/{plan}/approve", {}, **once)
        assert (found.status_code, found.headers["Content-Type"]) == (503, "application/problem+json")
        assert found.json()["detail"] == "the safety check was not made: it ended with 1: no memory"
        assert int(found.headers["Retry-After"]) > 0
    with _apart(api, ("-c", "import time; time.sleep(600)"), most_s=0.5) as apart:
        found = apart.ask(APPROVER, "POST", f"/plans/{plan}/approve", {})
        assert found.json()["detail"] == "the safety check was not made: it took longer than 0.5 s"
        assert "Retry-After" not in found.headers, "it would take as long again"
    assert ask(Role.VIEWER, "GET", f"/plans/{plan}")["state"] == "proposed"
    assert ask(APPROVER, "POST", f"/plans/{plan}/approve", {}, **once)["state"] == "approved"
