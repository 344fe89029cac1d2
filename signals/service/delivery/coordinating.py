"""The coordinator as a part of the service: the protocol of `delivery/coordinator.py` over the database.

Polls are answered out of memory: they read how a group stands and write nothing. All else happens in `tick`, which one
thread calls twice a second: requests, new rounds, ways back, receipts. What it decides is in the database before any
poll can see it; so a process that is killed goes on where it was, and one that lost the office writes nothing any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
from signals.service.delivery.checking import Checks, NotChecked
from signals.service.delivery.consequences import REFUSED, Happened
from signals.service.delivery.groups import Group, groups_of
from signals.service.delivery.judging import Judging
from signals.service.delivery.keeping import keep_receipts, keep_step, known_reports, known_states
from signals.service.delivery.offering import Step, asked_of, signing_of
from signals.service.delivery.signing import NoSigningKey, ring_in_force, signing_key
from signals.store import delivery
from signals.store.database import Database, Reading
from signals.store.delivery import RequestRow
from signals.store.failures import DatabaseFailed
from signals.store.office import LostOffice, Office

_RECEIPTS_AT_ONCE = 200
_OF_ALL = (LostOffice, NoSigningKey, DatabaseFailed)  # concerns every group, and is no answer to anybody


@dataclass
class _Place:
    """A group in memory. `state` is what the database has; `heard` is what its members said."""

    group: Group
    state: Coordination
    heard: dict[str, Heard] = field(default_factory=dict)

    def whole(self) -> Coordination:
        return replace(self.state, heard=dict(self.heard))


class Coordinator:
    """Holds the office. `hear` may be called at any time from any thread, `tick` from one."""

    def __init__(self, database: Database, judging: Judging, keys: Path, office: Office) -> None:
        self._database, self._keys, self._office = database, keys, office
        self._checks = Checks(database, judging)
        self._places: dict[str, _Place] = {}
        self._place_of: dict[str, _Place] = {}
        self._receipts: list[tuple[str, Report]] = []
        self._ring: tuple[KeyRing, bytes] | None = None
        self._next_sequence = 1
        with database.reading() as reading:
            self._restore(reading)

    def now_ds(self) -> int:
        """The common clock [ds since 1970, UTC]."""
        return ds_of(self._database.now())

    def hear(self, report: Report) -> Answer:
        """Take a member's report, and say what it lacks. A controller of no group is told nothing."""
        now_ds, place = self.now_ds(), self._place_of.get(report.controller_id)
        if place is None:
            return Answer(now_ds)
        known = place.heard.get(report.controller_id)
        if known is None or report.order >= known.report.order:
            place.heard[report.controller_id] = Heard(report, now_ds)
            if known is None or known.report.told != report.told:
                self._receipts.append((place.group.group_id, report))
        return coordinator.lacking(place.state, now_ds, report)

    def state_of(self, controller_id: str) -> Coordination | None:
        """How the group of a controller stands; None where it is of none."""
        place = self._place_of.get(controller_id)
        return None if place is None else place.state

    def heard(self) -> Mapping[str, Heard]:
        """The latest report of every controller."""
        return {name: heard for place in [*self._places.values()] for name, heard in [*place.heard.items()]}

    def key_ring(self) -> bytes:
        """The signed document of the ring in force."""
        assert self._ring is not None
        return self._ring[1]

    def tick(self) -> None:
        """Whatever is due in every group, also where one of them fails, which is told at the end.

        Raises `LostOffice` where another process coordinates by now, `NoSigningKey` where this one can sign nothing.
        """
        with self._database.reading() as reading:
            self._ring = ring_in_force(reading)
            self._define(groups_of(reading))
            requests = delivery.open_requests(reading)
        failed: list[Exception] = []
        for request in requests:
            if request.group_id in self._places:
                with _apart(failed):
                    self._do(self._places[request.group_id], request)
        for place in self._places.values():
            with _apart(failed):
                self._advance(place)
        with _apart(failed):
            self._write_receipts()
        if failed:
            raise failed[0]

    def close(self) -> None:
        """Give the office back."""
        self._checks.close()
        self._office.leave()

    # --- groups ---

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
        self._places[place.group.group_id] = place
        members = dict.fromkeys(place.state.members, place)
        others = {m: p for m, p in self._place_of.items() if p.group.group_id != place.group.group_id}
        self._place_of = others | members

    # --- steps ---

    def _do(self, place: _Place, request: RequestRow) -> None:
        """What somebody asked for; where it cannot be done, that is its answer."""
        now_ds, before = self.now_ds(), self._numbered(place)
        try:
            after, events, checked = asked_of(before, now_ds, request, self._step(place), self._database)
        except NotChecked:
            return
        except _OF_ALL:
            raise
        except InputError as error:
            refusal = Event(now_ds, REFUSED, 0, request.release_digest, "; ".join(map(str, error.faults)))
            after, events, checked = before, (refusal,), None
        self._kept(place, Happened(before, after, events, request, self._elsewhere(place), checked))

    def _advance(self, place: _Place) -> None:
        """What time and reports bring about."""
        now_ds, before = self.now_ds(), self._numbered(place)
        sign = signing_of(before, self._step(place), now_ds)
        try:
            after, events = coordinator.advance(before, now_ds, sign)
        except NotChecked:
            return
        except _OF_ALL:
            raise
        except InputError as error:  # the check said no
            why = "; ".join(fault.found for fault in error.faults)
            after, events = coordinator.fail(before, now_ds, why, sign.unchecked)
        if (after := replace(after, ring=self._ring_of())) != before:
            self._kept(place, Happened(before, after, events, None, self._elsewhere(place), sign.checked))

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
        return replace(place.whole(), next_sequence=self._next_sequence)

    def _elsewhere(self, place: _Place) -> frozenset[str]:
        return frozenset(_releases(other.state for other in self._places.values() if other is not place))

    def _kept(self, place: _Place, happened: Happened) -> None:
        """First in the database, then to be seen."""
        keep_step(self._database, self._office, happened)
        place.state = replace(happened.after, heard={})
        self._next_sequence = max(self._next_sequence, happened.after.next_sequence)

    def _write_receipts(self) -> None:
        """Keep them. Raises `InputError` when that is done, where some could not be kept."""
        faults: list[Fault] = []
        while self._receipts:
            some = self._receipts[:_RECEIPTS_AT_ONCE]
            states = {name: place.state for name, place in self._places.items()}
            faults += keep_receipts(self._database, self._office, some, states)
            del self._receipts[: len(some)]
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
