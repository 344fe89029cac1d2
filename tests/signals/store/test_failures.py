"""What a database refuses is told to a person, without secrets and without the driver's words."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import ProgrammingError

from networks.faults import InputError
from signals.store.database import Database, open_database, upgrade_database
from signals.store.place import file_place, place_of

NOBODY = 65534


@contextmanager
def _not_root() -> Iterator[None]:
    """As a user whom permissions hold."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A folder with a database, in which nobody may write."""
    folder = Path(tempfile.mkdtemp(prefix="greenband-read-only-"))
    upgrade_database(file_place(folder / "here.sqlite"))
    (folder / "here.sqlite").chmod(0o444)
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_read_only_folder_is_told(read_only: Path) -> None:
    with _not_root():
        with pytest.raises(InputError, match=r"here\.sqlite: database: .*that this user may write"):
            upgrade_database(file_place(read_only / "here.sqlite"))
        with pytest.raises(InputError, match=r"new\.sqlite: database: .*that this user may write"):
            upgrade_database(file_place(read_only / "new.sqlite"))
        with pytest.raises(PermissionError):
            upgrade_database(file_place(read_only / "folder" / "new.sqlite"))


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database\n" * 100)
    with pytest.raises(InputError, match="no SQLite database"):
        upgrade_database(file_place(path))
    with pytest.raises(InputError, match="no SQLite database"), open_database(file_place(path)):
        pass
    assert path.read_text() == "not a database\n" * 100


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be opened"), open_database(file_place(tmp_path)):
        pass


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "here.sqlite"
    upgrade_database(file_place(path))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    content = bytearray(path.read_bytes())
    content[100:] = b"\xaa" * (len(content) - 100)
    path.write_bytes(content)
    with pytest.raises(InputError, match="damaged file"), open_database(file_place(path)):
        pass


@pytest.mark.parametrize(
    "url",
    ["postgresql://me:s3cret@127.0.0.1:1/signals", "postgresql://me:s3cret@/signals?host=/nowhere&sslpassword=s3cret2"],
)
def test_a_server_that_does_not_answer_is_told_without_the_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no connection") as refused, open_database(place_of(url, tmp_path)):
        pass
    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_database_that_the_server_does_not_have_is_told(postgresql: str, tmp_path: Path) -> None:
    nowhere = place_of(postgresql.replace("/test", "/greenband_never_made").replace("@/postgres", "@/never"), tmp_path)
    with pytest.raises(InputError, match="does not exist"), open_database(nowhere):
        pass


def test_a_search_path_without_a_schema_is_told(postgresql: str, tmp_path: Path) -> None:
    options = f"{'&' if '?' in postgresql else '?'}options=-csearch_path%3Dgreenband_never_made"
    with pytest.raises(InputError, match="no schema to work in"):
        upgrade_database(place_of(postgresql + options, tmp_path))


def test_a_fault_of_our_own_goes_through(database: Database) -> None:
    """Errors that no person can cure keep the driver's words, for who looks for the fault."""
    kinds = (ProgrammingError, sqlite3.OperationalError, Exception)
    with pytest.raises(kinds) as raised, database.reading() as reading:
        reading.connection.exec_driver_sql("SELECT nothing FROM nowhere")
    assert not isinstance(raised.value, InputError)
