"""Compiled loops are kept under the content of their sources."""

from __future__ import annotations

from pathlib import Path

from signals.cli.compiled import keep_compiled_loops


def test_the_folder_lies_in_the_users_cache(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("GREENBAND_CACHE", str(tmp_path))
    environment: dict[str, str] = {}
    keep_compiled_loops(environment)
    assert Path(environment["NUMBA_CACHE_DIR"]).parent == tmp_path / "compiled"


def test_a_folder_that_the_user_names_is_left_alone() -> None:
    environment = {"NUMBA_CACHE_DIR": "mine"}
    keep_compiled_loops(environment)
    assert environment == {"NUMBA_CACHE_DIR": "mine"}
