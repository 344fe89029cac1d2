"""Help comes at once, JSON parses, and completion for shells is there."""

from __future__ import annotations

import json
import time
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.scenarios.small_street import greenband

PROMISED_S, PATIENCE = 0.5, 5.0  # a shared machine is given five times as long
_COMMANDS = (
    [], ["plan"], ["check"], ["validate"], ["flows"], ["schema"], ["scenarios"], ["scenarios", "list"],
    ["scenarios", "obtain"], ["demo"],
)  # fmt: skip


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


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_for_shells(shell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_GREENBAND_COMPLETE", f"source_{shell}")
    done = greenband(folder=tmp_path, apart=True)
    assert done.returncode == 0, done.stderr
    assert f"_GREENBAND_COMPLETE=complete_{shell}" in done.stdout


@pytest.fixture
def named_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shell is the one that is named, whichever started the tests."""
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "True")


@pytest.mark.usefixtures("named_shell")
def test_completion_can_be_shown(tmp_path: Path) -> None:
    done = greenband("--show-completion", "bash", folder=tmp_path, apart=True)
    assert done.returncode == 0, done.stderr
    assert "complete -o default -F _greenband_completion greenband" in done.stdout


@pytest.mark.usefixtures("named_shell")
def test_completion_is_installed_into_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    done = greenband("--install-completion", "bash", folder=tmp_path, apart=True)
    assert done.returncode == 0, done.stderr
    script = tmp_path / ".bash_completions" / "greenband.sh"
    assert "complete -o default -F _greenband_completion greenband" in script.read_text()
    assert str(script) in (tmp_path / ".bashrc").read_text()


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("greenband val", {"validate"}),
        ("greenband plan --acc", {"--accept"}),
        ("greenband plan --accept ", {"better", "not-worse"}),
        ("greenband plan --profile lit", {"literature"}),
        ("greenband demo --scenario grid", {"grid3x3", "grid4x4"}),
        ("greenband scenarios obtain arterial8", {"arterial8"}),
        ("greenband schema ", {"sheet", "plan", "schedule", "rules", "controllers", "report", "validation"}),
    ],
)
def test_words_are_completed(typed: str, offered: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_GREENBAND_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(typed.count(" ")))
    done = greenband(folder=tmp_path, apart=True)
    assert set(done.stdout.split()) == offered, done.stderr


def test_the_version_is_told(tmp_path: Path) -> None:
    done = greenband("--version", folder=tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, version("greenband"))
