"""A worker beside a process that serves: it works, it is started again, and it goes when whoever serves goes."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from signals.cli.embedded import embedded_worker
from signals.store.database import upgrade_database
from signals.store.place import place_of
from tests.scenarios.processes import wait_until


def _workers(folder: Path) -> list[int]:
    """Workers whose state is in this folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words, environment = (entry / "cmdline").read_bytes(), (entry / "environ").read_bytes()
        except OSError:  # gone, or not ours
            continue
        if b"--owned" in words and f"GREENBAND_STATE_DIR={folder}\0".encode() in environment:
            found.append(int(entry.name))
    return found


def test_there_is_one_as_long_as_it_is_wanted(tmp_path: Path) -> None:
    place = place_of(None, tmp_path)
    upgrade_database(place)
    locks = tmp_path / "greenband-workers"
    with embedded_worker(place, tmp_path):
        assert wait_until(lambda: len(_workers(tmp_path)) == 1 and locks.exists(), 60)
        (first,) = _workers(tmp_path)
        os.kill(first, signal.SIGKILL)
        assert wait_until(lambda: _workers(tmp_path) not in ([], [first]), 60)
        assert wait_until(lambda: len(list(locks.glob("*-*"))) == 2, 60), "the lock of the dead and that of the living"
    assert _workers(tmp_path) == []
