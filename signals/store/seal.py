"""The seal of a backup: one digest over all that stands in the file, so that no damage passes for content.

Digests and chain cover documents and the audit log; the seal the rest: when a document was kept and from what
it is made. It is no protection from who can compute it anew: against that stands a head that was recorded elsewhere.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

_TABLE = "backup_seal"


def seal(file: Path) -> None:
    """Seal a file of SQLite, anew where it has a seal."""
    with closing(_opened(file)) as connection:
        connection.execute(f"CREATE TABLE IF NOT EXISTS {_TABLE} (rows_sha256 TEXT NOT NULL)")
        connection.execute(f"DELETE FROM {_TABLE}")
        connection.execute(f"INSERT INTO {_TABLE} VALUES (?)", [_digest(connection)])
        connection.commit()


def broken(file: Path) -> str:
    """Why a file of SQLite is not as it was sealed; an empty text where it is."""
    try:
        with closing(_opened(file)) as connection:
            if _TABLE.encode() not in {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}:
                return "no backup of Greenband"
            if (whole := connection.execute("PRAGMA integrity_check(1)").fetchone()[0]) != b"ok":
                return f"a damaged file ({' '.join(whole.decode(errors='replace').split())})"
            if connection.execute("PRAGMA foreign_key_check").fetchone():
                return "a damaged file (a document without what it is made from)"
            found = connection.execute(f"SELECT rows_sha256 FROM {_TABLE}").fetchall()
            return "" if found == [(_digest(connection).encode(),)] else "a file that was changed after it was written"
    except (sqlite3.Error, UnicodeDecodeError) as error:  # the latter where the driver tells of damaged text
        return f"a damaged file, or none of SQLite ({error})"


def _opened(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file)
    connection.text_factory = bytes  # damaged text shall be hashed, not read
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection


def _digest(connection: sqlite3.Connection) -> str:
    hashed = hashlib.sha256()
    schema = f"SELECT type, name, sql FROM sqlite_master WHERE tbl_name <> '{_TABLE}' ORDER BY type, name"
    names = [name.decode(errors="replace") for kind, name, _ in connection.execute(schema) if kind == b"table"]
    rows = ['SELECT * FROM "{}" ORDER BY rowid'.format(name.replace('"', '""')) for name in names]
    for query in (schema, *rows):
        for row in connection.execute(query):
            for value in row:
                content = value if isinstance(value, bytes) else repr(value).encode()
                hashed.update(f"{type(value).__name__} {len(content)} ".encode() + content)
    return hashed.hexdigest()
