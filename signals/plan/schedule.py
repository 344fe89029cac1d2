"""Which plan runs when: entries by weekday or holiday and time of day, and the one plan of every instant.

A plan runs from its start until the next one, also over midnight. A day has the entries of its date where there are
any (holidays go before weekdays), else those of its weekday. Where clocks change, a start that does not exist takes
effect at the moment when the clock jumps over it, and one that comes twice takes effect the first time only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, model_validator

from networks.faults import Fault, refuse_if_any
from signals.plan.model import Document, Id, Model, Text
from signals.plan.soundness import twice

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SHORTEST_STAY_S = 900  # fewer seconds between two changes are worth a second look
LONGEST_VALIDITY_DAYS = 3660
_DAY = timedelta(days=1)


class PlanUse(Model):
    """A plan, by the name that the entries use and by its digest."""

    name: Id
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Entry(Model):
    """From `start` on, a plan: on weekdays, or on the dates of holidays."""

    start: time
    plan: Id
    weekdays: tuple[Weekday, ...] = ()
    holidays: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """An instant (UTC) at which another plan takes over."""

    at: datetime
    before: PlanUse
    after: PlanUse


class Schedule(Document):
    """Plans over weekdays and holidays, valid from the start of `valid_from` to the end of `valid_to` in `zone`."""

    format: Literal["greenband-schedule"] = "greenband-schedule"
    version: Literal[1] = 1
    name: Text = ""
    zone: Id
    valid_from: date
    valid_to: date
    plans: tuple[PlanUse, ...] = Field(min_length=1, max_length=253)
    entries: tuple[Entry, ...] = Field(min_length=1, max_length=10_000)

    @model_validator(mode="after")
    def _check(self) -> Self:
        refuse_if_any([*_of_plans(self), *_of_validity(self), *_of_entries(self)])
        return self

    def plan(self, name: str) -> PlanUse:
        """The plan of this name; KeyError if there is none."""
        for use in self.plans:
            if use.name == name:
                return use
        raise KeyError(f"schedule has no plan {name!r}")

    @property
    def begin(self) -> datetime:
        """The first instant of the validity (UTC)."""
        return instant_of(self.zone, self.valid_from, time())

    @property
    def end(self) -> datetime:
        """The first instant after the validity (UTC)."""
        return instant_of(self.zone, self.valid_to + _DAY, time())

    def days(self) -> Iterator[date]:
        """The days of the validity."""
        for number in range((self.valid_to - self.valid_from).days + 1):
            yield self.valid_from + number * _DAY


def plan_at(schedule: Schedule, instant: datetime) -> PlanUse:
    """The plan that runs at an instant. Raises ValueError for one without zone, and outside the validity."""
    if instant.tzinfo is None:
        raise ValueError(f"instant {instant.isoformat()} has no zone")
    if not schedule.begin <= instant < schedule.end:
        raise ValueError(
            f"{instant.isoformat()} is outside the validity of {schedule.valid_from} to {schedule.valid_to}"
        )
    day = instant.astimezone(ZoneInfo(schedule.zone)).date()
    begun = [plan for at, plan in _starts(schedule, day) if at <= instant]
    return schedule.plan(begun[-1] if begun else _last_of(schedule, day - _DAY))


def changes(schedule: Schedule, day: date) -> tuple[Change, ...]:
    """The instants of a day at which another plan takes over; a start of the plan that runs already is none."""
    if not schedule.valid_from <= day <= schedule.valid_to:
        raise ValueError(f"{day} is outside the validity, {schedule.valid_from} to {schedule.valid_to}")
    running, found = _last_of(schedule, day - _DAY), []
    for at, name in _starts(schedule, day):
        if name != running:
            found.append(Change(at, schedule.plan(running), schedule.plan(name)))
        running = name
    return tuple(found)


def switches(schedule: Schedule, day: date) -> tuple[str, tuple[tuple[int, str], ...]]:
    """What runs at local midnight, and the switches after it: (true seconds since then, name of the plan)."""
    midnight = instant_of(schedule.zone, day, time())
    later = [((change.at - midnight) // timedelta(seconds=1), change.after.name) for change in changes(schedule, day)]
    return plan_at(schedule, midnight).name, tuple((at, name) for at, name in later if at > 0)


def hurried(schedule: Schedule) -> tuple[Fault, ...]:
    """Flags: plans that stay for less than a quarter of an hour, each with the first day on which it happens."""
    found: dict[tuple[str, str, int], Fault] = {}
    last: Change | None = None
    for day in schedule.days():
        for change in changes(schedule, day):
            stay_s = SHORTEST_STAY_S if last is None else round((change.at - last.at).total_seconds())
            if stay_s < SHORTEST_STAY_S:
                name, following = change.before.name, change.after.name
                where = f"plan {name!r} before {following!r} on {day}"
                needed = f"at least {SHORTEST_STAY_S // 60} minutes between changes"
                found.setdefault((name, following, stay_s), Fault("stay", where, f"{stay_s} s", needed))
            last = change
    return tuple(found.values())


def instant_of(zone: str, day: date, at: time) -> datetime:
    """The instant (UTC) of a local time: the first of two, and the moment of the jump where clocks jump over it."""
    there = ZoneInfo(zone)
    local = datetime.combine(day, at, there)
    instant = local.astimezone(UTC)
    if instant.astimezone(there).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    low, high = (local.replace(fold=fold).astimezone(UTC) for fold in (1, 0))  # before and after the jump
    before = low.astimezone(there).utcoffset()
    while high - low > timedelta(seconds=1):  # clocks change at whole seconds
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (middle, high) if middle.astimezone(there).utcoffset() == before else (low, middle)
    return high


@lru_cache(maxsize=4096)
def _starts(schedule: Schedule, day: date) -> tuple[tuple[datetime, str], ...]:
    """The starts of a day in their order; where clocks jump over several, only the last of them."""
    own = [entry for entry in schedule.entries if day in entry.holidays]
    weekday = WEEKDAYS[day.weekday()]
    own = own or [entry for entry in schedule.entries if weekday in entry.weekdays]
    by_instant = {instant_of(schedule.zone, day, e.start): e.plan for e in sorted(own, key=lambda e: e.start)}
    return tuple(sorted(by_instant.items()))


def _last_of(schedule: Schedule, day: date) -> str:
    return _starts(schedule, day)[-1][1]


def _of_plans(schedule: Schedule) -> Iterator[Fault]:
    for name in twice(use.name for use in schedule.plans):
        yield Fault("plan", "plans", f"{name!r} more than once", "unique names")
    used = {entry.plan for entry in schedule.entries}
    known = {use.name for use in schedule.plans}
    for name in sorted(used - known):
        yield Fault("plan", "entries", f"{name!r} unknown", f"one of {', '.join(sorted(known))}")
    for name in sorted(known - used):
        yield Fault("plan", "plans", f"{name!r} in no entry", "plans that run at some time")


def _of_validity(schedule: Schedule) -> Iterator[Fault]:
    try:
        ZoneInfo(schedule.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Fault("zone", "schedule", repr(schedule.zone), "a time zone, as Europe/Berlin")
    days = (schedule.valid_to - schedule.valid_from).days + 1
    span = f"{schedule.valid_from} to {schedule.valid_to}"
    if not 1 <= days <= LONGEST_VALIDITY_DAYS:
        yield Fault("validity", "schedule", span, f"from 1 to {LONGEST_VALIDITY_DAYS} days")
    if not (date(1970, 1, 2) <= schedule.valid_from and schedule.valid_to <= date(9998, 12, 31)):
        yield Fault("validity", "schedule", span, "days from 1970-01-02 to 9998-12-31")
    for day in sorted({day for entry in schedule.entries for day in entry.holidays}):
        if not schedule.valid_from <= day <= schedule.valid_to:
            yield Fault("holiday", "entries", f"{day}", f"a day of the validity, {span}")


def _of_entries(schedule: Schedule) -> Iterator[Fault]:
    starts: list[str] = []
    for number, entry in enumerate(schedule.entries, 1):
        where = f"entry {number}"
        if bool(entry.weekdays) == bool(entry.holidays):
            yield Fault("days", where, "both kinds" if entry.weekdays else "none", "weekdays or dates of holidays")
        if entry.start.tzinfo is not None or entry.start.microsecond:
            yield Fault("start", where, entry.start.isoformat(), "a time of day in whole seconds, without a zone")
        starts += [f"{day} {entry.start.isoformat()}" for day in (*entry.weekdays, *map(str, entry.holidays))]
    for start in twice(starts):
        yield Fault("start", "entries", f"{start} more than once", "one plan at any time")
    served = {day for entry in schedule.entries for day in entry.weekdays}
    for day in WEEKDAYS:
        if day not in served:
            yield Fault("weekday", "entries", f"no entry for {day}", "at least one for each weekday")
