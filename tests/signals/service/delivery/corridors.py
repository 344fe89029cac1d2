"""A corridor of three signals in the library, with as many released plans as are wanted, and its group."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from signals.cli.library_verbs import READERS
from signals.delivery.settings import Settings
from signals.release import Actor, Role
from signals.service.delivery.groups import Group, define_group
from signals.service.library import moving, putting
from signals.store.database import Database
from tests.scenarios.streets import grid
from tests.signals.service.library.job_results import results

ENGINEER, APPROVER = Actor("R. Roe", Role.ENGINEER), Actor("J. Doe", Role.APPROVER)
OPERATOR = Actor("O. Poe", Role.OPERATOR)
WHY = "a test of delivery"
CONTROLLERS = {"east": "A0", "middle": "B0", "west": "C0"}


@functools.cache
def corridor() -> Path:
    """The network: A0, B0 and C0 from west to east."""
    return grid(Path(tempfile.mkdtemp(prefix="greenband-corridor-")), count=3)


def released(database: Database, folder: Path, more_s: int = 1) -> str:
    """A plan whose first stages are longer by `more_s`, put, proved, approved and released; its digest."""
    made = results(folder, more_s=more_s, path=corridor())
    digest = putting.put_plan(database, READERS, ENGINEER, folder, made.network, why=WHY).life.plan_digest
    moving.propose(database, ENGINEER, digest)
    moving.approve(database, READERS, APPROVER, digest)
    moving.release(database, READERS, OPERATOR, digest)
    return digest


def grouped(database: Database, plan_digest: str, settings: Settings | None = None) -> Group:
    """The group of the three controllers."""
    from signals.store import library

    with database.reading() as reading:
        plan = library.find_plan(reading, plan_digest)
    assert plan is not None
    group = Group("corridor", plan.network_digest, CONTROLLERS, settings or Settings())
    define_group(database, OPERATOR, group, why=WHY)
    return group
