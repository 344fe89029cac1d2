"""One coordinator: an office that dies with its process, and terms that fence whoever held it before.

The office is an advisory lock of a session on PostgreSQL, and a lock on a file beside a file of SQLite: both are given
back by the system when the process ends, however it ends. Should two ever believe that they hold it, the later term
counts: every write asks whether its own is still the last.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import ExitStack, suppress
from typing import Self

from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from networks.faults import Fault, InputError
from signals.store.database import Database, Reading, Writing
from signals.store.instants import instant_text
from signals.store.numbers import next_number
from signals.store.tables import delivery_terms

_OUR_LOCKS = 0x47424F46 << 32  # high half of the advisory locks of PostgreSQL that are ours
_ALIVE_S = 2  # idle seconds after which the server asks whether a holder is still there


class LostOffice(InputError):
    """Another process coordinates by now; what was to be written was not."""


class Office:
    """Held from `taken` until `leave`, or until its process or its connection ends."""

    def __init__(self, holding: ExitStack, connection: Connection | None, term: int) -> None:
        self._holding, self._connection, self.term = holding, connection, term

    @classmethod
    def taken(cls, database: Database, holder: str) -> Self | None:
        """The office, if it is free."""
        with ExitStack() as stack:
            held, connection = _locked(database, stack)
            if not held:
                return None
            with database.writing() as writing:
                term = next_number(writing, delivery_terms)
                row = {"number": term, "holder": holder, "at": instant_text(writing.at)}
                writing.connection.execute(insert(delivery_terms), row)
            return cls(stack.pop_all(), connection, term)

    def refuse_lost(self, writing: Writing) -> None:
        """Raise `LostOffice` where a later term has begun."""
        if (latest := latest_term(writing)) != self.term:
            raise LostOffice([Fault("office", "coordinator", f"term {latest}", f"term {self.term}, its own")])

    def alive(self) -> bool:
        """Whether the lock is still held."""
        if self._connection is None:
            return True
        try:
            self._connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True

    def leave(self) -> None:
        """Give it back."""
        if self._connection is not None:
            with suppress(SQLAlchemyError):  # the end of the session would do it as well, but some time later
                self._connection.execute(text("SELECT pg_advisory_unlock_all()"))
        self._holding.close()


def latest_term(reading: Reading) -> int:
    """The term that counts; 0 before the first."""
    return int(reading.connection.execute(select(func.coalesce(func.max(delivery_terms.c.number), 0))).scalar_one())


def _locked(database: Database, stack: ExitStack) -> tuple[bool, Connection | None]:
    if (file := database.place.file) is not None:
        path = file.with_name(f"{file.name}.coordinator")
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        stack.callback(os.close, descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False, None
        return True, None
    connection = stack.enter_context(database.session())
    for setting in ("tcp_keepalives_idle", "tcp_keepalives_interval"):
        connection.execute(text(f"SET {setting} = {_ALIVE_S}"))
    connection.execute(text("SET tcp_keepalives_count = 2"))
    lock = text("SELECT pg_try_advisory_lock(:ours | coalesce(to_regclass('delivery_terms')::oid::bigint, 0))")
    return bool(connection.execute(lock, {"ours": _OUR_LOCKS}).scalar_one()), connection
