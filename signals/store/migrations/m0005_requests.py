"""Requests with an idempotency key and what was answered; both append-only."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer, LargeBinary, String, Text
from sqlalchemy import ForeignKeyConstraint as Foreign
from sqlalchemy import PrimaryKeyConstraint as Primary
from sqlalchemy import UniqueConstraint as Unique

from signals.store.append_only import guard, number

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From documents, library, keys, delivery and jobs."""
    op.create_table(
        "kept_requests",
        number("number"),
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
        number("request_number"),
        Column("status", Integer, nullable=False),
        Column("media_type", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("at", String(27), nullable=False),
        Primary("request_number", name="pk_kept_answers"),
        Foreign(["request_number"], ["kept_requests.number"], name="fk_kept_answers_request_number"),
    )
    guard("kept_requests", ("number", "owner, key, attempt"))
    guard("kept_answers", ("request_number",))
