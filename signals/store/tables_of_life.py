"""The tables of the plan library, of schedules in force and of keys, as they are today (see `tables.py`).

`plan_events` holds every move of every plan; the state of a plan is that of its event with the highest position.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from signals.store.columns import Digest, Number, metadata
from signals.store.instants import LENGTH

_NAME_LENGTH, KEY_ID_LENGTH = 32, 8


def _plan(*, index: bool = False) -> Column[str]:
    return Column("plan_digest", Digest, ForeignKey("library_plans.plan_digest"), nullable=False, index=index or None)


def _at() -> Column[str]:
    return Column("at", String(LENGTH), nullable=False)


def _number() -> Column[int]:
    return Column("number", Number, primary_key=True, autoincrement=False)


library_networks = Table(
    "library_networks",
    metadata,
    Column("network_digest", Digest, ForeignKey("networks.digest"), primary_key=True),
    Column("name", Text, nullable=False),
    _at(),
)
library_plans = Table(
    "library_plans",
    metadata,
    Column("plan_digest", Digest, ForeignKey("plans.digest"), primary_key=True),
    Column("network_digest", Digest, ForeignKey("library_networks.network_digest"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("made_for", Text, nullable=False),
    _at(),
    Column("who", Text, nullable=False),
    UniqueConstraint("network_digest", "version", name="uq_library_plans_network_digest_version"),
    CheckConstraint("version >= 1", name="version"),
)
library_files = Table(
    "library_files",
    metadata,
    _number(),
    _plan(index=True),
    Column("name", Text, nullable=False),
    Column("document_digest", Digest, ForeignKey("documents.digest"), nullable=False),
    _at(),
)
plan_events = Table(
    "plan_events",
    metadata,
    _number(),
    _plan(),
    Column("position", Integer, nullable=False),
    Column("move", String(_NAME_LENGTH), nullable=False),
    Column("state", String(_NAME_LENGTH), nullable=False),
    _at(),
    Column("who", Text, nullable=False),
    Column("role", String(_NAME_LENGTH), nullable=False),
    Column("proof", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("report_digest", Digest, ForeignKey("reports.digest")),
    Column("release_digest", Digest, ForeignKey("releases.digest")),
    Column("stamps", Text, nullable=False),
    UniqueConstraint("plan_digest", "position", name="uq_plan_events_plan_digest_position"),
)
plan_notes = Table(
    "plan_notes",
    metadata,
    _number(),
    _plan(index=True),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    _at(),
    Column("who", Text, nullable=False),
)
schedule_events = Table(
    "schedule_events",
    metadata,
    _number(),
    Column("network_digest", Digest, ForeignKey("library_networks.network_digest"), nullable=False, index=True),
    Column("schedule_digest", Digest, ForeignKey("schedules.digest"), nullable=False),
    Column("in_force", Integer, nullable=False),
    _at(),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
)
api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(KEY_ID_LENGTH), primary_key=True),
    Column("holder", Text, nullable=False),
    Column("role", String(_NAME_LENGTH), nullable=False),
    Column("secret_hash", Digest, nullable=False, unique=True),
    _at(),
    Column("made_by", Text, nullable=False),
    Column("expires_at", String(LENGTH)),
)
key_revocations = Table(
    "key_revocations",
    metadata,
    Column("key_id", String(KEY_ID_LENGTH), ForeignKey("api_keys.id"), primary_key=True),
    _at(),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
)
key_uses = Table(
    "key_uses",
    metadata,
    Column("key_id", String(KEY_ID_LENGTH), ForeignKey("api_keys.id"), primary_key=True),
    Column("day", String(10), primary_key=True),
)
