"""Who works at a database, written down and struck out."""

from __future__ import annotations

from signals.store import roster
from signals.store.place import Place
from signals.store.roster import RosterEntry
from signals.store.scratch import open_scratch


def test_workers_come_and_go(place: Place) -> None:
    first, second = (RosterEntry(name, "host", cores, "1") for name, cores in (("a", 2), ("b", 4)))
    with open_scratch(place) as scratch:
        roster.enter(scratch.database, second)
        roster.enter(scratch.database, first)
        assert roster.entries(scratch.database) == [first, second]
        roster.strike(scratch.database, ["a", "nobody"])
        assert roster.entries(scratch.database) == [second]
