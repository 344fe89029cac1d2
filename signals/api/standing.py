"""How things stand, in numbers for Prometheus: looked at when somebody asks, for others bring it about.

What the database would tell is left out while it is away, and of the fleet nothing is told by who does not coordinate:
so the sums over all processes of a service count each controller once, or none, which is an alarm of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress

from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from networks.faults import InputError, NotNow
from signals.api.service import Service
from signals.service.delivery.alarms import AlarmKind
from signals.service.delivery.coordinating import Coordinator
from signals.service.delivery.fleet import against_the_schedule
from signals.service.jobs import State
from signals.service.readiness import Readiness
from signals.store import jobs
from signals.store.database import Database
from signals.store.instants import instant_of


class Standing(Collector):
    """Whether the service can work, its jobs, and its controllers."""

    def __init__(self, service: Service, readiness: Readiness) -> None:
        self._service, self._readiness = service, readiness

    def describe(self) -> Iterable[Metric]:
        """Nothing: its names are its own, and nothing is looked up when it begins."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """All numbers of now."""
        yield Gauge("greenband_ready", "1: the database can be read and written; as /ready.", value=self._ready())
        with suppress(InputError):
            yield from _jobs(self._service.database)
        ticking = self._service.ticking
        coordinator = None if ticking is None else ticking.coordinator
        about = "1: this process coordinates the controllers; of all of a service one does."
        yield Gauge("greenband_coordinates", about, value=coordinator is not None)
        if coordinator is not None:
            yield from _fleet(self._service.database, coordinator)

    def _ready(self) -> bool:
        try:
            self._readiness.refuse()
        except NotNow:
            return False
        return True


def _jobs(database: Database) -> Iterator[Metric]:
    with database.reading() as reading:
        found = {one.state: one for one in jobs.count_by_state(reading)}
    counted = Gauge("greenband_jobs", "Jobs in this state.", labels=["state"])
    for state in State:
        counted.add_metric([state], found[state].count if state in found else 0)
    yield counted
    queued = found.get(State.QUEUED)
    waited_s = 0.0 if queued is None else (database.now() - instant_of(queued.since)).total_seconds()
    about = "Seconds since which the longest waiting job is queued; 0: none waits."
    yield Gauge("greenband_jobs_oldest_queued_seconds", about, value=max(0.0, waited_s))


def _fleet(database: Database, coordinator: Coordinator) -> Iterator[Metric]:
    found, unknown = Counter(alarm.kind for alarm in coordinator.alarms()), {AlarmKind.SCHEDULE}
    with suppress(InputError):
        found[AlarmKind.SCHEDULE] = against_the_schedule(database, coordinator)
        unknown = set()
    yield Gauge("greenband_controllers", "Controllers in groups.", value=coordinator.controller_count())
    alarms = Gauge("greenband_alarms", "Alarms of controllers, by kind; which ones: /fleet.", labels=["kind"])
    for kind in AlarmKind:
        if kind not in unknown:
            alarms.add_metric([kind], found[kind])
    yield alarms
