"""The tables as they are today. How a database gets them: `migrations/`; that both agree is tested.

Every table is append-only. `documents` holds the bytes; the table of a kind holds, by foreign keys, what a document of
that kind is made from; `audit_entries` holds who did what.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from signals.store.columns import DIGEST_LENGTH, Digest, Number, metadata
from signals.store.instants import LENGTH
from signals.store.kinds import ROLES, Kind
from signals.store.tables_of_delivery import (
    controller_reports,
    delivery_events,
    delivery_groups,
    delivery_requests,
    delivery_states,
    delivery_terms,
    delivery_turns,
)
from signals.store.tables_of_jobs import files, job_events, jobs
from signals.store.tables_of_life import (
    api_keys,
    key_revocations,
    key_uses,
    library_files,
    library_networks,
    library_plans,
    plan_events,
    plan_notes,
    schedule_events,
)
from signals.store.tables_of_requests import kept_answers, kept_requests

__all__ = [
    "api_keys",
    "audit_entries",
    "controller_reports",
    "delivery_events",
    "delivery_groups",
    "delivery_requests",
    "delivery_states",
    "delivery_terms",
    "delivery_turns",
    "documents",
    "files",
    "job_events",
    "jobs",
    "kept_answers",
    "kept_requests",
    "key_revocations",
    "key_uses",
    "library_files",
    "library_networks",
    "library_plans",
    "metadata",
    "of_kind",
    "plan_events",
    "plan_notes",
    "schedule_events",
    "schedule_plans",
]

documents = Table(
    "documents",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("digest", Digest, nullable=False, unique=True),
    Column("kind", String(16), nullable=False, index=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("kept_at", String(LENGTH), nullable=False),
    Column("content", LargeBinary, nullable=False),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint(f"length(digest) = {DIGEST_LENGTH}", name="digest"),
    CheckConstraint("size_bytes = length(content)", name="size"),
)


def _table_of(kind: Kind) -> Table:
    inputs: list[Column[str]] = [
        Column(f"{name}_digest", Digest, ForeignKey(f"{role.kind.table}.digest"), nullable=not role.required)
        for name, role in ROLES[kind].items()
    ]
    return Table(
        kind.table,
        metadata,
        Column("digest", Digest, ForeignKey("documents.digest"), primary_key=True),
        *inputs,
    )


of_kind: dict[Kind, Table] = {kind: _table_of(kind) for kind in ROLES}
of_kind[Kind.REPORT].append_constraint(UniqueConstraint("digest", "plan_digest"))
of_kind[Kind.RELEASE].append_constraint(  # the proof is of the plan that is released
    ForeignKeyConstraint(["report_digest", "plan_digest"], ["reports.digest", "reports.plan_digest"])
)
of_kind[Kind.SCHEDULE] = Table(
    "schedules", metadata, Column("digest", Digest, ForeignKey("documents.digest"), primary_key=True)
)
schedule_plans = Table(
    "schedule_plans",
    metadata,
    Column("schedule_digest", Digest, ForeignKey("schedules.digest"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("plan_digest", Digest, ForeignKey("plans.digest"), nullable=False),
)
audit_entries = Table(
    "audit_entries",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("at", String(LENGTH), nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("before_digest", Digest),
    Column("after_digest", Digest),
    Column("previous_hash", Digest, nullable=False),
    Column("hash", Digest, nullable=False, unique=True),
    CheckConstraint("number >= 1", name="number"),
)
