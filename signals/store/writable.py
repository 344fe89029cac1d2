"""Can the database be written now? Found out by writing, for a disk is full and a server read-only without a word."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from networks.faults import Fault
from signals.store import audit
from signals.store.database import Database
from signals.store.documents import LARGEST_BYTES
from signals.store.failures import DatabaseFailed

LEAST_FREE_BYTES = LARGEST_BYTES  # on the disk of a file: one that takes a few bytes more is no disk to go on with
_MIB = 2**20


def refuse_unwritable(database: Database, *, least_free_bytes: int = LEAST_FREE_BYTES) -> None:
    """Raise `DatabaseFailed` with the reason where nothing can be written, or soon no more can.

    An entry is written and taken back within one transaction: its end comes to the disk all the same, and nothing of it
    stays. How much room a server has is known to the server alone.
    """
    if database.place.file is not None:
        _refuse_little_room(database, database.place.file.parent, least_free_bytes)
    with database.writing() as writing:
        entry = writing.connection.begin_nested()
        audit.append(writing, who="readiness", what="can the database be written?", why="taken back at once")
        entry.rollback()


def _refuse_little_room(database: Database, folder: Path, least_free_bytes: int) -> None:
    try:
        free_bytes = shutil.disk_usage(folder).free
    except OSError as error:
        found = os.strerror(error.errno) if error.errno else str(error)
        raise DatabaseFailed([Fault("database", str(database.place), found, "a folder that is there")]) from error
    if free_bytes < least_free_bytes:
        found = f"{free_bytes / _MIB:.0f} MiB free on its disk"
        needed = f"{least_free_bytes / _MIB:.0f} MiB, room for the largest document"
        raise DatabaseFailed([Fault("database", str(database.place), found, needed)])
