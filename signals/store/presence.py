"""Who is alive: every worker holds a lock on its name, and the system gives the lock back when the worker is gone.

On a server it is a session's advisory lock, so that it ends with the connection; beside a file of SQLite, which one
machine uses, it is the lock of a file. Whoever is wrongly taken for dead does no harm: what a worker does is fenced.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from signals.store.failures import told
from signals.store.place import Place

_NOTICED_IN = {  # that the other end of the connection is gone, also where a cable was cut
    "keepalives": 1,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,  # ms
    "connect_timeout": 5,  # s
}


class Presence(Protocol):
    """The locks of one worker."""

    def hold(self, name: str) -> bool:
        """Take the lock of this name, again where it was lost; False where somebody else holds it."""
        ...

    def is_held(self, name: str) -> bool:
        """Whether anybody holds the lock of this name."""
        ...

    def close(self) -> None:
        """Give all locks back."""
        ...


def presence_at(place: Place, scope: str) -> Presence:
    """The locks of a worker at this database; `scope` keeps databases of one server apart."""
    return _OfServer(place, scope) if place.file is None else _OfFiles(place.file)


class _OfFiles:
    def __init__(self, file: Path) -> None:
        self._folder = file.with_name(f"{file.stem}-workers")
        self._held: dict[str, int] = {}

    def hold(self, name: str) -> bool:
        if name in self._held:
            return True
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._folder / name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return False
        self._held[name] = handle
        return True

    def is_held(self, name: str) -> bool:
        if name in self._held:
            return True
        try:
            handle = os.open(self._folder / name, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(handle)
        return False

    def close(self) -> None:
        for name, handle in self._held.items():
            with suppress(FileNotFoundError):
                (self._folder / name).unlink()
            os.close(handle)
        self._held.clear()


class _OfServer:
    def __init__(self, place: Place, scope: str) -> None:
        self._place = place
        self._scope = scope
        self._engine: Engine = create_engine(
            place.url, hide_parameters=True, isolation_level="AUTOCOMMIT", connect_args=_NOTICED_IN
        )
        self._connection: Connection | None = None
        self._held: set[str] = set()

    def hold(self, name: str) -> bool:
        with told(self._place):
            self._session()
            if name not in self._held and self._asked("pg_try_advisory_lock", name):
                self._held.add(name)
        return name in self._held

    def is_held(self, name: str) -> bool:
        with told(self._place):
            self._session()
            if name in self._held:
                return True
            if not self._asked("pg_try_advisory_lock", name):
                return True
            self._asked("pg_advisory_unlock", name)
            return False

    def close(self) -> None:
        if self._connection is not None:
            with suppress(SQLAlchemyError):
                # The end of the session would do it as well, but some time after this has returned.
                self._connection.execute(text("SELECT pg_advisory_unlock_all()"))
                self._connection.close()
        self._engine.dispose()

    def _session(self) -> Connection:
        """The session whose end gives the locks back; a new one where the server ended it."""
        if self._connection is not None:
            try:
                self._connection.execute(text("SELECT 1"))
                return self._connection
            except SQLAlchemyError:  # of whatever kind: the session is no longer one to rely on
                self._held.clear()
                with suppress(SQLAlchemyError):
                    self._connection.invalidate()
                    self._connection.close()
                self._connection = None
        self._connection = self._engine.connect()
        return self._connection

    def _asked(self, function: str, name: str) -> bool:
        digest = hashlib.sha256(f"greenband {self._scope} {name}".encode()).digest()
        key = int.from_bytes(digest[:8], "big", signed=True)
        assert self._connection is not None
        return bool(self._connection.execute(text(f"SELECT {function}(:key)"), {"key": key}).scalar_one())
