"""Requests with an idempotency key and what was answered; both append-only."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Text
from sqlalchemy import ForeignKeyConstraint as Foreign
from sqlalchemy import PrimaryKeyConstraint as Primary
from sqlalchemy import UniqueConstraint as Unique

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From documents, library, keys, delivery and jobs."""
    op.create_table(
        "kept_requests",
        _number("number"),
        Column("owner", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("attempt", Integer, nullable=False),
        Column("request_digest", String(64), nullable=False),
        Column("at", String(27), nullable=False),
        Primary("number", name="pk_kept_requests"),
        Unique("owner", "key", "attempt", name="uq_kept_requests_owner_key_attempt"),
    )
    op.create_table(
        "kept_answers",
        _number("request_number"),
        Column("status", Integer, nullable=False),
        Column("media_type", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("at", String(27), nullable=False),
        Primary("request_number", name="pk_kept_answers"),
        Foreign(["request_number"], ["kept_requests.number"], name="fk_kept_answers_request_number"),
    )
    _guard("kept_requests", ("number", "owner, key, attempt"))
    _guard("kept_answers", ("request_number",))


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger().with_variant(Integer, "sqlite"), autoincrement=False, nullable=False)


def _guard(table: str, keys: tuple[str, ...]) -> None:
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
