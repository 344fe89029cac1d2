"""The coordinator as a part of the service: the protocol of `delivery/coordinator.py` over the database.

Polls are answered out of memory: they read how a group stands and write nothing. All else happens in `tick`, which one
thread calls twice a second: requests, new rounds, ways back, receipts. What it decides is in the database before any
poll can see it, of many groups in one transaction; so a process that is killed goes on where it was, and one that lost
the office writes nothing any more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from networks.faults import Fault, InputError, refuse_if_any
from signals.delivery import coordinator
from signals.delivery.beat import ds_of
from signals.delivery.key_ring import KeyRing
from signals.delivery.messages import Answer, Report
from signals.delivery.roll_out import Coordination, Event, Heard
from signals.delivery.signing import SigningKey
from signals.service.delivery.alarms import Alarm, alarms_of
from signals.service.delivery.checking import Checks, NotChecked
from signals.service.delivery.consequences import REFUSED, Happened
from signals.service.delivery.groups import Group, groups_of
from signals.service.delivery.keeping import keep_receipts, keep_steps, known_reports, known_states
from signals.service.delivery.offering import Step, asked_of, signing_of
from signals.service.delivery.receipts import Receipts
from signals.service.delivery.scheduled import ScheduledOrders
from signals.service.delivery.signing import NoSigningKey, ring_in_force, signing_key
from signals.service.library.judges import Judges
from signals.store import delivery
from signals.store.database import Database, Reading
from signals.store.delivery import RequestRow
from signals.store.failures import DatabaseFailed
from signals.store.office import LostOffice, Office

_GROUPS_AT_ONCE, _STEPS_AT_ONCE, _RECEIPTS_AT_ONCE = 8, 100, 200
_OF_ALL = (LostOffice, NoSigningKey, DatabaseFailed)  # concerns every group, and is no answer to anybody


@dataclass
class _Place:
    """A group in memory. `state` is what the database has; `heard` is what its members said.

    `next`: what the database is to have at the end of this tick, where that is another state.
    """

    group: Group
    state: Coordination
    heard: dict[str, Heard] = field(default_factory=dict)
    next: Coordination | None = None


class Coordinator:
    """Holds the office. `hear` may be called at any time from any thread, `tick` from one.

    `when_due` is called, in another thread, when something that a tick waited for is there.
    """

    def __init__(
        self,
        database: Database,
        judges: Judges,
        keys: Path,
        office: Office,
        when_due: Callable[[], None] = lambda: None,
    ) -> None:
        self._database, self._keys, self._office = database, keys, office
        self._checks = Checks(database, judges, when_due)
        self._places: dict[str, _Place] = {}
        self._place_of: dict[str, _Place] = {}
        self._steps: list[tuple[_Place, Happened]] = []
        self._receipts = Receipts()
        self._groups_known, self._requests_done = -1, 0
        self._ring: tuple[KeyRing, bytes] | None = None
        self._next_sequence = 1
        with database.reading() as reading:
            self._restore(reading)
            self._scheduled = ScheduledOrders(reading)

    def now_ds(self) -> int:
        """The common clock [ds since 1970, UTC]."""
        return ds_of(self._database.now())

    def hear(self, report: Report) -> Answer:
        """Take a member's report, and say what it lacks. A controller of no group is told nothing.

        Raises `NotKeptYet` while the database is away, where too much of it waits to be written.
        """
        now_ds, place = self.now_ds(), self._place_of.get(report.controller_id)
        if place is None:
            return Answer(now_ds)
        known = place.heard.get(report.controller_id)
        if known is None or report.order >= known.report.order:
            if known is None or report.tells_more(known.report):
                self._receipts.add(place.group.group_id, report)
            place.heard[report.controller_id] = Heard(report, now_ds)
        return coordinator.lacking(place.state, now_ds, report)

    def state_of(self, controller_id: str) -> Coordination | None:
        """How the group of a controller stands; None where it is of none."""
        place = self._place_of.get(controller_id)
        return None if place is None else place.state

    def states(self) -> Mapping[str, Coordination]:
        """How each group stands, as it is in the database."""
        return {place.group.group_id: place.state for place in [*self._places.values()]}

    def heard(self) -> Mapping[str, Heard]:
        """The latest report of every controller."""
        return {name: heard for place in [*self._places.values()] for name, heard in [*place.heard.items()]}

    def alarms(self) -> Iterator[Alarm]:
        """What is amiss with any controller now."""
        now_ds = self.now_ds()
        for place in [*self._places.values()]:
            for member in place.state.members:
                yield from alarms_of(place.state, place.heard.get(member), now_ds, live=True)

    def controller_count(self) -> int:
        """How many controllers there are in groups."""
        return len(self._place_of)

    def key_ring(self) -> bytes:
        """The signed document of the ring in force."""
        assert self._ring is not None
        return self._ring[1]

    def tick(self) -> None:
        """Whatever is due in every group, also where one of them fails, which is told at the end.

        Raises `LostOffice` where another process coordinates by now, `NoSigningKey` where this one can sign nothing.
        """
        requests, failed = self._looked(), list[Exception]()
        try:
            for request in requests:
                place = self._places.get(request.group_id)
                if place is not None and place.next is None:
                    with _apart(failed):
                        self._do(place, request)
            for number, place in enumerate(self._places.values()):
                if place.next is None:
                    with _apart(failed):
                        self._advance(place)
                if len(self._steps) >= _STEPS_AT_ONCE:
                    self._keep(failed)
                if number % _GROUPS_AT_ONCE == 0:
                    time.sleep(0)  # who polls waits for the interpreter no longer than these take
            self._keep(failed)
        finally:
            self._taken_back()
        with _apart(failed):
            self._write_receipts()
        with _apart(failed):
            standing = ((place.group, place.state) for place in self._places.values())
            self._scheduled.ask(self._database, self._office, standing)
        if failed:
            raise failed[0]

    def close(self) -> None:
        """Give the office back."""
        self._checks.close()
        self._office.leave()

    # --- groups ---

    def _looked(self) -> list[RequestRow]:
        """What was changed elsewhere: ring, groups, and what is asked for."""
        with self._database.reading() as reading:
            self._ring = ring_in_force(reading, self._ring)
            if (version := delivery.group_version(reading)) != self._groups_known:
                self._define(groups_of(reading))
            last = delivery.last_request(reading)
            requests = delivery.open_requests(reading, after=self._requests_done)
            groups = [place.group for place in self._places.values()]
            self._scheduled.look(reading, groups, self._database.now(), requests)
        self._groups_known = version
        self._requests_done = min((request.number for request in requests), default=last + 1) - 1
        return requests

    def _restore(self, reading: Reading) -> None:
        self._ring = ring_in_force(reading)
        states, reports = known_states(reading), known_reports(reading)
        self._next_sequence = max((state.next_sequence for state in states.values()), default=1)
        for name, group in groups_of(reading).items():
            state = states.get(name) or Coordination(name, group.members, group.settings)
            heard = {member: reports[member] for member in group.members if member in reports}
            self._put(_Place(group, self._agreed(group, state), heard))

    def _define(self, groups: Mapping[str, Group]) -> None:
        for name, group in groups.items():
            place = self._places.get(name)
            if place is None or place.group != group:
                state = place.state if place else Coordination(name, group.members, group.settings)
                self._put(_Place(group, self._agreed(group, state), place.heard if place else {}))

    def _agreed(self, group: Group, state: Coordination) -> Coordination:
        """The state under the group's definition of today, which changes only where nothing is in force."""
        if state.current is None and state.pending is None:
            return replace(state, members=group.members, settings=group.settings)
        return state

    def _put(self, place: _Place) -> None:
        before = self._places.get(place.group.group_id)
        self._places[place.group.group_id] = place
        self._place_of |= dict.fromkeys(place.state.members, place)
        for gone in set(before.state.members if before else ()) - set(place.state.members):
            if self._place_of.get(gone) is before:
                del self._place_of[gone]

    # --- steps ---

    def _do(self, place: _Place, request: RequestRow) -> None:
        """What somebody asked for; where it cannot be done, that is its answer."""
        now_ds, before = self.now_ds(), self._numbered(place)
        try:
            if request.by_schedule:
                self._scheduled.refuse_unwanted(self._database, place.group, before, request)
                if before.pending is not None:
                    return  # it waits for the end of what is under way
            after, events, checked = asked_of(before, now_ds, request, self._step(place), self._database)
        except NotChecked:
            return
        except _OF_ALL:
            raise
        except InputError as error:
            refusal = Event(now_ds, REFUSED, 0, request.release_digest, "; ".join(map(str, error.faults)))
            after, events, checked = before, (refusal,), None
        self._step_made(place, Happened(before, after, events, request, checked=checked))

    def _advance(self, place: _Place) -> None:
        """What time and reports bring about: where nothing is in force or under way, nothing."""
        if place.state.current is None and place.state.pending is None and place.state.ring == self._ring_of():
            return
        now_ds, before = self.now_ds(), self._numbered(place)
        sign = signing_of(before, self._step(place), now_ds)
        try:
            if self._unwanted(place):
                after, events = coordinator.fail(before, now_ds, "the schedule says something else by now", sign)
            else:
                after, events = coordinator.advance(before, now_ds, sign)
        except NotChecked:
            return
        except _OF_ALL:
            raise
        except InputError as error:  # the check said no
            why = "; ".join(fault.found for fault in error.faults)
            after, events = coordinator.fail(before, now_ds, why, sign.unchecked)
        if (after := replace(after, ring=self._ring_of())) != before:
            self._step_made(place, Happened(before, after, events, checked=sign.checked))

    def _unwanted(self, place: _Place) -> bool:
        """Whether a schedule began the roll-out under way, and says something else before it was activated."""
        pending = place.state.pending
        if pending is None or not pending.not_before_ds or pending.activation is not None:
            return False
        return not self._scheduled.wants(place.group, place.state)

    def _step(self, place: _Place) -> Step:
        assert self._ring is not None
        return Step(place.group, self._ring[0], self._signer, self._checks)

    def _signer(self) -> SigningKey:
        assert self._ring is not None
        return signing_key(self._ring[0], self._keys, self.now_ds())

    def _ring_of(self) -> tuple[int, bytes] | None:
        return None if self._ring is None else (self._ring[0].version, self._ring[1])

    def _numbered(self, place: _Place) -> Coordination:
        """The state with the reports, and the next sequence number of the whole service."""
        return replace(place.state, heard=dict(place.heard), next_sequence=self._next_sequence)

    def _elsewhere(self, place: _Place) -> frozenset[str]:
        others = (other.next or other.state for other in self._places.values() if other is not place)
        return frozenset(_releases(others))

    def _step_made(self, place: _Place, happened: Happened) -> None:
        """To be kept at the end of the tick; until then nobody sees it, and the group makes no other step."""
        place.next = replace(happened.after, heard={})
        self._next_sequence = max(self._next_sequence, happened.after.next_sequence)
        if happened.events:
            happened = replace(happened, elsewhere=self._elsewhere(place))
        self._steps.append((place, happened))

    def _keep(self, failed: list[Exception]) -> None:
        """First in the database, then to be seen: all steps at once, and where that fails each by itself."""
        try:
            if self._steps:
                keep_steps(self._database, self._office, [happened for _, happened in self._steps])
            for place, _ in self._steps:
                place.state, place.next = place.next or place.state, None
            self._steps = []
        except _OF_ALL:
            raise
        except Exception:
            for place, happened in self._taken_back():
                with _apart(failed):
                    alone = replace(happened, elsewhere=self._elsewhere(place))
                    keep_steps(self._database, self._office, [alone])
                    place.state = replace(happened.after, heard={})

    def _taken_back(self) -> list[tuple[_Place, Happened]]:
        """Steps that are not kept; their groups stand as before."""
        steps, self._steps = self._steps, []
        for place, _ in steps:
            place.next = None
        return steps

    def _write_receipts(self) -> None:
        """Keep them. Raises `InputError` when that is done, where some could not be kept."""
        faults: list[Fault] = []
        while some := self._receipts.first(_RECEIPTS_AT_ONCE):
            states = {name: place.state for name, place in self._places.items()}
            faults += keep_receipts(self._database, self._office, some, states)
            self._receipts.done(len(some))
        refuse_if_any(faults)


@contextmanager
def _apart(failed: list[Exception]) -> Iterator[None]:
    """What fails for one group keeps no other one waiting."""
    try:
        yield
    except _OF_ALL:
        raise
    except Exception as error:
        failed.append(error)


def _releases(states: Iterator[Coordination]) -> Iterator[str]:
    for state in states:
        for roll_out in (state.current, state.pending):
            for offered in () if roll_out is None else (roll_out.offer, roll_out.before):
                if offered.release is not None:
                    yield offered.release
