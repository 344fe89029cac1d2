"""Groups of controllers, what is asked for them, how their roll-outs stand, what happened and what was reported.

Rows only: what they mean is known to `signals/service/delivery`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Select, Table, func, insert, select

from signals.store.database import Reading, Writing
from signals.store.instants import instant_text
from signals.store.kinds import Kind
from signals.store.numbers import next_number
from signals.store.tables import (
    controller_reports,
    delivery_events,
    delivery_groups,
    delivery_requests,
    delivery_states,
    delivery_turns,
    documents,
)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group as it was last defined; `content` is JSON."""

    group_id: str
    network_digest: str
    content: str
    at: str
    who: str


@dataclass(frozen=True, slots=True)
class RequestRow:
    """What somebody wants of a group. Without a release: its local schedules.

    `event_number`, `turn_at`: of what a schedule asks for, the event that put it in force, and the begin of the turn.
    """

    number: int
    group_id: str
    verb: str
    release_digest: str | None
    valid_until: str | None
    at: str
    who: str
    role: str
    proof: str
    why: str
    event_number: int | None = None
    turn_at: str | None = None

    @property
    def by_schedule(self) -> bool:
        return self.event_number is not None


@dataclass(frozen=True, slots=True)
class EventRow:
    """What happened to a roll-out, and the request that it answers."""

    number: int
    group_id: str
    request_number: int | None
    at: str
    what: str
    sequence: int
    release_digest: str | None
    why: str


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report that told something new, by the digest of its receipt."""

    controller_id: str
    group_id: str
    at: str
    receipt_digest: str


def put_group(writing: Writing, group_id: str, network_digest: str, content: str, *, who: str, why: str) -> None:
    """Define a group, or define it anew."""
    row = {"group_id": group_id, "network_digest": network_digest, "content": content, "who": who, "why": why}
    _insert(writing, delivery_groups, row)


def list_groups(reading: Reading) -> dict[str, GroupRow]:
    """The groups as they are defined now, in the order of their names."""
    columns = [delivery_groups.c[name] for name in ("group_id", "network_digest", "content", "at", "who")]
    rows = reading.connection.execute(select(*columns).order_by(delivery_groups.c.number))
    return dict(sorted({row.group_id: GroupRow(*row) for row in rows}.items()))


def group_version(reading: Reading) -> int:
    """How often groups were defined so far: what is remembered of them holds as long as this number does."""
    return int(reading.connection.execute(select(func.coalesce(func.max(delivery_groups.c.number), 0))).scalar_one())


def put_request(
    writing: Writing, group_id: str, verb: str, release: str | None, *, valid_until: str | None, **by: str
) -> int:
    """Keep what somebody (`who`, `role`, `proof`) wants, and `why`; its number."""
    row = {"group_id": group_id, "verb": verb, "release_digest": release, "valid_until": valid_until, **by}
    return _insert(writing, delivery_requests, row)


def open_requests(reading: Reading, *, after: int = 0) -> list[RequestRow]:
    """Requests that no event answers yet, in their order, of those with numbers above `after`."""
    answered = select(delivery_events.c.request_number).where(delivery_events.c.request_number > after)
    rows = _requests().where(delivery_requests.c.number > after)
    rows = rows.where(delivery_requests.c.number.not_in(answered))
    found = reading.connection.execute(rows.order_by(delivery_requests.c.number))
    return [RequestRow(**row._mapping) for row in found]


def put_turn(writing: Writing, request_number: int, group_id: str, event_number: int, turn_at: str) -> None:
    """Keep for which turn a schedule in force made a request; for each at most one."""
    row = {"request_number": request_number, "group_id": group_id, "event_number": event_number, "turn_at": turn_at}
    writing.connection.execute(insert(delivery_turns), row)


def turn_kept(reading: Reading, group_id: str, event_number: int, turn_at: str) -> bool:
    """Whether a schedule made its request for a turn already."""
    turns = delivery_turns.c
    rows = select(turns.request_number).where(turns.group_id == group_id, turns.event_number == event_number)
    return reading.connection.execute(rows.where(turns.turn_at == turn_at)).first() is not None


def latest_requests(reading: Reading, *, by_schedule: bool) -> dict[str, RequestRow]:
    """The last request for each group that a schedule made, or that a person made."""
    turns = select(delivery_turns.c.request_number)
    number = delivery_requests.c.number
    newest = select(func.max(number)).where(number.in_(turns) if by_schedule else number.not_in(turns))
    rows = _requests().where(number.in_(newest.group_by(delivery_requests.c.group_id)))
    return {row.group_id: RequestRow(**row._mapping) for row in reading.connection.execute(rows)}


def led_back_by_hand(reading: Reading, group_id: str, sequence: int) -> bool:
    """Whether the activation of this number is a way back that a person asked for."""
    rows = select(delivery_events.c.request_number).where(delivery_events.c.group_id == group_id)
    rows = rows.where(delivery_events.c.sequence == sequence, delivery_events.c.request_number.is_not(None))
    return reading.connection.execute(rows.limit(1)).first() is not None


def _requests() -> Select[Any]:
    turns = [delivery_turns.c.event_number, delivery_turns.c.turn_at]
    rows = select(delivery_requests, *turns)
    return rows.outerjoin(delivery_turns, delivery_turns.c.request_number == delivery_requests.c.number)


def last_request(reading: Reading) -> int:
    """The number of the last request; 0 before the first."""
    newest = select(func.coalesce(func.max(delivery_requests.c.number), 0))
    return int(reading.connection.execute(newest).scalar_one())


def put_states(writing: Writing, term: int, contents: Mapping[str, bytes]) -> None:
    """Keep how groups stand."""
    rows = [{"group_id": group_id, "term": term, "content": content} for group_id, content in contents.items()]
    _insert_all(writing, delivery_states, rows)


def latest_states(reading: Reading) -> dict[str, bytes]:
    """How each group stands."""
    newest = select(func.max(delivery_states.c.number)).group_by(delivery_states.c.group_id)
    rows = select(delivery_states.c.group_id, delivery_states.c.content).where(delivery_states.c.number.in_(newest))
    return {row.group_id: bytes(row.content) for row in reading.connection.execute(rows)}


def put_event(
    writing: Writing, group_id: str, what: str, sequence: int, release: str | None, why: str, request: int | None
) -> None:
    """Keep what happened."""
    row = {"group_id": group_id, "request_number": request, "what": what, "sequence": sequence}
    _insert(writing, delivery_events, row | {"release_digest": release, "why": why})


def list_events(reading: Reading, group_id: str, *, before: int | None = None, limit: int = 100) -> list[EventRow]:
    """The latest events of a group, of those with numbers below `before`, in their order."""
    rows = select(delivery_events).where(delivery_events.c.group_id == group_id)
    if before is not None:
        rows = rows.where(delivery_events.c.number < before)
    found = reading.connection.execute(rows.order_by(delivery_events.c.number.desc()).limit(limit)).all()
    return [EventRow(**row._mapping) for row in reversed(found)]


def put_reports(writing: Writing, reports: Sequence[ReportRow]) -> None:
    """Keep that controllers told something new; `at` is now."""
    rows = [asdict(report) for report in reports]
    _insert_all(writing, controller_reports, [{name: row[name] for name in row if name != "at"} for row in rows])


def latest_reports(reading: Reading) -> list[ReportRow]:
    """The last report of each controller that told something new."""
    newest = select(func.max(controller_reports.c.number)).group_by(controller_reports.c.controller_id)
    columns = [controller_reports.c[name] for name in ("controller_id", "group_id", "at", "receipt_digest")]
    found = select(*columns).where(controller_reports.c.number.in_(newest)).order_by(controller_reports.c.controller_id)
    return [ReportRow(*row) for row in reading.connection.execute(found)]


def latest_of(reading: Reading, kind: Kind) -> str | None:
    """The digest of the document of a kind that was kept last."""
    newest = select(documents.c.digest).where(documents.c.kind == kind.value)
    return reading.connection.execute(newest.order_by(documents.c.number.desc()).limit(1)).scalar_one_or_none()


def _insert_all(writing: Writing, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        first, at = next_number(writing, table), instant_text(writing.at)
        numbered = [{"number": first + place, "at": at, **row} for place, row in enumerate(rows)]
        writing.connection.execute(insert(table), numbered)


def _insert(writing: Writing, table: Table, row: Mapping[str, object]) -> int:
    number = next_number(writing, table)
    writing.connection.execute(insert(table), {"number": number, "at": instant_text(writing.at), **row})
    return number
