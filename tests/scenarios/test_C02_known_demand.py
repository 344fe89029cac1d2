"""The main job where the optimizer is handed the routes: no counts, and a verdict on realisations that nobody saw."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenarios.small_street import SmallStreet, greenband


@pytest.fixture(scope="module")
def answered(small: SmallStreet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("known")
    streets = ("--network", str(small.network), "--demand", str(small.demand), "--known-demand")
    options = ("--profile", "literature", "--effort", "8", "--pairs", "6", "--out", "out")
    done = greenband("plan", *streets, *options, folder=folder)
    assert done.returncode == 0, done.stderr
    return folder / "out"


def test_a_plan_is_found_without_any_count(answered: Path) -> None:
    said = json.loads((answered / "report.json").read_text())
    assert (said["decision"], said["verdict"]) == ("recommended", "better")
    assert said["seeds"]["race_realisations"] < 1000 < min(said["seeds"]["verdict_realisations"])


def test_the_report_says_what_the_optimizer_knew_and_how_to_ask_again(answered: Path, small: SmallStreet) -> None:
    report = (answered / "report.html").read_text()
    assert "--known-demand" in report
    assert "The optimizer was handed the routes" in report
    assert "--flows" not in report
