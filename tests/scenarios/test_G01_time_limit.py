"""A time limit ends the job without a verdict: code 4, and no plan that nobody has judged."""

from __future__ import annotations

import time
from pathlib import Path

from tests.scenarios.processes import processes_in
from tests.scenarios.small_street import SmallStreet, greenband


def test_stopped_before_a_verdict(small: SmallStreet, tmp_path: Path) -> None:
    begun_s = time.monotonic()
    options = ("--effort", "500", "--pairs", "40", "--time-limit", "1", "--out", "out")
    done = greenband("plan", *small.options(), *options, folder=tmp_path)
    assert done.returncode == 4, done.stderr
    assert time.monotonic() - begun_s < 30
    assert "time limit" in done.stderr
    assert not (tmp_path / "out" / "plan.json").exists()
    assert processes_in(tmp_path) == []
