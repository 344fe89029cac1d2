"""What `greenband worker` does: wires a worker together and lets it go its rounds until it is told to stop."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from types import FrameType

from signals.cli.desk_here import READERS
from signals.cli.errors import printable
from signals.cli.stored import place_asked, state_folder
from signals.jobs.child import Child, Limits
from signals.jobs.engine import Engine
from signals.service.abandoned import USUAL_DAYS, Clearing
from signals.service.crew import Crew
from signals.service.job_work import JobWork
from signals.service.run_helping import RunHelp
from signals.service.shift import Shift
from signals.service.worker import Worker
from signals.simulation.batches import maker
from signals.simulation.runner import usual_workers
from signals.store.database import open_database
from signals.store.failures import DatabaseAway, DatabaseLocked, told
from signals.store.place import Place
from signals.store.presence import Presence, presence_at
from signals.store.roster import RosterEntry
from signals.store.scratch import open_scratch

PLAN_JOB = ("-P", "-m", "signals.cli.plan_job")
BATCH_JOB = ("-P", "-m", "signals.cli.batch_job")
_STOP_WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """What a worker may use. `keep_days`: how long is kept what jobs measured that ended without a plan. `owned`: it
    stops when its standard input ends.

    `program` does the work of a job in its folder, `batch_program` makes runs of others: arguments of the interpreter.
    """

    simulations: int | None = None
    job_hours: float = 24.0
    job_memory_gb: float = 16.0
    keep_days: float = USUAL_DAYS
    owned: bool = False
    program: tuple[str, ...] = PLAN_JOB
    batch_program: tuple[str, ...] = BATCH_JOB

    def start(self, program: tuple[str, ...]) -> Callable[[Path], Child]:
        """What starts a program with its arguments in a folder."""
        words = [*program, *([] if self.simulations is None else [str(self.simulations)])]
        limits = self.limits()
        return lambda folder: Child(words, folder, limits)

    def limits(self) -> Limits:
        """The limits of one job."""
        wall_s = self.job_hours * 3600.0
        return Limits(wall_s, wall_s * (os.cpu_count() or 1), int(self.job_memory_gb * 2**30))


def run_worker(state_dir: Path | None, url: str | None, options: WorkerOptions) -> None:
    """Work until SIGTERM, SIGINT or the end of the owner. The process ends with it: the engine's threads do not."""
    place = place_asked(state_dir, url)
    host, process = socket.gethostname(), os.getpid()
    name = f"{host}-{process}-{secrets.token_hex(4)}"
    with open_database(place) as database, open_scratch(place) as scratch:
        presence = presence_at(place, scratch.schema or "")
        places, shift = _places(state_folder(state_dir), place), Shift()
        stopping = _stopping(options.owned)
        presence.hold(name)
        _clear(places, presence)
        me = RosterEntry(name, host, options.simulations or usual_workers(), maker())
        crew = Crew(scratch.database, me, usual_workers())
        engine = Engine(scratch.url, scratch.schema, name)
        work = JobWork(
            database,
            scratch,
            READERS,
            options.start(options.program),
            places / name / "jobs",
            f"worker {host}:{process}",
            engine,
            lambda: crew.free,
            shift,
        )
        helping = RunHelp(
            database, scratch, engine, options.start(options.batch_program), places / name / "batches", shift, _tell
        )
        with told(scratch.database.place):
            crew.enter()
            engine.start(work.work, work.publish, helping.help_with)
        _tell(f"worker {name} at {place}")
        clearing = Clearing(database, scratch, timedelta(days=options.keep_days))
        Worker(name, database, presence, engine, crew, clearing, _tell).rounds(stopping)
        shift.stop(_STOP_WAIT_S)
        shutil.rmtree(places / name, ignore_errors=True)
        with suppress(DatabaseAway, DatabaseLocked):
            crew.leave()
        presence.close()
    _tell("stopped")
    os._exit(0)  # steps that were handed back wait for ever


def _places(state: Path, place: Place) -> Path:
    """Where workers of this database have their folders: those of others it does not know to be alive."""
    return state / "work" / hashlib.sha256(str(place).encode()).hexdigest()[:16]


def _clear(places: Path, presence: Presence) -> None:
    """Take away what workers left behind that are gone."""
    for place in places.iterdir() if places.is_dir() else ():
        if not presence.is_held(place.name):
            shutil.rmtree(place, ignore_errors=True)


def _stopping(owned: bool) -> Event:
    stopping = Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    if owned:
        _watch_owner(stopping.set)
    return stopping


def _watch_owner(gone: Callable[[], None]) -> None:
    def read() -> None:
        while os.read(0, 4096):
            pass
        gone()

    Thread(target=read, daemon=True).start()


def _tell(text: str) -> None:
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%SZ}  {printable(text)}", file=sys.stderr, flush=True)
