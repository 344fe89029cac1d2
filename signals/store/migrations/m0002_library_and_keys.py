"""The plan library (networks, versions, files, events, notes), schedules in force, and keys; all append-only."""

from __future__ import annotations

from alembic import op
from sqlalchemy import CheckConstraint as Check
from sqlalchemy import Column, Integer, String, Text
from sqlalchemy import ForeignKeyConstraint as Foreign
from sqlalchemy import PrimaryKeyConstraint as Primary
from sqlalchemy import UniqueConstraint as Unique

from signals.store.append_only import guard, number

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEYS = {  # of each table: sets of columns that no two rows share
    "library_networks": ("network_digest",),
    "library_plans": ("plan_digest", "network_digest, version"),
    "library_files": ("number",),
    "plan_events": ("number", "plan_digest, position"),
    "plan_notes": ("number",),
    "schedule_events": ("number",),
    "api_keys": ("id", "secret_hash"),
    "key_revocations": ("key_id",),
    "key_uses": ("key_id, day",),
}


def upgrade() -> None:
    """From documents and audit log alone."""
    _library()
    _events()
    _keys()
    for table, keys in _KEYS.items():
        guard(table, keys)


def _library() -> None:
    op.create_table(
        "library_networks",
        Column("network_digest", String(64), nullable=False),
        Column("name", Text, nullable=False),
        Column("at", String(27), nullable=False),
        Primary("network_digest", name="pk_library_networks"),
        Foreign(["network_digest"], ["networks.digest"], name="fk_library_networks_network_digest"),
    )
    op.create_table(
        "library_plans",
        Column("plan_digest", String(64), nullable=False),
        Column("network_digest", String(64), nullable=False),
        Column("version", Integer, nullable=False),
        Column("name", Text, nullable=False),
        Column("made_for", Text, nullable=False),
        Column("at", String(27), nullable=False),
        Column("who", Text, nullable=False),
        Primary("plan_digest", name="pk_library_plans"),
        Unique("network_digest", "version", name="uq_library_plans_network_digest_version"),
        Foreign(["plan_digest"], ["plans.digest"], name="fk_library_plans_plan_digest"),
        Foreign(["network_digest"], ["library_networks.network_digest"], name="fk_library_plans_network_digest"),
        Check("version >= 1", name="ck_library_plans_version"),
    )
    op.create_table(
        "library_files",
        number(),
        Column("plan_digest", String(64), nullable=False),
        Column("name", Text, nullable=False),
        Column("document_digest", String(64), nullable=False),
        Column("at", String(27), nullable=False),
        Primary("number", name="pk_library_files"),
        _of_a_plan("library_files"),
        Foreign(["document_digest"], ["documents.digest"], name="fk_library_files_document_digest"),
    )
    op.create_index("ix_library_files_plan_digest", "library_files", ["plan_digest"])


def _events() -> None:
    op.create_table(
        "plan_events",
        number(),
        Column("plan_digest", String(64), nullable=False),
        Column("position", Integer, nullable=False),
        Column("move", String(32), nullable=False),
        Column("state", String(32), nullable=False),
        Column("at", String(27), nullable=False),
        Column("who", Text, nullable=False),
        Column("role", String(32), nullable=False),
        Column("proof", Text, nullable=False),
        Column("why", Text, nullable=False),
        Column("report_digest", String(64)),
        Column("release_digest", String(64)),
        Column("stamps", Text, nullable=False),
        Primary("number", name="pk_plan_events"),
        Unique("plan_digest", "position", name="uq_plan_events_plan_digest_position"),
        _of_a_plan("plan_events"),
        Foreign(["report_digest"], ["reports.digest"], name="fk_plan_events_report_digest"),
        Foreign(["release_digest"], ["releases.digest"], name="fk_plan_events_release_digest"),
    )
    op.create_table(
        "plan_notes",
        number(),
        Column("plan_digest", String(64), nullable=False),
        Column("kind", String(16), nullable=False),
        Column("text", Text, nullable=False),
        Column("at", String(27), nullable=False),
        Column("who", Text, nullable=False),
        Primary("number", name="pk_plan_notes"),
        _of_a_plan("plan_notes"),
    )
    op.create_index("ix_plan_notes_plan_digest", "plan_notes", ["plan_digest"])
    op.create_table(
        "schedule_events",
        number(),
        Column("network_digest", String(64), nullable=False),
        Column("schedule_digest", String(64), nullable=False),
        Column("in_force", Integer, nullable=False),
        Column("at", String(27), nullable=False),
        Column("who", Text, nullable=False),
        Column("why", Text, nullable=False),
        Primary("number", name="pk_schedule_events"),
        Foreign(["network_digest"], ["library_networks.network_digest"], name="fk_schedule_events_network_digest"),
        Foreign(["schedule_digest"], ["schedules.digest"], name="fk_schedule_events_schedule_digest"),
    )
    op.create_index("ix_schedule_events_network_digest", "schedule_events", ["network_digest"])


def _keys() -> None:
    op.create_table(
        "api_keys",
        Column("id", String(8), nullable=False),
        Column("holder", Text, nullable=False),
        Column("role", String(32), nullable=False),
        Column("secret_hash", String(64), nullable=False),
        Column("at", String(27), nullable=False),
        Column("made_by", Text, nullable=False),
        Column("expires_at", String(27)),
        Primary("id", name="pk_api_keys"),
        Unique("secret_hash", name="uq_api_keys_secret_hash"),
    )
    op.create_table(
        "key_revocations",
        Column("key_id", String(8), nullable=False),
        Column("at", String(27), nullable=False),
        Column("who", Text, nullable=False),
        Column("why", Text, nullable=False),
        Primary("key_id", name="pk_key_revocations"),
        Foreign(["key_id"], ["api_keys.id"], name="fk_key_revocations_key_id"),
    )
    op.create_table(
        "key_uses",
        Column("key_id", String(8), nullable=False),
        Column("day", String(10), nullable=False),
        Primary("key_id", "day", name="pk_key_uses"),
        Foreign(["key_id"], ["api_keys.id"], name="fk_key_uses_key_id"),
    )


def _of_a_plan(table: str) -> Foreign:
    return Foreign(["plan_digest"], ["library_plans.plan_digest"], name=f"fk_{table}_plan_digest")
