"""A worker beside a process that serves: it works, it is started again, and it goes when whoever serves goes."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from threading import Event

import pytest

from signals.cli import embedded
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


class Impatient(Event):
    """Waits no pause out, but remembers it; set after so many."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most, self.pauses_s = most, list[float | None]()

    def wait(self, timeout: float | None = None) -> bool:
        if timeout == embedded._LOOK_S:
            return super().wait(timeout)
        self.pauses_s.append(timeout)
        if len(self.pauses_s) == self.most:
            self.set()
        return self.is_set()


def test_one_that_dies_again_and_again_is_started_ever_more_seldom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies = f"open({str(tmp_path / 'starts')!r}, 'a').write('x')"
    monkeypatch.setattr(embedded, "_COMMAND", (sys.executable, "-S", "-E", "-c", dies))
    stopping = Impatient(5)
    embedded._keep_one(dict(os.environ), stopping)
    assert stopping.pauses_s == [1, 2, 4, 8, 16]
    assert (tmp_path / "starts").read_text() == "xxxxx"


def test_one_that_lived_is_started_again_soon() -> None:
    assert [embedded.pause_s(before_s, lived_s=1) for before_s in (1, 2, 40, 60)] == [2, 4, 60, 60]
    assert embedded.pause_s(60, lived_s=600) == 1
