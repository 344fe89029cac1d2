"""Real workers to be killed: processes forked from one that has everything imported, so that they start at once.

Their jobs are real but cheap (`cheap_work.py`); a worker may be told to die at commits, just before or just after.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

from networks.importers import sumo_net
from signals.cli.worker_verb import WorkerOptions, run_worker
from signals.control import running_plan
from signals.plan import write_plan
from signals.release import Actor, Role
from signals.service.job_request import USUAL_PRIORITY, JobFile, JobOptions, JobRequest
from signals.service.jobs import State
from signals.service.stored_jobs import StoredJobs
from signals.store.place import Place
from tests.scenarios.small_street import SmallStreet

ENGINEER = Actor("R. Roe", Role.ENGINEER)
_WORK = Path(__file__).with_name("cheap_work.py")


def work(url: str, state: str, running: str, takes_s: float, edge_share: float, seed: int) -> None:
    """Be a worker until the end. `edge_share` of all commits are its last, half of them just before."""
    if edge_share:
        _die_at_commits(edge_share, random.Random(seed))
    program = ("-S", "-E", str(_WORK), running, str(takes_s))
    run_worker(Path(state), url, WorkerOptions(job_memory_gb=16, program=program))


def _die_at_commits(share: float, dice: random.Random) -> None:
    commit = DefaultDialect.do_commit

    def deadly(self: Any, connection: Any) -> None:
        dies, before = dice.random() < share, dice.random() < 0.5
        if dies and before:
            os.kill(os.getpid(), signal.SIGKILL)
        commit(self, connection)
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)

    DefaultDialect.do_commit = deadly  # type: ignore[method-assign]


@dataclass(slots=True)
class Workers:
    """Workers at one database; `count` of them are kept alive by `tend`."""

    place: Place
    folder: Path
    running: Path
    count: int = 1
    takes_s: float = 0.2
    edge_share: float = 0.0
    alive: list[BaseProcess] = field(default_factory=list)
    started: int = 0
    died: int = 0

    def start(self) -> BaseProcess:
        """One more worker."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__])
        self.started += 1
        url = self.place.url.render_as_string(hide_password=False)
        words = (url, str(self.folder / "state"), str(self.running), self.takes_s, self.edge_share, self.started)
        process = context.Process(target=work, args=words)
        process.start()
        self.alive.append(process)
        return process

    def tend(self) -> None:
        """Start those anew that are dead."""
        dead = [process for process in self.alive if not process.is_alive()]
        self.died += len(dead)
        self.alive = [process for process in self.alive if process not in dead]
        while len(self.alive) < self.count:
            self.start()

    def kill(self, process: BaseProcess) -> None:
        """Kill one, as the system does when it is short of memory."""
        assert process.pid is not None
        with suppress(ProcessLookupError):  # it was quicker
            os.kill(process.pid, signal.SIGKILL)
        process.join()


@contextmanager
def workers_at(place: Place, folder: Path, running: Path, count: int, **more: Any) -> Iterator[Workers]:
    """`count` workers, all gone afterwards."""
    found = Workers(place, folder, running, count, **more)
    found.tend()
    try:
        yield found
    finally:
        for process in found.alive:
            if process.is_alive():
                found.kill(process)


def running_of(street: SmallStreet, folder: Path) -> Path:
    """The plan that runs on the street today, as a file."""
    path = folder / "running.json"
    write_plan(running_plan(sumo_net.read(street.network)), path)
    return path


def submit(
    jobs: StoredJobs, street: SmallStreet, title: str, options: JobOptions | None = None, priority: int = USUAL_PRIORITY
) -> str:
    """Submit a job on the street; its id. Titles make plans differ."""
    paths = (("network", street.network), ("detectors", street.detectors), ("flows", street.flows))
    files = tuple((role, JobFile(path.name, jobs.keep_file(path.read_bytes(), ENGINEER))) for role, path in paths)
    return jobs.submit(JobRequest(files, options or JobOptions(), priority, title), ENGINEER).id


def wait_for(done: Callable[[], bool], most_s: float, meanwhile: Callable[[], None] = lambda: None) -> float:
    """Seconds until it came true; fails where it does not in time."""
    began_s = time.monotonic()
    while not done():
        spent_s = time.monotonic() - began_s
        assert spent_s < most_s, f"not within {most_s:.0f} s"
        meanwhile()
        time.sleep(0.05)
    return time.monotonic() - began_s


def open_jobs(jobs: StoredJobs) -> list[str]:
    """Jobs that are queued or running."""
    return [job.id for state in (State.QUEUED, State.RUNNING) for job in jobs.page(state, limit=1000)]
