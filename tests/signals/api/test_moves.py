"""The life of a plan over HTTP: from a job's results to the street and back, each step by the role that may."""

from __future__ import annotations

from pathlib import Path

from signals.release import Role
from tests.signals.api.conftest import Answering, Ask, upload
from tests.signals.service.library.job_results import results

ENGINEER, APPROVER, OPERATOR = Role.ENGINEER, Role.APPROVER, Role.OPERATOR
WHY = {"why": "queues on Main St"}


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
