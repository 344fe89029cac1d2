"""Lives of plans in the database: read out of their events, and moved on, each move with its entry in the audit log."""

from __future__ import annotations

from dataclasses import asdict

from signals.release import Actor, Event, Evidence, Life, Move, Role, State, Verb
from signals.release.approval import EMERGENCY
from signals.release.moves import MOVES
from signals.store import audit, documents, library
from signals.store.database import Reading, Writing
from signals.store.events import PlanEvent, append_event, events_of
from signals.store.instants import instant_text
from signals.store.kinds import Kind


def life_of(reading: Reading, plan_digest: str) -> Life:
    """The life of a plan so far; without events where the library does not have it."""
    return Life(plan_digest, tuple(_event(kept) for kept in events_of(reading, plan_digest)))


def move_on(
    writing: Writing,
    life: Life,
    move: Move,
    by: Actor,
    why: str = "",
    evidence: Evidence | None = None,
    *,
    emergency: bool = False,
    single_engineer: bool = False,
) -> Life:
    """Make a move of a plan that was looked at, in a transaction that the caller commits; the life after it.

    Of several who looked at the same state, one moves on: the others get `MovedMeanwhile`.
    """
    at = instant_text(writing.at)
    event, release = life.moved(move, by, at, why, evidence, emergency=emergency, single_engineer=single_engineer)
    after = life.plan_digest
    if release is not None:
        after = documents.put(
            writing,
            Kind.RELEASE,
            release.canonical_bytes(),
            inputs={"plan": release.plan_digest, "report": release.report_digest},
        )
    kept = PlanEvent(**asdict(event) | {"stamps": ", ".join(event.stamps)})
    append_event(writing, life.plan_digest, len(life.events), kept)
    told = f"{life.state or 'nothing'} to {event.state}"
    what = Verb.PLAN_APPROVE_IN_EMERGENCY if EMERGENCY in event.stamps else MOVES[move].verb
    stamps = f" [{', '.join(event.stamps)}]" if event.stamps else ""
    before = None if move is Move.PUT else life.plan_digest
    audit.append(writing, who=str(by), what=f"{what}: {told}{stamps}", why=why or told, before=before, after=after)
    return life.after(event)


def known_life(reading: Reading, plan_digest: str) -> Life:
    """The life of a plan that the library has. Raises `InputError` where it has not."""
    library.refuse_not_in_library(reading, [plan_digest])
    return life_of(reading, plan_digest)


def _event(kept: PlanEvent) -> Event:
    stamps = stamps_of(kept.stamps)
    typed = {"move": Move(kept.move), "state": State(kept.state), "role": Role(kept.role), "stamps": stamps}
    return Event(**asdict(kept) | typed)


def stamps_of(kept: str) -> tuple[str, ...]:
    """Stamps out of the one text that they are kept as."""
    return tuple(filter(None, kept.split(", ")))
