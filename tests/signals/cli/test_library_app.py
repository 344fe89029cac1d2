"""The life of a plan from the command line, on every kind of database."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from signals.release import Actor, Role
from signals.service.identity import create_key
from signals.store.database import open_database
from signals.store.place import Place
from tests.signals.plans import EVERYDAY
from tests.signals.service.library.job_results import Results, results

Call = Callable[..., tuple[int, str, str]]
Do = Callable[..., str]


PEOPLE = {"Ad Min": "administrator", "R. Roe": "engineer", "J. Doe": "approver", "O. Poe": "operator"}
on_a_file = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)


@pytest.fixture
def do(place: Place, call: Call, monkeypatch: pytest.MonkeyPatch) -> Do:
    """Give a command as somebody with a key: its output; anything but the expected exit code fails."""
    with open_database(place) as database:
        chief = Actor("Ad Min", Role.ADMINISTRATOR)
        keys = {name: create_key(database, chief, name, Role(role), why="")[0] for name, role in PEOPLE.items()}

    def done(who: str, *arguments: object, code: int = 0) -> str:
        monkeypatch.setenv("GREENBAND_API_KEY", keys[who])
        found, out, told = call(place, *arguments)
        assert found == code, out + told
        return out + told

    return done


def _put(do: Do, made: Results, code: int = 0) -> str:
    return do("R. Roe", "library", "put", made.folder, "--network", made.network, code=code)


def _release(do: Do, plan: str) -> None:
    do("R. Roe", "library", "propose", plan)
    do("J. Doe", "library", "approve", plan)
    assert f"{plan[:12]}: released, release " in do("O. Poe", "library", "release", plan)


def test_from_a_jobs_results_to_the_street_and_back(do: Do, tmp_path: Path) -> None:
    first, second = (results(tmp_path / name, more_s=more, name=name) for name, more in (("night", 1), ("day", 4)))
    assert _put(do, first).startswith(f"v1  validated  plan {first.plan.digest()}")
    assert _put(do, second).startswith("v2  validated")
    one, two = first.plan.digest(), second.plan.digest()
    _release(do, one)
    do("O. Poe", "library", "activate", "v1")
    _release(do, two)
    told = do("O. Poe", "library", "activate", "v2", "--instead-of", "v1")
    assert f"plan {two[:12]}: active" in told
    assert f"plan {one[:12]}: superseded" in told
    assert "needed a reason" in do("O. Poe", "library", "roll-back", "v1", code=2)
    told = do("O. Poe", "library", "roll-back", "v1", "--why", "queues on Main St")
    assert f"plan {one[:12]}: released" in told
    assert f"plan {two[:12]}: rolled back" in told
    states = [event["state"] for event in json.loads(do("R. Roe", "library", "show", "v1", "--json"))["events"]]
    early = ["draft", "checked", "validated", "proposed", "approved", "released", "active"]
    assert states == [*early, "superseded", "released"]
    assert "queues on Main St" in do("R. Roe", "audit", "list")
    assert do("R. Roe", "audit", "verify").startswith("unaltered")


@on_a_file
def test_plans_are_found_again_and_compared(do: Do, tmp_path: Path) -> None:
    for name, more in (("night", 1), ("day", 4)):
        _put(do, results(tmp_path / name, more_s=more, name=name))
    told = do("R. Roe", "library", "compare", "v1", "v2")
    assert "1 intersection differs" in told
    assert "name: night → day" in told
    (row,) = json.loads(do("R. Roe", "library", "compare", "running", "v2", "--json"))["intersections"]
    before, after = row["cycle_s"]
    assert after - before == 4
    assert f"cycle {before:g} → {after:g} s" in row["words"]
    assert " +4 s green" in row["words"]
    do("J. Doe", "library", "comment", "v1", "Schools open at EIGHT")
    do("R. Roe", "library", "label", "v2", "holidays")
    (found,) = json.loads(do("R. Roe", "library", "list", "open at eight", "--network", "crossings", "--json"))
    assert (found["version"], found["state"], found["labels"]) == (1, "validated", [])
    assert "[holidays]" in do("R. Roe", "library", "show", "holidays")
    assert "has it already" in do("R. Roe", "library", "label", "v2", "holidays", code=2)
    assert "needed a version" in do("R. Roe", "library", "show", "v9", code=2)
    assert "one of: crossings" in do("R. Roe", "library", "list", "--network", "nowhere", code=2)


@on_a_file
def test_a_plan_comes_as_far_as_its_proof(do: Do, tmp_path: Path) -> None:
    told = _put(do, results(tmp_path / "unsafe", green_s=1), code=1)
    assert told.startswith("v1  draft")
    assert "open: pedestrian-green" in told
    told = _put(do, results(tmp_path / "worse", more_s=2, better=False), code=1)
    assert told.startswith("v2  checked")
    assert "open: report: verdict worse" in told
    assert "version 2 of crossings already" in _put(do, results(tmp_path / "again", more_s=2, better=False), code=2)
    assert "found checked" in do("R. Roe", "library", "propose", "v2", code=2)
    assert "pedestrian-green" in do("R. Roe", "library", "check", "v1", code=1)
    other = results(tmp_path / "other", more_s=5)
    validation = tmp_path / "other" / "validation.json"
    assert "one on plan" in do("R. Roe", "library", "validate", "v2", validation, code=2)
    validation.rename(tmp_path / "later.json")
    assert "no report on this plan" in _put(do, other, code=1)
    assert "validated" in do("R. Roe", "library", "validate", "v3", tmp_path / "later.json")


@on_a_file
def test_who_may_do_what_is_told(do: Do, tmp_path: Path) -> None:
    _put(do, results(tmp_path / "a"))
    assert "R. Roe as engineer, needed administrator or approver" in (
        do("R. Roe", "library", "propose", "v1") + do("R. Roe", "library", "approve", "v1", code=2)
    )
    assert "O. Poe as operator, needed" in do("O. Poe", "library", "put", tmp_path, "--network", tmp_path, code=2)
    assert "R. Roe, who holds key" in do("R. Roe", "library", "comment", "v1", "x", "--as", "J. Doe", code=2)
    assert "as approver, needed administrator" in do("J. Doe", "keys", "list", code=2)


@on_a_file
def test_administrators_need_a_second_person_or_are_stamped(do: Do, tmp_path: Path) -> None:
    _put(do, results(tmp_path / "a"))
    do("Ad Min", "library", "propose", "v1")
    assert "two persons: Ad Min proposed it" in do("Ad Min", "library", "approve", "v1", code=1)
    assert "(one person)" in do("Ad Min", "library", "approve", "v1", "--single-engineer")
    assert "(one person)" in do("R. Roe", "library", "list")
    assert "approved [one person]" in do("R. Roe", "library", "show", "v1")
    assert "[one person]" in do("R. Roe", "audit", "list")
    do("R. Roe", "library", "export", "v1", "--out", tmp_path / "b")
    assert "one person" in (tmp_path / "b" / "report.html").read_text()


@on_a_file
def test_an_emergency_is_told_until_it_was_reviewed(do: Do, tmp_path: Path) -> None:
    _put(do, results(tmp_path / "a"))
    do("R. Roe", "library", "propose", "v1")
    told = do("O. Poe", "library", "approve", "v1", "--emergency", code=1)
    assert "an emergency needs" in told
    told = do("O. Poe", "library", "approve", "v1", "--emergency", "--why", "the bridge is closed")
    assert "approved (emergency), review due" in told
    assert "review due" not in do("J. Doe", "library", "review", "v1", "--why", "looked at it the day after")
    assert "approved (review)  by J. Doe" in do("R. Roe", "library", "show", "v1")
    assert "approve in emergency" in do("R. Roe", "audit", "list")


@on_a_file
def test_what_was_put_in_comes_out_as_files(do: Do, tmp_path: Path) -> None:
    made = results(tmp_path / "a")
    _put(do, made)
    do("R. Roe", "library", "export", "v1", "--out", tmp_path / "b")
    names = ["inputs/rules-choice.json", "plan.json", "report.html", "validation.json"]
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in names)
    assert (tmp_path / "b" / made.network.name).read_bytes() == made.network.read_bytes()
    assert do(
        "R. Roe", "check", "--network", tmp_path / "b" / made.network.name, tmp_path / "b" / "plan.json"
    ).startswith("safe")
    assert "there already" in do("R. Roe", "library", "export", "v1", "--out", tmp_path / "b", code=2)


def _schedule(path: Path, first: str, last: str, **plans: Results) -> Path:
    names = sorted(plans)
    document = {
        "format": "greenband-schedule", "version": 1, "zone": "Europe/Berlin", "valid_from": first, "valid_to": last,
        "plans": [{"name": name, "digest": plans[name].plan.digest()} for name in names],
        "entries": [
            {"start": f"{6 + 16 * at:02d}:00:00", "plan": name, "weekdays": EVERYDAY} for at, name in enumerate(names)
        ],
    }  # fmt: skip
    path.write_text(json.dumps(document))
    return path


def test_schedules_follow_each_other_without_gap_and_conflict(do: Do, tmp_path: Path) -> None:
    day, night = results(tmp_path / "day", more_s=6), results(tmp_path / "night", more_s=1)
    _put(do, day)
    spring = _schedule(tmp_path / "spring.json", "2026-03-01", "2026-03-07", day=day)
    assert "found validated, needed released or active" in do("O. Poe", "library", "schedule", "put", spring, code=2)
    both = _schedule(tmp_path / "both.json", "2026-03-08", "2026-03-10", day=day, night=night)
    assert "none of this digest in the library" in do("O. Poe", "library", "schedule", "put", both, code=2)
    _put(do, night)
    _release(do, day.plan.digest())
    _release(do, night.plan.digest())
    do("O. Poe", "library", "schedule", "put", spring)
    told = do("O. Poe", "library", "schedule", "put", both, "--method", "short way")
    assert "transition day to night, short way: " in told
    spring_digest = _calendar(do)[0]["schedule"]
    assert f"meets schedule {spring_digest[:12]} at the begin of 2026-03-08: plan " in told
    week = _schedule(tmp_path / "week.json", "2026-03-10", "2026-03-12", day=day)
    assert "both from 2026-03-10" in do("O. Poe", "library", "schedule", "put", week, code=2)
    later = _schedule(tmp_path / "later.json", "2099-01-01", "2099-01-02", day=day)
    assert "none from 2026-03-11 to 2098-12-31" in do("O. Poe", "library", "schedule", "put", later, code=2)
    longer = _schedule(tmp_path / "longer.json", "2026-03-08", "2026-03-20", day=day)
    known = {row["valid_from"]: row["schedule"] for row in _calendar(do)}
    do("O. Poe", "library", "schedule", "put", longer, "--replace", known["2026-03-08"])
    assert [row["valid_to"] for row in _calendar(do)] == ["2026-03-07", "2026-03-20"]
    assert "as engineer, needed" in do("R. Roe", "library", "schedule", "withdraw", known["2026-03-01"], code=2)
    do("O. Poe", "library", "schedule", "withdraw", known["2026-03-01"][:8])
    assert [row["valid_to"] for row in _calendar(do)] == ["2026-03-20"]


def _calendar(do: Do) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(do("R. Roe", "library", "schedule", "show", "--json"))[0]["schedules"]
    return rows


@on_a_file
def test_plans_of_other_rules_fit_one_schedule_and_controllers_have_to(do: Do, tmp_path: Path) -> None:
    long = results(tmp_path / "long", more_s=100, cycle_max_s=200, family="stage-fixed")
    short, other = results(tmp_path / "short"), results(tmp_path / "other", more_s=5, family="stage-actuated")
    for made in (long, short, other):
        _put(do, made)
        _release(do, made.plan.digest())
    week = _schedule(tmp_path / "week.json", "2026-03-01", "2026-03-07", day=long, night=short)
    told = do("O. Poe", "library", "schedule", "put", week)
    assert "transition day to night, gsp: " in told
    assert "  method: family stage-fixed leaves it to the controller, at A0" in told
    assert "in force: schedule " in told
    apart = _schedule(tmp_path / "apart.json", "2026-03-08", "2026-03-14", day=long, night=other)
    told = do("O. Poe", "library", "schedule", "put", apart, "--method", "dwell", code=1)
    needed = "stage-fixed with plan day; stage-actuated with plan night, needed one family"
    assert f"not fit: controller: intersection 'A0': found {needed}" in told
    none = _schedule(tmp_path / "none.json", "2026-03-08", "2026-03-14", day=long, night=short)
    told = do("O. Poe", "library", "schedule", "put", none, "--method", "short way", code=1)
    assert "found method short way, needed gsp or dwell or add only or through red" in told
