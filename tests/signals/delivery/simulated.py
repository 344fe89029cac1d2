"""Roll-outs in simulated time, with everything between service and controllers going wrong, and a judge that watches.

One seed gives one run. What is wrong is told with the faults of the run and all that happened in it.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

from signals.delivery import coordinator
from signals.delivery.documents import Activation
from signals.delivery.messages import Answer
from signals.delivery.roll_out import Coordination
from signals.delivery.settings import Settings
from signals.delivery.signed import opened
from signals.delivery.station import Station
from signals.delivery.virtual_device import LOCAL as LOCAL_NAME
from signals.delivery.virtual_device import VirtualDevice
from signals.delivery.wire import answer_bytes, answer_of, report_bytes, report_of
from signals.intervals import Course, course, local_ds
from signals.plan import IntersectionPlan
from tests.signals.delivery import documents, streets

SETTINGS = Settings(poll_ds=50, confirm_within_ds=3_600, grace_ds=2_000, step_ds=1_500, hold_ds=14_000)
SKEW_DS = 20
STEP_DS = 10  # how often the judge looks
FOREVER_DS = 10**9


@dataclass(frozen=True)
class Faults:
    """What goes wrong in a run. Shares of messages, and deciseconds."""

    loss: float = 0.0
    double: float = 0.0
    forged: float = 0.0  # answers with altered, foreign, old and wrongly signed documents
    delay_ds: int = 3
    cuts: tuple[tuple[str, int, int], ...] = ()  # a member's link from its n-th message on, for so long
    restarts: tuple[tuple[str, int, int, bool], ...] = ()  # a member, when, for how long, its device as well
    killed: tuple[tuple[int, int], ...] = ()  # the service, when, for how long
    skew_ds: tuple[int, ...] = (0, 0, 0)


class MemoryOfTest:
    def __init__(self) -> None:
        self.content: bytes | None = None

    def read(self) -> bytes | None:
        return self.content

    def write(self, content: bytes) -> None:
        self.content = content


@dataclass
class Place:
    """A member with all that is around it."""

    name: str
    skew_ds: int
    memory: MemoryOfTest
    device: VirtualDevice | None  # None: dark
    station: Station | None
    down_until_ds: int = 0
    cut_until_ds: int = 0
    messages: int = 0
    shown: str = ""
    since_ds: int = 0


class World:
    """The service, three controllers, links, true time, and the judge."""

    def __init__(self, faults: Faults, seed: int, settings: Settings = SETTINGS) -> None:
        self.faults, self.random = faults, random.Random(seed)
        self.begin_ds = self.now_ds = streets.NOON_DS
        self.state = Coordination("corridor", tuple(streets.MEMBERS), settings)
        self.places = [self._place(name, skew) for name, skew in zip(streets.MEMBERS, faults.skew_ds, strict=True)]
        self.log: list[str] = []
        self.windows: list[tuple[int, int]] = []  # in which the group may be mixed
        self.last_confirm_by_ds = 0
        self.cut_ds, self.confirmed_ds = 0, FOREVER_DS * 1_000
        self.mixed_ds: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.issued: dict[int, Activation] = {}
        self.was: list[bytes] = []
        self.said: list[str] = []
        self._events: list[tuple[int, int, str, Any]] = []
        self._number = itertools.count()
        self._killed, self._down = faults.killed, False
        for place in self.places:
            self._at(self.now_ds + self.random.randrange(settings.poll_ds), "poll", place)
        self._at(self.now_ds, "tick", None)
        self._at(self.now_ds, "look", None)

    def run(self, until_ds: int) -> None:
        """Until `until_ds` after the begin."""
        while self._events[0][0] <= self.begin_ds + until_ds:
            self.now_ds, _, what, about = heapq.heappop(self._events)
            getattr(self, f"_{what}")(about)

    def begin_again(self, faults: Faults) -> None:
        """From now on with other faults; their times and messages count from here."""
        self.faults, self._killed, self.begin_ds = faults, faults.killed, self.now_ds
        for place in self.places:
            place.messages = 0

    def offer(self, release: str, not_before_ds: int = 0) -> None:
        self.state, _ = coordinator.offer(self.state, self.now_ds, streets.offer(release), not_before_ds)

    def running(self) -> list[str]:
        """What each member runs that is not dark: a release, or the local schedule."""
        return [
            _run_by(place.name, place.device, self._clock(place)) for place in self.places if place.device is not None
        ]

    # --- what happens ---

    def _poll(self, place: Place) -> None:
        self._at(self.now_ds + self.state.settings.poll_ds, "poll", place)
        self._restart_if_due(place)
        if place.station is not None:
            report = place.station.report(self._clock(place))
            self._send(place, "arrive", (place, report_bytes(report), self.now_ds))

    def _arrive(self, message: tuple[Place, bytes, int]) -> None:
        place, content, sent_ds = message
        if self._service_is_down():
            return
        report = report_of(content)
        self.state, answer, events = coordinator.answer(self.state, self.now_ds, report, streets.KEY.sign)
        self._told(events)
        self.was += [activation for activation, _ in answer.orders]
        if self.random.random() < self.faults.forged:
            answer = self._forged(answer)
        self._send(place, "answered", (place, answer_bytes(answer), sent_ds))

    def _answered(self, message: tuple[Place, bytes, int]) -> None:
        place, content, sent_ds = message
        if place.station is not None:
            place.station.take(answer_of(content), self._clock(place), self.now_ds - sent_ds)

    def _tick(self, _: None) -> None:
        self._at(self.now_ds + self.state.settings.poll_ds, "tick", None)
        if not self._service_is_down():
            self.state, events = coordinator.advance(self.state, self.now_ds, streets.KEY.sign)
            self._told(events)

    def _look(self, _: None) -> None:
        self._at(self.now_ds + STEP_DS, "look", None)
        for place in self.places:
            if place.device is not None:
                self._judge_displays(place, place.device)
        self._judge_whole()

    # --- faults ---

    def _send(self, place: Place, what: str, message: Any) -> None:
        place.messages += 1
        for name, number, lasting_ds in self.faults.cuts:
            if (name, number) == (place.name, place.messages):
                self.cut_ds = self.now_ds
                place.cut_until_ds = max(place.cut_until_ds, self.now_ds + lasting_ds)
                self._say(f"link of {name} cut for {lasting_ds} ds at its message {number}, {what}")
        if self.now_ds < place.cut_until_ds:
            return
        for _ in range(2 if self.random.random() < self.faults.double else 1):
            if self.random.random() >= self.faults.loss:  # what is late is overtaken
                self._at(self.now_ds + self.random.randint(0, self.faults.delay_ds), what, message)

    def _restart_if_due(self, place: Place) -> None:
        now_ds = self.now_ds - self.begin_ds
        for name, at_ds, lasting_ds, device_too in self.faults.restarts:
            if name == place.name and 0 <= now_ds - at_ds < self.state.settings.poll_ds:
                self._say(f"{name} restarts, for {lasting_ds} ds{', its device as well' if device_too else ''}")
                place.station, place.down_until_ds = None, self.now_ds + lasting_ds
                if device_too:
                    place.device, place.shown = None, ""
        if place.station is None and self.now_ds >= place.down_until_ds:
            self._start(place)

    def _service_is_down(self) -> bool:
        now_ds, was = self.now_ds - self.begin_ds, self._down
        self._down = any(at_ds <= now_ds < at_ds + lasting_ds for at_ds, lasting_ds in self._killed)
        if was and not self._down:  # it begins again with what it kept
            self._say("the service is back")
            self.state = documents.kept(self.state)
        return self._down

    def _forged(self, answer: Answer) -> Answer:
        """The answer with documents that no controller may act on, before the true ones."""
        place = self.random.choice(self.places)
        release = self.random.choice([*streets.RELEASES])
        foreign = streets.offer(release).documents[place.name]
        unknown = streets.offer(release, key=streets.OTHER_KEY).documents[place.name]
        orders = [(document, None) for document in self.was[-20:]]
        if orders:
            altered = bytearray(self.random.choice(orders)[0])
            altered[self.random.randrange(len(altered))] ^= 1 << self.random.randrange(7)  # still text
            payload = dict(opened(orders[-1][0], streets.RING, None))
            payload |= {"sequence": 10**6, "release": release, "members": dict.fromkeys(streets.MEMBERS, "f" * 64)}
            orders += [(bytes(altered), None), (streets.OTHER_KEY.sign(payload), None)]
        return Answer(answer.server_ds, None, (foreign, unknown, *answer.plans), (*orders, *answer.orders))

    # --- the judge ---

    def _judge_whole(self) -> None:
        runs = self.running()
        if len(set(runs)) <= 1:
            return
        late_ds = SKEW_DS + STEP_DS
        in_trial = any(begin - late_ds <= self.now_ds <= end + late_ds for begin, end in self.windows)
        self.mixed_ds["in trial" if in_trial else "after confirm-by"] += STEP_DS
        if not in_trial and self.now_ds > self.last_confirm_by_ds + late_ds:
            self.wrong.append(f"{self._time()} mixed beyond every confirm-by: {[run[:5] for run in runs]}")
        if len(runs) and runs != self.said:
            self._say(f"mixed: {[run[:5] for run in runs]}")
            self.said = runs

    def _judge_displays(self, place: Place, device: VirtualDevice) -> None:
        """In step, the picture of an approved plan at this second; on the way, one of either plan; yellow in full."""
        clock_ds = self._clock(place)
        displays, key = device.displays(clock_ds), _run_by(place.name, device, clock_ds)
        if key not in {LOCAL_NAME, *streets.RELEASES}:
            self.wrong.append(f"{self._time()} {place.name} runs {key}, which nobody approved")
            return
        timing, on_clock_ds = _timing(place.name, key), clock_ds - streets.NOON_DS + 432_000
        if device.in_step() and displays != _course(place.name, key).at(local_ds(timing, on_clock_ds)):
            self.wrong.append(f"{self._time()} {place.name} shows {displays}, not in step with {key[:8]}")
        if displays not in _pictures(place.name):
            self.wrong.append(f"{self._time()} {place.name} shows {displays}, a picture of no plan")
        if key != LOCAL_NAME and not any(
            activation.release == key and activation.effective_at_ds <= clock_ds for activation in self.issued.values()
        ):
            self.wrong.append(f"{self._time()} {place.name} runs {key[:8]} before it was to")
        if displays != place.shown:
            self._judge_change(place, displays)
            place.shown, place.since_ds = displays, clock_ds

    def _judge_change(self, place: Place, displays: str) -> None:
        """Green ends with yellow, yellow stands its 3 s (of 1 s steps), and red comes after it."""
        lasted_ds = self._clock(place) - place.since_ds
        for group, (before, after) in enumerate(zip(place.shown, displays, strict=False)):
            legal = before == after or (before in "gG" and after in "ygG") or (before == "r" and after in "gGu")
            if not (legal or (before == "y" and after == "r" and lasted_ds >= 30)):
                self.wrong.append(
                    f"{self._time()} {place.name}, group {group}: {before} for {lasted_ds} ds, then {after}"
                )

    # --- the rest ---

    def _told(self, events: tuple[Any, ...]) -> None:
        for event in events:
            if event.what == "confirmed":
                self.confirmed_ds = event.at_ds
            self._say(f"{event.what} {event.sequence} {(event.release or LOCAL_NAME)[:8]} {event.why}")
        for roll_out in (self.state.pending, self.state.current):
            if roll_out is None or roll_out.activation is None:
                continue
            self.last_confirm_by_ds = max(self.last_confirm_by_ds, roll_out.confirm_by_ds)
            if roll_out.sequence not in self.issued:
                activation = Activation.of(opened(roll_out.activation, streets.RING, None))
                self.issued[roll_out.sequence] = activation
                if not roll_out.is_rollback:
                    self.windows.append((activation.effective_at_ds, activation.confirm_by_ds))

    def _place(self, name: str, skew_ds: int) -> Place:
        place = Place(name, skew_ds, MemoryOfTest(), None, None)
        self._start(place)
        return place

    def _start(self, place: Place) -> None:
        now_ds = self._clock(place)
        place.device = place.device or streets.device(place.name, now_ds)
        place.station = Station(place.name, streets.RING, place.device, place.memory, now_ds)

    def _clock(self, place: Place) -> int:
        return self.now_ds + place.skew_ds

    def _at(self, at_ds: int, what: str, about: Any) -> None:
        heapq.heappush(self._events, (at_ds, next(self._number), what, about))

    def _time(self) -> str:
        return f"{(self.now_ds - self.begin_ds) / 10:8.1f} s:"

    def _say(self, what: str) -> None:
        self.log.append(f"{self._time()} {what}")

    def story(self) -> str:
        """What went wrong in a run, for people."""
        return "\n".join([str(self.faults), *self.log, *self.wrong[:10]])


def _run_by(name: str, device: VirtualDevice, clock_ds: int) -> str:
    digest = device.running(clock_ds)
    return LOCAL_NAME if digest is None else _releases(name).get(digest, digest)


@cache
def _timing(name: str, key: str) -> IntersectionPlan:
    return streets.plan(*streets.RELEASES.get(key, streets.LOCAL)).intersection(streets.MEMBERS[name])


@cache
def _course(name: str, key: str) -> Course:
    return course(_timing(name, key))


@cache
def _pictures(name: str) -> frozenset[str]:
    red = "r" * len(_timing(name, LOCAL_NAME).group_ids)  # when it is switched on
    return frozenset([red, *(p for key in (LOCAL_NAME, *streets.RELEASES) for p in _course(name, key).displays)])


@cache
def _releases(name: str) -> dict[str, str]:
    return {str(streets.offer(release).digests[name]): release for release in streets.RELEASES}
