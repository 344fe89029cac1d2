"""Folders in which runs of one job work side by side, each with an owner that is known to live."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def workplace(job_folder: Path) -> Iterator[Path]:
    """A new folder for runs, inside the job's own; what killed jobs have left there goes away first.

    Who works in a folder holds the lock of its file "owner"; the lock ends with its process.
    """
    place = job_folder / "running"
    place.mkdir(parents=True, exist_ok=True)
    with _alone_in(place):  # nobody may take a folder whose owner has not locked it yet for one that was left
        for owner in place.glob("*/owner"):
            with suppress(OSError), owner.open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(owner.parent, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(dir=place))
        held = (folder / "owner").open("wb")
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        with held:
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _alone_in(place: Path) -> Iterator[None]:
    """Waits until no other process and no other thread of this one is inside."""
    door = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield
    finally:
        os.close(door)
