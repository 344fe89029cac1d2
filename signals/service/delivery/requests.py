"""What people ask for: a release for a group, the way back to an earlier one, or to the local schedules.

A request is kept, with who asked and why; the coordinator does it within a second, whichever process it runs in.
What it cannot do it answers with an event: *refused*, and why.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from networks.faults import Fault, InputError
from signals.release import Actor, Role, State, Verb, WrongState, permit
from signals.release.approval import LEAST_REASON_LETTERS
from signals.release.moves import IN_USE, OUT
from signals.service.delivery.groups import Group, group_named, groups_of
from signals.service.library.lives import known_life
from signals.service.library.turns import Turn
from signals.store import audit, delivery, library
from signals.store.database import Database, Reading, Writing
from signals.store.instants import instant_text

DELIVER, ROLL_BACK, STOP = "deliver", "roll back", "stop"
VALID_DAYS = 365


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was kept."""

    number: int
    group_id: str
    verb: str
    release: str | None


def deliver(
    database: Database, by: Actor, group_id: str, plan_digest: str, *, valid_days: int = VALID_DAYS, why: str
) -> Asked:
    """Ask for a released plan for a group: it is loaded by all, compared, then activated for all at one instant.

    Raises `NotAllowed`, `WrongState` where the plan is not released or the group is busy, `InputError`.
    """
    permit(by, Verb.PLAN_ACTIVATE, f"group {group_id[:80]!r}")
    with database.writing() as writing:
        group = group_named(writing, group_id)
        release = _release(writing, group, plan_digest, IN_USE)
        _refuse_busy(writing, group_id)
        return _asked(writing, by, group_id, DELIVER, release, valid_days, why)


def roll_back(
    database: Database, by: Actor, group_id: str, plan_digest: str, *, valid_days: int = VALID_DAYS, why: str
) -> Asked:
    """Ask for any earlier release, at once, whatever is under way. Raises as `deliver`; a reason is needed."""
    permit(by, Verb.PLAN_ROLL_BACK, f"group {group_id[:80]!r}")
    _refuse_no_reason(why, f"group {group_id[:80]!r}, roll back")
    with database.writing() as writing:
        group = group_named(writing, group_id)
        release = _release(writing, group, plan_digest, OUT)
        return _asked(writing, by, group_id, ROLL_BACK, release, valid_days, why)


def stop(database: Database, by: Actor, group_id: str | None, *, why: str) -> tuple[Asked, ...]:
    """Lead a group, or every group, back to the local schedules of its controllers, at once.

    It is the only thing it does: nothing is switched off, no lamp is commanded. A reason is needed.
    """
    where = "every group" if group_id is None else f"group {group_id[:80]!r}"
    permit(by, Verb.DELIVERY_STOP, where)
    _refuse_no_reason(why, f"{where}, stop")
    with database.writing() as writing:
        groups = groups_of(writing) if group_id is None else [group_named(writing, group_id).group_id]
        return tuple(_asked(writing, by, name, STOP, None, None, why) for name in groups)


def ask_by_schedule(writing: Writing, group_id: str, release: str, turn: Turn) -> Asked:
    """What a schedule asks for by the word of who put it in force: the plan of a turn, from its instant on."""
    schedule = turn.by.schedule
    by = Actor("schedule", Role.OPERATOR, turn.by.digest[:12])
    permit(by, Verb.PLAN_ACTIVATE, f"group {group_id[:80]!r}")
    name = f" {schedule.name}" if schedule.name else ""
    told = f"plan {turn.plan.name!r} from {turn.at.isoformat(timespec='seconds')} on"
    why = f"schedule{name}, put in force by {turn.by.who}: {told}"
    asked = _asked(writing, by, group_id, DELIVER, release, VALID_DAYS, why)
    delivery.put_turn(writing, asked.number, group_id, turn.by.event_number, instant_text(turn.at))
    return asked


def _release(reading: Reading, group: Group, plan_digest: str, states: Sequence[State] | frozenset[State]) -> str:
    """The release of a plan for a group."""
    life, plan = known_life(reading, plan_digest), library.find_plan(reading, plan_digest)
    where = f"plan {plan_digest[:12]}, group {group.group_id!r}"
    if life.state not in states or life.release_digest is None:
        needed = " or ".join(sorted(states))
        if life.state in OUT:
            needed += "; `greenband fleet roll-back` takes any earlier release"
        raise WrongState([Fault("state", where, str(life.state), needed)])
    if plan is None or plan.network_digest != group.network_digest:
        raise InputError([Fault("network", where, "a plan of another network", "that of the group")])
    return life.release_digest


def _refuse_busy(reading: Reading, group_id: str) -> None:
    kept = delivery.latest_states(reading).get(group_id)
    waiting = any(request.group_id == group_id for request in delivery.open_requests(reading))
    if waiting or (kept is not None and json.loads(kept)["pending"] is not None):
        needed = "its end, or `greenband fleet roll-back`, which waits for nothing"
        raise WrongState([Fault("roll-out", f"group {group_id!r}", "another one under way", needed)])


def _refuse_no_reason(why: str, where: str) -> None:
    if len(why.strip()) < LEAST_REASON_LETTERS:
        raise InputError([Fault("why", where, repr(why), f"a reason of at least {LEAST_REASON_LETTERS} letters")])


def _asked(
    writing: Writing, by: Actor, group_id: str, verb: str, release: str | None, valid_days: int | None, why: str
) -> Asked:
    until = None if valid_days is None else instant_text(writing.at + timedelta(days=valid_days))
    whose = {"who": by.name, "role": by.role.value, "proof": by.proof, "why": why}
    number = delivery.put_request(writing, group_id, verb, release, valid_until=until, **whose)
    told = f"delivery.{verb} asked for, group {group_id}"
    audit.append(writing, who=str(by), what=told, why=why or told, after=release)
    return Asked(number, group_id, verb, release)
