"""Which documents count for one controller: the only door to it.

For gateways in the field: of what others offer it needs `cryptography` alone (a test holds it to that).
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from networks.faults import Fault, InputError
from signals.delivery.documents import Activation, Confirmation, PlanDocument
from signals.delivery.key_ring import KeyRing
from signals.delivery.orders import Order
from signals.delivery.refusal import Refused, refused
from signals.delivery.signed import digest_of_document, opened
from signals.delivery.spoken import instant


@dataclass(frozen=True, slots=True)
class Verifier:
    """Verifies for a controller under a ring of keys; every method raises `Refused` with all reasons.

    `now_ds` is the instant [ds since 1970, UTC]; `kept` says that the document was accepted before and comes from the
    controller's own memory: then its key may be retired by now, and its time may have passed.
    """

    controller_id: str
    keys: KeyRing

    def plan(self, document: bytes, now_ds: int, *, kept: bool = False) -> PlanDocument:
        """A plan of this controller that is not past its validity."""
        found = PlanDocument.of(opened(document, self.keys, None if kept else now_ds))
        faults = []
        if found.controller_id != self.controller_id:
            faults.append(Fault("controller", "plan", repr(found.controller_id)[:200], repr(self.controller_id)))
        if now_ds >= found.valid_until_ds and not kept:
            faults.append(
                Fault("validity", "plan", f"valid until {instant(found.valid_until_ds)}", f"valid at {instant(now_ds)}")
            )
        if faults:
            raise Refused(faults)
        return found

    def order(
        self, activation: bytes, confirmation: bytes | None, now_ds: int, newest: int, *, kept: bool = False
    ) -> Order:
        """An activation of a group that this controller belongs to, newer than the newest sequence number it has seen.

        Past its confirm-by it counts only with a confirmation that says longer.
        """
        found = Activation.of(opened(activation, self.keys, None if kept else now_ds))
        faults, where = [], "activation"
        if self.controller_id not in found.members:
            faults.append(Fault("controller", where, "a group without it", f"a group of {self.controller_id!r}"))
        if found.sequence <= newest and not kept:
            faults.append(Fault("sequence", where, str(found.sequence), f"above {newest}"))
        if faults:
            raise Refused(faults)
        plan = found.members[self.controller_id]
        order = Order(found, digest_of_document(activation), plan, 0, found.confirm_by_ds, (activation,))
        if confirmation is not None:
            order = self.confirmed(order, confirmation, now_ds, kept=kept)
        if now_ds >= order.confirm_by_ds and not kept:
            raise refused(
                "validity", f"to be confirmed by {instant(order.confirm_by_ds)}", f"later than {instant(now_ds)}", where
            )
        return order

    def confirmed(self, order: Order, confirmation: bytes, now_ds: int, *, kept: bool = False) -> Order:
        """The order as it is after a later confirmation of it."""
        found = Confirmation.of(opened(confirmation, self.keys, None if kept else now_ds))
        where, activation = "confirmation", order.activation
        faults = []
        if (found.group_id, found.sequence, found.activation) != (
            activation.group_id,
            activation.sequence,
            order.activation_digest,
        ):
            found_in_words = f"one of activation {found.sequence} of {found.group_id!r}"[:200]
            faults.append(Fault("confirmation", where, found_in_words, f"one of {order.activation_digest}"))
        if found.round <= order.round:
            faults.append(Fault("sequence", where, f"round {found.round}", f"above {order.round}"))
        if found.confirm_by_ds <= max(order.confirm_by_ds, 0 if kept else now_ds):
            needed = f"later than {instant(order.confirm_by_ds)} and than now"
            faults.append(Fault("validity", where, f"to be confirmed by {instant(found.confirm_by_ds)}", needed))
        if faults:
            raise Refused(faults)
        return Order(
            activation,
            order.activation_digest,
            order.plan_digest,
            found.round,
            found.confirm_by_ds,
            (order.documents[0], confirmation),
        )

    def trusting(self, key_ring: bytes, now_ds: int) -> Verifier:
        """The verifier under a later ring, signed by a key that is accepted now."""
        ring = KeyRing.of(opened(key_ring, self.keys, now_ds))
        if ring.version <= self.keys.version:
            raise refused("sequence", f"key ring {ring.version}", f"above {self.keys.version}", "key ring")
        return Verifier(self.controller_id, ring)


def first_met(document: bytes) -> KeyRing:
    """The ring of a document that a key of this very ring signed: for a controller that meets a service for the first
    time, and has nothing but the way on which it came to trust. Raises `Refused`."""
    try:
        payload = json.loads(document.partition(b"\n")[2])
        ring = KeyRing.of(payload if isinstance(payload, dict) else {})
    except (ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        raise refused("form", error, "a signed key ring", "key ring") from None
    opened(document, ring, None)
    return ring
