"""The database is tried seldom, however often somebody asks, and what was found is told meanwhile."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from networks.faults import Fault
from signals.service.readiness import Readiness
from signals.store.database import Database
from signals.store.failures import DatabaseFailed

pytestmark = pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
FULL = DatabaseFailed([Fault("database", "here", "a full disk", "room on the disk")])


class _Disk:
    """Counts how often it was written to; full or not."""

    def __init__(self) -> None:
        self.full, self.tried = False, 0

    def write(self, database: Database) -> None:
        self.tried += 1
        if self.full:
            raise FULL


def test_it_is_written_once_in_a_while_and_the_reason_told_until_then(database: Database) -> None:
    disk, now_s = _Disk(), [0.0]
    readiness = Readiness(database, write=disk.write, clock_s=lambda: now_s[0], again_s=10)
    for _ in range(100):
        readiness.refuse()
    disk.full, now_s[0] = True, 9.9
    readiness.refuse()
    assert disk.tried == 1
    now_s[0] = 10.0
    for _ in range(100):
        with pytest.raises(DatabaseFailed, match="a full disk"):
            readiness.refuse()
    assert disk.tried == 2
    disk.full, now_s[0] = False, 20.0
    readiness.refuse()


def test_while_one_tries_others_are_told_what_was_found_before(database: Database) -> None:
    begun, go_on, now_s = Event(), Event(), [0.0]

    def slow(_: Database) -> None:
        if now_s[0] > 0:
            begun.set()
            go_on.wait(30)

    readiness = Readiness(database, write=slow, clock_s=lambda: now_s[0], again_s=10)
    readiness.refuse()
    now_s[0] = 10.0
    thread = Thread(target=readiness.refuse)
    thread.start()
    assert begun.wait(30)
    readiness.refuse()
    go_on.set()
    thread.join(30)
    assert not thread.is_alive()
