"""The controller's side of a roll-out: what it keeps, what an answer changes in it, what is to be run, what it reports.

Values only: no input or output, no clock. `station.py` moves them between a device, a file and a link.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from networks.faults import Fault
from signals.delivery.documents import PlanDocument
from signals.delivery.key_ring import KeyRing
from signals.delivery.messages import Answer, Report
from signals.delivery.orders import Agenda, Order, agenda
from signals.delivery.refusal import Refused, refused
from signals.delivery.signed import digest_of_document
from signals.delivery.spoken import seconds
from signals.delivery.verifier import Verifier
from signals.store.steps import canonical_bytes, digest_of

FORMAT, VERSION = "greenband-controller", 1
MOST_CLOCK_ERROR_DS = 20
KEPT_DS = 864_000  # how long an order is kept after its end, should the clock have been wrong
MOST_SPARE_PLANS = 8


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """A plan document of this controller, as it came and as it was read."""

    document: bytes
    plan: PlanDocument


@dataclass(frozen=True)
class Member:
    """A controller as the protocol sees it. What `memory_of` writes survives a restart."""

    verifier: Verifier
    started_ds: int
    number: int = 0
    newest: int = 0  # the highest sequence number ever accepted
    plans: Mapping[str, KeptPlan] = field(default_factory=dict)
    orders: tuple[Order, ...] = ()
    loaded: frozenset[str] = frozenset()  # in the device, read back and compared equal
    unfit: Mapping[str, str] = field(default_factory=dict)  # what the device cannot run, and why
    clock_wrong: bool = False

    def to_load(self) -> tuple[str, ...]:
        """Plans that the device has not been handed yet, by digest."""
        return tuple(digest for digest in self.plans if digest not in self.loaded and digest not in self.unfit)

    def with_loaded(self, digest: str, why_not: str = "") -> Member:
        """After the device took a plan and gave it back equal, or did not."""
        if why_not:
            return replace(self, loaded=self.loaded - {digest}, unfit={**self.unfit, digest: why_not})
        return replace(self, loaded=self.loaded | {digest})

    def agenda(self) -> Agenda:
        """What is to be run from now on, if nothing more is heard."""
        plans = {digest: self.plans[digest].plan for digest in self.loaded if digest in self.plans}
        return agenda(self.orders, plans, self.unfit)

    def reporting(self, running: int | None) -> tuple[Member, Report]:
        """Its next report; what it says must be on the disk before it is sent."""
        numbered = replace(self, number=self.number + 1)
        return numbered, Report(
            controller_id=self.verifier.controller_id,
            started_ds=self.started_ds,
            number=numbered.number,
            loaded=self.loaded & frozenset(self.plans),
            orders=frozenset((order.sequence, order.round) for order in self.orders),
            running=running,
            ring=self.verifier.keys.version,
            refused=tuple(sorted((d, " ".join(why.split())[:400]) for d, why in self.unfit.items() if d in self.plans)),
            clock_wrong=self.clock_wrong,
        )

    def receiving(self, answer: Answer, now_ds: int, travelled_ds: int) -> tuple[Member, tuple[Fault, ...]]:
        """After an answer that took up to `travelled_ds` to ask for and get; and why parts of it do not count.

        Where the clock is further off than allowed no new activation is accepted.
        """
        error_ds = abs(answer.server_ds + travelled_ds // 2 - now_ds) - (travelled_ds + 1) // 2
        member, faults = replace(self, clock_wrong=error_ds > MOST_CLOCK_ERROR_DS), list[Fault]()
        if answer.key_ring is not None:
            member = _tried(member, faults, lambda m: m._with_ring(answer.key_ring or b"", now_ds))
        for document in answer.plans:
            member = _tried(member, faults, lambda m, d=document: m._with_plan(d, now_ds))
        for activation, confirmation in answer.orders:
            member = _tried(member, faults, lambda m, a=activation, c=confirmation: m._with_order(a, c, now_ds))
        return member._tidied(now_ds), tuple(faults)

    def _with_ring(self, document: bytes, now_ds: int) -> Member:
        trusting = replace(self, verifier=self.verifier.trusting(document, now_ds), plans={}, orders=())
        return _restored(trusting, (p.document for p in self.plans.values()), (o.documents for o in self.orders))[0]

    def _with_plan(self, document: bytes, now_ds: int) -> Member:
        digest = digest_of_document(document)
        if digest in self.plans:
            return self
        return replace(self, plans={**self.plans, digest: KeptPlan(document, self.verifier.plan(document, now_ds))})

    def _with_order(self, activation: bytes, confirmation: bytes | None, now_ds: int) -> Member:
        digest = digest_of_document(activation)
        known = next((order for order in self.orders if order.activation_digest == digest), None)
        if known is None:
            if self.clock_wrong:
                raise refused(
                    "clock", "a clock that is wrong", f"at most {seconds(MOST_CLOCK_ERROR_DS)} of error", "activation"
                )
            order = self.verifier.order(activation, confirmation, now_ds, self.newest)
            return replace(self, orders=(*self.orders, order), newest=order.sequence)
        if confirmation is None or confirmation in known.documents:
            return self
        order = self.verifier.confirmed(known, confirmation, now_ds)
        return replace(self, orders=tuple(order if other is known else other for other in self.orders))

    def _tidied(self, now_ds: int) -> Member:
        """Without what is long over, and without plans that no order names, but for the latest."""
        orders = tuple(order for order in self.orders if now_ds < order.confirm_by_ds + KEPT_DS)
        named = {order.plan_digest for order in orders}
        spare = [digest for digest in self.plans if digest not in named][:-MOST_SPARE_PLANS]
        if len(orders) == len(self.orders) and not spare:
            return self
        plans = {digest: kept for digest, kept in self.plans.items() if digest not in spare}
        unfit = {digest: why for digest, why in self.unfit.items() if digest in plans}
        return replace(self, orders=orders, plans=plans, unfit=unfit, loaded=self.loaded & frozenset(plans))


def memory_of(member: Member) -> bytes:
    """What a controller keeps over a restart, with a digest that shows damage."""
    content: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "controller_id": member.verifier.controller_id,
        "started_ds": member.started_ds,
        "newest": member.newest,
        "key_ring": member.verifier.keys.payload(),
        "plans": [kept.document.decode() for kept in member.plans.values()],
        "orders": [[document.decode() for document in order.documents] for order in member.orders],
    }
    return canonical_bytes({"content": content, "digest": digest_of(content)})


def restarted(controller_id: str, keys: KeyRing, memory: Any, now_ds: int) -> tuple[Member, tuple[Fault, ...]]:
    """A controller as it starts, with what it kept (the value of `memory_of`'s JSON; None: nothing), and its faults.

    Everything kept is verified again. What is damaged, or another controller's, is left out and told; the controller
    then knows less, and runs its local schedule until it is told more.
    """
    fresh = Member(Verifier(controller_id, keys), now_ds)
    if memory is None:
        return fresh, ()
    try:
        content = memory["content"]
        if digest_of(content) != memory["digest"] or (content["format"], content["version"]) != (FORMAT, VERSION):
            raise ValueError("not as it was written")
        if content["controller_id"] != controller_id:
            raise ValueError(f"that of {content['controller_id']!r}")
        kept = KeyRing.of(content["key_ring"])
        plans = [text.encode() for text in content["plans"]]
        orders = [tuple(text.encode() for text in row) for row in content["orders"]]
        newest, started_ds = int(content["newest"]), max(now_ds, int(content["started_ds"]) + 1)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return fresh, (Fault("memory", "controller", str(error)[:200], "what the controller wrote"),)
    verifier = Verifier(controller_id, max(keys, kept, key=lambda ring: ring.version))
    return _restored(Member(verifier, started_ds, newest=newest), plans, orders)


def _restored(
    member: Member, plans: Iterable[bytes], orders: Iterable[tuple[bytes, ...]]
) -> tuple[Member, tuple[Fault, ...]]:
    """With documents that were accepted before, as far as the key ring still has their keys."""
    found, kept, faults = dict[str, KeptPlan](), list[Order](), list[Fault]()
    for document in plans:
        try:
            plan = member.verifier.plan(document, 0, kept=True)
            found[digest_of_document(document)] = KeptPlan(document, plan)
        except Refused as error:
            faults += error.faults
    for activation, *confirmations in orders:
        try:
            confirmation = confirmations[0] if confirmations else None
            kept.append(member.verifier.order(activation, confirmation, 0, 0, kept=True))
        except Refused as error:
            faults += error.faults
    loaded = member.loaded & frozenset(found)
    return replace(member, plans=found, orders=tuple(kept), loaded=loaded), tuple(faults)


def _tried(member: Member, faults: list[Fault], change: Any) -> Member:
    try:
        return change(member)  # type: ignore[no-any-return]
    except Refused as error:
        faults += error.faults
        return member
