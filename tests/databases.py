"""Databases for tests, of every kind: a file of SQLite, and a schema of its own on a PostgreSQL server.

The server is that of GREENBAND_TEST_POSTGRESQL (a URL; without it, the usual one of this machine), else one that is
started for the run.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from signals.store.database import Database, open_database, upgrade_database
from signals.store.place import Place, file_place, place_of
from signals.store.tables import metadata

KINDS = ("sqlite", "postgresql")
USUAL_SERVER = "postgresql+psycopg://postgres@127.0.0.1:5432/test"
DAWN = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server."""
    url = os.environ.get("GREENBAND_TEST_POSTGRESQL", USUAL_SERVER)
    if _answers(url):
        yield url
        return
    programs = server_programs()
    if programs is None:
        reason = f"no PostgreSQL answers at {url}, and its programs (initdb, pg_ctl) are not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with private_server(programs) as private:
        yield private.url


@pytest.fixture(params=KINDS)
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Place]]:
    """Makes places of one kind at which there is no database yet; they are dropped after the test."""
    if request.param == "sqlite":
        yield lambda: file_place(tmp_path / f"{secrets.token_hex(4)}.sqlite")
        return
    server = request.getfixturevalue("postgresql")
    made: list[str] = []
    engine = create_engine(server)

    def schema() -> Place:
        made.append(f"greenband_test_{secrets.token_hex(8)}")
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {made[-1]}"))
        return place_of(f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{made[-1]}", tmp_path)

    yield schema
    with engine.begin() as connection:
        for name in made:
            connection.execute(text(f"DROP SCHEMA IF EXISTS {name}_jobs CASCADE"))
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    engine.dispose()


@pytest.fixture
def place(new_place: Callable[[], Place]) -> Place:
    """A place with an empty database."""
    made = new_place()
    upgrade_database(made)
    return made


@pytest.fixture
def database(place: Place) -> Iterator[Database]:
    """An empty database. Its clock begins at dawn and goes on by a second with every transaction that writes."""
    seconds = iter(range(10**6))
    with open_database(place, now=lambda: DAWN + timedelta(seconds=next(seconds))) as opened:
        yield opened


@contextmanager
def behind_the_back(place: Place, *, guarded: bool = False) -> Iterator[Connection]:
    """A connection that knows nothing of the store; its transaction is committed. Unless guarded, triggers are off."""
    engine = _plain_engine(place)
    try:
        with engine.begin() as connection:
            if not guarded:
                _drop_guards(connection)
            yield connection
    finally:
        engine.dispose()


def _plain_engine(place: Place) -> Engine:
    return create_engine(place.url, isolation_level="AUTOCOMMIT" if place.file else "READ COMMITTED")


def _drop_guards(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        for name in metadata.tables:
            connection.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER USER"))
        return
    for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        connection.execute(text(f"DROP TRIGGER {name}"))


def _answers(url: str) -> bool:
    engine = create_engine(url, connect_args={"connect_timeout": 5})
    try:
        with engine.connect():
            return True
    except OperationalError:
        return False
    finally:
        engine.dispose()


def server_programs() -> Path | None:
    """Where the programs of a PostgreSQL server are installed, if they are."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = str(installed[-1]) if installed else shutil.which("initdb")
    return Path(found).parent if found else None


@dataclass(frozen=True, slots=True)
class PrivateServer:
    """A server of our own in a folder of its own, reached through a socket there."""

    programs: Path
    folder: Path

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start it."""
        self.call("pg_ctl", "-w", "-o", f"-k {self.folder} -c listen_addresses=''", "start")

    def stop(self) -> None:
        """Stop it at once, as where the power fails."""
        self.call("pg_ctl", "-m", "immediate", "stop")

    def call(self, program: str, *arguments: str) -> None:
        """Call one of its programs."""
        command = [str(self.programs / program), "-D", f"{self.folder}/data", *arguments]
        user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
        with open(f"{self.folder}/log", "ab") as log:
            subprocess.run(command, user=user, cwd=self.folder, stdout=log, stderr=log, check=True, timeout=120)


@contextmanager
def private_server(programs: Path) -> Iterator[PrivateServer]:
    """A server of our own, running; it is stopped afterwards."""
    with tempfile.TemporaryDirectory(prefix="greenband-pg-", ignore_cleanup_errors=True) as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        server = PrivateServer(programs, Path(folder))
        server.call("initdb", "-U", "postgres", "-A", "trust")
        server.start()
        try:
            yield server
        finally:
            server.stop()
