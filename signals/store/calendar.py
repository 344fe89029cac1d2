"""Which schedules are in force for a network: put in force and withdrawn by events, never changed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, insert, select

from signals.store.database import Reading, Writing
from signals.store.instants import instant_text
from signals.store.numbers import next_number
from signals.store.tables import schedule_events


@dataclass(frozen=True, slots=True)
class ScheduleEvent:
    """A schedule put in force, or withdrawn."""

    number: int
    schedule_digest: str
    in_force: bool
    at: str
    who: str
    why: str


def schedule_events_of(reading: Reading, network_digest: str) -> list[ScheduleEvent]:
    """All events of the calendar of a network in their order."""
    columns = [schedule_events.c[name] for name in ("number", "schedule_digest", "in_force", "at", "who", "why")]
    rows = select(*columns).where(schedule_events.c.network_digest == network_digest)
    found = reading.connection.execute(rows.order_by(schedule_events.c.number))
    return [ScheduleEvent(row[0], row[1], bool(row[2]), *row[3:]) for row in found]


def events_in_force(reading: Reading, network_digest: str) -> dict[str, ScheduleEvent]:
    """The events that put the schedules in force which are so now, by the digests of these, in their order."""
    known: dict[str, ScheduleEvent] = {}
    for event in schedule_events_of(reading, network_digest):
        if event.in_force:
            known[event.schedule_digest] = event
        else:
            known.pop(event.schedule_digest, None)
    return known


def in_force(reading: Reading, network_digest: str) -> tuple[str, ...]:
    """The digests of the schedules in force, in the order in which they were put in force."""
    return tuple(events_in_force(reading, network_digest))


def calendar_version(reading: Reading) -> int:
    """How often a schedule was put in force or withdrawn: what is remembered holds as long as this number does."""
    return int(reading.connection.execute(select(func.coalesce(func.max(schedule_events.c.number), 0))).scalar_one())


def append_schedule_event(
    writing: Writing, network_digest: str, schedule_digest: str, *, begins: bool, who: str, why: str
) -> None:
    """Put a schedule in force, or withdraw it."""
    row = {"number": next_number(writing, schedule_events), "network_digest": network_digest, "who": who, "why": why}
    row |= {"schedule_digest": schedule_digest, "in_force": int(begins), "at": instant_text(writing.at)}
    writing.connection.execute(insert(schedule_events), row)
