"""The turns of a network's calendar: from which instant on which plan is meant to run, across schedules in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from signals.plan import PlanUse, Schedule, changes, plan_at
from signals.service.library.calendar import schedules_of
from signals.store import calendar, library
from signals.store.database import Reading
from signals.store.instants import instant_of
from signals.store.library import LibraryPlan

_DAY = timedelta(days=1)
_TOLD_AHEAD = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class InForce:
    """A schedule in force, since when, and by the event of which number; `who` put it in force."""

    schedule: Schedule
    digest: str
    event_number: int
    since: datetime
    who: str


@dataclass(frozen=True, slots=True)
class Turn:
    """From `at` (UTC) on the calendar says `plan`; `by` is the schedule that does."""

    at: datetime
    plan: PlanUse
    by: InForce


def calendar_in_force(reading: Reading, network_digest: str) -> tuple[InForce, ...]:
    """The schedules in force for a network, in the order of their days."""
    events = calendar.events_in_force(reading, network_digest)
    known = schedules_of(reading, tuple(events))
    found = [
        InForce(known[digest], digest, event.number, instant_of(event.at), event.who)
        for digest, event in events.items()
    ]
    return tuple(sorted(found, key=lambda one: one.schedule.valid_from))


def turn_now(schedules: Sequence[InForce], now: datetime) -> Turn | None:
    """The turn of an instant: since the last change to another plan, and not from before its schedule came into force
    and into its days; None where no schedule says anything."""
    by = _saying(schedules, now)
    if by is None:
        return None
    least = max(by.schedule.begin, by.since)
    at = next((change for change in _changes_before(by.schedule, now, least)), least)
    return Turn(max(at, least), plan_at(by.schedule, now), by)


def next_turn(schedules: Sequence[InForce], now: datetime, within: timedelta) -> Turn | None:
    """The first turn after an instant to another plan; None where there is none within that time."""
    found = [turn for by in schedules for turn in _turns_after(by, now, now + within)]
    saying = _saying(schedules, now)
    running = None if saying is None else plan_at(saying.schedule, now).digest
    return min((turn for turn in found if turn.plan.digest != running), key=lambda turn: turn.at, default=None)


@dataclass(frozen=True, slots=True)
class CalendarNow:
    """The calendar of a network at a moment: schedules in force by digest, their plans by digest, which one runs by it,
    and the next turn."""

    schedules: Mapping[str, Schedule]
    plans: Mapping[str, LibraryPlan]
    now: LibraryPlan | None
    coming: Turn | None


def calendar_now(reading: Reading, network_digest: str, now: datetime) -> CalendarNow:
    """The calendar of a network at an instant."""
    schedules = calendar_in_force(reading, network_digest)
    digests = {use.digest for one in schedules for use in one.schedule.plans}
    found = {digest: library.find_plan(reading, digest) for digest in sorted(digests)}
    plans = {digest: plan for digest, plan in found.items() if plan is not None}  # nothing leaves the library
    by = _saying(schedules, now)
    running = None if by is None else plans[plan_at(by.schedule, now).digest]
    return CalendarNow(
        {one.digest: one.schedule for one in schedules}, plans, running, next_turn(schedules, now, _TOLD_AHEAD)
    )


def _saying(schedules: Sequence[InForce], now: datetime) -> InForce | None:
    return next((one for one in schedules if one.schedule.begin <= now < one.schedule.end), None)


def _changes_before(schedule: Schedule, now: datetime, least: datetime) -> Iterator[datetime]:
    """Changes to another plan up to an instant, the last one first, as far back as `least`."""
    if len({use.digest for use in schedule.plans}) == 1:
        return
    day, first = _local(schedule, now), _local(schedule, least)
    while day >= max(first, schedule.valid_from):
        for change in reversed(changes(schedule, day)):
            if change.at <= now and change.before.digest != change.after.digest:
                yield change.at
        day -= _DAY


def _turns_after(by: InForce, now: datetime, end: datetime) -> Iterator[Turn]:
    schedule, day = by.schedule, _local(by.schedule, now)
    if now < schedule.begin <= end:
        yield Turn(schedule.begin, plan_at(schedule, schedule.begin), by)
    while day <= _local(schedule, end):
        if schedule.valid_from <= day <= schedule.valid_to:
            for change in changes(schedule, day):
                if max(now, schedule.begin) < change.at <= end:
                    yield Turn(change.at, change.after, by)
        day += _DAY


def _local(schedule: Schedule, instant: datetime) -> date:
    return instant.astimezone(ZoneInfo(schedule.zone)).date()
