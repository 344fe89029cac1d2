"""The states of a plan and the moves between them, as one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from signals.release.roles import Verb


class State(StrEnum):
    """How far a plan has come."""

    DRAFT = "draft"
    CHECKED = "checked"
    VALIDATED = "validated"
    PROPOSED = "proposed"
    APPROVED = "approved"
    RELEASED = "released"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    ROLLED_BACK = "rolled back"


OUT = frozenset({State.RELEASED, State.ACTIVE, State.SUPERSEDED, State.ROLLED_BACK})
"""The states of a plan that was let out, now or before."""
IN_USE = frozenset({State.RELEASED, State.ACTIVE})


class Move(StrEnum):
    """What takes a plan from state to state."""

    PUT = "put"
    CHECK = "check"
    VALIDATE = "validate"
    PROPOSE = "propose"
    RETURN = "return"
    APPROVE = "approve"
    REVIEW = "review"
    RELEASE = "release"
    ACTIVATE = "activate"
    SUPERSEDE = "supersede"
    ROLL_BACK = "roll back"
    RESTORE = "restore"
    RELIEVE = "relieve"


@dataclass(frozen=True, slots=True)
class Rule:
    """From which states a move leads to which (None: it changes nothing), by which verb, and what it needs.

    `before` empty: the first move of all. `clean`: a safety check of now without a violation; `report`: a report on
    this plan that was accepted; `reason`: somebody has to say why.
    """

    before: frozenset[State]
    after: State | None
    verb: Verb
    clean: bool = False
    report: bool = False
    reason: bool = False


def _rule(before: str, after: State | None, verb: Verb, **needs: bool) -> Rule:
    return Rule(frozenset(map(State, filter(None, before.split(", ")))), after, verb, **needs)


_IN_USE, _OUT = ", ".join(IN_USE), ", ".join(OUT)
MOVES: Mapping[Move, Rule] = MappingProxyType(
    {
        Move.PUT: _rule("", State.DRAFT, Verb.PLAN_PUT),
        Move.CHECK: _rule("draft", State.CHECKED, Verb.PLAN_CHECK, clean=True),
        Move.VALIDATE: _rule("checked", State.VALIDATED, Verb.PLAN_VALIDATE, report=True),
        Move.PROPOSE: _rule("validated", State.PROPOSED, Verb.PLAN_PROPOSE),
        Move.RETURN: _rule("proposed, approved", State.VALIDATED, Verb.PLAN_RETURN, reason=True),
        Move.APPROVE: _rule("proposed", State.APPROVED, Verb.PLAN_APPROVE, clean=True, report=True),
        Move.REVIEW: _rule(f"approved, {_OUT}", None, Verb.PLAN_REVIEW, reason=True),
        Move.RELEASE: _rule("approved", State.RELEASED, Verb.PLAN_RELEASE, clean=True),
        Move.ACTIVATE: _rule("released", State.ACTIVE, Verb.PLAN_ACTIVATE),
        Move.SUPERSEDE: _rule(_IN_USE, State.SUPERSEDED, Verb.PLAN_SUPERSEDE),
        Move.ROLL_BACK: _rule(_IN_USE, State.ROLLED_BACK, Verb.PLAN_ROLL_BACK, reason=True),
        Move.RELIEVE: _rule("active", State.RELEASED, Verb.PLAN_SUPERSEDE),
        Move.RESTORE: _rule("superseded, rolled back", State.RELEASED, Verb.PLAN_ROLL_BACK, clean=True, reason=True),
    }
)
