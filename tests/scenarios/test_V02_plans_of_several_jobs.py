"""A week is put together from plans of several jobs: each is judged by what its own job kept beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from networks.importers import sumo_net
from signals.cli import wiring
from signals.controllers import NOBODY_SAID
from signals.plan import write_plan
from signals.plan.schedule import WEEKDAYS
from signals.rules import RulesChoice
from signals.safety import with_claims
from tests.scenarios.small_street import greenband
from tests.signals.plans import changed, touched
from tests.signals.sumo_streets import street

pytestmark = pytest.mark.scenario


@dataclass(frozen=True, slots=True)
class _Job:
    """What a job is asked for, and what its plan is: first stages that are so much longer, 35 s after today's."""

    more_s: int
    cycle_max_s: float | None = None
    sheet: bool = False
    controllers: str = ""
    offset_s: int = 0


def _results(folder: Path, job: _Job) -> Path:
    """The folder of a finished job; its plan."""
    network = sumo_net.read(street("crossings"))
    inputs, choice = folder / "inputs", RulesChoice("literature", cycle_max_s=job.cycle_max_s)
    inputs.mkdir(parents=True)
    said = None
    if job.sheet:
        (inputs / "sheet").mkdir()
        ours = inputs / "sheet" / "ours.toml"
        wiring.write_sheet(touched(network), network, ours, choice.of(network), NOBODY_SAID)
        said = wiring.read_sheet(ours, network)
    if job.controllers:
        (inputs / "controllers").mkdir()
        (inputs / "controllers" / "ours.toml").write_text(f'[all]\nfamily = "{job.controllers}"\n')
    rules = choice.of(network, said)

    def other(fields: dict[str, Any]) -> None:
        fields["body"]["sequence"][0]["duration_ds"] += 10 * job.more_s
        fields["offset_ds"] = 10 * job.offset_s

    plan = changed(touched(network, rules_digest=rules.digest()), other)
    write_plan(with_claims(plan, network, rules), folder / "plan.json")
    asked = {"profile": "literature", "pedestrians": None, "cycle_max_s": job.cycle_max_s}
    (inputs / "rules-choice.json").write_text(json.dumps(asked))
    return folder / "plan.json"


def _week(folder: Path, **jobs: _Job) -> list[str]:
    """The arguments that check a week of their plans, one hour after the other."""
    network = sumo_net.read(street("crossings"))
    paths = {name: _results(folder / name, job) for name, job in jobs.items()}
    document = {
        "format": "greenband-schedule", "version": 1, "zone": "Europe/Berlin",
        "valid_from": "2026-03-02", "valid_to": "2026-03-08",
        "plans": [{"name": n, "digest": wiring.read_any_plan(p, network).digest()} for n, p in paths.items()],
        "entries": [
            {"start": f"{6 + at:02d}:00:00", "plan": name, "weekdays": WEEKDAYS} for at, name in enumerate(paths)
        ],
    }  # fmt: skip
    (folder / "week.json").write_text(json.dumps(document))
    named = [word for path in paths.values() for word in ("--plan", str(path))]
    return ["schedule", "check", str(folder / "week.json"), "--network", str(street("crossings")), *named]


def test_plans_made_under_other_rules_fit_one_week(tmp_path: Path) -> None:
    arguments = _week(tmp_path, day=_Job(100, cycle_max_s=200), night=_Job(1), noon=_Job(5, sheet=True))
    done = greenband(*arguments, "--method", "dwell", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "plan day: profile literature\n" in done.stdout
    kept = tmp_path / "noon" / "inputs" / "sheet" / "ours.toml"
    assert f"plan noon: profile literature, with what was kept beside it: {kept}\n" in done.stdout
    assert "transition night to noon, dwell: " in done.stdout
    assert "  method: asked for, at A0\n" in done.stdout


def test_what_is_given_holds_for_all_of_them(tmp_path: Path) -> None:
    arguments = _week(tmp_path, day=_Job(5, sheet=True), night=_Job(1, sheet=True))
    for name in ("day", "night"):  # elsewhere nothing is beside them
        path = (tmp_path / name / "plan.json").rename(tmp_path / f"{name}.json")
        arguments[arguments.index(str(tmp_path / name / "plan.json"))] = str(path)
    alone = greenband(*arguments, "--method", "dwell", folder=tmp_path)
    assert alone.returncode == 2, alone.stdout
    assert "plan 'day', day.json: rules: found made under rules" in alone.stderr
    assert "plan 'night', night.json: rules: found made under rules" in alone.stderr
    sheet = str(tmp_path / "day" / "inputs" / "sheet" / "ours.toml")
    given = [*arguments, "--profile", "literature", "--sheet", sheet, "--method", "dwell", "--json"]
    done = greenband(*given, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["inputs"] == {"day": [], "night": []}
    longest = greenband(*given, "--cycle-max", "93", folder=tmp_path)  # 95 s are too long then
    assert longest.returncode == 1
    assert "cycle" in {one["rule"] for one in json.loads(longest.stdout)["plans"]["day"]}


def test_controllers_are_asked_by_what_is_kept_or_given(tmp_path: Path) -> None:
    arguments = _week(tmp_path, day=_Job(5, controllers="stage-fixed"), night=_Job(1))
    done = greenband(*arguments, "--json", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout)
    assert {way["method"] for way in said["transitions"]} == {"gsp", "dwell", "add only", "through red"}
    assert {way["said_by"] for way in said["transitions"]} == {"family stage-fixed leaves it to the controller"}
    (tmp_path / "rings.toml").write_text('[intersection."A0"]\nfamily = "type-170"\n')
    done = greenband(*arguments, "--controllers", str(tmp_path / "rings.toml"), folder=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    needed = "controller: intersection 'A0': found body stages, needed rings (controller family type-170)"
    assert f"plan day: {needed}" in done.stdout
    assert f"plan night: {needed}" in done.stdout


def test_more_plans_than_a_controller_holds_are_refused(tmp_path: Path) -> None:
    jobs = {f"p{at}": _Job(1, offset_s=at, controllers="stage-fixed" if at == 0 else "") for at in range(9)}
    done = greenband(*_week(tmp_path, **jobs), "--method", "dwell", folder=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert (
        "not fit: controller: intersection 'A0': found 9 plans: p0, p1, p2, p3, p4, p5, p6, p7, p8, "
        "needed at most 8 (controller family stage-fixed)" in done.stdout
    )
    assert "NOT FIT" in done.stdout
    (tmp_path / "more.toml").write_text('[all]\nfamily = "stage-actuated"\n')
    more = [*_week(tmp_path / "again", **jobs), "--controllers", str(tmp_path / "more.toml"), "--method", "dwell"]
    done = greenband(*more, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
