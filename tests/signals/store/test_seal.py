"""The seal: a file is as it was sealed, or why it is not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from signals.store.seal import broken, seal


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sealed"
    _change(path, "CREATE TABLE a (x TEXT)", 'CREATE TABLE "b""c" (y BLOB)', "INSERT INTO a VALUES ('1'), ('2')")
    seal(path)
    return path


def _change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_sealed_file_is_whole_also_when_sealed_again(file: Path) -> None:
    assert broken(file) == ""
    seal(file)
    assert broken(file) == ""


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE a SET x = '3' WHERE x = '2'",
        "UPDATE a SET x = x'32' WHERE x = '1'",
        "DELETE FROM a WHERE x = '2'",
        "INSERT INTO a VALUES (NULL)",
        'INSERT INTO "b""c" VALUES (x\'00\')',
        "CREATE TABLE d (z TEXT)",
        "ALTER TABLE a RENAME COLUMN x TO y",
        "CREATE TRIGGER t BEFORE INSERT ON a BEGIN SELECT 1; END",
        "UPDATE backup_seal SET rows_sha256 = 'ab'",
        "DELETE FROM backup_seal",
    ],
)
def test_every_change_breaks_it(file: Path, change: str) -> None:
    _change(file, change)
    assert broken(file) == "a file that was changed after it was written"


def test_what_has_no_seal_is_no_backup(file: Path, tmp_path: Path) -> None:
    _change(file, "DROP TABLE backup_seal")
    assert broken(file) == "no backup of Greenband"
    (tmp_path / "text").write_text("no database\n" * 100)
    assert "none of SQLite" in broken(tmp_path / "text")
