"""Signed documents known by heart: for the group of three, sequence number 7, effective at noon and a minute."""

from __future__ import annotations

from typing import Any

from signals.delivery.documents import Activation, Confirmation, PlanDocument
from signals.delivery.keeping import coordination_bytes, coordination_of, documents_of
from signals.delivery.roll_out import Coordination
from signals.delivery.signed import digest_of_document
from signals.delivery.signing import SigningKey
from tests.signals.delivery.streets import DAY_DS, KEY, MEMBERS, NOON_DS

RELEASE = "1" * 64


def plan_document(key: SigningKey = KEY, **fields: Any) -> bytes:
    values = {
        "controller_id": "north",
        "release": RELEASE,
        "plan": "a" * 64,
        "network": "b" * 64,
        "valid_from_ds": NOON_DS - DAY_DS,
        "valid_until_ds": NOON_DS + DAY_DS,
        "content": {"format": "greenband-plan", "name": "größer"},
    }
    return key.sign(PlanDocument(**(values | fields)).payload())


def activation(key: SigningKey = KEY, **fields: Any) -> bytes:
    values = {
        "group_id": "corridor",
        "sequence": 7,
        "release": RELEASE,
        "members": {member: digest_of_document(plan_document(controller_id=member)) for member in MEMBERS},
        "issued_at_ds": NOON_DS,
        "effective_at_ds": NOON_DS + 600,
        "confirm_by_ds": NOON_DS + 6_600,
    }
    return key.sign(Activation(**(values | fields)).payload())


def confirmation(key: SigningKey = KEY, of: bytes | None = None, **fields: Any) -> bytes:
    values = {
        "group_id": "corridor",
        "sequence": 7,
        "activation": digest_of_document(activation() if of is None else of),
        "round": 1,
        "confirm_by_ds": NOON_DS + 9_600,
    }
    return key.sign(Confirmation(**(values | fields)).payload())


def kept(state: Coordination) -> Coordination:
    """A state as the service has it after a restart: what members said is to be said again."""
    documents = {digest_of_document(content): content for _, _, content in documents_of(state)}
    return coordination_of(coordination_bytes(state), documents.__getitem__)
