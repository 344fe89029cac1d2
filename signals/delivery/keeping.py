"""What the service knows of a group as bytes, to be kept in its database, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from networks.faults import Fault, InputError
from signals.delivery.beat import Beat
from signals.delivery.roll_out import Coordination, Heard, Offer, RollOut
from signals.delivery.settings import Settings
from signals.delivery.wire import report_bytes, report_of
from signals.store.steps import canonical_bytes

FORMAT, VERSION = "greenband-coordination", 1
_PLAIN = ("offered_at_ds", "is_rollback", "sequence", "round", "confirm_by_ds", "amiss_since_ds", "given_up")


def coordination_bytes(state: Coordination) -> bytes:
    """The canonical text of a state."""
    return canonical_bytes(
        {
            "format": FORMAT,
            "version": VERSION,
            "group_id": state.group_id,
            "members": list(state.members),
            "settings": asdict(state.settings),
            "next_sequence": state.next_sequence,
            "current": state.current and _roll_out(state.current),
            "pending": state.pending and _roll_out(state.pending),
            "heard": {name: [h.at_ds, report_bytes(h.report).decode()] for name, h in state.heard.items()},
            "ring": state.ring and [state.ring[0], state.ring[1].decode()],
        }
    )


def coordination_of(content: bytes) -> Coordination:
    """The state that `coordination_bytes` wrote. Raises `InputError` for anything else."""
    try:
        raw = json.loads(content)
        if (raw["format"], raw["version"]) != (FORMAT, VERSION):
            raise ValueError(f"format {raw['format']!r}, version {raw['version']!r}")
        return Coordination(
            group_id=raw["group_id"],
            members=tuple(raw["members"]),
            settings=Settings(**raw["settings"]),
            next_sequence=raw["next_sequence"],
            current=raw["current"] and _roll_out_of(raw["current"]),
            pending=raw["pending"] and _roll_out_of(raw["pending"]),
            heard={name: Heard(report_of(text.encode()), at_ds) for name, (at_ds, text) in raw["heard"].items()},
            ring=raw["ring"] and (raw["ring"][0], raw["ring"][1].encode()),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        needed = f"format {FORMAT!r}, version {VERSION}"
        raise InputError([Fault("state of a roll-out", "database", str(error)[:200], needed)]) from error


def _roll_out(roll_out: RollOut) -> dict[str, Any]:
    return {
        **{name: getattr(roll_out, name) for name in _PLAIN},
        "offer": _offer(roll_out.offer),
        "before": _offer(roll_out.before),
        "activation": roll_out.activation and roll_out.activation.decode(),
        "confirmation": roll_out.confirmation and roll_out.confirmation.decode(),
    }


def _roll_out_of(raw: Mapping[str, Any]) -> RollOut:
    return RollOut(
        **{name: raw[name] for name in _PLAIN},
        offer=_offer_of(raw["offer"]),
        before=_offer_of(raw["before"]),
        activation=raw["activation"] and raw["activation"].encode(),
        confirmation=raw["confirmation"] and raw["confirmation"].encode(),
    )


def _offer(offered: Offer) -> dict[str, Any]:
    return {
        "release": offered.release,
        "documents": {member: document.decode() for member, document in offered.documents.items()},
        "digests": dict(offered.digests),
        "beat": asdict(offered.beat),
        "valid_until_ds": offered.valid_until_ds,
    }


def _offer_of(raw: Mapping[str, Any]) -> Offer:
    documents = {member: text.encode() for member, text in raw["documents"].items()}
    return Offer(raw["release"], documents, raw["digests"], Beat(**raw["beat"]), raw["valid_until_ds"])
