"""A job as a process of its own, to be killed, cancelled and looked after."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.scenarios.small_street import command, environment


@contextmanager
def started(*arguments: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A running job whose temporary files go to `folder`/tmp; killed at the end if it still runs."""
    (folder / "tmp").mkdir(exist_ok=True)
    process = subprocess.Popen(
        command(*arguments),
        cwd=folder,
        env=environment() | {"TMPDIR": str(folder / "tmp")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_until(done: Callable[[], bool], most_s: float) -> bool:
    """Whether it came true in time."""
    end_s = time.monotonic() + most_s
    while time.monotonic() < end_s:
        if done():
            return True
        time.sleep(0.05)
    return done()


def processes_in(folder: Path) -> list[int]:
    """Processes that work in a folder or below it: simulations of a job, wherever they were started from."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            place = (entry / "cwd").resolve(strict=True)
            name = (entry / "cmdline").read_bytes()
        except OSError:  # gone, or not ours
            continue
        if place.is_relative_to(folder) and name:
            found.append(int(entry.name))
    return found


def kept_runs(out: Path) -> dict[str, int]:
    """Runs that a job has kept: name of the file and when it was written [ns]."""
    return {path.name: path.stat().st_mtime_ns for path in (out / "steps" / "run").glob("[!.]*.json")}
