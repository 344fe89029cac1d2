"""The tables of jobs and of the files that they read and make, as they are today (see `tables.py`).

`job_events` holds all that happened to every job; how a job stands is told by its event with the highest position.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Integer, LargeBinary, String, Table, Text
from sqlalchemy import UniqueConstraint as Unique

from signals.store.columns import DIGEST_LENGTH, Digest, Number, metadata
from signals.store.instants import LENGTH

JOB_ID_LENGTH, STATE_LENGTH = 32, 16

files = Table(
    "files",
    metadata,
    Column("digest", Digest, primary_key=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("at", String(LENGTH), nullable=False),
    Column("content", LargeBinary, nullable=False),
    CheckConstraint(f"length(digest) = {DIGEST_LENGTH}", name="digest"),
    CheckConstraint("size_bytes = length(content)", name="size"),
)
jobs = Table(
    "jobs",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("id", String(JOB_ID_LENGTH), nullable=False, unique=True),
    Column("request_digest", Digest, ForeignKey("files.digest"), nullable=False),
    Column("title", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("at", String(LENGTH), nullable=False),
    Column("who", Text, nullable=False),
    Column("role", String(STATE_LENGTH), nullable=False),
    Column("proof", Text, nullable=False),
    Column("idempotency_key", Text),
    Unique("who", "idempotency_key", name="uq_jobs_who_idempotency_key"),
    CheckConstraint("number >= 1", name="number"),
)
job_events = Table(
    "job_events",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("job_id", String(JOB_ID_LENGTH), ForeignKey("jobs.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("at", String(LENGTH), nullable=False),
    Column("who", Text, nullable=False),
    Column("state", String(STATE_LENGTH), nullable=False),
    Column("run", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("share_permille", Integer),
    Column("seconds_left", Integer),
    Column("result", Text),
    Unique("job_id", "position", name="uq_job_events_job_id_position"),
    CheckConstraint("position >= 1", name="position"),
)
