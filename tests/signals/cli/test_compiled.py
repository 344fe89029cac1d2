"""Compiled loops are kept under the content of their sources."""

from __future__ import annotations

import os
from pathlib import Path

from signals.cli.compiled import compiling_beside, keep_compiled_loops
from tests.scenarios.processes import processes_in, wait_until


def test_the_folder_lies_in_the_users_cache(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("GREENBAND_CACHE", str(tmp_path))
    environment: dict[str, str] = {}
    keep_compiled_loops(environment)
    assert Path(environment["NUMBA_CACHE_DIR"]).parent == tmp_path / "compiled"


def test_a_folder_that_the_user_names_is_left_alone() -> None:
    environment = {"NUMBA_CACHE_DIR": "mine"}
    keep_compiled_loops(environment)
    assert environment == {"NUMBA_CACHE_DIR": "mine"}


def test_loops_are_compiled_beside_once_and_nobody_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "loops"
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder)}

    def compiled() -> int:
        return len(list(folder.rglob("*.nbc")))

    with compiling_beside(environment):
        assert wait_until(lambda: compiled() > 0, 60.0)
        assert processes_in(folder)
    assert not processes_in(folder)
    there = compiled()
    with compiling_beside(environment):
        assert not processes_in(folder)
    assert compiled() == there
