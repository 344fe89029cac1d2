"""A corridor of three signals in the library, with released plans as many as are wanted, its group and controllers."""

from __future__ import annotations

import functools
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from networks.importers import sumo_net
from networks.network import Network
from signals.cli.desk_here import READERS
from signals.control import running_plan
from signals.delivery.local_schedule import LocalSchedule
from signals.delivery.settings import Settings
from signals.delivery.station import Station
from signals.delivery.verifier import first_met
from signals.delivery.virtual_device import VirtualDevice, judge_of
from signals.delivery.wire import report_bytes, report_of
from signals.plan import TimingPlan
from signals.release import State
from signals.rules import Rules, RulesChoice
from signals.safety import Violation
from signals.service.delivery.consequences import SERVICE
from signals.service.delivery.coordinating import Coordinator
from signals.service.delivery.groups import Group, define_group
from signals.service.delivery.signing import first_ring
from signals.service.library.judging_here import JudgingHere
from signals.service.library.lives import life_of
from signals.store import delivery, library
from signals.store.database import Database
from signals.store.office import Office
from tests.databases import DAWN
from tests.scenarios.streets import grid
from tests.signals.delivery.simulated import MemoryOfTest
from tests.signals.service.delivery.releasing import OPERATOR, WHY, released_on

CONTROLLERS = {"west": "A0", "middle": "B0", "east": "C0"}
SETTINGS = Settings(poll_ds=50, confirm_within_ds=3_600, grace_ds=2_200, step_ds=1_500, hold_ds=14_000)


@functools.cache
def corridor() -> Path:
    """The network: A0, B0 and C0 from west to east."""
    return grid(Path(tempfile.mkdtemp(prefix="greenband-corridor-")), count=3)


@functools.cache
def street() -> tuple[Network, Rules]:
    """The same, read, with the rules of its plans."""
    network = sumo_net.read(corridor())
    return network, RulesChoice("literature").of(network)


def released(database: Database, folder: Path, more_s: int = 1) -> str:
    """A plan of the corridor whose first stages are longer by `more_s`, released; its digest."""
    return released_on(corridor(), database, folder, more_s)


def grouped(database: Database, plan_digest: str, settings: Settings = SETTINGS) -> Group:
    """The group of the three controllers."""
    with database.reading() as reading:
        plan = library.find_plan(reading, plan_digest)
    assert plan is not None
    group = Group("corridor", plan.network_digest, CONTROLLERS, settings)
    define_group(database, OPERATOR, group, why=WHY)
    return group


def judged(known: Sequence[TimingPlan], plan: TimingPlan) -> Sequence[Violation]:
    """As a controller judges. The ways between plans are judged in `test_virtual_device`."""
    network, rules = street()
    return judge_of(network, rules, "short way")((), plan)


def device(controller_id: str, now_ds: int) -> VirtualDevice:
    """The device of a controller, which begins with the program that runs today."""
    network, rules = street()
    running = running_plan(network)
    own = running.model_copy(update={"intersections": (running.intersection(CONTROLLERS[controller_id]),)})
    return VirtualDevice(LocalSchedule(own), rules, "short way", judged, now_ds)


class Corridor:
    """The coordinator and three stations with their devices, in time that a test lets pass.

    `cut`: controllers whose link is down.
    """

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.keys = database, folder / "signing-keys"
        self.at, self.cut = DAWN, set[str]()
        database._now = self.now
        self.coordinator = self.taken()
        self.ring = first_met(self.coordinator.key_ring())
        self.devices = {name: device(name, self.coordinator.now_ds()) for name in CONTROLLERS}
        self.stations = {
            name: Station(name, self.ring, made, MemoryOfTest(), self.coordinator.now_ds())
            for name, made in self.devices.items()
        }

    def now(self) -> datetime:
        return self.at

    def taken(self) -> Coordinator:
        """A coordinator that has just begun."""
        for _ in range(100):  # a server gives a lock back some time after its connection was closed
            if office := Office.taken(self.database, "a test"):
                break
            time.sleep(0.1)
        assert office is not None
        first_ring(self.database, self.keys, SERVICE)
        return Coordinator(self.database, JudgingHere(READERS), self.keys, office)

    def poll(self) -> None:
        """Each reports, and takes the answer in."""
        for name in sorted(set(CONTROLLERS) - self.cut):
            now_ds = self.coordinator.now_ds()
            report = report_of(report_bytes(self.stations[name].report(now_ds)))
            self.stations[name].take(self.coordinator.hear(report), now_ds, 0)

    def tick(self) -> None:
        """What is due, with every check that it needs."""
        self.coordinator.tick()
        if checks := [*self.coordinator._checks._made.values()]:
            for made in checks:
                made.exception()  # waits; what went wrong is for the coordinator
            self.coordinator.tick()

    def pass_s(self, seconds: float, until: str = "") -> bool:
        """The clock goes on, with polls and ticks; whether an event (or any time) came to pass."""
        end, seen = self.at + timedelta(seconds=seconds), len(self.events())
        while self.at < end:
            self.at += timedelta(seconds=5)
            self.poll()
            self.tick()
            if until and until in self.events()[seen:]:
                return True
        return not until

    def runs(self) -> set[str | None]:
        """Plan documents that are shown; None for the local schedule."""
        return {made.running(self.coordinator.now_ds()) for made in self.devices.values()}

    def events(self) -> list[str]:
        with self.database.reading() as reading:
            return [event.what for event in delivery.list_events(reading, "corridor")]

    def state(self, plan_digest: str) -> State | None:
        with self.database.reading() as reading:
            return life_of(reading, plan_digest).state
