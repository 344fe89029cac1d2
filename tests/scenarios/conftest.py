"""The small street and a plan for it, once per session."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenarios.small_street import SmallStreet, greenband, make

EFFORT = ("--effort", "8", "--pairs", "6", "--seed", "1")


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallStreet:
    """Two signals with detectors, counts and routes."""
    return make(tmp_path_factory.mktemp("small-street"))


@pytest.fixture(scope="session")
def planned(small: SmallStreet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of a plan made from flows only, which was recommended."""
    folder = tmp_path_factory.mktemp("planned")
    done = greenband(
        "plan",
        *small.options(),
        *EFFORT,
        "--profile",
        "literature",
        "--out",
        "out",
        "--json",
        folder=folder,
        apart=True,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["decision"] == "recommended", done.stdout
    return folder / "out"
