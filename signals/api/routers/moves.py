"""The life of a plan, one operation for each move; who may make it, from which state, and on which proof."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from signals.api.declared import NAMED, OF_POST
from signals.api.documents import PlanState
from signals.api.identity import asking
from signals.api.naming import PlanOf
from signals.api.service import DatabaseOf, ServiceOf
from signals.api.texts import Digest, Reason, Why
from signals.release import Actor, Life, Verb
from signals.release.approval import LEAST_REASON_LETTERS
from signals.service import uploads
from signals.service.library import moving, putting, told
from signals.service.request import Accept

router = APIRouter(prefix="/plans/{plan}", tags=["life of a plan"], responses=OF_POST | NAMED)
GoodWhy = Annotated[Why, Field(min_length=LEAST_REASON_LETTERS)]


class WithReason(Reason):
    """Why something out of the ordinary is done; it has to be said."""

    why: GoodWhy


class Accepting(Reason):
    """How good the report has to be."""

    accept: Accept = Accept.BETTER


class Emergency(WithReason):
    """Why it cannot wait for somebody who approves."""

    accept: Accept = Accept.BETTER


class WithReport(Accepting):
    """A report on the plan, that was handed in as a file."""

    report: Digest


class Activation(Reason):
    """The plans in whose place it runs."""

    instead_of: Annotated[tuple[Digest, ...], Field(max_length=100)] = ()


class RollBack(WithReason):
    """Why, and the plan to roll back where several are in use."""

    instead_of: Digest | None = None


def _told(life: Life) -> PlanState:
    return PlanState(**told.state(life))


@router.post("/check")
def check(
    by: Annotated[Actor, Depends(asking(Verb.PLAN_CHECK))], service: ServiceOf, plan: PlanOf, asked: Reason
) -> PlanState:
    """Check a draft again: it is checked where it is safe."""
    return _told(moving.check_plan(service.database, service.judges, by, plan.plan_digest, why=asked.why))


@router.post("/validate")
def validate(
    by: Annotated[Actor, Depends(asking(Verb.PLAN_VALIDATE))], database: DatabaseOf, plan: PlanOf, asked: WithReport
) -> PlanState:
    """Take a report on a checked plan: it is validated then."""
    with database.reading() as reading:
        content = uploads.content_of(reading, asked.report)
    loose = asked.accept is Accept.NOT_WORSE
    return _told(putting.attach(database, by, plan.plan_digest, content, why=asked.why, or_not_worse=loose))


@router.post("/propose")
def propose(
    by: Annotated[Actor, Depends(asking(Verb.PLAN_PROPOSE))], database: DatabaseOf, plan: PlanOf, asked: Reason
) -> PlanState:
    """Propose a validated plan for approval."""
    return _told(moving.propose(database, by, plan.plan_digest, why=asked.why))


@router.post("/return")
def send_back(
    by: Annotated[Actor, Depends(asking(Verb.PLAN_RETURN))], database: DatabaseOf, plan: PlanOf, asked: WithReason
) -> PlanState:
    """Take a proposal or an approval back."""
    return _told(moving.send_back(database, by, plan.plan_digest, why=asked.why))


@router.post("/approve")
def approve(
    by: Annotated[Actor, Depends(asking(Verb.PLAN_APPROVE))], service: ServiceOf, plan: PlanOf, asked: Accepting
) -> PlanState:
    """Approve a proposed plan, as another person than who proposed it. The safety check runs again."""
    return _approved(service, by, plan, asked.why, asked.accept, emergency=False)


@router.post("/approve-in-emergency")
def approve_in_emergency(
    by: Annotated[Actor, Depends(asking(Verb.PLAN_APPROVE_IN_EMERGENCY))],
    service: ServiceOf,
    plan: PlanOf,
    asked: Emergency,
) -> PlanState:
    """Approve as any second person, with a reason; a third one has to review it afterwards."""
    return _approved(service, by, plan, asked.why, asked.accept, emergency=True)


def _approved(service: ServiceOf, by: Actor, plan: PlanOf, why: str, accept: Accept, *, emergency: bool) -> PlanState:
    life = moving.approve(
        service.database,
        service.judges,
        by,
        plan.plan_digest,
        why=why,
        or_not_worse=accept is Accept.NOT_WORSE,
        emergency=emergency,
        single_engineer=service.single_engineer,
    )
    return _told(life)


@router.post("/review")
def review(
    by: Annotated[Actor, Depends(asking(Verb.PLAN_REVIEW))], database: DatabaseOf, plan: PlanOf, asked: WithReason
) -> PlanState:
    """Say that an approval in an emergency was looked at afterwards, as a third person."""
    return _told(moving.review(database, by, plan.plan_digest, why=asked.why))


@router.post("/release")
def release(
    by: Annotated[Actor, Depends(asking(Verb.PLAN_RELEASE))], service: ServiceOf, plan: PlanOf, asked: Reason
) -> PlanState:
    """Let an approved plan out. The safety check runs again."""
    return _told(moving.release(service.database, service.judges, by, plan.plan_digest, why=asked.why))


@router.post("/activate")
def activate(
    by: Annotated[Actor, Depends(asking(Verb.PLAN_ACTIVATE))], database: DatabaseOf, plan: PlanOf, asked: Activation
) -> list[PlanState]:
    """Write down that a released plan runs on the street, and which ones it superseded."""
    lives = moving.activated(database, by, plan.plan_digest, supersedes=asked.instead_of, why=asked.why)
    return [_told(life) for life in lives]


@router.post("/supersede")
def supersede(
    by: Annotated[Actor, Depends(asking(Verb.PLAN_SUPERSEDE))], database: DatabaseOf, plan: PlanOf, asked: Reason
) -> PlanState:
    """Write down that a plan is out of use."""
    return _told(moving.superseded(database, by, plan.plan_digest, why=asked.why))


@router.post("/roll-back")
def roll_back(
    by: Annotated[Actor, Depends(asking(Verb.PLAN_ROLL_BACK))], service: ServiceOf, plan: PlanOf, asked: RollBack
) -> list[PlanState]:
    """Back to this plan, an earlier release, in one step. The safety check runs again."""
    lives = moving.roll_back(
        service.database, service.judges, by, plan.plan_digest, instead_of=asked.instead_of, why=asked.why
    )
    return [_told(life) for life in lives]
