"""Plans that are released, on a street of any kind, and the people who do that."""

from __future__ import annotations

from pathlib import Path

from signals.cli.desk_here import JUDGES, READERS
from signals.release import Actor, Role
from signals.service.library import moving, putting
from signals.store.database import Database
from tests.signals.service.library.job_results import results

ENGINEER, APPROVER = Actor("R. Roe", Role.ENGINEER), Actor("J. Doe", Role.APPROVER)
OPERATOR = Actor("O. Poe", Role.OPERATOR)
WHY = "a test of delivery"


def released_on(
    network: Path,
    database: Database,
    folder: Path,
    more_s: int = 1,
    *,
    approver: Actor = APPROVER,
    single_engineer: bool = False,
) -> str:
    """A plan whose first stages are longer by `more_s`, put, proved, approved and released; its digest."""
    made = results(folder, more_s=more_s, path=network)
    digest = putting.put_plan(
        database, READERS, ENGINEER, folder, made.network, judges=JUDGES, why=WHY
    ).life.plan_digest
    moving.propose(database, ENGINEER, digest)
    moving.approve(database, JUDGES, approver, digest, single_engineer=single_engineer)
    moving.release(database, JUDGES, OPERATOR, digest)
    return digest
