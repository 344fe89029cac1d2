"""A street in SUMO whose signals are shown by virtual controllers, each with its own link to a service in a process."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import sumo

from signals.control import running_plan
from signals.delivery.beat import ds_of
from signals.delivery.http_link import HttpLink
from signals.delivery.loop import Clock, LinkDown, poll
from signals.delivery.station import Station
from signals.delivery.verifier import first_met
from signals.delivery.virtual_device import VirtualDevice
from signals.intervals import Course, course
from signals.plan import TimingPlan
from signals.release import Actor, Role
from signals.service.identity import create_key
from signals.service.library.judging import plan_from
from signals.store import documents
from signals.store.database import Database, open_database
from signals.store.place import Place
from tests.databases import DAWN
from tests.scenarios.delivery_service import SharedClock, new_clock
from tests.signals.delivery.simulated import MemoryOfTest
from tests.signals.service.delivery.corridors import CONTROLLERS, SETTINGS, corridor, device, street

_FLOWS = (("left0A0 A0B0 B0C0 C0right0", 8), ("right0C0 C0B0 B0A0 A0left0", 8), ("top1B0 B0bottom1", 15))
CHIEF = Actor("Ad Min", Role.ADMINISTRATOR)
_TICK_S = 60.0  # of waiting for one, at most


class Served:
    """The service as a process, to be killed and started again."""

    def __init__(self, url: str, folder: Path, clock: SharedClock) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.address, self.database_url, self.clock = f"http://127.0.0.1:{self.port}", url, clock
        self._command = [sys.executable, "-m", "tests.scenarios.delivery_service", url, str(folder)]
        self._command += [str(self.port), str(folder / "clock")]
        self._log = folder / "service.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def alive(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        root = Path(__file__).parents[2]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd=root, stdout=log, stderr=log, env=dict(os.environ))
        self.wait_for_tick()

    def kill(self) -> None:
        """As the power would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def wait_for_tick(self) -> None:
        """Until the coordinator has seen everything of now."""
        self.clock.asked += 1
        end_s = time.monotonic() + _TICK_S
        while self.clock.ticked != self.clock.asked:
            assert self._process is not None
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < end_s, self._log.read_text()
            time.sleep(0.002)


class CutLink:
    """A link that loses reports or answers while `cut` says so."""

    def __init__(self, link: HttpLink) -> None:
        self.link, self.cut = link, ""

    def exchange(self, report: bytes) -> bytes:
        if self.cut == "report":
            raise LinkDown("cut on the way up")
        answer = self.link.exchange(report)
        if self.cut == "answer":
            raise LinkDown("cut on the way down")
        return answer


@dataclass
class Shown:
    """What a signal showed at a second, which plan it ran, and whether a transition was under way."""

    at_ds: int
    runs: str | None
    in_step: bool
    state: str


@dataclass
class Street:
    """Controllers, their links, the simulator, and everything that was shown."""

    served: Served
    database: Database
    clock: SharedClock
    simulation: Any
    devices: dict[str, VirtualDevice]
    links: dict[str, CutLink]
    stations: dict[str, Station] = field(default_factory=dict)
    shown: dict[str, list[Shown]] = field(default_factory=lambda: {name: [] for name in CONTROLLERS})
    arrived: int = 0
    collisions: int = 0

    def pass_s(self, seconds: int) -> None:
        """Each second every signal is shown and read back; each poll interval every controller polls."""
        for _ in range(seconds):
            self.clock.now_ds += 10
            if self.clock.now_ds % SETTINGS.poll_ds == 0:
                self._poll()
            for name, intersection_id in CONTROLLERS.items():
                self._show(name, intersection_id)
            self.simulation.simulationStep()
            self.arrived += self.simulation.simulation.getArrivedNumber()
            self.collisions += self.simulation.simulation.getCollidingVehiclesNumber()

    def mixed_s(self) -> int:
        """Seconds in which not all controllers ran the same."""
        return sum(len({one.runs for one in row}) > 1 for row in zip(*self.shown.values(), strict=True))

    def until(self, *plans: str | None, most_s: int = 900) -> int:
        """Until every controller runs one of these plans (None: its local schedule), in step; the seconds it took."""
        for second in range(most_s):
            self.pass_s(1)
            last = [shown[-1] for shown in self.shown.values()]
            if all(one.in_step and one.runs in plans for one in last):
                return second + 1
        raise AssertionError(f"after {most_s} s they run {[(one.runs, one.in_step) for one in last]}")

    def _poll(self) -> None:
        clock = Clock(lambda: self.clock.now_ds, lambda: self.clock.now_ds, lambda ds: False)
        for name, station in self.stations.items():
            with contextlib.suppress(LinkDown):
                poll(station, self.links[name], clock)
        if self.served.alive:
            self.served.wait_for_tick()

    def _show(self, name: str, intersection_id: str) -> None:
        network, _ = street()
        made, now_ds = self.devices[name], self.clock.now_ds
        displays = made.displays(now_ds)
        intersection = network.intersection(intersection_id)
        letters = ["r"] * intersection.channel_count
        for group, letter in zip(intersection.groups, displays, strict=True):
            for channel in group.channels:
                letters[channel] = letter
        self.simulation.trafficlight.setRedYellowGreenState(intersection_id, "".join(letters))
        state = self.simulation.trafficlight.getRedYellowGreenState(intersection_id)
        read = "".join(state[group.channels[0]] for group in intersection.groups)
        runs = made.running(now_ds)
        plan = None if runs is None else self.stations[name]._member.plans[runs].plan.plan
        self.shown[name].append(Shown(now_ds, plan, made.in_step(), read))


def switched_at(street_: Street, plan: str | None) -> dict[str, int]:
    """When each controller began to run a plan last [ds]."""
    found = {}
    for name, shown in street_.shown.items():
        last = max(at for at, one in enumerate(shown) if one.runs == plan and (at == 0 or shown[at - 1].runs != plan))
        found[name] = shown[last].at_ds
    return found


def unlike_plan(street_: Street, name: str, plan: TimingPlan, digest: str | None) -> list[Shown]:
    """Seconds in which a controller was in step with a plan and showed something else than that."""
    timing = plan.intersection(CONTROLLERS[name])
    showing, zero_ds = _course(plan, CONTROLLERS[name]), street_.devices[name]._zero_ds
    return [
        one
        for one in street_.shown[name]
        if one.in_step and one.runs == digest and one.state != showing.at(one.at_ds - zero_ds - timing.offset_ds)
    ]


@cache
def _course(plan: TimingPlan, intersection_id: str) -> Course:
    return course(plan.intersection(intersection_id))


def plan_kept(database: Database, digest: str | None) -> TimingPlan:
    """A plan of the library; None: what runs today."""
    if digest is None:
        return running_plan(street()[0])
    with database.reading() as reading:
        return plan_from(documents.get(reading, digest))


@contextmanager
def driven(
    served: Served, database: Database, clock: SharedClock, keys: dict[str, str], folder: Path
) -> Iterator[Street]:
    """The street, with traffic, its controllers met with the service."""
    devices = {name: device(name, clock.now_ds) for name in CONTROLLERS}
    links = {name: CutLink(HttpLink([served.address], name, keys[name], timeout_s=60)) for name in CONTROLLERS}
    with _simulation(folder) as simulation:
        street_ = Street(served, database, clock, simulation, devices, links)
        for name, made in devices.items():
            ring = first_met(links[name].link.key_ring())
            street_.stations[name] = Station(name, ring, made, MemoryOfTest(), clock.now_ds)
        yield street_
    for link in links.values():
        link.link.close()


@contextmanager
def begun(place: Place, folder: Path) -> Iterator[Street]:
    """The service on an empty database, just started at dawn, and the street with its controllers."""
    with new_clock(folder / "clock", ds_of(DAWN)) as clock, open_database(place, now=clock.now) as database:
        create_key(database, CHIEF, CHIEF.name, Role.ADMINISTRATOR, why="")
        keys = {name: create_key(database, CHIEF, name, Role.CONTROLLER, why="")[0] for name in CONTROLLERS}
        served = Served(place.url.render_as_string(hide_password=False), folder, clock)
        served.start()
        try:
            with driven(served, database, clock, keys, folder) as made:
                yield made
        finally:
            if served.alive:
                served.kill()


@contextmanager
def _simulation(folder: Path) -> Iterator[Any]:
    flows = "".join(
        f'<route id="r{n}" edges="{edges}"/><flow id="f{n}" route="r{n}" begin="0" end="36000" period="{every_s}"/>\n'
        for n, (edges, every_s) in enumerate(_FLOWS)
    )
    (folder / "traffic.rou.xml").write_text(f"<routes>\n{flows}</routes>\n")
    tools = os.path.join(sumo.SUMO_HOME, "tools")
    if tools not in sys.path:
        sys.path.append(tools)
    os.environ.setdefault("SUMO_HOME", sumo.SUMO_HOME)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import traci

        command = [os.path.join(sumo.SUMO_HOME, "bin", "sumo"), "-n", str(corridor())]
        command += ["-r", str(folder / "traffic.rou.xml"), "--no-step-log", "--collision.action", "warn", "-X", "never"]
        with contextlib.redirect_stdout(io.StringIO()):  # it tells how often it tried to connect
            traci.start(command, label=str(folder), stdout=subprocess.DEVNULL)
    try:
        yield traci.getConnection(str(folder))
    finally:
        traci.getConnection(str(folder)).close()
