"""Tables whose rows only come: the guards that a migration gives them, and the number by which rows are told apart.

Migrations that are out have run as they stand here: what has to differ gets another name.
"""

from __future__ import annotations

from collections.abc import Iterable

from alembic import op
from sqlalchemy import BigInteger, Column, Integer


def number(name: str = "number") -> Column[int]:
    """A column of numbers that we give ourselves."""
    return Column(name, BigInteger().with_variant(Integer, "sqlite"), autoincrement=False, nullable=False)


def guard(table: str, keys: Iterable[str]) -> None:
    """Let the database itself refuse to change, remove or replace rows; `keys`: columns that no two rows share."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION greenband_append_only()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN "
            f"SELECT RAISE(ABORT, 'append-only: {verb.lower()} of {table} is refused'); END"
        )
    # INSERT OR REPLACE deletes rows without firing the trigger above.
    same = " OR ".join(" AND ".join(f"{column} = NEW.{column}" for column in key.split(", ")) for key in keys)
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) BEGIN "
        f"SELECT RAISE(ABORT, 'append-only: replacement in {table} is refused'); END"
    )
