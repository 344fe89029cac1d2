"""What the columns of all tables are made of, and the names that constraints get."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, MetaData, String

DIGEST_LENGTH = 64
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)
Number = BigInteger().with_variant(Integer, "sqlite")
Digest = String(DIGEST_LENGTH)
