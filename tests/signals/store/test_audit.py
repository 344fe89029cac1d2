"""The audit log on every kind of database: one chain, whoever writes, and every change behind its back is seen."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import pytest
from sqlalchemy import text

from networks.faults import Fault, InputError
from signals.store import audit, documents
from signals.store.chain import Head, head_of
from signals.store.database import Database
from signals.store.kinds import Kind
from signals.store.place import Place
from tests.databases import behind_the_back

DIGEST = "ab" * 32


def _log(database: Database, count: int = 5) -> Head:
    for number in range(count):
        with database.writing() as writing:
            audit.append(writing, who="R. Roe", what=f"plan.approve {number}", why="queues on Main St", after=DIGEST)
    with database.reading() as reading:
        return audit.head(reading)


def _faults(database: Database, recorded: Head | None = None) -> Sequence[Fault]:
    with database.reading() as reading:
        return audit.verify(reading, recorded).faults


def test_entries_say_who_when_what_why_and_what_changed(database: Database) -> None:
    with database.writing() as writing:
        after = documents.put(writing, Kind.RULES, b"rules")
        audit.append(writing, who="Ünal 交通", what="rules.put", why="yellow of A0", before=DIGEST, after=after)
    with database.reading() as reading:
        (entry,) = audit.list_entries(reading)
    assert (entry.who, entry.what, entry.why) == ("Ünal 交通", "rules.put", "yellow of A0")
    assert (entry.at, entry.before_digest, entry.after_digest) == ("2026-03-02T06:30:00.000000Z", DIGEST, after)


def test_an_honest_log_verifies_up_to_its_head(database: Database) -> None:
    head = _log(database)
    with database.reading() as reading:
        found = audit.verify(reading, head)
        assert (found.faults, found.head, head.number) == ((), head, 5)
        assert [entry.number for entry in audit.list_entries(reading, after=2, limit=2)] == [3, 4]


def test_an_entry_and_what_it_tells_of_are_kept_together_or_not_at_all(database: Database) -> None:
    def put_by(who: str) -> None:
        with database.writing() as writing:
            documents.put(writing, Kind.RULES, b"rules")
            audit.append(writing, who=who, what="rules.put", why="test")

    with pytest.raises(InputError):
        put_by("")
    with database.reading() as reading:
        assert (documents.list_documents(reading), audit.list_entries(reading)) == ([], [])


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (["UPDATE audit_entries SET why = 'nothing' WHERE number = 3"], ["audit entry 3"]),
        (["UPDATE audit_entries SET at = '2026-03-02T06:30:00.000001Z' WHERE number = 1"], ["audit entry 1"]),
        ([f"UPDATE audit_entries SET before_digest = '{DIGEST}' WHERE number = 5"], ["audit entry 5"]),
        (["UPDATE audit_entries SET after_digest = NULL WHERE number = 2"], ["audit entry 2"]),
        ([f"UPDATE audit_entries SET hash = '{'0' * 64}' WHERE number = 2"], ["audit entry 2", "audit entry 3"]),
        (["DELETE FROM audit_entries WHERE number = 3"], ["audit entry 4"]),
        (["DELETE FROM audit_entries WHERE number = 1"], ["audit entry 2"]),
        (
            ["DELETE FROM audit_entries WHERE number = 3", "UPDATE audit_entries SET number = 3 WHERE number = 4"],
            ["audit entry 3", "audit entry 3", "audit entry 5"],
        ),
        (
            [
                "UPDATE audit_entries SET number = 9 WHERE number = 3",
                "UPDATE audit_entries SET number = 3 WHERE number = 4",
                "UPDATE audit_entries SET number = 4 WHERE number = 9",
            ],
            ["audit entry 3", "audit entry 3", "audit entry 4", "audit entry 4", "audit entry 5"],
        ),
        (
            [
                "INSERT INTO audit_entries SELECT 6, at, 'M. Mallory', what, why, before_digest, after_digest, hash, "
                f"'{'f' * 64}' FROM audit_entries WHERE number = 5"
            ],
            ["audit entry 6"],
        ),
    ],
)
def test_what_was_changed_behind_its_back_is_seen(
    database: Database, place: Place, change: list[str], where: list[str]
) -> None:
    _log(database)
    with behind_the_back(place) as connection:
        for statement in change:
            connection.execute(text(statement))
    assert [fault.where for fault in _faults(database)] == where


def test_a_cut_tail_is_seen_by_the_head_that_was_recorded(database: Database, place: Place) -> None:
    recorded = _log(database)
    with behind_the_back(place) as connection:
        connection.execute(text("DELETE FROM audit_entries WHERE number > 3"))
    assert _faults(database) == ()
    (fault,) = _faults(database, recorded)
    assert (fault.found, fault.needed) == ("a log that ends with entry 3", "entry 5, which was recorded")


def test_a_log_that_was_written_anew_is_seen_by_the_head_that_was_recorded(database: Database, place: Place) -> None:
    recorded = _log(database)
    with behind_the_back(place) as connection:
        connection.execute(text("DELETE FROM audit_entries WHERE number > 3"))
    with database.writing() as writing:
        for _ in range(3):
            audit.append(writing, who="M. Mallory", what="nothing", why="nothing")
    assert _faults(database) == ()
    assert [fault.what for fault in _faults(database, recorded)] == ["recorded head"]


_WRITER = """
import sys
from pathlib import Path
from signals.store import audit
from signals.store.database import open_database
from signals.store.place import place_of
with open_database(place_of(sys.argv[1], Path())) as database:
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(25):
        with database.writing() as writing:
            audit.append(writing, who=sys.argv[2], what=f"entry {number}", why="at once")
"""


def test_processes_that_append_at_once_keep_one_chain(database: Database, place: Place) -> None:
    url = place.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", _WRITER, url]
    writers = [
        subprocess.Popen([*command, who], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for who in ("one", "two", "three")
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=120)
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    with database.reading() as reading:
        found = audit.verify(reading)
        entries = audit.list_entries(reading)
    assert (found.faults, found.head.number) == ((), 75)
    for who in ("one", "two", "three"):
        assert [entry.what for entry in entries if entry.who == who] == [f"entry {number}" for number in range(25)]


_ENDLESS = """
import sys
from pathlib import Path
from signals.store import audit
from signals.store.database import open_database
from signals.store.place import place_of
with open_database(place_of(sys.argv[1], Path())) as database:
    while True:
        with database.writing() as writing:
            entry = audit.append(writing, who="me", what="write", why="until killed")
        print(entry.number, entry.hash, sep=":", flush=True)
"""


def test_what_was_acknowledged_outlives_a_killed_writer(database: Database, place: Place) -> None:
    url = place.url.render_as_string(hide_password=False)
    for goes_on in (1, 7, 20):
        writer = subprocess.Popen([sys.executable, "-c", _ENDLESS, url], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        for _ in range(goes_on):
            acknowledged = writer.stdout.readline()
        writer.kill()
        writer.communicate(timeout=60)
        assert _faults(database, head_of(acknowledged)) == ()


def test_texts_that_cannot_be_shown_are_refused(database: Database) -> None:
    with database.writing() as writing:
        for bad in ("", "  ", "a\nb", "a\x00", "\x1b[2J", "\ud800", "x" * 201):
            with pytest.raises(InputError, match="who: found"):
                audit.append(writing, who=bad, what="plan.approve", why="test")
        assert audit.head(writing) == Head()


def test_all_faults_of_an_entry_are_told_at_once(database: Database) -> None:
    with pytest.raises(InputError) as refused, database.writing() as writing:
        audit.append(writing, who="", what="", why="", before="abc", after=DIGEST.upper())
    assert [fault.what for fault in refused.value.faults] == ["who", "what", "why", "before", "after"]
