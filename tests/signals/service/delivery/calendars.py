"""Schedules of the corridor, put in force: plans by letter from so many minutes after dawn on, every day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from signals.cli.desk_here import JUDGES
from signals.plan import Entry, PlanUse, Schedule
from signals.plan.schedule import WEEKDAYS
from signals.service.library import calendar
from signals.store.database import Database
from tests.databases import DAWN
from tests.signals.service.delivery.releasing import OPERATOR, WHY


def schedule_of(plans: Mapping[str, str], *starts: tuple[int, str]) -> Schedule:
    """For the week of dawn. `starts`: minutes after dawn, and the name of a plan."""
    entries = [(DAWN + timedelta(minutes=minutes), name) for minutes, name in starts]
    return Schedule(
        name="week",
        zone="UTC",
        valid_from=DAWN.date(),
        valid_to=DAWN.date() + timedelta(days=6),
        plans=tuple(PlanUse(name=name, digest=plans[name]) for name in dict.fromkeys(name for _, name in starts)),
        entries=tuple(Entry(start=at.time(), plan=name, weekdays=WEEKDAYS) for at, name in entries),
    )


def put_in_force(database: Database, schedule: Schedule, replaces: Sequence[str] = ()) -> str:
    """Judged as it is for the street; its digest."""
    judged = calendar.judge_schedule(database, JUDGES, schedule, replaces=replaces, method="short way")
    return calendar.put_in_force(database, OPERATOR, judged, replaces=replaces, why=WHY)
