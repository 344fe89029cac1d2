"""The same question gives the same answer, whatever the number of workers; another seed may give another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenarios.conftest import EFFORT
from tests.scenarios.small_street import SmallStreet, greenband


@pytest.mark.parametrize("workers", ["1", "2"])
def test_same_plan_and_same_figures(workers: str, small: SmallStreet, planned: Path, tmp_path: Path) -> None:
    done = greenband(
        "plan",
        *small.options(),
        *EFFORT,
        "--profile",
        "literature",
        "--workers",
        workers,
        "--out",
        "out",
        folder=tmp_path,
        apart=workers == "1",
    )
    assert done.returncode == 0, done.stderr
    for name in ("plan.json", "plan.add.xml"):
        assert (tmp_path / "out" / name).read_bytes() == (planned / name).read_bytes(), name
    first, second = (json.loads((folder / "report.json").read_text()) for folder in (planned, tmp_path / "out"))
    assert first == second
