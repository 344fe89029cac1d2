"""Numbers of rows without gaps: writers come one after the other."""

from __future__ import annotations

from sqlalchemy import Table, func, select

from signals.store.database import Writing


def next_number(writing: Writing, table: Table) -> int:
    """One more than the highest number in the table."""
    return int(writing.connection.execute(select(func.coalesce(func.max(table.c.number), 0))).scalar_one()) + 1
