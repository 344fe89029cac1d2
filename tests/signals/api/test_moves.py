"""The life of a plan over HTTP: from a job's results to the street and back, each step by the role that may."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from signals.api.service import Service
from signals.cli.desk_here import READERS
from signals.release import Role
from tests.signals.api.conftest import NO_LIMIT, Answering, Ask, answering, upload
from tests.signals.plans import one_plan_every_day
from tests.signals.service.library.job_results import results

ENGINEER, APPROVER, OPERATOR = Role.ENGINEER, Role.APPROVER, Role.OPERATOR
WHY = {"why": "queues on Main St"}
on_a_file = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)


def _put(api: Answering, ask: Ask, folder: Path, name: str, more_s: int) -> str:
    made = results(folder / name, more_s=more_s, name=name)
    put = ask(ENGINEER, "POST", "/plans", upload(api, made.folder, made.network), status=201)
    assert (put["plan"], put["state"], put["open"]) == (made.plan.digest(), "validated", [])
    return str(put["plan"])


def test_from_a_jobs_results_to_the_street_and_back(api: Answering, ask: Ask, tmp_path: Path) -> None:
    one, two = (_put(api, ask, tmp_path, name, more) for name, more in (("night", 1), ("day", 4)))
    for plan in (one, two):
        ask(ENGINEER, "POST", f"/plans/{plan}/propose", {})
        approved = ask(APPROVER, "POST", f"/plans/{plan}/approve", {})
        assert approved["release"]
        assert ask(OPERATOR, "POST", f"/plans/{plan}/release", {})["state"] == "released"
    ask(OPERATOR, "POST", f"/plans/{one}/activate", {})
    told = ask(OPERATOR, "POST", "/plans/v2/activate", {"instead_of": [one]})
    assert [(life["plan"], life["state"]) for life in told] == [(two, "active"), (one, "superseded")]
    assert ask(OPERATOR, "POST", "/plans/v1/roll-back", {"why": "short"}, status=422)["faults"][0]["where"] == "body"
    told = ask(OPERATOR, "POST", "/plans/v1/roll-back", WHY)
    assert [life["state"] for life in told] == ["released", "rolled back"]
    shown = ask(Role.VIEWER, "GET", "/plans/v1")
    assert [event["move"] for event in shown["events"]][-2:] == ["supersede", "restore"]
    compared = ask(Role.VIEWER, "GET", "/comparison", params={"before": "v1", "after": "v2"})
    assert "green" in compared["intersections"][0]["words"]
    assert ask(Role.VIEWER, "GET", "/audit/verification")["unaltered"]


def test_in_an_emergency_any_second_person_and_a_third_reviews(api: Answering, ask: Ask, tmp_path: Path) -> None:
    plan = _put(api, ask, tmp_path, "day", 4)
    ask(ENGINEER, "POST", f"/plans/{plan}/propose", {})
    path = f"/plans/{plan}/approve-in-emergency"
    assert ask(OPERATOR, "POST", path, {"why": "now"}, status=422)["faults"][0]["what"] == "body.why"
    alone = ask(ENGINEER, "POST", path, WHY, status=409)
    assert "two persons: R. Roe proposed it" in alone["reasons"][0]
    told = ask(OPERATOR, "POST", path, WHY)
    assert (told["state"], told["stamps"], told["review_due"]) == ("approved", ["emergency"], True)
    assert not ask(APPROVER, "POST", f"/plans/{plan}/review", {"why": "rightly so, I would have"})["review_due"]


@on_a_file
def test_where_one_person_does_all_it_is_stamped(api: Answering, tmp_path: Path) -> None:
    with answering(Service(api.database, READERS, single_engineer=True, rates=NO_LIMIT)) as url:
        alone = Answering(url, api.database, api.keys, api.client)

        def ask(role: Role, method: str, path: str, json: object = None, *, status: int | None = None) -> Any:
            found = alone.ask(Role.ADMINISTRATOR, method, path, json)
            assert found.is_success, found.text
            return found.json()

        plan = _put(alone, ask, tmp_path, "day", 4)
        ask(ENGINEER, "POST", f"/plans/{plan}/propose", {})
        assert ask(ENGINEER, "POST", f"/plans/{plan}/approve", {})["stamps"] == ["one person"]
        assert ask(ENGINEER, "GET", "/plans")["items"][0]["stamps"] == ["one person"]


@on_a_file
def test_names_of_files_lead_nowhere_else(api: Answering, tmp_path: Path) -> None:
    made = results(tmp_path / "day", more_s=4)
    asked = upload(api, made.folder, made.network)
    for name in ("../plan.json", "/etc/passwd", "a/../../b", "inputs//x", "."):
        for changed in ({"network_name": name}, {"files": asked["files"] | {name: asked["network"]}}):
            found = api.ask(ENGINEER, "POST", "/plans", asked | changed)
            assert found.status_code == 422, (name, found.text)
    for strange in ({"ä" * 200: asked["network"]}, {"a/b": asked["network"], "a": asked["network"]}):
        found = api.ask(ENGINEER, "POST", "/plans", asked | {"files": asked["files"] | strange})
        assert (found.status_code, len(found.json()["faults"])) == (422, 1), found.text
    unsafe = api.ask(ENGINEER, "POST", "/plans", asked | {"files": {"plan.json": asked["network"]}})
    assert unsafe.status_code == 422
    assert "greenband-put" not in unsafe.text


@on_a_file
def test_schedules_are_judged_put_in_force_and_withdrawn(api: Answering, ask: Ask, tmp_path: Path) -> None:
    plan = _put(api, ask, tmp_path, "day", 4)
    schedule = one_plan_every_day(plan)
    assert ask(Role.VIEWER, "POST", "/schedules/judge", {"schedule": schedule, "method": "dwell"})["fit"]
    early = ask(OPERATOR, "POST", "/schedules", {"schedule": schedule, "method": "dwell"}, status=422)
    assert "found validated, needed released or active" in early["detail"]
    for role, move in ((ENGINEER, "propose"), (APPROVER, "approve"), (OPERATOR, "release")):
        ask(role, "POST", f"/plans/{plan}/{move}", {})
    digest = ask(OPERATOR, "POST", "/schedules", {"schedule": schedule, "method": "dwell"}, status=201)["schedule"]
    (in_force,) = ask(Role.VIEWER, "GET", "/schedules")["items"][0]["schedules"]
    assert (in_force["schedule"], in_force["plans"]["day"]["plan"]) == (digest, plan)
    again = ask(
        OPERATOR, "POST", "/schedules", {"schedule": schedule | {"name": "again"}, "method": "dwell"}, status=422
    )
    assert "both from 2096-03-01 to 2096-03-07" in again["detail"]
    ask(OPERATOR, "POST", f"/schedules/{digest}/withdraw", {"why": "road works"})
    assert not ask(Role.VIEWER, "GET", "/schedules")["items"][0]["schedules"]
    ask(OPERATOR, "POST", f"/schedules/{digest}/withdraw", {}, status=404)
