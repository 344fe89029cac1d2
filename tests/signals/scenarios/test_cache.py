"""The cache: whole folders or none, damage noticed, two makers at once."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from signals.scenarios.cache import cache_folder, folder_once, intact


def write(folder: Path) -> None:
    (folder / "a.txt").write_text("a")


def test_the_folder_is_made_once(tmp_path: Path) -> None:
    made = []

    def make(folder: Path) -> None:
        made.append(folder)
        write(folder)

    for _ in range(3):
        assert (folder_once(tmp_path / "x", make) / "a.txt").read_text() == "a"
    assert len(made) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("damage", ["changed", "missing", "added", "list gone", "list broken"])
def test_a_damaged_folder_is_made_again(tmp_path: Path, damage: str) -> None:
    folder = folder_once(tmp_path / "x", write)
    if damage == "changed":
        (folder / "a.txt").write_text("b")
    elif damage == "missing":
        (folder / "a.txt").unlink()
    elif damage == "added":
        (folder / "b.txt").write_text("b")
    elif damage == "list gone":
        (folder / "contents.json").unlink()
    else:
        (folder / "contents.json").write_text("[1")
    assert not intact(folder)
    folder_once(tmp_path / "x", write)
    assert intact(folder)
    assert (folder / "a.txt").read_text() == "a"
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_failed_maker_leaves_nothing(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        write(folder)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        folder_once(tmp_path / "x", fail)
    assert list(tmp_path.iterdir()) == []


def test_two_makers_at_once_give_one_folder(tmp_path: Path) -> None:
    together = threading.Barrier(2, timeout=20)
    found = []

    def make(folder: Path) -> None:
        together.wait()
        write(folder)

    makers = [threading.Thread(target=lambda: found.append(folder_once(tmp_path / "x", make))) for _ in range(2)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join(30)
    assert found == [tmp_path / "x"] * 2
    assert intact(tmp_path / "x")
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_what_a_killed_maker_left_goes_a_day_later(tmp_path: Path) -> None:
    for name, age_s in ((".x.old", 100_000), (".x.new", 10), (".y.old", 100_000)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (time.time() - age_s,) * 2)
    folder_once(tmp_path / "x", write)
    assert {path.name for path in tmp_path.iterdir()} == {"x", ".x.new", ".y.old"}


def test_where_the_cache_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENBAND_CACHE", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache_folder() == tmp_path
    monkeypatch.delenv("GREENBAND_CACHE")
    assert cache_folder() == Path("/somewhere/greenband")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # to be ignored, says the base directory specification
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "greenband"
