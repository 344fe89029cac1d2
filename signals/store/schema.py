"""Which tables a database has, told by the number of its last migration, and how it gets those of today."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from networks.faults import Fault, InputError
from signals.store.place import Place
from signals.store.tables import metadata

VERSION_TABLE = "greenband_schema"
_FOLDER = Path(__file__).parent / "migrations"


def known() -> str:
    """The newest migration of this program."""
    return str(_scripts().get_current_head())


def found(connection: Connection) -> str | None:
    """The last migration that the database has had; None where it has had none."""
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()


def refuse_other(connection: Connection, place: Place) -> None:
    """Raise `InputError` unless the database has exactly the tables that this program knows."""
    revision, newest = found(connection), known()
    if revision is None:
        raise absent(place)
    if revision != newest:
        raise _other(place, revision, newest)


def upgrade(connection: Connection, place: Place) -> tuple[str | None, str]:
    """Bring the tables up to those of today within the caller's transaction; the migrations before and after.

    Raises `InputError` where the database is newer than this program, or has tables of others by our names.
    """
    before, newest = found(connection), known()
    if before is None:
        refuse_taken(connection, place)
    elif before not in {script.revision for script in _scripts().walk_revisions()}:
        raise _other(place, before, newest)
    if before != newest:
        _run(connection)
    return before, newest


def refuse_taken(connection: Connection, place: Place) -> None:
    """Raise `InputError` where a table by one of our names is there already."""
    taken = sorted({VERSION_TABLE, *metadata.tables} & set(inspect(connection).get_table_names()))
    if taken:
        found_there = f"tables that are there already ({', '.join(taken)})"
        raise InputError([Fault("database", str(place), found_there, "an empty database, or another schema of it")])


def absent(place: Place) -> InputError:
    """The error for a database that is not there, or holds nothing of ours."""
    needed = "one; `greenband database upgrade` makes it, `greenband restore` fills it from a backup"
    return InputError([Fault("database", str(place), "no database of Greenband", needed)])


def _other(place: Place, revision: str, newest: str) -> InputError:
    older = revision in {script.revision for script in _scripts().walk_revisions()}
    needed = "`greenband backup`, then `greenband database upgrade`" if older else "a newer Greenband"
    age = "older" if older else "newer"
    return InputError([Fault("schema", str(place), f"version {revision}, {age} than {newest} of this program", needed)])


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(_FOLDER), version_locations=[str(_FOLDER)])


def _run(connection: Connection, to: str = "head") -> None:
    scripts = _scripts()

    def steps(revision: Any, context: Any) -> Any:
        return scripts._upgrade_revs(to, revision)

    with EnvironmentContext(Config(), scripts, fn=steps) as environment:
        environment.configure(
            connection=connection,
            target_metadata=metadata,
            version_table=VERSION_TABLE,
            render_as_batch=True,
            transactional_ddl=True,
        )
        environment.run_migrations()
