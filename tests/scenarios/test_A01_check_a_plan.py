"""An engineer has a plan checked: safe, unsafe, and with faults that the running programs have already."""

from __future__ import annotations

import json
from pathlib import Path

from tests.scenarios.small_street import SmallStreet, greenband

_UNSAFE = (  # both streets green at once at A0
    '<additional><tlLogic id="A0" type="static" programID="x" offset="0">'
    '<phase duration="42" state="GGgGGgGGgGGg"/><phase duration="3" state="yyyyyyyyyyyy"/></tlLogic></additional>'
)


def test_a_plan_of_ours_is_safe_in_both_of_its_files(small: SmallStreet, planned: Path, tmp_path: Path) -> None:
    digests = set()
    for name in ("plan.json", "plan.add.xml"):
        done = greenband("check", str(planned / name), "--network", str(small.network), "--json", folder=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        said = json.loads(done.stdout)
        assert said["safe"] is True
        assert said["violations"] == []
        digests.add(said["plan"])
    assert len(digests) == 1
    assert not list(tmp_path.iterdir())


def test_a_plan_names_who_can_run_it_and_its_values_and_is_held_to_it(
    small: SmallStreet, planned: Path, tmp_path: Path
) -> None:
    said = json.loads((planned / "plan.json").read_text())
    assert said["version"] == 2
    assert {name for row in said["families"] for name in row["families"]} >= {"stage-fixed", "sumo-any"}
    yellow = next(row for row in said["inputs"][0]["inputs"] if row["name"] == "yellow_s")
    assert yellow["value"] == 3
    assert yellow["source"].startswith("running program")
    yellow["value"], said["families"][0]["families"] = 4, ["nema-ts2"]
    (tmp_path / "plan.json").write_text(json.dumps(said))
    rules = ("--profile", "literature")
    done = greenband("check", "plan.json", "--network", str(small.network), *rules, "--json", folder=tmp_path)
    assert done.returncode == 1, done.stderr
    assert {violation["rule"] for violation in json.loads(done.stdout)["violations"]} == {"families", "inputs"}
    assert json.loads(done.stdout)["plan"] == json.loads((planned / "report.json").read_text())["digests"]["plan"]


def test_an_unsafe_plan_is_named_by_place_and_rule(small: SmallStreet, tmp_path: Path) -> None:
    plan = tmp_path / "unsafe.add.xml"
    plan.write_text(_UNSAFE)
    done = greenband("check", str(plan), "--network", str(small.network), folder=tmp_path)
    assert done.returncode == 1
    assert "NOT SAFE" in done.stdout
    assert "conflict" in done.stdout
    assert "intersection 'A0', signal groups" in done.stdout
    violations, _, told = done.stdout.partition("NOT SAFE")
    assert "'B0'" not in violations
    assert "below a floor: 2 intersections: nothing but the yellow" in told  # lies between crossing paths today
    assert "'A0', 'B0'" in told
    assert "the file names 1 signals; as today run on: B0" in done.stdout


def test_faults_that_run_today_are_inherited_and_may_be_allowed(small: SmallStreet, tmp_path: Path) -> None:
    running, again = tmp_path / "running.add.xml", tmp_path / "again.add.xml"
    running.write_text(_UNSAFE)
    again.write_text(_UNSAFE.replace('duration="42"', 'duration="62"'))
    common = ("--network", str(small.network), "--incumbent", str(running), "--json")
    untouched = greenband("check", str(running), *common, folder=tmp_path)
    said = json.loads(untouched.stdout)
    assert untouched.returncode == 0
    assert said["run_on"] == said["inherited"] != []
    plainly = greenband("check", str(running), *common[:-1], folder=tmp_path)
    assert f"safe, but for {len(said['run_on'])} faults of programs that run on as today" in plainly.stdout
    assert "runs on: " in plainly.stdout
    retimed = greenband("check", str(again), *common, folder=tmp_path)
    assert retimed.returncode == 1
    allowed = greenband("check", str(again), *common, "--allow-inherited", said["inherited_digest"], folder=tmp_path)
    assert allowed.returncode == 0, allowed.stdout
    wrong = greenband("check", str(again), *common, "--allow-inherited", "0" * 64, folder=tmp_path)
    assert wrong.returncode == 1
