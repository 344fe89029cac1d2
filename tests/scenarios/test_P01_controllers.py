"""An engineer says which controllers stand at the junctions: what they cannot run is neither proposed nor passed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenarios.small_street import SmallStreet, greenband

STAGES = '[all]\nfamily = "stage-fixed"\n'
RINGS = '[intersection."A0"]\nfamily = "nema-ts2"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "stages.toml").write_text(STAGES)
    (tmp_path / "mixed.toml").write_text(STAGES + RINGS)
    return tmp_path


def test_a_plan_is_checked_for_the_controllers_that_run_it(small: SmallStreet, planned: Path, folder: Path) -> None:
    check = ("check", str(planned / "plan.json"), "--network", str(small.network))
    able = greenband(*check, "--controllers", "stages.toml", folder=folder)
    assert able.returncode == 0, able.stdout + able.stderr
    assert "stage-fixed (2 of 2)" in able.stdout
    mixed = greenband(*check, "--controllers", "mixed.toml", folder=folder)
    assert mixed.returncode == 1
    assert "controller: intersection 'A0': found body stages, needed rings (controller family nema-ts2)" in mixed.stdout
    assert "NOT RUNNABLE: 1 reasons of the controllers in mixed.toml" in mixed.stdout
    assert "NOT SAFE" not in mixed.stdout
    said = json.loads(greenband(*check, "--controllers", "mixed.toml", "--json", folder=folder).stdout)
    assert (said["safe"], said["runnable"]) == (True, False)
    assert [row["rule"] for row in said["not_runnable"]] == ["controller"]
    assert said["families"]["B0"] == ["gbt-20999", "stage-actuated", "stage-fixed", "sumo-any"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[all]\nfamily = "nema"\n[intersection.X]\nfamily = "nema-ts2"\n', "2 faults"),
        ('[all]\nfamily = "nema"\n', "controllers.toml, all: family: found 'nema', needed one of gbt-20999, nema-ts2"),
        ('[intersection.X]\nfamily = "nema-ts2"\n', "intersection 'X': intersection: found not in the network"),
        ('[all]\nfamily = "nema-ts2"\ncolour = "red"\n', "key: found 'colour' unknown, needed family"),
        ("[all", "no TOML"),
    ],
)
@pytest.mark.parametrize("command", ["check", "plan"])
def test_a_faulty_file_is_refused(
    command: str, text: str, message: str, small: SmallStreet, planned: Path, tmp_path: Path
) -> None:
    (tmp_path / "controllers.toml").write_text(text)
    asked = ("check", str(planned / "plan.json"), "--network", str(small.network))
    if command == "plan":
        asked = ("plan", *small.options(), "--out", "out")  # type: ignore[assignment]
    done = greenband(*asked, "--controllers", "controllers.toml", folder=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr


def test_a_file_that_is_not_there_is_refused(small: SmallStreet, planned: Path, tmp_path: Path) -> None:
    asked = ("check", str(planned / "plan.json"), "--network", str(small.network))
    done = greenband(*asked, "--controllers", "nowhere.toml", folder=tmp_path)
    assert (done.returncode, "no such file" in done.stderr) == (2, True)


def test_controllers_that_could_take_no_plan_are_refused_before_the_search(small: SmallStreet, folder: Path) -> None:
    done = greenband("plan", *small.options(), "--controllers", "mixed.toml", "--out", "out", folder=folder)
    assert done.returncode == 2
    assert "mixed.toml, intersection 'A0': controller family: found nema-ts2, which runs rings only" in done.stderr
    assert "'B0'" not in done.stderr
    assert not (folder / "out" / "plan.json").exists()


@pytest.mark.scenario
def test_no_plan_is_proposed_that_a_controller_cannot_run(small: SmallStreet, folder: Path) -> None:
    """Where rings stand runs on as it does, as the engineer says; elsewhere no actuated plan is for fixed control."""
    (folder / "rules.toml").write_text("[intersection.A0]\nuntouched = true\n")
    options = ("--effort", "4", "--pairs", "6", "--mode", "actuated", "--rules", "rules.toml", "--out", "out", "--json")
    done = greenband("plan", *small.options(), *options, "--controllers", "mixed.toml", folder=folder)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["decision"], said["candidate"]) == ("kept", None)
    assert said["reasons"][0] == "no candidate can be run actuated: none can be run by the controllers there"
    assert "intersection 'B0': found control mode actuated, needed fixed" in said["reasons"][1]
    assert {row["intersection"]: row["asked"] for row in said["controllers"]} == {"A0": "nema-ts2", "B0": "stage-fixed"}
    kept = folder / "out" / "inputs" / "controllers" / "mixed.toml"
    assert kept.read_text() == STAGES + RINGS
    checked = greenband("check", "out/plan.json", "--network", str(small.network), folder=folder)
    assert checked.returncode == 0, checked.stdout  # the running plan is kept: untouched, it runs on
    assert "mixed.toml" in checked.stdout
    assert "Here stands: nema-ts2." in (folder / "out" / "report.html").read_text()
    assert "--controllers mixed.toml" in (folder / "out" / "report.html").read_text()
