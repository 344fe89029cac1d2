"""How each group stands beside the calendar: as it says, by hand until the next change, or not, which is an alarm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from signals.delivery.beat import ds_of
from signals.delivery.coordinator import not_ready
from signals.delivery.roll_out import Coordination, Heard
from signals.service.delivery.groups import Group
from signals.service.delivery.requests import STOP
from signals.service.delivery.scheduled import Due, key_of, turns_due
from signals.store import delivery
from signals.store.database import Reading
from signals.store.delivery import RequestRow
from signals.store.instants import instant_of

LATE = timedelta(minutes=2)  # after its instant a change that was not ordered yet is told
_FAILED = ("refused", "abandoned", "rolled back", "failed", "lapsed")
_LOOKED_AT = 30  # events of a group since its turn was asked for


class Beside(StrEnum):
    """The ways in which a group can stand beside the calendar."""

    AS_IT_SAYS = "as it says"
    UNDER_WAY = "under way"
    BY_HAND = "by hand"
    STOPPED = "stopped by hand"
    LATE = "late"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a group stands, in words for people; `alarm`: what a schedule says is not done, and nobody wanted that."""

    beside: Beside
    told: str = ""
    alarm: bool = False

    def __str__(self) -> str:
        return f"{self.beside}: {self.told}" if self.told else str(self.beside)


def standings(
    reading: Reading,
    now: datetime,
    groups: Mapping[str, Group],
    states: Mapping[str, Coordination],
    heard: Mapping[str, Heard] | None,
) -> dict[str, Standing]:
    """Of the groups for which a schedule in force says something now. `heard`: by who coordinates; else None."""
    networks = {group.network_digest for group in groups.values()}
    turns = {network: turns_due(reading, network, now) for network in networks}
    if not any(due for pair in turns.values() for due in pair):
        return {}
    asked = delivery.latest_requests(reading, by_schedule=True)
    by_hand = delivery.latest_requests(reading, by_schedule=False)
    found: dict[str, Standing] = {}
    for name, group in groups.items():
        state = states.get(name) or Coordination(name, group.members, group.settings)
        if heard is not None:
            state = replace(state, heard={m: heard[m] for m in group.members if m in heard})
        looking = _Looking(reading, now, state, asked.get(name), by_hand.get(name), heard is not None)
        standing = next(looking.at(*turns[group.network_digest]), None)
        if standing is not None:
            found[name] = standing
    return found


@dataclass(frozen=True)
class _Looking:
    """One group: its state, what a schedule asked for last, and what a person did."""

    reading: Reading
    now: datetime
    state: Coordination
    asked: RequestRow | None
    hand: RequestRow | None
    live: bool

    def at(self, running: Due | None, coming: Due | None) -> Iterator[Standing]:
        """What there is to tell, what counts most first."""
        if self.hand is not None and self.hand.verb == STOP and (running or coming):
            waits = "the schedule waits until a person has it run a plan again"
            yield Standing(Beside.STOPPED, f"stopped by {self.hand.who}, {self._said_at(self.hand)}: {waits}")
        if coming is not None and self._is_for(coming) and not self._overruled() and (why := self._failed()):
            yield Standing(Beside.FAILED, f"{_told(coming)} will not come: {why}", alarm=True)
        if running is not None:
            yield from self._of_now(running)

    def _of_now(self, due: Due) -> Iterator[Standing]:
        current, pending = self.state.current, self.state.pending
        if current is not None and current.offer.release == due.release:
            yield Standing(Beside.AS_IT_SAYS)
        own = self._is_for(due)
        if self.hand is not None and (instant_of(self.hand.at) >= due.turn.at or (own and self._overruled())):
            told = f"{self.hand.verb}, asked for by {self.hand.who}, {self._said_at(self.hand)}: until the next change"
            yield Standing(Beside.BY_HAND, told)
        if own and (why := self._failed()):
            yield Standing(Beside.FAILED, f"{_told(due)} did not come: {why}", alarm=True)
        if pending is not None and pending.activation is not None and pending.offer.release == due.release:
            yield Standing(Beside.UNDER_WAY, f"{_told(due)}: on trial")
        late = self.now >= due.turn.at + LATE
        why = self._waits_for(due) if late else ""
        yield Standing(Beside.LATE if late else Beside.UNDER_WAY, f"{_told(due)} is not ordered yet{why}", alarm=late)

    def _waits_for(self, due: Due) -> str:
        pending = self.state.pending
        if pending is None:
            return ""
        if pending.not_before_ds != ds_of(due.turn.at):
            return ": another roll-out is under way"
        waits = not_ready(self.state, ds_of(self.now), pending) if self.live else ["its members"]
        return f": waits for {'; '.join(waits)}" if waits else ""

    def _is_for(self, due: Due) -> bool:
        return self.asked is not None and key_of(self.asked) == due.key

    def _overruled(self) -> bool:
        """Whether a person asked for something after the schedule did."""
        return self.asked is not None and self.hand is not None and self.hand.number > self.asked.number

    def _failed(self) -> str:
        """What became of what the schedule asked for, where it is no more under way."""
        assert self.asked is not None
        events = delivery.list_events(self.reading, self.state.group_id, limit=_LOOKED_AT)
        answered = [at for at, event in enumerate(events) if event.request_number == self.asked.number]
        since = events[answered[0] :] if answered else []
        failed = [event for event in since if event.what in _FAILED]
        return f"{failed[0].what}, {failed[0].why}"[:500] if failed else ""

    def _said_at(self, request: RequestRow) -> str:
        return f"{request.at[:16].replace('T', ' ')} UTC"


def _told(due: Due) -> str:
    return f"plan {due.turn.plan.name!r} from {due.turn.at:%Y-%m-%d %H:%M} UTC on"
