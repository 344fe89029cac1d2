"""Moves of plans, appended and never changed: the state of a plan is that of its last event."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from sqlalchemy import insert, select

from networks.faults import Fault, InputError
from signals.store.database import Reading, Writing
from signals.store.numbers import next_number
from signals.store.tables import plan_events


class MovedMeanwhile(InputError):
    """Somebody else moved the plan after it was looked at; the same call may make no sense any more."""


@dataclass(frozen=True, slots=True)
class PlanEvent:
    """An event as it is kept; `stamps` in one text, separated by commas."""

    move: str
    state: str
    at: str
    who: str
    role: str
    proof: str
    why: str
    report_digest: str | None
    release_digest: str | None
    stamps: str


_COLUMNS = [plan_events.c[field.name] for field in fields(PlanEvent)]


def events_of(reading: Reading, plan_digest: str) -> list[PlanEvent]:
    """All events of a plan in their order."""
    rows = select(*_COLUMNS).where(plan_events.c.plan_digest == plan_digest).order_by(plan_events.c.position)
    return [PlanEvent(*row) for row in reading.connection.execute(rows)]


def append_event(writing: Writing, plan_digest: str, seen: int, event: PlanEvent) -> None:
    """Append to a plan of which `seen` events were looked at.

    Raises `MovedMeanwhile` where there are more by now: of those who looked at the same state, the first one wins.
    """
    known = events_of(writing, plan_digest)
    if len(known) != seen:
        last = known[-1]
        found = f"{last.state} since {last.at}, by {last.who}"
        needed = "the state that was looked at; look again"
        raise MovedMeanwhile([Fault("state", f"plan {plan_digest[:12]}, {event.move}", found, needed)])
    row = {"number": next_number(writing, plan_events), "plan_digest": plan_digest, "position": seen + 1}
    writing.connection.execute(insert(plan_events), row | asdict(event))
