"""The command line at a service: the same commands, the same words, the same exit codes as on a database."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from signals.release import Role
from tests.signals.api.conftest import PEOPLE, Answering, api
from tests.signals.plans import EVERYDAY
from tests.signals.service.library.job_results import results

__all__ = ["api"]
Call = Callable[..., tuple[int, str, str]]
Do = Callable[..., str]
ENGINEER, APPROVER, OPERATOR, ADMINISTRATOR = Role.ENGINEER, Role.APPROVER, Role.OPERATOR, Role.ADMINISTRATOR


@pytest.fixture
def do(api: Answering, call: Call, monkeypatch: pytest.MonkeyPatch) -> Do:
    """Give a command as somebody with a key, at the service: what it said; anything but the expected code fails."""
    monkeypatch.setenv("GREENBAND_SERVER", api.url)

    def done(role: Role, *arguments: object, code: int = 0) -> str:
        monkeypatch.setenv("GREENBAND_API_KEY", api.keys[role])
        found, out, told = call(api.database.place, *arguments)
        assert found == code, out + told
        return out + told

    return done


def test_from_a_jobs_results_to_a_release_and_files_again(do: Do, tmp_path: Path) -> None:
    made = results(tmp_path / "day", more_s=4, name="day")
    digest = made.plan.digest()
    assert do(ENGINEER, "library", "put", made.folder, "--network", made.network).startswith(
        f"v1  validated  plan {digest}"
    )
    do(ENGINEER, "library", "label", "v1", "noon")
    do(ENGINEER, "library", "comment", "noon", "looks good")
    do(ENGINEER, "library", "propose", "noon")
    assert "needed administrator or approver" in do(ENGINEER, "library", "approve", "noon", code=2)
    assert "approved, release " in do(APPROVER, "library", "approve", "noon")
    assert "released, release " in do(OPERATOR, "library", "release", "noon")
    assert "[noon]" in do(ENGINEER, "library", "list", "--state", "released")
    shown = do(ENGINEER, "library", "show", "noon")
    assert "looks good" in shown
    assert "released" in shown
    verified = do(ENGINEER, "audit", "verify")
    assert verified.startswith("unaltered: ")
    head = verified.split()[-1]
    assert do(ENGINEER, "audit", "verify", "--head", head) == verified
    assert "altered" in do(ENGINEER, "audit", "verify", "--head", head[:-1] + ("0" if head[-1] != "0" else "1"), code=1)
    assert "plan.propose" in do(ENGINEER, "audit", "list")
    assert "1 intersection differs" in do(ENGINEER, "library", "compare", "running", "noon")
    do(ENGINEER, "library", "export", "noon", "--out", tmp_path / "again")
    for name in ("plan.json", "validation.json", "inputs/rules-choice.json"):
        assert json.loads((tmp_path / "again" / name).read_text()) == json.loads((made.folder / name).read_text())
    assert (tmp_path / "again" / made.network.name).read_bytes() == made.network.read_bytes()
    assert json.loads((tmp_path / "again" / "release.json").read_text())["approved_by"] == PEOPLE[APPROVER]


def test_schedules_are_judged_put_in_force_shown_and_withdrawn(do: Do, tmp_path: Path) -> None:
    made = results(tmp_path / "day", more_s=4, name="day")
    digest = made.plan.digest()
    do(ENGINEER, "library", "put", made.folder, "--network", made.network)
    entries = [{"start": "06:00:00", "plan": "day", "weekdays": EVERYDAY}]
    plans = [{"name": "day", "digest": digest}]
    for name, first, last in (("spring", "2096-03-01", "2096-03-07"), ("longer", "2096-03-01", "2096-03-20")):
        document = {"format": "greenband-schedule", "version": 1, "name": name, "zone": "Europe/Berlin"}
        document |= {"valid_from": first, "valid_to": last, "plans": plans, "entries": entries}
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
    put = ["library", "schedule", "put", tmp_path / "spring.json", "--method", "dwell"]
    told = do(OPERATOR, *put, code=2)
    assert "changes from 2096-03-01 to 2096-03-07 (Europe/Berlin):" in told, "judged, then refused"
    assert "found validated, needed released or active" in told
    for role, move in ((ENGINEER, "propose"), (APPROVER, "approve"), (OPERATOR, "release")):
        do(role, "library", move, "v1")
    assert "needed administrator or operator" in do(ENGINEER, *put, code=2)
    spring = do(OPERATOR, *put).split()[-1]
    told = do(ENGINEER, "library", "schedule", "show")
    assert "now no schedule in force" in told
    assert f"  2096-03-01 to 2096-03-07 Europe/Berlin  {spring[:12]} spring" in told
    assert f"    day: v1 {digest[:12]} (released)" in told
    longer = [*put[:3], tmp_path / "longer.json", "--method", "dwell"]
    assert "both from 2096-03-01" in do(OPERATOR, *longer, code=2)
    assert "0 in force, needed one of those in force" in do(OPERATOR, *longer, "--replace", "ffff", code=2)
    second = do(OPERATOR, *longer, "--replace", spring[:8]).split()[-1]
    shown = json.loads(do(ENGINEER, "library", "schedule", "show", "--network", "crossings", "--json"))
    assert [row["schedule"] for row in shown[0]["schedules"]] == [second]
    assert shown[0]["schedules"][0]["plans"] == {"day": {"plan": digest, "version": 1, "state": "released"}}
    assert second in do(OPERATOR, "library", "schedule", "withdraw", second[:8], "--why", "road works")
    assert "road works" in do(ENGINEER, "audit", "list")


def test_keys_and_jobs(do: Do, tmp_path: Path) -> None:
    made = json.loads(do(ADMINISTRATOR, "keys", "create", "N. Ew", "--role", "viewer", "--days", "2", "--json"))
    assert made["key"].startswith(f"gbk_{made['id']}_")
    assert "N. Ew" in do(ADMINISTRATOR, "keys", "list")
    assert "revoked" in do(ADMINISTRATOR, "keys", "revoke", made["id"], "--why", "left")
    street, counts = tmp_path / "street.net.xml", tmp_path / "counts.csv"
    street.write_text("<net/>")
    counts.write_text("nothing\n")
    asked = ["jobs", "submit", "--network", street, "--flows", counts, "--title", "Main St"]
    job = json.loads(do(ENGINEER, *asked, "--option", "effort=16", "--option", "mode=actuated", "--json"))
    assert job["state"] == "queued"
    told = do(ENGINEER, *asked, "--option", "effort=0", "--option", "speed", code=2)
    assert "needed NAME=VALUE" in told
    assert "effort: found 0, needed a whole number" in do(ENGINEER, *asked, "--option", "effort=0", code=2)
    assert "Main St" in do(ENGINEER, "jobs", "list", "--state", "queued")
    assert "cancelled" in do(ENGINEER, "jobs", "cancel", job["id"], "--why", "typo")
    assert "typo" in do(ENGINEER, "jobs", "watch", job["id"], code=1)
    assert "needed a job that was submitted" in do(ENGINEER, "jobs", "watch", "0" * 32, code=2)


@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_what_a_service_needs_is_told(do: Do, call: Call, api: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "nothing; at a service GREENBAND_API_KEY says it" in do(
        ENGINEER, "library", "comment", "v1", "x", "--as", "me", code=2
    )
    monkeypatch.delenv("GREENBAND_API_KEY")
    code, _, told = call(api.database.place, "library", "list")
    assert (code, "needed one in GREENBAND_API_KEY" in told) == (2, True)


@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_a_database_named_on_the_command_line_goes_before_a_service_of_the_environment(do: Do, tmp_path: Path) -> None:
    for words in (("audit", "verify"), ("library", "list"), ("fleet", "show"), ("keys", "list")):
        told = do(ENGINEER, *words, "--database", f"sqlite:///{tmp_path}/nowhere", code=2)
        assert "no database of Greenband" in told, words
    both = (
        ("--server", "http://127.0.0.1:9", "--state-dir", tmp_path),
        ("--state-dir", tmp_path, "--server", "http://x"),
    )
    for options in both:
        assert "--state-dir), needed one of both" in do(ENGINEER, "audit", "verify", *options, code=2)
