"""The verbs that lead a plan of the library towards the street, and back.

Checks are made outside the transaction that moves the plan, for they take seconds. Where somebody else moved the plan
meanwhile, nothing happens and that is told.
"""

from __future__ import annotations

from collections.abc import Sequence

from networks.faults import Fault, InputError
from signals.release import Actor, Evidence, Life, Move, WrongState
from signals.release.moves import IN_USE
from signals.service.library.judges import Judges
from signals.service.library.judging import kept_for, plan_from
from signals.service.library.lives import known_life, move_on
from signals.service.library.on_the_street import refuse_on_the_street
from signals.service.library.putting import report_from
from signals.store import documents, library
from signals.store.database import Database, Reading


def check_plan(database: Database, judges: Judges, by: Actor, plan_digest: str, *, why: str = "") -> Life:
    """Check a draft: *checked* where it is clean. Raises `NotReleasable` with every violation."""
    return _with_check(database, judges, by, plan_digest, Move.CHECK, why)


def propose(database: Database, by: Actor, plan_digest: str, *, why: str = "") -> Life:
    """Propose a validated plan to those who approve."""
    return _plain(database, by, plan_digest, Move.PROPOSE, why)


def send_back(database: Database, by: Actor, plan_digest: str, *, why: str) -> Life:
    """Take a proposal or an approval back."""
    return _plain(database, by, plan_digest, Move.RETURN, why)


def review(database: Database, by: Actor, plan_digest: str, *, why: str) -> Life:
    """Say that an approval in an emergency was looked at afterwards, by a third person."""
    return _plain(database, by, plan_digest, Move.REVIEW, why)


def approve(
    database: Database,
    judges: Judges,
    by: Actor,
    plan_digest: str,
    *,
    why: str = "",
    or_not_worse: bool = False,
    emergency: bool = False,
    single_engineer: bool = False,
) -> Life:
    """Check again and approve; the release is kept. Raises as `Life.moved`: two persons, clean check, accepted report.

    `emergency`: also engineers and operators may be the second person, with a reason, and a review is due.
    `single_engineer`: one person may do both, and "one person" stands on the release and everywhere the plan is shown.
    """
    with database.reading() as reading:
        life = known_life(reading, plan_digest)
        life.refuse(Move.APPROVE, by, why, emergency=emergency)
        kept = kept_for(reading, plan_digest)
        assert life.report_digest is not None
        report = report_from(documents.get(reading, life.report_digest))
    found = judges.violations(kept)
    evidence = Evidence(plan_from(kept.plan), found, report, or_not_worse)
    with database.writing() as writing:
        return move_on(
            writing, life, Move.APPROVE, by, why, evidence, emergency=emergency, single_engineer=single_engineer
        )


def release(database: Database, judges: Judges, by: Actor, plan_digest: str, *, why: str = "") -> Life:
    """Check again and let an approved plan out: controllers may have it from now on."""
    return _with_check(database, judges, by, plan_digest, Move.RELEASE, why)


def activated(
    database: Database, by: Actor, plan_digest: str, *, supersedes: Sequence[str] = (), why: str = ""
) -> tuple[Life, ...]:
    """Write down that a released plan runs on the street, and in the place of which; the lives after it."""
    with database.reading() as reading:
        life = known_life(reading, plan_digest)
        others = [known_life(reading, digest) for digest in supersedes]
        _refuse_other_networks(reading, plan_digest, supersedes)
    with database.writing() as writing:
        for other in others:
            refuse_on_the_street(writing, other)
        first = move_on(writing, life, Move.ACTIVATE, by, why)
        told = why or f"plan {plan_digest[:12]} runs in its place"
        return (first, *(move_on(writing, other, Move.SUPERSEDE, by, told) for other in others))


def superseded(database: Database, by: Actor, plan_digest: str, *, why: str) -> Life:
    """Write down that a plan is out of use, another one or none in its place.

    Raises `WrongState` where a group of controllers runs it.
    """
    with database.writing() as writing:
        life = known_life(writing, plan_digest)
        refuse_on_the_street(writing, life)
        return move_on(writing, life, Move.SUPERSEDE, by, why)


def roll_back(
    database: Database, judges: Judges, by: Actor, to_digest: str, *, instead_of: str | None = None, why: str
) -> tuple[Life, ...]:
    """Back to an earlier release in one step: it is *released* again, after a clean check, and the plan `instead_of`
    it *rolled back*; the lives after it.

    `instead_of` may be left open where one plan of the network is in use. Raises `InputError` where several are, and
    `WrongState` where a group of controllers runs it.
    """
    with database.reading() as reading:
        target = known_life(reading, to_digest)
        target.refuse(Move.RESTORE, by, why)
        fallen = known_life(reading, instead_of or _only_in_use(reading, to_digest))
        _refuse_other_networks(reading, to_digest, [fallen.plan_digest])
        fallen.refuse(Move.ROLL_BACK, by, why)
        refuse_on_the_street(reading, fallen)
        kept = kept_for(reading, to_digest)
    found = judges.violations(kept)
    with database.writing() as writing:
        refuse_on_the_street(writing, fallen)  # an order may have come while the check was made
        back = move_on(writing, target, Move.RESTORE, by, why, Evidence(plan_from(kept.plan), found))
        return back, move_on(writing, fallen, Move.ROLL_BACK, by, why)


def _plain(database: Database, by: Actor, plan_digest: str, move: Move, why: str) -> Life:
    with database.writing() as writing:
        return move_on(writing, known_life(writing, plan_digest), move, by, why)


def _with_check(database: Database, judges: Judges, by: Actor, plan_digest: str, move: Move, why: str) -> Life:
    with database.reading() as reading:
        life = known_life(reading, plan_digest)
        life.refuse(move, by, why)
        kept = kept_for(reading, plan_digest)
    found = judges.violations(kept)
    with database.writing() as writing:
        return move_on(writing, life, move, by, why, Evidence(plan_from(kept.plan), found))


def _only_in_use(reading: Reading, to_digest: str) -> str:
    network = _network_of(reading, to_digest)
    used = [plan for plan in library.in_states(reading, network, sorted(IN_USE)) if plan.plan_digest != to_digest]
    if len(used) == 1:
        return used[0].plan_digest
    where = f"roll back to plan {to_digest[:12]}"
    if not used:
        raise WrongState([Fault("plan in use", where, "none of its network", "one that is released or active")])
    named = ", ".join(f"version {plan.version} ({plan.state})" for plan in used)
    raise InputError([Fault("plan in use", where, f"several: {named}", "the one that it takes the place of")])


def _refuse_other_networks(reading: Reading, plan_digest: str, others: Sequence[str]) -> None:
    network = _network_of(reading, plan_digest)
    for digest in others:
        if _network_of(reading, digest) != network:
            found = f"plan {digest[:12]} of another network"
            raise InputError([Fault("network", f"plan {plan_digest[:12]}", found, "a plan of the same network")])


def _network_of(reading: Reading, plan_digest: str) -> str:
    plan = library.find_plan(reading, plan_digest)
    assert plan is not None
    return plan.network_digest
