"""A program with an engine: a run that is under way is left alone, one that was lost is begun again.

The engine is one of its process, so that this is a program of its own. `python -m tests.signals.jobs.lost_runs FOLDER`
"""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

from signals.jobs.engine import Engine, Outcome

_MOST_S = 60.0


def wait_for(done: Callable[[], bool]) -> None:
    end_s = time.monotonic() + _MOST_S
    while not done():
        assert time.monotonic() < end_s
        time.sleep(0.05)


def main(folder: Path) -> None:
    path = folder / "engine.sqlite"
    go_on, begun = Event(), list[str]()

    def work(run: str) -> Outcome:
        begun.append(run)
        if run == "long-1":
            go_on.wait(_MOST_S)
        return {"files": {}}

    engine = Engine(f"sqlite:///{path}", None, "me")
    engine.start(work, lambda run, found: None, lambda batch, attempt, digest: None)

    engine.enqueue("long-1", 1)
    wait_for(lambda: begun == ["long-1"])
    assert engine.resume_lost(after_s=0.0) == []
    go_on.set()
    wait_for(lambda: engine.ended(["long-1"]) == {"long-1": ""})

    # Its thread ended, and the database did not hear of it.
    with sqlite3.connect(path, timeout=30) as connection:
        connection.execute("UPDATE workflow_status SET status = 'PENDING' WHERE workflow_uuid = 'long-1'")
    connection.close()
    assert engine.resume_lost(after_s=1000.0) == []  # it may be about to end
    assert engine.resume_lost(after_s=0.0) == ["long-1"]
    wait_for(lambda: engine.ended(["long-1"]) == {"long-1": ""})
    assert begun == ["long-1"], "what was done is not done again"
    print("held")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
