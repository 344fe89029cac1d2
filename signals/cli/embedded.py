"""A worker beside a process that serves: started with it, started again where it dies, gone with it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

from signals.store.place import Place

_COMMAND = (sys.executable, "-P", "-c", "from signals.cli import main; main()", "worker", "--owned")
_AGAIN_S, _MOST_AGAIN_S = 1.0, 60.0  # till it is started again; longer each time that it did not live
_LIVED_S = 60.0
_STOP_WAIT_S = 15.0
_LOOK_S = 0.2


@contextmanager
def embedded_worker(place: Place, state_folder: Path) -> Iterator[None]:
    """A worker at this database until the end. It is a process of its own: whatever it does, whoever serves goes on."""
    stopping = Event()
    environment = os.environ | {
        "GREENBAND_DATABASE_URL": place.url.render_as_string(hide_password=False),
        "GREENBAND_STATE_DIR": str(state_folder),
    }
    thread = Thread(target=_keep_one, args=(environment, stopping), name="embedded-worker")
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def _keep_one(environment: dict[str, str], stopping: Event) -> None:
    again_s = 0.0
    while not stopping.is_set():
        began_s = time.monotonic()
        process = subprocess.Popen(_COMMAND, env=environment, stdin=subprocess.PIPE)
        try:
            while process.poll() is None and not stopping.wait(_LOOK_S):
                pass
        finally:
            _end(process)
        again_s = pause_s(again_s, time.monotonic() - began_s)
        stopping.wait(again_s)


def pause_s(before_s: float, lived_s: float) -> float:
    """How long to wait until it is started again; `before_s`: how long it was the last time."""
    return _AGAIN_S if lived_s >= _LIVED_S else min(max(_AGAIN_S, 2 * before_s), _MOST_AGAIN_S)


def _end(process: subprocess.Popen[bytes]) -> None:
    """The end of its standard input tells it to stop; it hands its job back first."""
    assert process.stdin is not None
    with suppress(BrokenPipeError):
        process.stdin.close()
    try:
        process.wait(_STOP_WAIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
