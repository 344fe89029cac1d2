"""Durable runs on DBOS: what was begun is ended, by whichever worker is alive, each step's outcome kept once.

A run is one try of a job: `work`, then `publish`. A batch is some of its simulations, made by a worker that has no job.
All are called again where a worker died in them, so all must bear that. The library is told nothing but ids, digests
and small outcomes, and no other module names it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import Context
from typing import Any, TypeVar

from dbos import DBOS, DBOSConfig, EnqueueOptions
from dbos import DBOSPortableJSONSerializer as PortableJson

from signals.store.lost import tell_connections_as_lost

_QUEUE = "jobs"
# Kept by hand: raise it only when the order of steps changes. Runs that were begun under another number wait for a
# worker of that number.
_STEPS_VERSION = "1"
_LOST_S = 10.0  # a workflow begins, and is written down as ended, in far less
_MOST_RECOVERIES = 1000  # the service parks a job long before (it counts attempts itself, for a resume resets these)
_POLL_S = 0.25
_JOB, _BATCH = "job", "batch"
_BEHIND_JOBS = 1000  # as a priority: who is free takes up a job before a batch of another's
_PENDING, _ENQUEUED, _SUCCESS = "PENDING", "ENQUEUED", "SUCCESS"
_ENDED = frozenset({"ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", _SUCCESS})

T = TypeVar("T")
Outcome = dict[str, Any]  # JSON


class Engine:
    """The engine in this process; there is one. `executor` names the process among all that ever were.

    `work(run)`, `publish(run, outcome)` and `help_with(batch, attempt, digest)` are what it does.
    """

    def __init__(self, url: str, schema: str | None, executor: str) -> None:
        self._executor = executor
        self._under_way = set[str]()
        self._missing_s: dict[str, float] = {}  # runs and batches that should be under way here, and since when
        config = DBOSConfig(
            name="greenband",
            system_database_url=url,
            application_version=_STEPS_VERSION,
            executor_id=executor,
            serializer=PortableJson(),
            log_level="CRITICAL",
            notification_listener_polling_interval_sec=_POLL_S,
        )
        if schema is not None:
            config["dbos_system_schema"] = schema
        tell_connections_as_lost()  # for which the library waits; by itself it takes some for a fault of the run
        DBOS(config=config)

    def start(
        self,
        work: Callable[[str], Outcome | None],
        publish: Callable[[str, Outcome], None],
        help_with: Callable[[str, str, str], None],
    ) -> None:
        """Take runs and batches up from now on, one at a time."""

        @DBOS.step(name="work")
        def worked(run: str) -> Outcome | None:
            return work(run)

        @DBOS.step(name="publish")
        def published(run: str, found: Outcome) -> None:
            publish(run, found)

        @DBOS.workflow(name=_JOB, max_recovery_attempts=_MOST_RECOVERIES)
        def job(run: str) -> None:
            with self._at(run):
                found = worked(run)
                if found is not None:
                    published(run, found)

        @DBOS.step(name="help")
        def helped(batch: str, attempt: str, digest: str) -> None:
            help_with(batch, attempt, digest)

        @DBOS.workflow(name=_BATCH, max_recovery_attempts=_MOST_RECOVERIES)
        def help_out(batch: str, attempt: str, digest: str) -> None:
            with self._at(batch):
                helped(batch, attempt, digest)

        DBOS.launch()
        DBOS.register_queue(_QUEUE, worker_concurrency=1, polling_interval_sec=_POLL_S, on_conflict="always_update")

    @contextmanager
    def _at(self, name: str) -> Iterator[None]:
        self._under_way.add(name)
        try:
            yield
        finally:
            self._under_way.discard(name)

    def enqueue(self, run: str, priority: int) -> None:
        """Let a run be taken up; one that is known already is left as it is."""
        DBOS.enqueue_workflow_with_options(
            {"workflow_name": _JOB, "queue_name": _QUEUE, "workflow_id": run, "priority": priority}, run
        )

    def ended(self, runs: Collection[str]) -> Mapping[str, str | None]:
        """Of the runs that are known: why one ended (an empty text: as it should), None where it has not."""
        if not runs:
            return {}
        found = DBOS.list_workflows(workflow_ids=sorted(runs), load_input=False)
        return {row.workflow_id: _why(row.status, row.error) if row.status in _ENDED else None for row in found}

    def at_jobs(self) -> set[str]:
        """The workers that are at a job, dead ones too; nobody who is at a batch."""
        pending = DBOS.list_workflows(status=_PENDING, name=_JOB, load_input=False, load_output=False)
        return {row.executor_id for row in pending if row.executor_id is not None}

    def jobs_wait(self) -> bool:
        """Whether there are jobs that a worker like this one would take up, had it nothing else to do."""
        waiting = _apart(lambda: DBOS.list_workflows(status=_ENQUEUED, name=_JOB, load_input=False, load_output=False))
        return any(row.app_version in (None, _STEPS_VERSION) for row in waiting)

    def offer(self, batch: str, attempt: str, digest: str) -> None:
        """Let a batch be taken up by a worker that has no job; `digest` names what is to be made."""
        options: EnqueueOptions = {
            "workflow_name": _BATCH,
            "queue_name": _QUEUE,
            "workflow_id": batch,
            "priority": _BEHIND_JOBS,
        }
        _apart(lambda: DBOS.enqueue_workflow_with_options(options, batch, attempt, digest))

    def standing(self, batches: Collection[str]) -> Mapping[str, bool | None]:
        """Of batches that are neither made nor withdrawn: whether somebody is at it; None: it ended."""
        if not batches:
            return {}
        found = _apart(lambda: DBOS.list_workflows(workflow_ids=sorted(batches), load_input=False, load_output=False))
        return {row.workflow_id: {_PENDING: True, _ENQUEUED: False}.get(row.status) for row in found}

    def withdraw(self, batches: Collection[str]) -> None:
        """Let nobody take these up any more; who is at one finds that it ended."""
        if batches:
            _apart(lambda: DBOS.cancel_workflows(sorted(batches)))

    def resume_dead(self, is_alive: Callable[[str], bool]) -> list[str]:
        """Queue again what workers were at that are gone; the runs and batches."""
        pending = DBOS.list_workflows(status=_PENDING, load_input=False, load_output=False)
        owners = {row.executor_id for row in pending if row.executor_id != self._executor}
        dead = {owner for owner in owners if owner is None or not is_alive(owner)}
        resumed = [row.workflow_id for row in pending if row.executor_id in dead]
        for run in resumed:
            DBOS.resume_workflow(run, queue_name=_QUEUE)
        return resumed

    def resume_lost(self, *, after_s: float = _LOST_S) -> list[str]:
        """Queue again the runs and batches that should be under way here, and have not been for so long.

        The library's thread of one ends without a word where the database refuses what it is asked at the wrong moment.
        Nobody else takes it up, for this worker lives.
        """
        pending = DBOS.list_workflows(status=_PENDING, executor_id=self._executor, load_input=False, load_output=False)
        now_s = time.monotonic()
        missing = {row.workflow_id for row in pending} - self._under_way
        self._missing_s = {name: self._missing_s.get(name, now_s) for name in missing}
        lost = [name for name, since_s in self._missing_s.items() if now_s - since_s >= after_s]
        for name in lost:
            DBOS.resume_workflow(name, queue_name=_QUEUE)
            del self._missing_s[name]
        return lost


def _why(status: str, error: Exception | None) -> str:
    return "" if status == _SUCCESS else f"{status.lower()}: {error}" if error else status.lower()


def _apart(call: Callable[[], T]) -> T:
    """A call out of a step, in which the library would take it for a part of that step."""
    return Context().run(call)
