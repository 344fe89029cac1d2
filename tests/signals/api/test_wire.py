"""What holds for every operation: tags, limits, keys of requests, errors as documents, events, numbers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from signals.api.app import LARGEST_BODY_BYTES, PREFIX
from signals.api.limiting import Rates
from signals.api.service import Service
from signals.cli.desk_here import READERS
from signals.release import Role
from signals.service.identity import revoke_key
from signals.service.job_request import JobFile, JobRequest
from signals.service.stored_jobs import StoredJobs
from signals.service.uploads import keep_file
from tests.signals.api.conftest import Answering, Ask, actor_of, answering, upload
from tests.signals.service.library.job_results import results

ENGINEER, ADMINISTRATOR, VIEWER = Role.ENGINEER, Role.ADMINISTRATOR, Role.VIEWER
on_a_file = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)


def _once(key: str) -> dict[str, Any]:
    return {"headers": {"Idempotency-Key": key}}


@pytest.fixture
def plan(api: Answering, ask: Ask, tmp_path: Path) -> str:
    """The digest of a plan of the library."""
    made = results(tmp_path / "day", more_s=4, name="day")
    return str(ask(ENGINEER, "POST", "/plans", upload(api, made.folder, made.network))["plan"])


def test_the_same_request_with_a_key_is_done_once(api: Answering, ask: Ask, plan: str) -> None:
    text = {"text": "too short at noon"}
    first, again = (api.ask(ENGINEER, "POST", f"/plans/{plan}/comments", text, **_once("a")) for _ in range(2))
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert [answer.headers.get("Idempotency-Replayed") for answer in (first, again)] == [None, "true"]
    assert [note["text"] for note in ask(VIEWER, "GET", f"/plans/{plan}")["notes"]] == ["too short at noon"]
    other = api.ask(ENGINEER, "POST", f"/plans/{plan}/comments", {"text": "another"}, **_once("a"))
    assert (other.status_code, other.json()["faults"][0]["needed"]) == (409, "a key of its own")
    ask(Role.APPROVER, "POST", f"/plans/{plan}/comments", {"text": "mine"}, **_once("a"))  # keys are each holder's own
    assert len(ask(VIEWER, "GET", f"/plans/{plan}")["notes"]) == 2


def test_of_many_at_once_with_one_key_one_is_done(api: Answering, ask: Ask, plan: str) -> None:
    found: list[int] = []

    def send() -> None:
        found.append(
            httpx.post(
                f"{api.url}{PREFIX}/plans/{plan}/comments",
                json={"text": "now"},
                headers={"Authorization": f"Bearer {api.keys[ENGINEER]}", "Idempotency-Key": "b"},
            ).status_code
        )

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) <= {201, 409}
    assert 201 in found
    assert len(ask(VIEWER, "GET", f"/plans/{plan}")["notes"]) == 1


def test_refusals_that_may_pass_are_not_kept_but_faults_are(api: Answering, ask: Ask, plan: str) -> None:
    path, why = f"/plans/{plan}/return", {"why": "a better one is coming"}
    assert api.ask(VIEWER, "POST", path, why, **_once("c")).status_code == 403
    refused, again = (api.ask(ENGINEER, "POST", path, why, **_once("d")) for _ in range(2))
    assert (refused.status_code, again.status_code, again.content) == (409, 409, refused.content)
    assert again.headers["content-type"] == "application/problem+json"
    assert api.ask(ENGINEER, "POST", path, why, **_once("two words")).status_code == 422


@on_a_file
def test_the_secret_of_a_key_is_never_kept(api: Answering, ask: Ask) -> None:
    asked = {"holder": "N. Ew", "role": "viewer"}
    secret = ask(ADMINISTRATOR, "POST", "/keys", asked, **_once("e"))["key"]
    again = api.ask(ADMINISTRATOR, "POST", "/keys", asked, **_once("e"))
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (409, "true")
    file = api.database.place.file
    assert file is not None
    written = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    assert secret.encode() not in written
    assert b"N. Ew" in written


@on_a_file
def test_what_a_client_has_is_not_sent_again(api: Answering, ask: Ask, plan: str) -> None:
    for path in (f"/plans/{plan}", "/plans", f"/plans/{plan}/content", f"/files/{plan}", "/audit", "/schedules"):
        first = api.ask(VIEWER, "GET", path)
        tag = {"If-None-Match": first.headers["ETag"]}
        again = api.ask(VIEWER, "GET", path, headers=tag)
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"]), path
    ask(ENGINEER, "POST", f"/plans/{plan}/labels", {"label": "noon"})
    assert api.ask(VIEWER, "GET", "/plans", headers=tag).status_code == 200
    assert api.ask(None, "GET", f"/files/{plan}", headers={"If-None-Match": f'"{plan}"'}).status_code == 401


@on_a_file
def test_bodies_that_are_too_large_are_refused_as_they_come(api: Answering) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(LARGEST_BODY_BYTES // 2**16 + 2):
            yield b" " * 2**16

    for content in (b" " * (LARGEST_BODY_BYTES + 1), endless()):
        for more in ({}, _once("f")):
            headers = {"content-type": "application/json", **more.get("headers", {})}
            found = api.ask(ADMINISTRATOR, "POST", "/keys", content=content, headers=headers)
            assert (found.status_code, found.headers["content-type"]) == (413, "application/problem+json")
            if not isinstance(content, bytes):
                content = endless()


@on_a_file
def test_who_asks_too_often_is_told_when_there_is_room(api: Answering) -> None:
    with answering(Service(api.database, READERS, rates=Rates(people=5, controller=2, unknown=3))) as url:
        limited = Answering(url, api.database, api.keys, api.client)
        for role, allowed in ((VIEWER, 5), (Role.CONTROLLER, 2), (None, 3)):
            statuses = [limited.ask(role, "GET", "/me").status_code for _ in range(allowed + 1)]
            assert statuses == [401 if role is None else 200] * allowed + [429]
        found = limited.ask(VIEWER, "GET", "/me")
        assert 1 <= int(found.headers["Retry-After"]) <= 60
        assert limited.ask(ENGINEER, "GET", "/me").status_code == 200  # of the same address


@on_a_file
def test_every_error_is_a_problem_document(api: Answering) -> None:
    asked = [
        ("GET", "/nothing", 404),
        ("PUT", "/plans", 405),
        ("GET", "/plans?limit=0", 422),
        ("GET", "/plans?text=%00", 422),
        ("GET", "/plans/v7", 404),
        ("GET", "/plans?network=nowhere", 404),
    ]
    for method, path, status in asked:
        found = api.ask(ADMINISTRATOR, method, path)
        assert (found.status_code, found.headers["content-type"]) == (status, "application/problem+json")
        assert found.json()["status"] == status
    for body in (b"[" * 900_000, b'{"holder":', b"\xff", b'{"holder": 1e999, "role": "viewer"}', b'"\\ud800"', b"NaN"):
        found = api.ask(ADMINISTRATOR, "POST", "/keys", content=body, headers={"content-type": "application/json"})
        assert found.status_code in (400, 422), (body[:20], found.text)
        assert found.headers["content-type"] == "application/problem+json"


@on_a_file
def test_a_misspelt_word_is_refused_where_times_are_set(api: Answering) -> None:
    plan, operator = "0" * 64, Role.OPERATOR
    group = {"network": plan, "controllers": {"west": "A"}, "why": "a test"}
    for role, method, path, asked, word in (
        (operator, "POST", "/groups/g/deliver", {"plan": plan, "valid_dais": 3, "why": "a test"}, "valid_dais"),
        (operator, "POST", "/groups/g/roll-back", {"plan": plan, "valid_dais": 3, "why": "a test"}, "valid_dais"),
        (ADMINISTRATOR, "PUT", "/groups/g", group | {"tims": {}}, "tims"),
        (ADMINISTRATOR, "PUT", "/groups/g", group | {"times": {"skew_s": 2}}, "skew_s"),
    ):
        found = api.ask(role, method, path, asked)
        assert (found.status_code, word in found.text) == (422, True), found.text


def test_the_events_of_a_job_go_on_where_they_were_left(api: Answering) -> None:
    jobs, engineer = StoredJobs(api.database), actor_of(ENGINEER)
    digest = keep_file(api.database, engineer, b"<net/>")[0]
    job = jobs.submit(JobRequest((("network", JobFile("n", digest)), ("flows", JobFile("f", digest)))), engineer)
    seen: list[str] = []
    headers = {"Authorization": f"Bearer {api.keys[VIEWER]}"}
    address = f"{api.url}{PREFIX}/jobs/{job.id}/events"
    with api.client.stream("GET", address, headers=headers) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        for line in stream.iter_lines():
            if line.startswith("id:"):
                seen.append(line)
                if len(seen) == 1:
                    jobs.cancel(job.id, engineer, why="not needed")
    assert len(seen) == 2
    last = seen[0].removeprefix("id:").strip()
    rest = api.client.get(address, headers=headers | {"Last-Event-ID": last})
    assert "not needed" in rest.text
    assert "queued" not in rest.text
    assert seen[1] in rest.text


def test_a_key_that_is_revoked_hears_no_more_events(api: Answering) -> None:
    jobs, engineer = StoredJobs(api.database), actor_of(ENGINEER)
    digest = keep_file(api.database, engineer, b"<net/>")[0]
    job = jobs.submit(JobRequest((("network", JobFile("n", digest)), ("flows", JobFile("f", digest)))), engineer)
    headers = {"Authorization": f"Bearer {api.keys[VIEWER]}"}
    address = f"{api.url}{PREFIX}/jobs/{job.id}/events"
    with api.client.stream("GET", address, headers=headers, timeout=10) as stream:
        lines = stream.iter_lines()
        assert any(line.startswith("id:") for line in lines)
        revoke_key(api.database, actor_of(ADMINISTRATOR), api.keys[VIEWER].split("_")[1], why="lost")
        revoked_s = time.monotonic()
        assert not any(line.startswith("id:") for line in lines)
        assert time.monotonic() - revoked_s < 2
    assert not jobs.state(job.id).state.final


@on_a_file
def test_requests_are_counted_by_operation(api: Answering, ask: Ask) -> None:
    ask(VIEWER, "GET", "/plans")
    text = api.ask(VIEWER, "GET", "/metrics").text
    assert 'greenband_requests_total{method="GET",route="/plans",status="200"} 1.0' in text
    assert 'greenband_request_seconds_bucket{le="+Inf",method="GET",route="/plans"} 1.0' in text
    assert api.ask(None, "GET", "/metrics").status_code == 401
