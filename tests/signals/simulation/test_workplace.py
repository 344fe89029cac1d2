"""Folders for runs: many at once in one job, and what killed jobs have left."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from signals.simulation.workplace import workplace

WORKERS, TURNS = 8, 200


def test_many_come_and_go_at_once_and_none_takes_anothers_folder(tmp_path: Path) -> None:
    together = Barrier(WORKERS)

    def come_and_go(worker: int) -> int:
        together.wait()
        for turn in range(TURNS):
            with workplace(tmp_path) as folder:
                (folder / "mine").write_text(f"{worker} {turn}")
                assert (folder / "mine").read_text() == f"{worker} {turn}"
        return TURNS

    with ThreadPoolExecutor(WORKERS) as pool:
        assert list(pool.map(come_and_go, range(WORKERS))) == [TURNS] * WORKERS
    assert not list((tmp_path / "running").iterdir())


def test_a_folder_whose_owner_is_gone_is_cleared_and_one_in_use_is_not(tmp_path: Path) -> None:
    left = tmp_path / "running" / "left"
    left.mkdir(parents=True)
    (left / "owner").touch()
    with workplace(tmp_path) as first:
        assert not left.exists()
        with workplace(tmp_path) as second:
            assert set((tmp_path / "running").iterdir()) == {first, second}
