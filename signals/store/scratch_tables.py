"""The tables of the second database. They are made where they are not there, and never migrated: all may be lost."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

kept_steps = Table(
    "greenband_kept_steps",
    metadata,
    Column("job_id", String(32), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

shared_files = Table(
    "greenband_shared_files",
    metadata,
    Column("job_id", String(32), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

workers = Table(
    "greenband_workers",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("host", Text, nullable=False),
    Column("cores", Integer, nullable=False),
    Column("version", Text, nullable=False),
)

heard = Table(
    "greenband_heard",
    metadata,
    Column("controller_id", Text, primary_key=True),
    Column("at_ds", BigInteger, nullable=False),
)
