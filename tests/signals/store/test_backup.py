"""A backup is whole and of one moment; a restored database is the same, or there is none."""

from __future__ import annotations

import random
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, text

from networks.faults import InputError
from signals.store import audit, documents
from signals.store.backup import back_up, restore
from signals.store.database import Database, Reading, open_database
from signals.store.kinds import Kind
from signals.store.place import Place, file_place
from signals.store.seal import seal
from signals.store.steps import digest_of_file
from signals.store.tables import metadata
from tests.databases import behind_the_back
from tests.signals.store.street_documents import put_all


def _fill(database: Database) -> None:
    with database.writing() as writing:
        kept = put_all(writing)
        for name, digest in kept.items():
            audit.append(writing, who="R. Roe", what=f"put {name}", why="test", after=digest)


def _rows(reading: Reading) -> dict[str, list[tuple[object, ...]]]:
    return {
        name: [tuple(row) for row in reading.connection.execute(select(table).order_by(*table.primary_key))]
        for name, table in metadata.tables.items()
    }


def test_a_restored_database_is_the_same_row_by_row(
    database: Database, new_place: Callable[[], Place], tmp_path: Path
) -> None:
    _fill(database)
    file, second = tmp_path / "backup", new_place()
    written = back_up(database, file)
    assert (written.documents, written.head.number, written.file_digest) == (16, 16, digest_of_file(file))
    assert restore(file, second) == written
    with database.reading() as one, open_database(second) as restored, restored.reading() as other:
        assert _rows(one) == _rows(other)
        assert all(_rows(one).values())
    with pytest.raises(Exception, match="append-only"), behind_the_back(second, guarded=True) as connection:
        connection.execute(text("DELETE FROM audit_entries"))


def test_a_backup_goes_from_one_kind_of_database_to_the_other(database: Database, tmp_path: Path) -> None:
    """The file is a database of SQLite itself, so a server's content can be read without a server."""
    _fill(database)
    back_up(database, tmp_path / "backup")
    with open_database(file_place(tmp_path / "backup")) as copy, copy.reading() as one, database.reading() as other:
        assert _rows(one) == _rows(other)


def test_a_backup_is_of_one_moment_while_others_write(database: Database, tmp_path: Path) -> None:
    """Every transaction keeps a document and an entry: a copy of one moment has as many of both."""
    done = threading.Event()

    def write() -> None:
        number = 0
        while not done.is_set():
            number += 1
            with database.writing() as writing:
                digest = documents.put(writing, Kind.RULES, f"rules {number}".encode())
                audit.append(writing, who="me", what="put", why="meanwhile", after=digest)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [back_up(database, tmp_path / f"backup-{number}") for number in range(5)]
    finally:
        done.set()
        writer.join()
    assert [copy.documents for copy in copies] == [copy.head.number for copy in copies]
    with database.reading() as reading:
        for copy in copies:
            assert audit.verify(reading, copy.head).faults == ()


def test_nothing_is_overwritten(database: Database, place: Place, tmp_path: Path) -> None:
    _fill(database)
    back_up(database, tmp_path / "backup")
    before = digest_of_file(tmp_path / "backup")
    with pytest.raises(InputError, match="there already"):
        back_up(database, tmp_path / "backup")
    with pytest.raises(InputError, match="there already"):
        restore(tmp_path / "backup", place)
    assert digest_of_file(tmp_path / "backup") == before
    with database.reading() as reading:
        assert audit.verify(reading).head.number == 16


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE documents SET content = x'00', size_bytes = 1 WHERE number = 2", "content: found that of"),
        ("DELETE FROM documents WHERE number = 4", "without what it is made from"),
        ("UPDATE documents SET number = 40 WHERE number = 16", "none of number 16"),
        ("DELETE FROM key_rings", "nothing of it in key_rings"),
        ("UPDATE documents SET kind = 'poem' WHERE number = 4", "nothing of it in any table of a kind"),
        ("UPDATE audit_entries SET who = 'M. Mallory' WHERE number = 3", "audit entry 3: hash of its content"),
        ("DELETE FROM audit_entries WHERE number = 3", "audit entry 4: entries before it: found no entry 3"),
    ],
)
def test_a_backup_that_was_altered_is_refused_and_nothing_stays(
    database: Database, new_place: Callable[[], Place], tmp_path: Path, change: str, told: str
) -> None:
    _fill(database)
    file, second = tmp_path / "backup", new_place()
    back_up(database, file)
    with behind_the_back(file_place(file)) as connection:
        connection.execute(text(change))
    with pytest.raises(InputError, match=r"changed after it was written|damaged file"):
        restore(file, second)
    seal(file)
    with pytest.raises(InputError, match=told):
        restore(file, second)
    with pytest.raises(InputError, match="no database of Greenband"), open_database(second):
        pass


def test_a_damaged_database_is_told_and_not_copied(database: Database, place: Place, tmp_path: Path) -> None:
    _fill(database)
    with behind_the_back(place) as connection:
        connection.execute(text("UPDATE audit_entries SET why = 'nothing' WHERE number = 7"))
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="audit entry 7"):
        back_up(database, tmp_path / "out" / "backup")
    assert list((tmp_path / "out").iterdir()) == []


def test_what_is_no_backup_is_refused_by_its_name(new_place: Callable[[], Place], tmp_path: Path) -> None:
    place = new_place()
    (tmp_path / "text").write_text("not a backup\n" * 100)
    with closing(sqlite3.connect(tmp_path / "other")) as connection:
        connection.execute("CREATE TABLE documents (number INTEGER)")
    for name, told in (("text", "none of SQLite"), ("other", "no backup of Greenband"), ("none", "no such file")):
        with pytest.raises(InputError, match=f"{name}: .*{told}"):
            restore(tmp_path / name, place)


def test_a_backup_that_was_cut_is_refused(database: Database, new_place: Callable[[], Place], tmp_path: Path) -> None:
    _fill(database)
    back_up(database, tmp_path / "backup")
    shutil.copy(tmp_path / "backup", tmp_path / "cut")
    with (tmp_path / "cut").open("r+b") as stream:
        stream.truncate((tmp_path / "cut").stat().st_size // 2)
    with pytest.raises(InputError, match="damaged file"):
        restore(tmp_path / "cut", new_place())


def test_a_flipped_bit_is_refused_or_changes_nothing(database: Database, tmp_path: Path) -> None:
    _fill(database)
    back_up(database, tmp_path / "backup")
    content, chance = (tmp_path / "backup").read_bytes(), random.Random(20260302)
    used = [at for at, byte in enumerate(content) if byte]
    with database.reading() as reading:
        rows = _rows(reading)
    told: list[str] = []
    for number in range(40):
        flipped, place = bytearray(content), file_place(tmp_path / f"restored-{number}")
        anywhere = number % 4 == 0  # also where the file holds nothing
        flipped[chance.randrange(len(content)) if anywhere else chance.choice(used)] ^= 1 << chance.randrange(8)
        (tmp_path / "flipped").write_bytes(flipped)
        try:
            restore(tmp_path / "flipped", place)
        except InputError as error:
            told.append(str(error))
            continue
        with open_database(place) as restored, restored.reading() as reading:
            assert _rows(reading) == rows
    assert 20 < len(told) < 40
    assert all(str(tmp_path / "flipped") in error for error in told)
