"""A worker beside a process that serves: started with it, started again where it dies, gone with it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

from signals.store.place import Place

_COMMAND = (sys.executable, "-P", "-c", "from signals.cli import main; main()", "worker", "--owned")
_AGAIN_S = 1.0
_STOP_WAIT_S = 15.0


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
    while not stopping.is_set():
        process = subprocess.Popen(_COMMAND, env=environment, stdin=subprocess.PIPE)
        try:
            while process.poll() is None and not stopping.wait(0.2):
                pass
        finally:
            _end(process)
        stopping.wait(_AGAIN_S)


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
