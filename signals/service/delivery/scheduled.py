"""What schedules in force ask for: ahead of each change, the plan of the next turn for every group of the network.

It is a request like any other, kept once for each turn, and done by the coordinator. What a person asks for stays until
the next change; after *stop* the schedule waits until a person has the group run a plan again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from networks.faults import Fault
from signals.delivery.beat import ds_of
from signals.delivery.roll_out import Coordination
from signals.release import WrongState
from signals.release.moves import IN_USE
from signals.service.delivery.groups import Group
from signals.service.delivery.requests import STOP, ask_by_schedule
from signals.service.library.lives import life_of
from signals.service.library.turns import Turn, calendar_in_force, next_turn, turn_now
from signals.store import calendar, delivery
from signals.store.database import Database, Reading
from signals.store.delivery import RequestRow
from signals.store.instants import instant_of, instant_text
from signals.store.office import Office

AHEAD = timedelta(minutes=10)  # of a change: for checks, loading, and the notice of an activation
_LOOK_AGAIN = timedelta(seconds=10)
_AT_ONCE = 100
Key = tuple[int, str]  # of a turn: the event that put its schedule in force, and its instant


@dataclass(frozen=True, slots=True)
class Due:
    """A turn of a network, and the release of its plan."""

    turn: Turn
    release: str

    @property
    def key(self) -> Key:
        return self.turn.by.event_number, instant_text(self.turn.at)


def key_of(request: RequestRow) -> Key | None:
    """The turn for which a schedule made a request; None for one that a person made."""
    return None if request.event_number is None or request.turn_at is None else (request.event_number, request.turn_at)


def turns_due(reading: Reading, network_digest: str, now: datetime) -> tuple[Due | None, Due | None]:
    """The turn of now, and one that is so near that it is prepared."""
    schedules = calendar_in_force(reading, network_digest)
    running, coming = turn_now(schedules, now), next_turn(schedules, now, AHEAD)
    return (None if running is None else _due(reading, running)), (None if coming is None else _due(reading, coming))


class ScheduledOrders:
    """The calendars as the coordinator remembers them, and what was asked for by whom."""

    def __init__(self, reading: Reading) -> None:
        self._by_hand = delivery.latest_requests(reading, by_schedule=False)
        self._asked = delivery.latest_requests(reading, by_schedule=True)
        self._last = delivery.last_request(reading)
        self._turns: dict[str, tuple[Due, ...]] = {}
        self._made: set[tuple[str, Key]] = set()
        self._to_ask = False  # whether all groups are to be looked through, which takes a while where there are many
        self._version, self._networks, self._until = -1, frozenset[str](), datetime.min.replace(tzinfo=UTC)

    def look(self, reading: Reading, groups: Iterable[Group], now: datetime, new: Iterable[RequestRow]) -> None:
        """What is new in the calendars, and among requests."""
        for request in new:
            latest = self._asked if request.by_schedule else self._by_hand
            if request.group_id not in latest or request.number > latest[request.group_id].number:
                latest[request.group_id] = request  # an earlier one may be answered later
            self._last = max(self._last, request.number)
        version, networks = calendar.calendar_version(reading), frozenset(group.network_digest for group in groups)
        if (version, networks) == (self._version, self._networks) and now < self._until:
            return
        self._turns = {
            network: tuple(filter(None, turns_due(reading, network, now))) for network in networks if version
        }
        keys = {due.key for turns in self._turns.values() for due in turns}
        self._made = {made for made in self._made if made[1] in keys}
        self._version, self._networks, self._until = version, networks, now + _LOOK_AGAIN
        self._to_ask = any(self._turns.values())

    def ask(self, database: Database, office: Office, groups: Iterable[tuple[Group, Coordination]]) -> None:
        """Ask for what is due in groups, each turn once. Raises `LostOffice`."""
        if not self._to_ask:
            return
        now = database.now()
        due = [*islice((one for group, state in groups for one in self._due(group, state, now)), _AT_ONCE)]
        if not due:
            self._to_ask = False
            return
        with database.writing() as writing:
            office.refuse_lost(writing)
            if delivery.last_request(writing) != self._last:
                return  # somebody asked for something just now: look at that first
            for group_id, one in due:
                if not delivery.turn_kept(writing, group_id, *one.key):
                    ask_by_schedule(writing, group_id, one.release, one.turn)
        self._made |= {(group_id, one.key) for group_id, one in due}

    def refuse_unwanted(self, database: Database, group: Group, state: Coordination, request: RequestRow) -> None:
        """Raise `InputError` where what a schedule asked for is not to be done any more, or may not be done."""
        where = f"group {group.group_id!r}"
        hand, wanted = self._by_hand.get(group.group_id), {due.key: due for due in self._turns_of(group)}
        if hand is not None and hand.number > request.number:
            found = f"{hand.verb}, asked for by {hand.who} since"
            raise WrongState([Fault("schedule", where, found, "nothing by hand since, until the next change")])
        if key_of(request) not in wanted:
            raise WrongState([Fault("schedule", where, "another one, or another turn by now", "what it says now")])
        if state.current is not None and state.current.offer.release == request.release_digest:
            raise WrongState([Fault("schedule", where, "the plan runs already", "one that does not")])
        plan_digest = wanted[key_of(request) or (0, "")].turn.plan.digest
        with database.reading() as reading:
            life = life_of(reading, plan_digest)
        if life.state not in IN_USE or life.release_digest != request.release_digest:
            needed = "released or active; another schedule, or `greenband fleet roll-back`, which restores it"
            raise WrongState([Fault("state", f"plan {plan_digest[:12]}, {where}", str(life.state), needed)])

    def wants(self, group: Group, state: Coordination) -> bool:
        """Whether a roll-out that a schedule began is still what the calendar says."""
        pending, asked = state.pending, self._asked.get(group.group_id)
        assert pending is not None
        return (
            asked is not None
            and key_of(asked) in {due.key for due in self._turns_of(group)}
            and asked.release_digest == pending.offer.release
            and asked.turn_at is not None
            and ds_of(instant_of(asked.turn_at)) == pending.not_before_ds
        )

    def _turns_of(self, group: Group) -> tuple[Due, ...]:
        return self._turns.get(group.network_digest, ())

    def _due(self, group: Group, state: Coordination, now: datetime) -> Iterator[tuple[str, Due]]:
        hand = self._by_hand.get(group.group_id)
        if hand is not None and hand.verb == STOP:
            return
        for due in self._turns_of(group)[-1:]:  # where a change is near, what is missing until then is left out
            late = hand is not None and due.turn.at <= now and instant_of(hand.at) >= due.turn.at
            if not (late or (group.group_id, due.key) in self._made or _runs(state, due)):
                yield group.group_id, due


def _due(reading: Reading, turn: Turn) -> Due | None:
    release = life_of(reading, turn.plan.digest).release_digest
    return None if release is None else Due(turn, release)  # plans of a schedule in force were released


def _runs(state: Coordination, due: Due) -> bool:
    """Whether a group runs the plan of a turn, as long as nothing else comes before it, or is about to."""
    pending, current, at_ds = state.pending, state.current, ds_of(due.turn.at)
    runs = current is not None and current.offer.release == due.release
    if pending is None or (pending.activation is None and pending.not_before_ds > at_ds):
        return runs
    return pending.offer.release == due.release and (pending.activation is not None or pending.not_before_ds == at_ds)
