"""Documents of every kind and the audit log, with guards that make them append-only."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, LargeBinary, String, Text
from sqlalchemy import CheckConstraint as Check
from sqlalchemy import ForeignKeyConstraint as Foreign
from sqlalchemy import PrimaryKeyConstraint as Primary
from sqlalchemy import UniqueConstraint as Unique

from signals.store.append_only import guard, number

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_INPUTS = {  # table of a kind: its inputs (column, table that it refers to, may be missing)
    "networks": (),
    "flows": (),
    "rules": (),
    "demands": (("network_digest", "networks", False), ("flows_digest", "flows", True)),
    "plans": (
        ("network_digest", "networks", False),
        ("rules_digest", "rules", True),
        ("demand_digest", "demands", True),
    ),
    "reports": (("plan_digest", "plans", False), ("incumbent_digest", "plans", True)),
    "releases": (("plan_digest", "plans", False), ("report_digest", "reports", False)),
    "activations": (("release_digest", "releases", False),),
    "receipts": (("activation_digest", "activations", False),),
    "schedules": (),
}
_MORE = {
    "reports": (Unique("digest", "plan_digest", name="uq_reports_digest_plan_digest"),),
    "releases": (
        Foreign(
            ["report_digest", "plan_digest"],
            ["reports.digest", "reports.plan_digest"],
            name="fk_releases_report_digest_plan_digest",
        ),
    ),
}
_KEYS = {  # of each table: what a row may not take from another one
    "documents": ("number", "digest"),
    "audit_entries": ("number", "hash"),
    **dict.fromkeys(_INPUTS, ("digest",)),
    "schedule_plans": ("schedule_digest, name",),
}


def upgrade() -> None:
    """From an empty database."""
    op.create_table(
        "documents",
        number(),
        Column("digest", String(64), nullable=False),
        Column("kind", String(16), nullable=False),
        Column("size_bytes", BigInteger, nullable=False),
        Column("kept_at", String(27), nullable=False),
        Column("content", LargeBinary, nullable=False),
        Primary("number", name="pk_documents"),
        Unique("digest", name="uq_documents_digest"),
        Check("number >= 1", name="ck_documents_number"),
        Check("length(digest) = 64", name="ck_documents_digest"),
        Check("size_bytes = length(content)", name="ck_documents_size"),
    )
    op.create_index("ix_documents_kind", "documents", ["kind"])
    for table, inputs in _INPUTS.items():
        op.create_table(
            table,
            Column("digest", String(64), nullable=False),
            *(Column(column, String(64), nullable=optional) for column, _, optional in inputs),
            Primary("digest", name=f"pk_{table}"),
            Foreign(["digest"], ["documents.digest"], name=f"fk_{table}_digest"),
            *(Foreign([column], [f"{to}.digest"], name=f"fk_{table}_{column}") for column, to, _ in inputs),
            *_MORE.get(table, ()),
        )
    op.create_table(
        "schedule_plans",
        Column("schedule_digest", String(64), nullable=False),
        Column("name", Text, nullable=False),
        Column("plan_digest", String(64), nullable=False),
        Primary("schedule_digest", "name", name="pk_schedule_plans"),
        Foreign(["schedule_digest"], ["schedules.digest"], name="fk_schedule_plans_schedule_digest"),
        Foreign(["plan_digest"], ["plans.digest"], name="fk_schedule_plans_plan_digest"),
    )
    op.create_table(
        "audit_entries",
        number(),
        Column("at", String(27), nullable=False),
        Column("who", Text, nullable=False),
        Column("what", Text, nullable=False),
        Column("why", Text, nullable=False),
        Column("before_digest", String(64)),
        Column("after_digest", String(64)),
        Column("previous_hash", String(64), nullable=False),
        Column("hash", String(64), nullable=False),
        Primary("number", name="pk_audit_entries"),
        Unique("hash", name="uq_audit_entries_hash"),
        Check("number >= 1", name="ck_audit_entries_number"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION greenband_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION USING MESSAGE = 'append-only: ' || lower(TG_OP) || ' of ' || TG_TABLE_NAME || "
            "' is refused', ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    for table, keys in _KEYS.items():
        guard(table, keys)
