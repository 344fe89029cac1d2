"""When controllers were heard last: in the second database, for it may be lost, and would fill the first one."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import bindparam, delete, insert, select

from signals.store.scratch import Scratch
from signals.store.scratch_tables import heard


def note_heard(scratch: Scratch, at_ds: Mapping[str, int]) -> None:
    """Write down when these were heard last [ds since 1970, UTC], instead of what was there."""
    rows = [{"controller": name, "at": instant_ds} for name, instant_ds in at_ds.items()]
    if rows:
        with scratch.database.writing() as writing:
            old = delete(heard).where(heard.c.controller_id == bindparam("controller"))
            writing.connection.execute(old, rows)
            new = insert(heard).values(controller_id=bindparam("controller"), at_ds=bindparam("at"))
            writing.connection.execute(new, rows)


def heard_at_ds(scratch: Scratch) -> dict[str, int]:
    """When each was heard last [ds since 1970, UTC], as far as that was written down."""
    with scratch.database.reading() as reading:
        return {row.controller_id: row.at_ds for row in reading.connection.execute(select(heard))}
