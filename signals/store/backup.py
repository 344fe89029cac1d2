"""A whole copy in one file, consistent while others write, and a new database from it.

The file is itself a database of ours in SQLite, of whatever kind the original is: the same tables, guards and checks.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, insert, select

from networks.faults import Fault, InputError, refuse_if_any
from signals.files import refuse_no_place
from signals.store import audit
from signals.store.chain import Head
from signals.store.database import Database, Reading, new_database, open_database, upgrade_database
from signals.store.documents import damaged
from signals.store.failures import told
from signals.store.files import damaged_files
from signals.store.place import Place, file_place
from signals.store.seal import broken, seal
from signals.store.steps import digest_of_file
from signals.store.tables import documents, files, metadata

_ROWS_AT_ONCE, _CONTENTS_AT_ONCE = 1000, 4  # a document may be large


@dataclass(frozen=True, slots=True)
class Copied:
    """What a backup or a restored database holds, and the SHA-256 [hex] of the backup's file."""

    documents: int
    head: Head
    file_digest: str


def back_up(database: Database, file: Path) -> Copied:
    """Write a whole copy, as of the moment it began, to a new file. `InputError`: it is there already.

    The copy is verified before it gets its name: what is damaged is told, not copied.
    """
    refuse_no_place(file, "--out")
    if file.exists():
        raise InputError([Fault("--out", "command line", f"{file}, which is there already", "a new file")])
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as folder:
        copy = Path(folder) / "copy"
        with database.reading() as reading:
            refuse_if_any(_faults(reading))
            with new_database(file_place(copy)) as target:
                _copy(reading.connection, target)
                held = _held(Reading(target))
        seal(copy)
        _settle(copy)
        digest = digest_of_file(copy)
        os.replace(copy, file)
    return Copied(*held, digest)


def restore(file: Path, place: Place) -> Copied:
    """A new database from a backup. Raises `InputError` where it is damaged, or where there is a database already.

    Every digest of a document and the chain of the audit log are verified, and nothing stays behind where one is wrong.
    A backup of an older version gets the tables of today.
    """
    if not file.is_file():
        raise InputError([Fault("backup", str(file), "no such file", "a file that `greenband backup` wrote")])
    with tempfile.TemporaryDirectory(prefix="greenband-restore-") as folder:
        copy = file_place(Path(folder) / "backup")
        with _told_of(file, copy):
            shutil.copyfile(file, Path(folder) / "backup")
            digest = digest_of_file(Path(folder) / "backup")
            if found := broken(Path(folder) / "backup"):
                needed = "a whole file that `greenband backup` wrote"
                raise InputError([Fault("backup", str(copy), found, needed)])
            upgrade_database(copy)
        with open_database(copy) as database, database.reading() as reading:
            with _told_of(file, copy):
                refuse_if_any(_faults(reading))
            with new_database(place) as target:
                _copy(reading.connection, target)
                held = _held(Reading(target))
    return Copied(*held, digest)


@contextmanager
def _told_of(file: Path, copy: Place) -> Iterator[None]:
    """Faults of the copy that is worked on, as those of the file that a person knows."""
    try:
        with told(copy):
            yield
    except InputError as error:
        faults = [Fault(f.what, f.where.replace(str(copy), str(file)), f.found, f.needed) for f in error.faults]
        raise InputError(faults) from None


def _faults(reading: Reading) -> Iterator[Fault]:
    yield from damaged(reading)
    yield from damaged_files(reading)
    yield from audit.verify(reading).faults


def _copy(source: Connection, target: Connection) -> None:
    for table in metadata.sorted_tables:
        at_once = _CONTENTS_AT_ONCE if table in (documents, files) else _ROWS_AT_ONCE
        rows = source.execute(select(table).order_by(*table.primary_key).execution_options(yield_per=at_once))
        for some in rows.mappings().partitions():
            target.execute(insert(table), [dict(row) for row in some])


def _held(reading: Reading) -> tuple[int, Head]:
    count = select(func.count()).select_from(documents)
    return reading.connection.execute(count).scalar_one(), audit.head(reading)


def _settle(copy: Path) -> None:
    """Make a file that was written by SQLite one file, and lasting."""
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    with copy.open("rb") as stream:
        os.fsync(stream.fileno())
