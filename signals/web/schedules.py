"""The page of schedules and groups: what is meant to run when, and what each group was told to run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from signals.plan import Entry, Schedule
from signals.plan.schedule import WEEKDAYS
from signals.service.delivery.calendar_beside import Standing
from signals.service.delivery.coordinating import Coordinator
from signals.service.delivery.fleet import beside_the_calendar
from signals.service.library.turns import CalendarNow, calendar_now
from signals.store import library
from signals.store.database import Database
from signals.store.library import LibraryPlan
from signals.web.fleet import GroupShown, groups_shown
from signals.web.html import page

_SHORT = {day: day[:3].capitalize() for day in WEEKDAYS}


@dataclass(frozen=True, slots=True)
class EntryShown:
    """From when on which plan runs on which days."""

    days: str
    start: str
    plan: str
    version: str
    state: str


@dataclass(frozen=True, slots=True)
class ScheduleShown:
    """A schedule in force."""

    digest: str
    name: str
    valid_from: str
    valid_to: str
    zone: str
    entries: Sequence[EntryShown]


@dataclass(frozen=True, slots=True)
class GroupBeside:
    """A group beside the calendar; `beside` None: the calendar says nothing of it."""

    group_id: str
    controllers: int
    should_run: str
    under_way: str
    stamps: Sequence[str]
    alarms: int
    beside: Standing | None


@dataclass(frozen=True, slots=True)
class NetworkShown:
    """A network with its calendar and its groups."""

    digest: str
    name: str
    now: str
    next_plan: str
    next_at: datetime | None
    schedules: Sequence[ScheduleShown]
    groups: Sequence[GroupBeside]


def schedules_page(database: Database, coordinator: Coordinator | None, last_heard_ds: Mapping[str, int]) -> str:
    """The page."""
    groups = groups_shown(database, coordinator, last_heard_ds)
    beside = beside_the_calendar(database, coordinator)
    with database.reading() as reading:
        networks = [
            _network(digest, name, calendar_now(reading, digest, database.now()), groups, beside)
            for digest, name in library.list_networks(reading).items()
        ]
    return page("schedules.html", now=database.now(), networks=networks)


def _network(
    digest: str, name: str, calendar: CalendarNow, groups: Sequence[GroupShown], beside: Mapping[str, Standing]
) -> NetworkShown:
    coming = calendar.coming
    return NetworkShown(
        digest,
        name,
        _version(calendar.now),
        _version(None if coming is None else calendar.plans[coming.plan.digest]),
        None if coming is None else coming.at,
        [_schedule(found, one, calendar.plans) for found, one in calendar.schedules.items()],
        [_beside(group, beside.get(group.group_id)) for group in groups if group.network_digest == digest],
    )


def _version(plan: LibraryPlan | None) -> str:
    return "" if plan is None else f"v{plan.version} ({plan.plan_digest[:12]})"


def _beside(group: GroupShown, standing: Standing | None) -> GroupBeside:
    return GroupBeside(
        group.group_id,
        group.controllers,
        group.should_run,
        group.under_way,
        group.stamps,
        group.alarms,
        standing,
    )


def _schedule(digest: str, schedule: Schedule, plans: Mapping[str, LibraryPlan]) -> ScheduleShown:
    entries = sorted(schedule.entries, key=_order)
    return ScheduleShown(
        digest,
        schedule.name,
        str(schedule.valid_from),
        str(schedule.valid_to),
        schedule.zone,
        [_entry(entry, plans.get(schedule.plan(entry.plan).digest)) for entry in entries],
    )


def _order(entry: Entry) -> tuple[bool, list[int], list[str], str]:
    """Weekdays before holidays, each day's starts together."""
    days = [WEEKDAYS.index(day) for day in entry.weekdays]
    return not days, days, [str(day) for day in entry.holidays], str(entry.start)


def _entry(entry: Entry, plan: LibraryPlan | None) -> EntryShown:
    return EntryShown(
        days_told(entry),
        entry.start.isoformat("auto"),
        entry.plan,
        "" if plan is None else f"v{plan.version}",
        "" if plan is None else plan.state,
    )


def days_told(entry: Entry) -> str:
    """The days of an entry in a few words: "Mon to Fri", "Sat, Sun", dates of holidays."""
    places = sorted(WEEKDAYS.index(day) for day in entry.weekdays)
    if len(places) > 2 and places == [*range(places[0], places[-1] + 1)]:
        told = [f"{_SHORT[WEEKDAYS[places[0]]]} to {_SHORT[WEEKDAYS[places[-1]]]}"]
    else:
        told = [_SHORT[WEEKDAYS[place]] for place in places]
    return ", ".join([*told, *map(str, entry.holidays)])
