"""Files by digest, jobs, and what happens to them; all append-only."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Text
from sqlalchemy import CheckConstraint as Check
from sqlalchemy import ForeignKeyConstraint as Foreign
from sqlalchemy import PrimaryKeyConstraint as Primary
from sqlalchemy import UniqueConstraint as Unique

from signals.store.append_only import guard, number

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_KEYS = {  # of each table: sets of columns that no two rows share
    "files": ("digest",),
    "jobs": ("number", "id", "who, idempotency_key"),
    "job_events": ("number", "job_id, position"),
}


def upgrade() -> None:
    """From documents, library, keys and delivery."""
    op.create_table(
        "files",
        Column("digest", String(64), nullable=False),
        Column("size_bytes", BigInteger, nullable=False),
        Column("at", String(27), nullable=False),
        Column("content", LargeBinary, nullable=False),
        Primary("digest", name="pk_files"),
        Check("length(digest) = 64", name="ck_files_digest"),
        Check("size_bytes = length(content)", name="ck_files_size"),
    )
    op.create_table(
        "jobs",
        number(),
        Column("id", String(32), nullable=False),
        Column("request_digest", String(64), nullable=False),
        Column("title", Text, nullable=False),
        Column("priority", Integer, nullable=False),
        Column("at", String(27), nullable=False),
        Column("who", Text, nullable=False),
        Column("role", String(16), nullable=False),
        Column("proof", Text, nullable=False),
        Column("idempotency_key", Text),
        Primary("number", name="pk_jobs"),
        Unique("id", name="uq_jobs_id"),
        Unique("who", "idempotency_key", name="uq_jobs_who_idempotency_key"),
        Foreign(["request_digest"], ["files.digest"], name="fk_jobs_request_digest"),
        Check("number >= 1", name="ck_jobs_number"),
    )
    op.create_table(
        "job_events",
        number(),
        Column("job_id", String(32), nullable=False),
        Column("position", Integer, nullable=False),
        Column("at", String(27), nullable=False),
        Column("who", Text, nullable=False),
        Column("state", String(16), nullable=False),
        Column("run", Integer, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("text", Text, nullable=False),
        Column("share_permille", Integer),
        Column("seconds_left", Integer),
        Column("result", Text),
        Primary("number", name="pk_job_events"),
        Unique("job_id", "position", name="uq_job_events_job_id_position"),
        Foreign(["job_id"], ["jobs.id"], name="fk_job_events_job_id"),
        Check("position >= 1", name="ck_job_events_position"),
    )
    for table, keys in _KEYS.items():
        guard(table, keys)
