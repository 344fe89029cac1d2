"""The database and its two kinds of transactions: readers see one moment, writers come one after the other."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text

from networks.faults import Fault, InputError
from signals.store import schema
from signals.store.failures import told
from signals.store.place import Place

LOCK_WAIT_S = 30.0
_CONNECT_WAIT_S = 10
MOST_CONNECTIONS = 44  # at once: 40 threads answer requests, and the service has a few of its own
_FILES_OPEN, _SERVER_OPEN = 20, 5  # connections that are kept for the next who reads
_OUR_LOCKS = 0x47424E44 << 32  # high half of the advisory locks of PostgreSQL that are ours
_WRITER = "greenband_writer"


@dataclass(frozen=True, slots=True)
class Reading:
    """A transaction that sees the database as it was at one moment."""

    connection: Connection


@dataclass(frozen=True, slots=True)
class Writing(Reading):
    """The only transaction that writes; all that is written in it has its one instant."""

    at: datetime


class Database:
    """A database that is there and has the tables of today. Opened by `open_database`; `close` it."""

    def __init__(self, place: Place, engine: Engine, now: Callable[[], datetime], lock_wait_s: float) -> None:
        self.place = place
        self._engine = engine
        self._now = now
        self._lock_wait_s = lock_wait_s

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Read what was committed when the transaction began."""
        with told(self.place), self._engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield Reading(connection)

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """Write: all or nothing, on the disk when it ends. Raises `DatabaseLocked` where another writer goes on."""
        with told(self.place), writer(self._engine, self._lock_wait_s) as connection:
            yield Writing(connection, self._now())

    @contextmanager
    def session(self) -> Iterator[Connection]:
        """A connection without a transaction, closed at its end: for locks that last as long as it does."""
        with told(self.place), self._engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            try:
                yield connection
            finally:
                connection.invalidate()

    def now(self) -> datetime:
        """The instant by this database's clock (UTC)."""
        return self._now()

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()


def utc_now() -> datetime:
    """The clock of this machine."""
    return datetime.now(UTC)


@contextmanager
def open_database(
    place: Place, *, now: Callable[[], datetime] = utc_now, lock_wait_s: float = LOCK_WAIT_S
) -> Iterator[Database]:
    """The database at this place. Raises `InputError` where there is none, or one of another version."""
    if place.file and not place.file.exists():
        raise schema.absent(place)
    engine = engine_of(place, lock_wait_s)
    database = Database(place, engine, now, lock_wait_s)
    try:
        with database.reading() as reading:
            schema.refuse_other(reading.connection, place)
        yield database
    finally:
        database.close()


def upgrade_database(place: Place, *, lock_wait_s: float = LOCK_WAIT_S) -> tuple[str | None, str]:
    """Make the database where there is none, or give it the tables of today; the versions before and after."""
    make_folder(place)
    engine = engine_of(place, lock_wait_s, create=True)
    try:
        with told(place), writer(engine, lock_wait_s) as connection:
            return schema.upgrade(connection, place)
    finally:
        engine.dispose()


def make_database(place: Place, *, lock_wait_s: float = LOCK_WAIT_S) -> bool:
    """Make the database where there is none; whether it was made. One that is there stays as it is."""
    if place.file and place.file.exists():
        return False
    make_folder(place)
    engine = engine_of(place, lock_wait_s, create=True)
    try:
        with told(place), writer(engine, lock_wait_s) as connection:
            absent = schema.found(connection) is None
            if absent:
                schema.upgrade(connection, place)
            return absent
    finally:
        engine.dispose()


@contextmanager
def new_database(place: Place, *, lock_wait_s: float = LOCK_WAIT_S) -> Iterator[Connection]:
    """Make a database and fill it in one transaction. Raises `InputError` where something is there already.

    Where the filling fails, nothing stays behind.
    """
    if place.file and place.file.exists():
        raise InputError(
            [Fault("database", str(place), "a file that is there already", "a new one; nothing is overwritten")]
        )
    make_folder(place)
    engine = engine_of(place, lock_wait_s, create=True)
    try:
        with told(place), writer(engine, lock_wait_s) as connection:
            schema.refuse_taken(connection, place)
            schema.upgrade(connection, place)
            yield connection
    except BaseException:
        engine.dispose()
        if place.file:
            for suffix in ("", "-wal", "-shm"):
                place.file.with_name(place.file.name + suffix).unlink(missing_ok=True)
        raise
    finally:
        engine.dispose()


def make_folder(place: Place) -> None:
    """The folder of a file of SQLite, for its owner alone."""
    if place.file:
        place.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextmanager
def writer(engine: Engine, lock_wait_s: float = LOCK_WAIT_S) -> Iterator[Connection]:
    """A transaction that writes; writers come one after the other."""
    with engine.connect().execution_options(**{_WRITER: True}) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL lock_timeout = {round(lock_wait_s * 1000)}"))
            # By the table and not by name: one table may be reached by several search paths.
            lock = text("SELECT pg_advisory_xact_lock(:ours | coalesce(to_regclass('audit_entries')::oid::bigint, 0))")
            connection.execute(lock, {"ours": _OUR_LOCKS})
        yield connection


def engine_of(place: Place, lock_wait_s: float = LOCK_WAIT_S, *, create: bool = False) -> Engine:
    """Connections to this place, which begin their transactions as readers and writers do."""
    if place.file is None:
        wait = {} if "connect_timeout" in place.url.query else {"connect_timeout": _CONNECT_WAIT_S}
        pool = _pool(_SERVER_OPEN, lock_wait_s)
        return create_engine(place.url, hide_parameters=True, pool_pre_ping=True, connect_args=wait, **pool)
    uri = f"{place.file.absolute().as_uri()}?mode={'rwc' if create else 'rw'}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(uri, uri=True, timeout=lock_wait_s, isolation_level=None, check_same_thread=False)
        try:
            _prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine(place.url, creator=connect, hide_parameters=True, **_pool(_FILES_OPEN, lock_wait_s))
    event.listen(engine, "begin", _begin)
    return engine


def _pool(kept: int, wait_s: float) -> dict[str, Any]:
    return {"pool_size": kept, "max_overflow": MOST_CONNECTIONS - kept, "pool_timeout": wait_s}


def _prepare(connection: sqlite3.Connection) -> None:
    # trusted_schema: a file from elsewhere must not make its views and triggers call functions with effects
    for setting in ("synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON", "trusted_schema=OFF"):
        connection.execute(f"PRAGMA {setting}")
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        with suppress(sqlite3.OperationalError):  # somebody else is writing, or nobody may: told at the first statement
            connection.execute("PRAGMA journal_mode=WAL")


def _begin(connection: Connection) -> None:
    writer = connection.get_execution_options().get(_WRITER, False)
    connection.exec_driver_sql(f"PRAGMA query_only={not writer}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")
