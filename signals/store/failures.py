"""What a database refuses, told to a person: what is wrong, where, and what would help."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from networks.faults import Fault, InputError, NotNow
from signals.store.place import Place

_WRITABLE = "a file and folder that this user may write"
_OF_SQLITE = {  # primary result code: found, needed
    sqlite3.SQLITE_PERM: ("no permission", _WRITABLE),
    sqlite3.SQLITE_READONLY: ("a read-only file or folder", _WRITABLE),
    sqlite3.SQLITE_CANTOPEN: ("a file that cannot be opened", _WRITABLE),
    sqlite3.SQLITE_CORRUPT: ("a damaged file", "a whole database; restore a backup"),
    sqlite3.SQLITE_NOTADB: ("a file that is no SQLite database", "a database of Greenband"),
    sqlite3.SQLITE_FULL: ("a full disk", "room on the disk"),
    sqlite3.SQLITE_IOERR: ("a disk that fails", "a disk that can be read and written"),
}
_OF_POSTGRESQL = {  # SQLSTATE, or its class
    "25006": ("a read-only server", "a server that can be written"),
    "3F000": ("no schema to work in", "a schema of the search path that exists"),
    "42501": ("a permission that is missing", "a user who may use the schema and its tables"),
    "53": ("a server without resources", "room on the server"),
    "57": ("a server that is stopping", "a server that answers"),
}
_LOCKED_CODES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class DatabaseFailed(NotNow):
    """The database cannot be used now, for a reason outside the program."""


class NotThere(InputError):
    """What was asked for by its name or digest is not kept."""


class DatabaseLocked(DatabaseFailed):
    """Others held the database for too long; the same call may succeed later."""


class NoConnection(DatabaseLocked):
    """All connections were in use for too long; what was asked for before on another one may have been done."""


class DatabaseAway(DatabaseFailed):
    """The server does not answer, or is stopping; the same call may succeed later, and may have done its work."""


@contextmanager
def told(place: Place) -> Iterator[None]:
    """Turn what the driver raises for reasons outside the program into `InputError`; all else goes through."""
    try:
        yield
    except DBAPIError as error:
        explained = _explained(error.orig, place)
        if explained is None:
            raise
        raise explained from None  # the driver's error may repeat the URL
    except PoolTimeout:
        needed = "one that is free; try again in a moment"
        raise NoConnection([Fault("database", str(place), "all its connections in use", needed)]) from None
    except sqlite3.Error as error:
        explained = _explained(error, place)
        if explained is None:
            raise
        raise explained from None


def _explained(error: BaseException | None, place: Place) -> InputError | None:
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _LOCKED_CODES:
            return _locked(place)
        found_needed = _OF_SQLITE.get(code)
    else:
        state = getattr(error, "sqlstate", None)
        if state == "55P03":
            return _locked(place)
        if state is None:
            if type(error).__name__ not in ("OperationalError", "ConnectionTimeout", "ProgrammingError"):
                return None
            found = f"no connection ({place.scrubbed(str(error))})"
            return DatabaseAway(
                [Fault("database", str(place), found, "a server that answers there and lets this user in")]
            )
        else:
            found_needed = _OF_POSTGRESQL.get(state) or _OF_POSTGRESQL.get(state[:2])
            if found_needed and state[:2] == "57":
                return DatabaseAway([Fault("database", str(place), *found_needed)])
    return DatabaseFailed([Fault("database", str(place), *found_needed)]) if found_needed else None


def _locked(place: Place) -> DatabaseLocked:
    needed = "one that is free; try again when the other writer is done"
    return DatabaseLocked([Fault("database", str(place), "locked by another writer", needed)])
