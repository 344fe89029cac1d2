"""One office on a database of either kind: free when its holder is gone, and terms that grow."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from signals.store.database import Database
from signals.store.office import LostOffice, Office
from signals.store.place import Place

_HOLDER = """
import sys
from pathlib import Path
from signals.store.database import open_database
from signals.store.office import Office
from signals.store.place import place_of
with open_database(place_of(sys.argv[1], Path())) as database:
    office = Office.taken(database, "another process")
    print(office.term if office else "none", flush=True)
    sys.stdin.readline()
"""


def _taken_soon(database: Database, holder: str) -> Office:
    """The office, as soon as the server has noticed that the connection of the one before is closed."""
    end_s = time.monotonic() + 50
    while (office := Office.taken(database, holder)) is None:
        assert time.monotonic() < end_s
        time.sleep(0.05)
    return office


def test_of_two_one_holds_it_and_a_killed_one_gives_it_back(database: Database, place: Place) -> None:
    command = [sys.executable, "-c", _HOLDER, place.url.render_as_string(hide_password=False)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "1\n"
        assert Office.taken(database, "we") is None
        holder.kill()
        holder.wait()
    office = _taken_soon(database, "we")
    assert (office.term, office.alive()) == (2, True)
    office.leave()


def test_a_term_that_is_over_may_not_write(database: Database) -> None:
    first = Office.taken(database, "the first")
    assert first is not None
    first.leave()
    second = _taken_soon(database, "the second")
    with pytest.raises(LostOffice, match="found term 2, needed term 1"), database.writing() as writing:
        first.refuse_lost(writing)
    with database.writing() as writing:
        second.refuse_lost(writing)
    second.leave()
