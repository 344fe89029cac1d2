"""Files by digest, jobs, and what happens to them; all append-only."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Text
from sqlalchemy import CheckConstraint as Check
from sqlalchemy import ForeignKeyConstraint as Foreign
from sqlalchemy import PrimaryKeyConstraint as Primary
from sqlalchemy import UniqueConstraint as Unique

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
        _number(),
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
        _number(),
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
        _guard(table, keys)


def _number() -> Column[int]:
    return Column("number", BigInteger().with_variant(Integer, "sqlite"), autoincrement=False, nullable=False)


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
