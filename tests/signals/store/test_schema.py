"""The migrations make exactly the tables that the program speaks of, on every kind of database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from networks.faults import InputError
from signals.store import documents, schema
from signals.store.database import Database, open_database, upgrade_database
from signals.store.place import Place
from signals.store.tables import metadata
from tests.databases import behind_the_back


def test_the_migrations_make_the_tables_of_the_program(database: Database) -> None:
    with database.reading() as reading:
        options = {"version_table": schema.VERSION_TABLE, "compare_type": True, "render_as_batch": True}
        context = MigrationContext.configure(reading.connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_an_upgrade_makes_the_database_and_then_changes_nothing(new_place: Callable[[], Place]) -> None:
    place = new_place()
    assert upgrade_database(place) == (None, schema.known())
    assert upgrade_database(place) == (schema.known(), schema.known())


def test_an_older_database_keeps_its_documents_when_it_is_upgraded(
    new_place: Callable[[], Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = new_place()
    with monkeypatch.context() as older:
        older.setattr(schema, "_run", partial(schema._run, to="0001"))
        upgrade_database(place)
    digest = hashlib.sha256(b"rules").hexdigest()
    content = {"digest": digest, "content": b"rules"}
    with behind_the_back(place, guarded=True) as connection:
        columns = "number, digest, kind, size_bytes, kept_at, content"
        values = "1, :digest, 'rules', 5, '2026-03-02T06:30:00.000000Z', :content"
        connection.execute(text(f"INSERT INTO documents ({columns}) VALUES ({values})"), content)
        connection.execute(text("INSERT INTO rules VALUES (:digest)"), content)
    with pytest.raises(InputError, match="version 0001, older than"), open_database(place):
        pass
    assert upgrade_database(place) == ("0001", schema.known())
    with open_database(place) as database, database.reading() as reading:
        assert documents.get(reading, digest) == b"rules"


def test_a_newer_database_is_left_alone(place: Place) -> None:
    with behind_the_back(place, guarded=True) as connection:
        connection.execute(text(f"UPDATE {schema.VERSION_TABLE} SET version_num = '9999'"))
    for use in (lambda: upgrade_database(place), lambda: open_database(place).__enter__()):
        with pytest.raises(InputError, match=r"version 9999, newer than .* needed a newer Greenband"):
            use()


def test_tables_of_others_by_our_names_are_left_alone(new_place: Callable[[], Place]) -> None:
    place = new_place()
    with behind_the_back(place, guarded=True) as connection:
        connection.execute(text("CREATE TABLE plans (name TEXT)"))
    with pytest.raises(InputError, match=r"there already \(plans\)"):
        upgrade_database(place)


def test_a_place_without_a_database_is_told(new_place: Callable[[], Place]) -> None:
    place = new_place()
    with pytest.raises(InputError, match="no database of Greenband"), open_database(place):
        pass
    assert place.file is None or not place.file.exists()
