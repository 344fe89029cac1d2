"""An engineer has a schedule checked: what it changes, how long each transition takes, and what does not fit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from networks.importers import sumo_net
from signals.plan import TimingPlan, write_plan
from tests.scenarios.small_street import greenband
from tests.signals.plans import changed, touched
from tests.signals.sumo_streets import executed, street
from tests.signals.transition_plans import actuated

_EVERYDAY = '["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]'


def _files(folder: Path, evening: str, more_s: int = 6, *, under_traffic: bool = False) -> list[str]:
    """A schedule in TOML with its plans beside it; the arguments that name them."""
    network = sumo_net.read(street("crossings"))

    def longer(by_s: int) -> TimingPlan:
        def change(fields: dict[str, object]) -> None:
            fields["body"]["sequence"][0]["duration_ds"] += 10 * by_s  # type: ignore[index]

        return changed(touched(network), change)

    plans = {"night": longer(1), "day": longer(more_s)}  # neither cycle divides the day
    if under_traffic:
        timing = actuated(plans["day"].intersections[0], 0, 20, coordinated=True)
        plans["day"] = plans["day"].model_copy(update={"intersections": (timing,)})
    for name, plan in plans.items():
        write_plan(plan, folder / f"{name}.json")
    rows = "\n".join(f'[[plans]]\nname = "{name}"\ndigest = "{plan.digest()}"' for name, plan in plans.items())
    starts = "\n".join(
        f'[[entries]]\nweekdays = {_EVERYDAY}\nstart = "{start}"\nplan = "{name}"'
        for start, name in (("06:00", "day"), (evening, "night"))
    )
    head = 'format = "greenband-schedule"\nversion = 1\nzone = "Europe/Berlin"'
    days = "valid_from = 2026-03-01\nvalid_to = 2026-04-30"
    (folder / "week.toml").write_text(f"{head}\n{days}\n{rows}\n{starts}\n")
    named = [word for name in plans for word in ("--plan", str(folder / f"{name}.json"))]
    return [
        "schedule",
        "check",
        str(folder / "week.toml"),
        "--network",
        str(street("crossings")),
        *named,
        "--profile",
        "literature",
    ]


@pytest.mark.scenario
def test_a_fit_schedule(tmp_path: Path) -> None:
    done = greenband(*_files(tmp_path, "22:00"), folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    for part in (
        "Sun 2026-03-01 06:00:00  night to day", "transition day to night, dwell: ", "jump: intersection 'A0' by ",
        "judged: every second", "second switch: night while night to day is under way",
        "the schedule leaves it time to end): passable at every second by dwell, short way, add only, gsp",
        "fit (2 plans, 2026-03-01 to 2026-04-30)",
    ):  # fmt: skip
        assert part in done.stdout, done.stdout
    assert "not passable" not in done.stdout  # leaving sooner keeps crossings and the arrows after them apart


@pytest.mark.scenario
def test_the_same_for_programs(tmp_path: Path) -> None:
    done = greenband(*_files(tmp_path, "22:00"), "--method", "dwell", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert said["fit"] is True
    assert {way["method"] for way in said["transitions"]} == {"dwell"}
    assert len(said["week"]) == 14


@pytest.mark.scenario
def test_a_schedule_with_an_actuated_plan(tmp_path: Path) -> None:
    done = greenband(*_files(tmp_path, "22:00", under_traffic=True), folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    for part in (
        "judged: whatever the traffic and the moment",
        "transition night to day, dwell: at most ",
        "second switch: day while day to night is under way (the schedule leaves it time to end): passable",
    ):
        assert part in done.stdout, done.stdout


@pytest.mark.scenario
def test_a_day_for_sumo(tmp_path: Path) -> None:
    """What SUMO then shows over a switch is held to what was foreseen in Q01."""
    day = ("--sumo", str(tmp_path / "day.add.xml"), "--day", "2026-03-02")
    done = greenband(*_files(tmp_path, "22:00"), *day, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "day.add.xml: 2026-03-02, from midnight in plan night, 2 switches" in done.stdout
    assert "transition night to day, gsp: " in done.stdout
    text = (tmp_path / "day.add.xml").read_text()
    assert '<wautSwitch time="21600" to="greenband-2"/>' in text
    assert '<wautSwitch time="79200" to="greenband-1"/>' in text
    assert len(executed(street("crossings"), tmp_path / "day.add.xml", tmp_path, 300, flow=False)["A0"]) == 300


@pytest.mark.scenario
def test_a_day_for_sumo_that_cannot_be_had(tmp_path: Path) -> None:
    path = tmp_path / "day.add.xml"
    day = ("--sumo", str(path), "--day", "2026-05-01", "--method", "dwell")
    done = greenband(*_files(tmp_path, "22:00"), *day, folder=tmp_path)
    assert done.returncode == 2
    assert "--method: found dwell, needed gsp, the one that SUMO has" in done.stderr
    assert "--day: found 2026-05-01, needed a day of the validity, 2026-03-01 to 2026-04-30" in done.stderr
    assert greenband(*_files(tmp_path, "23:59:50"), "--sumo", str(path), folder=tmp_path).returncode == 1
    assert not path.exists(), "a schedule that is not fit is not written"


@pytest.mark.scenario
def test_a_switch_just_before_a_jump(tmp_path: Path) -> None:
    done = greenband(*_files(tmp_path, "23:59:50"), folder=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "not fit: 'day' to 'night' on 2026-03-01: switch across the sync instant: found 10 s before" in done.stdout
    assert "NOT FIT" in done.stdout


def test_a_schedule_that_cannot_be_used(tmp_path: Path) -> None:
    arguments = _files(tmp_path, "22:00")
    text = (tmp_path / "week.toml").read_text().replace('"22:00"', '"06:00"')
    (tmp_path / "week.toml").write_text(text)
    done = greenband(*arguments, folder=tmp_path)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "week.toml: entries: start: found monday 06:00:00 more than once, needed one plan at any time" in done.stderr
    missing = greenband(*_files(tmp_path, "22:00")[:-4], folder=tmp_path)
    assert missing.returncode == 2
    assert "in no file, needed a plan with digest" in missing.stderr
