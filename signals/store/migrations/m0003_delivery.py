"""Delivery: signed documents, groups, requests, states, events, terms of the coordinator, reports of controllers.

Activations may be of no release (back to the local schedules), and receipts of no activation, from here on.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Text, text
from sqlalchemy import ForeignKeyConstraint as Foreign
from sqlalchemy import PrimaryKeyConstraint as Primary

from signals.store.append_only import guard, number

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KINDS = {  # table of a kind: its inputs (column, table that it refers to, may be missing)
    "controller_plans": (("release_digest", "releases", False),),
    "offers": (("release_digest", "releases", True),),
    "activations": (("release_digest", "releases", True),),
    "confirmations": (("activation_digest", "activations", False),),
    "receipts": (("activation_digest", "activations", True),),
    "key_rings": (),
}
_NUMBERED = (
    "delivery_groups",
    "delivery_requests",
    "delivery_terms",
    "delivery_states",
    "delivery_events",
    "controller_reports",
)


def upgrade() -> None:
    """From documents, library and keys."""
    kept = {table: _taken_away(table) for table in ("receipts", "activations")}
    for table, inputs in _KINDS.items():
        op.create_table(
            table,
            Column("digest", String(64), nullable=False),
            *(Column(column, String(64), nullable=optional) for column, _, optional in inputs),
            Primary("digest", name=f"pk_{table}"),
            Foreign(["digest"], ["documents.digest"], name=f"fk_{table}_digest"),
            *(Foreign([column], [f"{to}.digest"], name=f"fk_{table}_{column}") for column, to, _ in inputs),
        )
    for table in ("activations", "receipts"):
        for row in kept[table]:
            op.get_bind().execute(text(f"INSERT INTO {table} VALUES (:digest, :made_from)"), row)
    _groups()
    _roll_outs()
    for table in _KINDS:
        guard(table, ("digest",))
    for table in _NUMBERED:
        guard(table, ("number",))


def _taken_away(table: str) -> list[dict[str, str]]:
    """The rows of a table, which is gone afterwards, with its guards."""
    rows = op.get_bind().execute(text(f"SELECT * FROM {table}")).all()
    op.drop_table(table)
    return [{"digest": digest, "made_from": made_from} for digest, made_from in rows]


def _groups() -> None:
    op.create_table(
        "delivery_groups",
        number(),
        Column("group_id", Text, nullable=False),
        Column("network_digest", String(64), nullable=False),
        Column("content", Text, nullable=False),
        Column("at", String(27), nullable=False),
        Column("who", Text, nullable=False),
        Column("why", Text, nullable=False),
        Primary("number", name="pk_delivery_groups"),
        Foreign(["network_digest"], ["library_networks.network_digest"], name="fk_delivery_groups_network_digest"),
    )
    op.create_table(
        "delivery_requests",
        number(),
        Column("group_id", Text, nullable=False),
        Column("verb", String(32), nullable=False),
        Column("release_digest", String(64)),
        Column("valid_until", String(27)),
        Column("at", String(27), nullable=False),
        Column("who", Text, nullable=False),
        Column("role", String(32), nullable=False),
        Column("proof", Text, nullable=False),
        Column("why", Text, nullable=False),
        Primary("number", name="pk_delivery_requests"),
        Foreign(["release_digest"], ["releases.digest"], name="fk_delivery_requests_release_digest"),
    )
    op.create_index("ix_delivery_requests_group_id", "delivery_requests", ["group_id"])
    op.create_table(
        "controller_reports",
        number(),
        Column("controller_id", Text, nullable=False),
        Column("group_id", Text, nullable=False),
        Column("at", String(27), nullable=False),
        Column("receipt_digest", String(64), nullable=False),
        Primary("number", name="pk_controller_reports"),
        Foreign(["receipt_digest"], ["receipts.digest"], name="fk_controller_reports_receipt_digest"),
    )
    op.create_index("ix_controller_reports_controller_id", "controller_reports", ["controller_id"])


def _roll_outs() -> None:
    op.create_table(
        "delivery_terms",
        number(),
        Column("holder", Text, nullable=False),
        Column("at", String(27), nullable=False),
        Primary("number", name="pk_delivery_terms"),
    )
    op.create_table(
        "delivery_states",
        number(),
        Column("group_id", Text, nullable=False),
        Column("term", BigInteger().with_variant(Integer, "sqlite"), nullable=False),
        Column("at", String(27), nullable=False),
        Column("content", LargeBinary, nullable=False),
        Primary("number", name="pk_delivery_states"),
        Foreign(["term"], ["delivery_terms.number"], name="fk_delivery_states_term"),
    )
    op.create_index("ix_delivery_states_group_id", "delivery_states", ["group_id"])
    op.create_table(
        "delivery_events",
        number(),
        Column("group_id", Text, nullable=False),
        Column("request_number", BigInteger().with_variant(Integer, "sqlite")),
        Column("at", String(27), nullable=False),
        Column("what", String(32), nullable=False),
        Column("sequence", BigInteger, nullable=False),
        Column("release_digest", String(64)),
        Column("why", Text, nullable=False),
        Primary("number", name="pk_delivery_events"),
        Foreign(["request_number"], ["delivery_requests.number"], name="fk_delivery_events_request_number"),
        Foreign(["release_digest"], ["releases.digest"], name="fk_delivery_events_release_digest"),
    )
    op.create_index("ix_delivery_events_group_id", "delivery_events", ["group_id"])
