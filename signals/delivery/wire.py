"""Reports and answers as bytes: canonical JSON, nothing unknown accepted. The link only has to carry them."""

from __future__ import annotations

import json
from typing import Any

from networks.faults import Fault, InputError
from signals.delivery.fields import Fields, is_digest
from signals.delivery.messages import Answer, Report
from signals.delivery.refusal import refused
from signals.delivery.signed import LARGEST_BYTES
from signals.store.steps import canonical_bytes

LARGEST_REPORT_BYTES = 2**16
LARGEST_ANSWER_BYTES = 8 * LARGEST_BYTES
MOST_ENTRIES = 256
_NOTHING = b'{"key_ring":null,"kind":"answer","orders":[],"plans":[],"server_ds":%d,"version":1}'  # what most are told


def report_bytes(report: Report) -> bytes:
    """A report as it is sent."""
    return canonical_bytes(
        {
            "kind": "report",
            "version": 1,
            "controller_id": report.controller_id,
            "started_ds": report.started_ds,
            "number": report.number,
            "loaded": sorted(report.loaded),
            "orders": [{"sequence": sequence, "round": number} for sequence, number in sorted(report.orders)],
            "running": report.running,
            "ring": report.ring,
            "refused": [{"plan": digest, "why": why} for digest, why in report.refused],
            "clock_wrong": report.clock_wrong,
        }
    )


def report_of(content: bytes) -> Report:
    """A report from its bytes. Raises `InputError` (`Refused`) with all faults."""
    fields = Fields(_parsed(content, LARGEST_REPORT_BYTES), "report")
    loaded, orders, why_not = fields.texts("loaded"), fields.rows("orders"), fields.rows("refused")
    found = Report(
        controller_id=fields.text("controller_id"),
        started_ds=fields.integer("started_ds"),
        number=fields.integer("number"),
        loaded=frozenset(loaded),
        orders=frozenset(_pair(row) for row in orders[:MOST_ENTRIES]),
        running=fields.integer_or_none("running"),
        ring=fields.integer("ring"),
        refused=tuple(_refusal(row) for row in why_not[:MOST_ENTRIES]),
        clock_wrong=fields.boolean("clock_wrong"),
    )
    fields.end()
    if max(len(loaded), len(orders), len(why_not)) > MOST_ENTRIES or not all(map(is_digest, loaded)):
        raise refused("form", "too many entries, or no digests", f"at most {MOST_ENTRIES} digests", "report")
    return found


def answer_bytes(answer: Answer) -> bytes:
    """An answer as it is sent."""
    if not answer.plans and not answer.orders and not answer.key_ring:
        return _NOTHING % answer.server_ds
    orders = [
        {"activation": activation.decode(), "confirmation": confirmation.decode() if confirmation else None}
        for activation, confirmation in answer.orders
    ]
    return canonical_bytes(
        {
            "kind": "answer",
            "version": 1,
            "server_ds": answer.server_ds,
            "key_ring": answer.key_ring.decode() if answer.key_ring else None,
            "plans": [document.decode() for document in answer.plans],
            "orders": orders,
        }
    )


def answer_of(content: bytes) -> Answer:
    """An answer from its bytes. Raises `InputError` (`Refused`); the documents in it are judged by the verifier."""
    fields = Fields(_parsed(content, LARGEST_ANSWER_BYTES), "answer")
    plans, rows = fields.texts("plans"), fields.rows("orders")
    ring = fields.document_or_none("key_ring")
    server_ds = fields.integer("server_ds")
    fields.end()
    return Answer(server_ds, ring, tuple(plan.encode() for plan in plans), tuple(_order(row) for row in rows))


def _parsed(content: bytes, most: int) -> dict[str, Any]:
    if len(content) > most:
        raise InputError([Fault("form", "message", f"{len(content)} bytes", f"at most {most}")])
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise refused("form", error, "JSON", "message") from None
    if not isinstance(value, dict):
        raise refused("form", type(value).__name__, "a JSON object", "message")
    return value


def _pair(row: dict[str, Any]) -> tuple[int, int]:
    fields = Fields(row, None)
    found = fields.integer("sequence"), fields.integer("round")
    fields.end()
    return found


def _refusal(row: dict[str, Any]) -> tuple[str, str]:
    fields = Fields(row, None)
    found = fields.digest("plan"), fields.text("why")
    fields.end()
    return found


def _order(row: dict[str, Any]) -> tuple[bytes, bytes | None]:
    fields = Fields(row, None)
    activation, confirmation = fields.document_or_none("activation"), fields.document_or_none("confirmation")
    fields.end()
    return activation or b"", confirmation
