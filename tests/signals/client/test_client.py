"""The client against a real service, over a wire that loses answers."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from networks.faults import InputError
from signals.client import Client, Unreachable
from signals.release import NotAllowed, NotReleasable, Role
from signals.service.identity import revoke_key
from signals.service.job_request import JobFile, JobRequest
from signals.service.stored_jobs import StoredJobs
from tests.signals.api.conftest import Answering, actor_of
from tests.signals.client.losing import losing
from tests.signals.service.library.job_results import results

on_a_file = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)


def _put(client: Client, folder: Path) -> str:
    made = results(folder, more_s=4, better=False)
    files = {path.name: client.keep_file(path.read_bytes()) for path in folder.iterdir() if path.is_file()}
    rules = folder / "inputs" / "rules-choice.json"
    files["inputs/rules-choice.json"] = client.keep_file(rules.read_bytes())
    network = client.keep_file(made.network.read_bytes())
    return str(client.put_plan(network, made.network.name, files)["plan"])


def test_an_answer_that_is_lost_is_asked_for_again_and_nothing_is_done_twice(api: Answering, tmp_path: Path) -> None:
    with losing(api.url) as wire, Client(wire.url, api.keys[Role.ENGINEER], sleep=lambda _: None) as client:
        plan = _put(client, tmp_path / "day")
    with losing(api.url) as wire, Client(wire.url, api.keys[Role.ENGINEER]) as client:
        wire.losses = 2
        client.comment(plan, "queues at noon")
        assert wire.cut == 2
        assert [note["text"] for note in client.plan(plan)["notes"]] == ["queues at noon"]
        assert len([entry for entry in client.audit() if "comment" in entry["what"]]) == 1


@on_a_file
def test_errors_are_told_as_on_a_database(api: Answering, tmp_path: Path) -> None:
    with Client(api.url, api.keys[Role.ENGINEER]) as client:
        plan = _put(client, tmp_path / "day")
        with pytest.raises(NotAllowed, match="needed administrator"):
            client.keys()
        with pytest.raises(InputError, match="needed a version"):
            client.plan("v9")
        report = client.keep_file((tmp_path / "day" / "validation.json").read_bytes())
        with pytest.raises(NotReleasable, match="verdict worse"):
            client.move(plan, "validate", report=report)
    with Client(api.url, "gbk_no_key") as client, pytest.raises(NotAllowed, match="none of this database"):
        client.me()


def test_a_service_that_does_not_answer_is_told() -> None:
    waits: list[float] = []
    client = Client("http://127.0.0.1:9", "gbk", sleep=waits.append)
    with client, pytest.raises(Unreachable, match="a service that answers"):
        client.me()
    assert len(waits) == 5
    assert waits == sorted(waits)
    for url in ("http://[", "127.0.0.1:8000", "ftp://here", "http://"):
        with pytest.raises(InputError, match="HOST:PORT"):
            Client(url, "gbk")


def _job(api: Answering) -> tuple[StoredJobs, str]:
    jobs, engineer = StoredJobs(api.database), actor_of(Role.ENGINEER)
    digest = jobs.keep_file(b"<net/>", engineer)
    request = JobRequest((("network", JobFile("n", digest)), ("flows", JobFile("f", digest))))
    return jobs, jobs.submit(request, engineer).id


@on_a_file
def test_a_job_is_followed_over_several_losses_with_nothing_in_between(api: Answering) -> None:
    jobs, job = _job(api)
    jobs.cancel(job, actor_of(Role.ENGINEER), why="not needed")
    waits: list[float] = []
    with losing(api.url) as wire, Client(wire.url, api.keys[Role.VIEWER], sleep=waits.append) as client:
        wire.losses = 3
        assert [event["state"] for event in client.follow(job)] == ["queued", "cancelled"]
        assert wire.cut == 3
        assert waits == sorted({*waits})
        wire.losses = 10
        with pytest.raises(Unreachable):
            list(client.follow(job))


@on_a_file
def test_who_follows_a_job_with_a_key_that_is_revoked_is_told(api: Answering) -> None:
    _, job = _job(api)
    with Client(api.url, api.keys[Role.VIEWER]) as client:
        events = client.follow(job)
        assert next(events)["state"] == "queued"
        revoke_key(api.database, actor_of(Role.ADMINISTRATOR), api.keys[Role.VIEWER].split("_")[1], why="lost")
        with pytest.raises(NotAllowed, match="revoked"):
            next(events)


class _Stranger(BaseHTTPRequestHandler):
    """Busy until a date, then no service of ours."""

    def do_GET(self) -> None:
        busy = "/keys" in self.path and not self.server.busy_told  # type: ignore[attr-defined]
        self.server.busy_told = True  # type: ignore[attr-defined]
        self.send_response(503 if busy else 200)
        self.send_header("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT")
        content = b'{"items": [], "next": null}' if "/keys" in self.path else b"<html>"
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def test_answers_of_others_on_the_way_are_told_and_their_dates_no_fault() -> None:
    waits: list[float] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), _Stranger) as server:
        server.busy_told = False  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with Client(f"http://127.0.0.1:{server.server_port}", "gbk", sleep=waits.append) as client:
            assert client.keys() == []
            assert len(waits) == 1
            with pytest.raises(InputError, match=r"<html>.*JSON"):
                client.me()
        server.shutdown()


def test_a_job_is_followed_over_losses(api: Answering) -> None:
    jobs, job = _job(api)
    with losing(api.url) as wire, Client(wire.url, api.keys[Role.VIEWER]) as client:
        wire.losses, wire.kept_bytes = 1, 700  # the head of the answer and the first event
        events = client.follow(job)
        first = next(events)
        timer = threading.Timer(1, lambda: jobs.cancel(job, actor_of(Role.ENGINEER), why="not needed " + "x" * 600))
        timer.start()
        rest = list(events)
        timer.join()
        assert wire.cut == 1
    assert [first["state"], *(event["state"] for event in rest)] == ["queued", "cancelled"]
