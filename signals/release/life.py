"""The life of one plan: its events in order, the state they lead to, and whether somebody may make a move now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from networks.faults import Fault, InputError
from signals.plan import TimingPlan
from signals.release.actor import STATED, Actor, NotAllowed, unfit_role
from signals.release.approval import (
    EMERGENCY,
    LEAST_REASON_LETTERS,
    NotReleasable,
    Release,
    approve,
    same_person,
    unaccepted,
)
from signals.release.moves import MOVES, OUT, Move, State
from signals.release.roles import Role, Verb
from signals.safety import Violation
from signals.validation import ValidationReport


class WrongState(InputError):
    """The plan is not in a state from which the move leads on; it may have been moved meanwhile."""


@dataclass(frozen=True, slots=True)
class Event:
    """A move that was made: `state` is where it led, `at` ISO 8601 in UTC."""

    move: Move
    state: State
    at: str
    who: str
    role: Role
    proof: str
    why: str = ""
    report_digest: str | None = None
    release_digest: str | None = None
    stamps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a move rests on: the plan, the violations that a check found now (None: no check was made), a report."""

    plan: TimingPlan | None = None
    violations: tuple[Violation, ...] | None = None
    report: ValidationReport | None = None
    or_not_worse: bool = False


@dataclass(frozen=True, slots=True)
class Life:
    """A plan by its digest, and all its events."""

    plan_digest: str
    events: tuple[Event, ...] = ()

    @property
    def state(self) -> State | None:
        """Where the plan stands; None before it was put in."""
        return self.events[-1].state if self.events else None

    @property
    def stamps(self) -> tuple[str, ...]:
        """What was out of the ordinary with the approval that holds, or held last."""
        approval = self._last(Move.APPROVE)
        return () if approval is None else approval.stamps

    @property
    def report_digest(self) -> str | None:
        """The accepted report."""
        event = self._last(Move.VALIDATE)
        return None if event is None else event.report_digest

    @property
    def release_digest(self) -> str | None:
        """The release, from the approval on; None where the approval was taken back."""
        if self.state is not State.APPROVED and self.state not in OUT:
            return None
        event = self._last(Move.APPROVE)
        return None if event is None else event.release_digest

    @property
    def review_due(self) -> bool:
        """Whether an approval in an emergency still waits for its review."""
        moves = [event.move for event in self.events]
        if EMERGENCY not in self.stamps or self.release_digest is None:
            return False
        return Move.REVIEW not in moves[len(moves) - moves[::-1].index(Move.APPROVE) :]

    def moved(
        self,
        move: Move,
        by: Actor,
        at: str,
        why: str = "",
        evidence: Evidence | None = None,
        *,
        emergency: bool = False,
        single_engineer: bool = False,
    ) -> tuple[Event, Release | None]:
        """The event of a move made now, and the release where it is an approval.

        Raises `WrongState`, `NotAllowed` and, where the proof is not good enough, `NotReleasable`, each with every
        fault of its kind.
        """
        evidence = evidence or Evidence()
        self.refuse(move, by, why, emergency=emergency)
        rule = MOVES[move]
        report_digest = release = None
        stamps: tuple[str, ...] = ()
        if move is Move.APPROVE:
            release = self._approved(by, at, why, evidence, emergency, single_engineer)
            report_digest, stamps = release.report_digest, release.stamps
        elif reasons := [*self._unproved(move, evidence)]:
            raise NotReleasable(reasons)
        elif rule.report and evidence.report is not None:
            report_digest = evidence.report.digest()
        after = rule.after or self.state
        assert after is not None
        digest = None if release is None else release.digest()
        return Event(move, after, at, by.name, by.role, by.proof, why, report_digest, digest, stamps), release

    def after(self, event: Event) -> Life:
        """The life with one more event."""
        return Life(self.plan_digest, (*self.events, event))

    def _last(self, move: Move) -> Event | None:
        return next((event for event in reversed(self.events) if event.move is move), None)

    def refuse(self, move: Move, by: Actor, why: str = "", *, emergency: bool = False) -> None:
        """Raise what `moved` raises whatever the proof: wrong state, wrong role, no reason."""
        rule, where = MOVES[move], f"plan {self.plan_digest[:12]}, {move}"
        verb = Verb.PLAN_APPROVE_IN_EMERGENCY if emergency and move is Move.APPROVE else rule.verb
        if (self.state is not None) != bool(rule.before) or (rule.before and self.state not in rule.before):
            raise WrongState([Fault("state", where, self._told(), " or ".join(sorted(rule.before)) or "a new plan")])
        faults = [*unfit_role(by, verb, where)]
        if move is Move.REVIEW:
            faults += self._unfit_review(by, where)
        if faults:
            raise NotAllowed(faults)
        if rule.reason and len(why.strip()) < LEAST_REASON_LETTERS:
            needed = f"a reason of at least {LEAST_REASON_LETTERS} letters"
            raise InputError([Fault("why", where, repr(why), needed)])

    def _unfit_review(self, by: Actor, where: str) -> Iterator[Fault]:
        if not self.review_due:
            yield Fault("review", where, "none that is due", "an approval in an emergency that nobody reviewed")
            return
        for event in (self._last(Move.PROPOSE), self._last(Move.APPROVE)):
            if event is not None and (same_person(event.who, by.name) or _one_proof(event, by)):
                yield Fault("review", where, f"by {by.name}, who proposed or approved it", "somebody else")
                return

    def _told(self) -> str:
        if not self.events:
            return "no such plan in the library"
        last = self.events[-1]
        return f"{last.state} (by {last.who}, {last.at})"

    def _unproved(self, move: Move, evidence: Evidence) -> Iterator[str]:
        rule = MOVES[move]
        if rule.clean:
            if evidence.violations is None:
                yield "safety check: none was made now"
            else:
                yield from map(str, evidence.violations)
        if rule.report:
            if evidence.report is None:
                yield "report: none"
            else:
                yield from unaccepted(evidence.report, self.plan_digest, or_not_worse=evidence.or_not_worse)

    def _approved(
        self, by: Actor, at: str, why: str, evidence: Evidence, emergency: bool, single_engineer: bool
    ) -> Release:
        plan, report, proposal = evidence.plan, evidence.report, self._last(Move.PROPOSE)
        reasons = []
        if plan is None or plan.digest() != self.plan_digest:
            reasons.append(f"plan: not the one of digest {self.plan_digest}")
        if evidence.violations is None:
            reasons.append("safety check: none was made now")
        if report is None or report.digest() != self.report_digest:
            reasons.append(f"report: not the accepted one, {self.report_digest}")
        if reasons or plan is None or report is None or proposal is None:
            raise NotReleasable(reasons)
        return approve(
            plan,
            evidence.violations or (),
            report,
            by.name,
            proposed_by=proposal.who,
            one_proof=_one_proof(proposal, by),
            at=at,
            why=why,
            or_not_worse=evidence.or_not_worse,
            emergency=emergency,
            single_engineer=single_engineer,
        )


def _one_proof(event: Event, by: Actor) -> bool:
    """Whether both are known by the same key, or as the same subject of an issuer, where names change."""
    return by.proof != STATED and event.proof == by.proof
