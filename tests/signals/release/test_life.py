"""No way to the street but by a clean check, an accepted report and two persons: random lives, kept book of apart."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from networks.faults import InputError
from signals.release import (
    MOVES,
    Actor,
    Evidence,
    Life,
    Move,
    NotAllowed,
    NotReleasable,
    Release,
    Role,
    State,
    WrongState,
)
from signals.release.moves import OUT
from tests.signals.release.proofs import UNSAFE, plan, report_on

AT = "2026-03-02T06:30:00.000000Z"
WHY = "for a test of lives"
ALL = Role.ADMINISTRATOR
GOOD = Evidence(plan(), (), report_on(plan().digest()))
ENGINEER, APPROVER = Actor("R. Roe", Role.ENGINEER), Actor("J. Doe", Role.APPROVER)
OPERATOR = Actor("O. Poe", Role.OPERATOR)
_ELSEWHERE = report_on(plan(3).digest())
_PROOFS = [
    *[replace(GOOD, violations=violations) for violations in ((UNSAFE,), None)],
    *[replace(GOOD, report=report) for report in (None, report_on(plan().digest(), "worse"), _ELSEWHERE)],
    *[replace(GOOD, plan=other) for other in (None, plan(3))],
    replace(GOOD, plan=plan(3), report=_ELSEWHERE),
]
_OF_EACH_ROLE = [Actor("J. Doe", role) for role in Role]


def _life(*moves: Move, by: Actor | None = None) -> Life:
    who = {Move.APPROVE: APPROVER, Move.RELEASE: OPERATOR, Move.ACTIVATE: OPERATOR, Move.SUPERSEDE: OPERATOR}
    life = Life(plan().digest())
    for move in moves:
        life = life.after(life.moved(move, by or who.get(move, ENGINEER), AT, WHY, GOOD)[0])
    return life


TO_PROPOSED = (Move.PUT, Move.CHECK, Move.VALIDATE, Move.PROPOSE)
TO_RELEASED = (*TO_PROPOSED, Move.APPROVE, Move.RELEASE)


class Lives(RuleBasedStateMachine):
    """Anybody tries anything on any proof. What was true when a plan came out is written down by the test itself."""

    def __init__(self) -> None:
        super().__init__()
        self.life = Life(plan().digest())
        self.proposer = ""
        self.clean_at_approval = self.clean_at_release = self.two_or_stamped = self.accepted = False

    @initialize(steps=st.sampled_from([0, 4, 4, 4]))
    def it_may_be_proposed_already(self, steps: int) -> None:
        """So that random lives come far."""
        self.life = _life(*TO_PROPOSED[:steps])
        self.proposer = "r. roe" if steps else ""

    @rule(
        choice=st.integers(0, 99),
        by=st.sampled_from([*[Actor(name, ALL) for name in ("J. Doe", "R. Roe", "r. roe ")], *_OF_EACH_ROLE]),
        why=st.sampled_from([WHY, WHY, ""]),
        proof=st.sampled_from([GOOD, GOOD, GOOD, *_PROOFS]),
        emergency=st.booleans(),
        single=st.sampled_from([False, False, True]),
    )
    def somebody_tries(self, choice: int, by: Actor, why: str, proof: Evidence, emergency: bool, single: bool) -> None:
        """Any move, but mostly one of those that lead on from here."""
        here = [move for move in Move if self.life.state in MOVES[move].before or self.life.state is None]
        move = [*here * 8, *Move][choice % (9 * len(here))] if here else list(Move)[choice % len(Move)]
        try:
            event, release = self.life.moved(move, by, AT, why, proof, emergency=emergency, single_engineer=single)
        except (InputError, NotReleasable):
            return
        assert isinstance(release, Release) == (move is Move.APPROVE)
        self.life = self.life.after(event)
        if move is Move.PROPOSE:
            self.proposer = by.name.strip().lower()
        if move is Move.APPROVE:
            stamped = single and "one person" in event.stamps
            self.two_or_stamped = by.name.strip().lower() != self.proposer or stamped
            self.clean_at_approval = proof.violations == ()
            self.accepted = proof.report is GOOD.report
        if move in (Move.RELEASE, Move.RESTORE):
            self.clean_at_release = proof.violations == ()

    @invariant()
    def nothing_is_out_without_proof_and_two_persons(self) -> None:
        if self.life.state in OUT:
            assert self.proposer
            assert self.two_or_stamped
            assert self.clean_at_approval
            assert self.clean_at_release
            assert self.accepted

    @invariant()
    def the_state_follows_from_the_events_alone(self) -> None:
        state = None
        for event in self.life.events:
            known = MOVES[event.move]
            assert (state is None and not known.before) or state in known.before
            state = known.after or state
            assert event.state is state
        assert self.life.state is state


Lives.TestCase.settings = settings(max_examples=80, stateful_step_count=15, derandomize=True, deadline=None)
TestLives = Lives.TestCase


def test_the_whole_life_by_the_names_of_its_states() -> None:
    life = _life(*TO_RELEASED, Move.ACTIVATE, Move.SUPERSEDE)
    assert [str(event.state) for event in life.events] == [
        "draft", "checked", "validated", "proposed", "approved", "released", "active", "superseded",
    ]  # fmt: skip
    back = life.after(life.moved(Move.RESTORE, OPERATOR, AT, WHY, GOOD)[0])
    assert (back.state, back.release_digest) == (State.RELEASED, life.release_digest)


def test_administrators_do_not_approve_what_they_proposed() -> None:
    alone = Actor("A. Min", ALL)
    life = _life(*TO_PROPOSED, by=alone)
    with pytest.raises(NotReleasable, match=r"two persons: A\. Min proposed it"):
        life.moved(Move.APPROVE, alone, AT, WHY, GOOD)
    with pytest.raises(NotReleasable, match="two persons"):
        life.moved(Move.APPROVE, alone, AT, WHY, GOOD, emergency=True)
    event, release = life.moved(Move.APPROVE, alone, AT, WHY, GOOD, single_engineer=True)
    assert release is not None
    assert event.stamps == release.stamps == life.after(event).stamps == ("one person",)


def test_an_approval_that_was_taken_back_lets_nothing_out() -> None:
    life = _life(*TO_PROPOSED, Move.APPROVE, Move.RETURN)
    assert (life.state, life.release_digest) == (State.VALIDATED, None)
    with pytest.raises(WrongState, match=r"found validated .* needed approved"):
        life.moved(Move.RELEASE, OPERATOR, AT, WHY, GOOD)


def test_an_emergency_needs_a_second_person_a_reason_and_a_review() -> None:
    life = _life(*TO_PROPOSED)
    with pytest.raises(NotAllowed, match=r"R\. Poe as operator, needed administrator or approver"):
        life.moved(Move.APPROVE, Actor("R. Poe", Role.OPERATOR), AT, WHY, GOOD)
    with pytest.raises(NotReleasable, match="an emergency needs"):
        life.moved(Move.APPROVE, OPERATOR, AT, "now", GOOD, emergency=True)
    life = life.after(life.moved(Move.APPROVE, OPERATOR, AT, WHY, GOOD, emergency=True)[0])
    assert life.review_due
    with pytest.raises(NotAllowed, match="who proposed or approved it"):
        life.moved(Move.REVIEW, Actor("o. poe", Role.APPROVER), AT, WHY)
    reviewed = life.after(life.moved(Move.REVIEW, APPROVER, AT, WHY)[0])
    assert (reviewed.state, reviewed.review_due) == (State.APPROVED, False)
    with pytest.raises(NotAllowed, match="none that is due"):
        reviewed.moved(Move.REVIEW, APPROVER, AT, WHY)


def test_the_check_is_made_again_before_the_release() -> None:
    life = _life(*TO_PROPOSED, Move.APPROVE)
    with pytest.raises(NotReleasable, match="none was made now"):
        life.moved(Move.RELEASE, OPERATOR, AT)
    with pytest.raises(NotReleasable, match="green together"):
        life.moved(Move.RELEASE, OPERATOR, AT, evidence=Evidence(violations=(UNSAFE,)))


@pytest.mark.parametrize("move", [move for move in Move if MOVES[move].before])
def test_nothing_happens_to_a_plan_that_is_not_there(move: Move) -> None:
    with pytest.raises(WrongState, match="no such plan"):
        Life(plan().digest()).moved(move, Actor("A. Min", ALL), AT, WHY, GOOD)


def test_who_is_called_otherwise_now_is_no_second_person_and_no_third() -> None:
    proof = "token of https://issuer.example, subject 17"
    alice, renamed = Actor("alice", ALL, proof), Actor("alice.b", ALL, proof)
    life = _life(*TO_PROPOSED, by=alice)
    with pytest.raises(NotReleasable, match=r"two persons: alice\.b \(as alice\) proposed it;"):
        life.moved(Move.APPROVE, renamed, AT, WHY, GOOD)
    event, release = life.moved(Move.APPROVE, renamed, AT, WHY, GOOD, single_engineer=True)
    assert release is not None
    assert event.stamps == release.stamps == ("one person",)
    event, _ = life.moved(Move.APPROVE, replace(APPROVER, role=ALL), AT, WHY, GOOD, emergency=True)
    with pytest.raises(NotAllowed, match="somebody else"):
        life.after(event).refuse(Move.REVIEW, renamed, WHY)
    others = Actor("alice.b", ALL, "token of https://issuer.example, subject 18")
    life.after(event).refuse(Move.REVIEW, others, WHY)
    assert life.moved(Move.APPROVE, others, AT, WHY, GOOD)[1] is not None


def test_two_who_only_say_who_they_are_are_two() -> None:
    life = _life(*TO_PROPOSED, by=Actor("alice", ALL))
    assert life.moved(Move.APPROVE, Actor("bob", ALL), AT, WHY, GOOD)[1] is not None
