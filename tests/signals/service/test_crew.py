"""Who helps: the living, without a job, of the same version, where there are cores for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from signals.service.crew import Crew
from signals.store import roster
from signals.store.database import Database
from signals.store.place import Place
from signals.store.roster import RosterEntry
from signals.store.scratch import open_scratch

ME = RosterEntry("me", "here", 2, "1")


@pytest.fixture
def scratch(place: Place) -> Iterator[Database]:
    with open_scratch(place) as opened:
        yield opened.database


def _free(database: Database, *others: RosterEntry, dead: str = "", busy: str = "", cores: int = 2) -> tuple[int, ...]:
    crew = Crew(database, ME, cores)
    crew.enter()
    for other in others:
        roster.enter(database, other)
    crew.look(lambda name: name != dead, lambda: {busy}, sweep=False)
    return crew.free


@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("other", "free"),
    [
        (RosterEntry("a", "there", 4, "1"), (4,)),
        (RosterEntry("dead", "there", 4, "1"), ()),
        (RosterEntry("busy", "there", 4, "1"), ()),
        (RosterEntry("a", "there", 4, "2"), ()),
        (RosterEntry("a", "here", 2, "1"), ()),
    ],
)
def test_who_is_free(scratch: Database, other: RosterEntry, free: tuple[int, ...]) -> None:
    assert _free(scratch, other, dead="dead", busy="busy") == free


@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_two_of_a_machine_that_has_the_cores_help_each_other(scratch: Database) -> None:
    assert _free(scratch, RosterEntry("a", "here", 2, "1"), cores=4) == (2,)


def test_the_dead_are_struck_out_by_one(scratch: Database) -> None:
    crew = Crew(scratch, ME, 2)
    crew.enter()
    roster.enter(scratch, RosterEntry("dead", "there", 4, "1"))
    crew.look(lambda name: False, lambda: set(), sweep=True)
    assert roster.entries(scratch) == [ME]
    crew.leave()
    assert roster.entries(scratch) == []


@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_who_was_wrongly_taken_for_dead_is_back(scratch: Database) -> None:
    crew = Crew(scratch, ME, 2)
    crew.enter()
    roster.strike(scratch, [ME.name])
    crew.look(lambda name: True, lambda: set(), sweep=False)
    assert roster.entries(scratch) == [ME]
