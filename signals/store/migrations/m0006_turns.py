"""Requests that a schedule in force made, each for its turn; append-only."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, String, Text
from sqlalchemy import ForeignKeyConstraint as Foreign
from sqlalchemy import PrimaryKeyConstraint as Primary
from sqlalchemy import UniqueConstraint as Unique

from signals.store.append_only import guard, number

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From documents, library, keys, delivery, jobs and kept requests."""
    op.create_table(
        "delivery_turns",
        number("request_number"),
        Column("group_id", Text, nullable=False),
        Column("event_number", BigInteger().with_variant(Integer, "sqlite"), nullable=False),
        Column("turn_at", String(27), nullable=False),
        Primary("request_number", name="pk_delivery_turns"),
        Foreign(["request_number"], ["delivery_requests.number"], name="fk_delivery_turns_request_number"),
        Foreign(["event_number"], ["schedule_events.number"], name="fk_delivery_turns_event_number"),
        Unique("group_id", "event_number", "turn_at", name="uq_delivery_turns_group_id_event_number_turn_at"),
    )
    guard("delivery_turns", ("request_number", "group_id, event_number, turn_at"))
