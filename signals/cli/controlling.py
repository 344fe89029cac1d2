"""What `greenband controller` does: a device in software, its memory, its link, and the loop between them."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from networks.faults import Fault, InputError
from networks.network import Network
from signals.cli import wiring
from signals.cli.actors import KEY_VARIABLE
from signals.cli.errors import printable
from signals.control import running_plan
from signals.control.transitions import Method
from signals.delivery.http_link import HttpLink
from signals.delivery.key_ring import KeyRing
from signals.delivery.lamps import Lamps
from signals.delivery.local_schedule import LocalSchedule
from signals.delivery.loop import Clock, LinkDown
from signals.delivery.loop import run as run_loop
from signals.delivery.memory_file import MemoryFile
from signals.delivery.orders import NOTHING
from signals.delivery.signed import LARGEST_BYTES
from signals.delivery.station import Memory, Station
from signals.delivery.verifier import first_met
from signals.delivery.virtual_device import Judge, VirtualDevice, judge_of
from signals.files import content_of
from signals.plan import TimingPlan
from signals.safety import Violation
from signals.service.asked import Asked, choice_of, rules_of_plan
from signals.service.request import DONE

_MEMORY = "controller.json"
_LARGEST_KEY_BYTES = 4096
_TICK_NS = 10**8  # a decisecond


@dataclass(frozen=True, slots=True)
class Place:
    """Which controller it is, where it stands, by which rules it judges and how it goes from plan to plan."""

    controller_id: str
    network: Path
    intersection_id: str
    profile: str | None
    rules: Path | None
    method: Method


class NoMemory:
    """Of a controller that keeps nothing."""

    def read(self) -> bytes | None:
        return None

    def write(self, content: bytes) -> None:
        """Forget it."""


def run(
    place: Place,
    servers: Sequence[str],
    key_file: Path | None,
    ring_file: Path | None,
    state: Path | None,
    poll_s: float,
    ca_file: Path | None,
) -> int:
    """Run the controller until it is told to end; the exit code."""
    secret, ends = _secret(key_file), threading.Event()
    trusted = None if ring_file is None else first_met(content_of(ring_file, LARGEST_BYTES, "--ring"))
    link = HttpLink(servers, place.controller_id, secret, ca_file=None if ca_file is None else str(ca_file))
    memory, lamps = _memory(state), Lamps(device_of(place, _now_ds()), _now_ds)
    lamps.follow(NOTHING, _now_ds())
    lamps.start()
    _end_by_signal(ends)
    _say(f"controller {place.controller_id}, intersection {place.intersection_id}")
    try:
        ring = trusted or _kept_ring(memory) or _met(link, ends, poll_s)
        if ring is not None:
            _poll(Station(place.controller_id, ring, lamps, memory, _now_ds()), link, ends, poll_s)
    finally:
        lamps.stop()
        link.close()
    return DONE


def _poll(station: Station, link: HttpLink, ends: threading.Event, poll_s: float) -> None:
    """Until the controller is told to end; what changes is told once."""
    for fault in station.faults:
        _say(str(fault))
    told = ""

    def wait(ds: int) -> bool:
        nonlocal told
        if (shown := station.shown(_now_ds())) != told:
            _say(shown)
        told = shown
        return ends.wait(ds / 10)

    run_loop(station, link, Clock(_now_ds, _steady_ds, wait), round(poll_s * 10), _say)


def device_of(place: Place, now_ds: int) -> VirtualDevice:
    """The device, with the program that runs today as its local schedule. Raises `InputError`."""
    network = wiring.read_street(place.network, (), ())
    running = running_plan(network)
    known = [timing.intersection_id for timing in running.intersections]
    if place.intersection_id not in known:
        needed = f"one of {', '.join(known[:12])}"
        raise InputError([Fault("intersection", str(place.network), repr(place.intersection_id), needed)])
    own = running.model_copy(update={"intersections": (running.intersection(place.intersection_id),)})
    rules = choice_of(Asked(place.profile, place.rules), None).of(network)
    return VirtualDevice(LocalSchedule(own), rules, place.method, _judge(network, place), now_ds)


def _judge(network: Network, place: Place) -> Judge:
    """By the rules that the plan was made under, where their digest says so."""
    asked = Asked(place.profile, place.rules)

    def judged(known: Sequence[TimingPlan], plan: TimingPlan) -> Sequence[Violation]:
        return judge_of(network, rules_of_plan(plan, network, asked, None), place.method)(known, plan)

    return judged


def _secret(key_file: Path | None) -> str:
    if key_file is not None:
        return content_of(key_file, _LARGEST_KEY_BYTES, "--key-file").decode(errors="replace").strip()
    if secret := os.environ.get(KEY_VARIABLE, "").strip():
        return secret
    raise InputError([Fault("key", "command line", "none", f"--key-file, or a key in {KEY_VARIABLE}")])


def _memory(state: Path | None) -> Memory:
    if state is None:
        return NoMemory()
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    return MemoryFile(state / _MEMORY)


def _kept_ring(memory: Memory) -> KeyRing | None:
    """The ring that it trusted before; what is damaged is told by the station."""
    try:
        return KeyRing.of(json.loads(memory.read() or b"")["content"]["key_ring"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _met(link: HttpLink, ends: threading.Event, poll_s: float) -> KeyRing | None:
    """The ring of the service when they first meet; None where the controller is ended before."""
    said = ""
    while not ends.is_set():
        try:
            ring = first_met(link.key_ring())
            _say(f"trusts key ring {ring.version} ({', '.join(key.id for key in ring.keys)}), met here first")
            return ring
        except (LinkDown, InputError) as error:
            if str(error) != said:
                _say(f"link down: {error}")
            said = str(error)
        ends.wait(poll_s)
    return None


def _end_by_signal(ends: threading.Event) -> None:
    def end(number: int, frame: FrameType | None) -> None:
        ends.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)


def _say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S', time.gmtime())}  {printable(what)}", flush=True)


def _now_ds() -> int:
    return time.time_ns() // _TICK_NS


def _steady_ds() -> int:
    return time.monotonic_ns() // _TICK_NS
