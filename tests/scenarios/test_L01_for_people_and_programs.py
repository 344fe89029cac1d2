"""Help comes at once, JSON parses, and completion for shells is there."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.scenarios.small_street import greenband

PROMISED_S, PATIENCE = 0.5, 5.0  # a shared machine is given five times as long
_COMMANDS = ([], ["plan"], ["check"], ["validate"], ["flows"], ["scenarios"], ["scenarios", "obtain"], ["demo"])


@pytest.mark.parametrize("words", _COMMANDS, ids=" ".join)
def test_help_comes_at_once(words: list[str], tmp_path: Path) -> None:
    took_s = []
    for _ in range(3):
        begun_s = time.monotonic()
        done = greenband(*words, "--help", folder=tmp_path, apart=True)
        took_s.append(time.monotonic() - begun_s)
        assert done.returncode == 0
        assert "Usage" in done.stdout
        if took_s[-1] < PROMISED_S:
            break
    assert min(took_s) < PROMISED_S * PATIENCE


def test_scenarios_are_listed_for_a_program(tmp_path: Path) -> None:
    done = greenband("scenarios", "list", "--json", folder=tmp_path)
    assert done.returncode == 0
    rows = json.loads(done.stdout)
    assert {"ingolstadt7", "grid3x3", "arterial8"} <= {row["name"] for row in rows}
    assert all(row["licence"]["id"] for row in rows)


def test_completion_for_shells(tmp_path: Path) -> None:
    done = greenband("--show-completion", "bash", folder=tmp_path, apart=True)
    assert done.returncode == 0, done.stderr
    assert "complete" in done.stdout
