"""What the service knows of a group as bytes, to be kept in its database, and back.

A state names documents by their digests: they are kept once, a state again and again. What members reported is not in
it: they say it again at the next poll.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, Literal

from networks.faults import Fault, InputError
from signals.delivery.beat import Beat
from signals.delivery.roll_out import Coordination, Offer, RollOut
from signals.delivery.settings import Settings
from signals.delivery.signed import digest_of_document
from signals.store.steps import canonical_bytes

FORMAT, VERSION = "greenband-coordination", 1
_PLAIN = ("offered_at_ds", "is_rollback", "sequence", "round", "confirm_by_ds", "amiss_since_ds", "given_up")
KeptKind = Literal["plan", "offer", "activation", "confirmation", "key-ring"]
Find = Callable[[str], bytes]  # a document by its digest


def coordination_bytes(state: Coordination) -> bytes:
    """The canonical text of a state; the documents that it names are those of `documents_of`."""
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
            "ring": state.ring and [state.ring[0], digest_of_document(state.ring[1])],
        }
    )


def documents_of(state: Coordination, but: Coordination | None = None) -> Iterator[tuple[KeptKind, str | None, bytes]]:
    """All documents that a state names, each with its kind and its release, and after those that it names itself.

    Without those of the very offers that the state `but` has.
    """
    known = {id(one) for one in _offers(but)} if but is not None else set()
    for roll_out in filter(None, (state.current, state.pending)):
        for offered in (roll_out.before, roll_out.offer):
            if id(offered) in known:
                continue
            yield from (("plan", offered.release, document) for document in offered.documents.values())
            yield "offer", offered.release, _offer_bytes(offered)
        if roll_out.activation is not None:
            yield "activation", roll_out.offer.release, roll_out.activation
        if roll_out.confirmation is not None:
            yield "confirmation", roll_out.offer.release, roll_out.confirmation
    if state.ring is not None:
        yield "key-ring", None, state.ring[1]


def _offers(state: Coordination) -> Iterator[Offer]:
    for roll_out in filter(None, (state.current, state.pending)):
        yield from (roll_out.before, roll_out.offer)


def coordination_of(content: bytes, find: Find) -> Coordination:
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
            current=raw["current"] and _roll_out_of(raw["current"], find),
            pending=raw["pending"] and _roll_out_of(raw["pending"], find),
            ring=raw["ring"] and (raw["ring"][0], find(raw["ring"][1])),
        )
    except InputError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        needed = f"format {FORMAT!r}, version {VERSION}"
        raise InputError([Fault("state of a roll-out", "database", str(error)[:200], needed)]) from error


def _roll_out(roll_out: RollOut) -> dict[str, Any]:
    return {
        **{name: getattr(roll_out, name) for name in _PLAIN},
        "not_before_ds": roll_out.not_before_ds,
        "offer": digest_of_document(_offer_bytes(roll_out.offer)),
        "before": digest_of_document(_offer_bytes(roll_out.before)),
        "activation": roll_out.activation and digest_of_document(roll_out.activation),
        "confirmation": roll_out.confirmation and digest_of_document(roll_out.confirmation),
    }


def _roll_out_of(raw: Mapping[str, Any], find: Find) -> RollOut:
    return RollOut(
        **{name: raw[name] for name in _PLAIN},
        not_before_ds=raw.get("not_before_ds", 0),  # states of a service that had none
        offer=_offer_of(find(raw["offer"]), find),
        before=_offer_of(find(raw["before"]), find),
        activation=raw["activation"] and find(raw["activation"]),
        confirmation=raw["confirmation"] and find(raw["confirmation"]),
    )


def _offer_bytes(offered: Offer) -> bytes:
    return canonical_bytes(
        {
            "release": offered.release,
            "digests": dict(offered.digests),
            "beat": asdict(offered.beat),
            "valid_until_ds": offered.valid_until_ds,
        }
    )


def _offer_of(content: bytes, find: Find) -> Offer:
    raw = json.loads(content)
    documents = {member: find(digest) for member, digest in raw["digests"].items() if digest is not None}
    return Offer(raw["release"], documents, raw["digests"], Beat(**raw["beat"]), raw["valid_until_ds"])
