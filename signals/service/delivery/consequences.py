"""What follows from the events of a roll-out: entries in the audit log, and the lives of the plans concerned."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from signals.delivery.roll_out import Coordination, Event
from signals.plan import TimingPlan
from signals.release import Actor, Evidence, Move, Role, State, release_from_json
from signals.release.moves import IN_USE, OUT
from signals.service.library.calendar import in_a_schedule
from signals.service.library.lives import life_of, move_on
from signals.store import audit, delivery, documents
from signals.store.database import Reading, Writing
from signals.store.delivery import RequestRow

SERVICE = Actor("coordinator", Role.OPERATOR, "service")
REFUSED = "refused"
_TELLING = ("activated", "rolled back", "confirmed", "failed", "lapsed", "abandoned", REFUSED)
_LONGEST_WHY = 4000


@dataclass(frozen=True)
class Happened:
    """The events of one step of a group, the states around it, and what caused it.

    `elsewhere`: releases that other groups run; `checked`: the plan that a check found clean for this step.
    """

    before: Coordination
    after: Coordination
    events: Sequence[Event]
    request: RequestRow | None = None
    elsewhere: Collection[str] = ()
    checked: TimingPlan | None = None


def keep(writing: Writing, happened: Happened) -> None:
    """Keep the events, tell of them, and move the plans on."""
    request, group_id = happened.request, happened.after.group_id
    by = _actor(request) if request else SERVICE
    for event in happened.events:
        number = request.number if request else None
        delivery.put_event(writing, group_id, event.what, event.sequence, event.release, event.why, number)
        if event.what in _TELLING:
            what = f"delivery {event.what}, group {group_id}, sequence {event.sequence}"
            why = _line(event.why or (request.why if request else "") or what)
            before = None if happened.before.current is None else happened.before.current.offer.release
            audit.append(writing, who=str(by), what=what, why=why, before=before, after=event.release)
    if happened.events:
        _move_plans(writing, happened)


def _actor(request: RequestRow) -> Actor:
    return Actor(request.who, Role(request.role), request.proof)


def _move_plans(writing: Writing, happened: Happened) -> None:
    """Who is active runs somewhere; who was led back from is rolled back, who was followed is superseded.

    A plan of a schedule in force waits for its next turn instead: it is released, unless a person led back from it.
    """
    was, now, pending = _releases(happened.before), _releases(happened.after), happened.before.pending
    told = [_line(f"group {happened.after.group_id}: {e.what}; {e.why}").rstrip("; ") for e in happened.events]
    why = ", ".join(told)
    if any(event.what == "confirmed" for event in happened.events):
        current = happened.after.current
        if current is not None and current.offer.release is not None:
            _activate(writing, current.offer.release, why, happened.checked)
    back = any(event.what in ("rolled back", "failed") for event in happened.events)
    move = Move.ROLL_BACK if back or (pending is not None and pending.is_rollback) else Move.SUPERSEDE
    for release in was:
        never_out = pending is not None and pending.activation is None and release == pending.offer.release
        if release not in now and release not in happened.elsewhere and not never_out:
            _put_away(writing, release, move, why, waits=not _by_hand(writing, happened))


def _releases(state: Coordination) -> list[str]:
    """The releases that a group runs or is to run, and those that it would go back to."""
    kept = [o for r in (state.current, state.pending) if r is not None for o in (r.offer, r.before)]
    if state.pending is None and state.current is not None:
        kept = [state.current.offer]
    return [*dict.fromkeys(offered.release for offered in kept if offered.release is not None)]


def _activate(writing: Writing, release: str, why: str, checked: TimingPlan | None) -> None:
    digest = release_from_json(documents.get(writing, release)).plan_digest
    life = life_of(writing, digest)
    if life.state in OUT - IN_USE and checked is not None and checked.digest() == digest:
        life = move_on(writing, life, Move.RESTORE, SERVICE, why, Evidence(checked, ()))
    if life.state is State.RELEASED:
        move_on(writing, life, Move.ACTIVATE, SERVICE, why)


def _put_away(writing: Writing, release: str, move: Move, why: str, *, waits: bool) -> None:
    digest = release_from_json(documents.get(writing, release)).plan_digest
    life = life_of(writing, digest)
    if life.state not in IN_USE:
        return
    if not (waits and in_a_schedule(writing, digest)):
        move_on(writing, life, move, SERVICE, why)
    elif life.state is State.ACTIVE:
        move_on(writing, life, Move.RELIEVE, SERVICE, why)


def _by_hand(reading: Reading, happened: Happened) -> bool:
    """Whether a person asked for this way back, now or when it began."""
    if happened.request is not None:
        return not happened.request.by_schedule
    pending = happened.before.pending
    if pending is None or not pending.is_rollback:
        return False
    return delivery.led_back_by_hand(reading, happened.before.group_id, pending.sequence)


def _line(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_WHY]
