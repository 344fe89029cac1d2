"""The tables of requests that may come twice (idempotency keys), as they are today (see `tables.py`)."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from signals.store.columns import Digest, Number, metadata
from signals.store.instants import LENGTH

kept_requests = Table(
    "kept_requests",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("owner", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("request_digest", Digest, nullable=False),
    Column("at", String(LENGTH), nullable=False),
    UniqueConstraint("owner", "key", "attempt", name="uq_kept_requests_owner_key_attempt"),
)
kept_answers = Table(
    "kept_answers",
    metadata,
    Column("request_number", Number, ForeignKey("kept_requests.number"), primary_key=True, autoincrement=False),
    Column("status", Integer, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", String(LENGTH), nullable=False),
)
