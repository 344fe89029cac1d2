"""The workers of a database: where each runs and how much it can do. Whether one is alive, its lock tells (`presence`).

It stands in the second database (see `scratch`): who works is no history.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields

from sqlalchemy import delete, insert, select

from signals.store.database import Database
from signals.store.scratch_tables import workers


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A worker: `cores` are the simulations that it makes at a time, `version` says whose numbers it measures."""

    name: str
    host: str
    cores: int
    version: str


def enter(database: Database, entry: RosterEntry) -> None:
    """Write a worker down."""
    with database.writing() as writing:
        writing.connection.execute(insert(workers), asdict(entry))


def strike(database: Database, names: Collection[str]) -> None:
    """Take workers out that are gone."""
    with database.writing() as writing:
        writing.connection.execute(delete(workers).where(workers.c.name.in_(sorted(names))))


def entries(database: Database) -> list[RosterEntry]:
    """All that were written down, dead ones too."""
    rows = select(*(workers.c[field.name] for field in fields(RosterEntry))).order_by(workers.c.name)
    with database.reading() as reading:
        return [RosterEntry(**row) for row in reading.connection.execute(rows).mappings()]
