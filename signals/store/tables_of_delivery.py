"""The tables of delivery, as they are today (see `tables.py`): groups of controllers, what is asked for them, how their
roll-outs stand, what happened, and what controllers reported.

Signed documents are among the documents. The state of a group is its row with the highest number.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, String, Table, Text, UniqueConstraint

from signals.store.columns import Digest, Number, metadata
from signals.store.instants import LENGTH

_WORD_LENGTH = 32


def _number() -> Column[int]:
    return Column("number", Number, primary_key=True, autoincrement=False)


def _at() -> Column[str]:
    return Column("at", String(LENGTH), nullable=False)


delivery_groups = Table(
    "delivery_groups",
    metadata,
    _number(),
    Column("group_id", Text, nullable=False),
    Column("network_digest", Digest, ForeignKey("library_networks.network_digest"), nullable=False),
    Column("content", Text, nullable=False),
    _at(),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
)
delivery_requests = Table(
    "delivery_requests",
    metadata,
    _number(),
    Column("group_id", Text, nullable=False, index=True),
    Column("verb", String(_WORD_LENGTH), nullable=False),
    Column("release_digest", Digest, ForeignKey("releases.digest")),
    Column("valid_until", String(LENGTH)),
    _at(),
    Column("who", Text, nullable=False),
    Column("role", String(_WORD_LENGTH), nullable=False),
    Column("proof", Text, nullable=False),
    Column("why", Text, nullable=False),
)
delivery_turns = Table(  # requests that a schedule in force made
    "delivery_turns",
    metadata,
    Column("request_number", Number, ForeignKey("delivery_requests.number"), primary_key=True, autoincrement=False),
    Column("group_id", Text, nullable=False),
    Column("event_number", Number, ForeignKey("schedule_events.number"), nullable=False),
    Column("turn_at", String(LENGTH), nullable=False),
    UniqueConstraint("group_id", "event_number", "turn_at", name="uq_delivery_turns_group_id_event_number_turn_at"),
)
delivery_terms = Table(
    "delivery_terms",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("holder", Text, nullable=False),
    _at(),
)
delivery_states = Table(
    "delivery_states",
    metadata,
    _number(),
    Column("group_id", Text, nullable=False, index=True),
    Column("term", Number, ForeignKey("delivery_terms.number"), nullable=False),
    _at(),
    Column("content", LargeBinary, nullable=False),
)
delivery_events = Table(
    "delivery_events",
    metadata,
    _number(),
    Column("group_id", Text, nullable=False, index=True),
    Column("request_number", Number, ForeignKey("delivery_requests.number")),
    _at(),
    Column("what", String(_WORD_LENGTH), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("release_digest", Digest, ForeignKey("releases.digest")),
    Column("why", Text, nullable=False),
)
controller_reports = Table(
    "controller_reports",
    metadata,
    _number(),
    Column("controller_id", Text, nullable=False, index=True),
    Column("group_id", Text, nullable=False),
    _at(),
    Column("receipt_digest", Digest, ForeignKey("receipts.digest"), nullable=False),
)
