"""What a controller has been told, and the one rule of what it runs at an instant.

*The newest order in force; without one, the local schedule.* An order is in force from its effective-at until its
confirm-by, or the validity of its plan if that ends sooner. So what is run is a function of documents and clock: two
controllers with the same documents run the same, restarted or not, linked or not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from signals.delivery.documents import Activation, PlanDocument


@dataclass(frozen=True)
class Order:
    """An activation as a controller has it, with the latest confirmation that came for it (round 0: none yet)."""

    activation: Activation
    activation_digest: str
    plan_digest: str | None  # of this controller's plan document; None: the local schedule
    round: int
    confirm_by_ds: int
    documents: tuple[bytes, ...]  # the activation, and the confirmation if there is one: as they came

    @property
    def sequence(self) -> int:
        return self.activation.sequence


def in_force(
    orders: Iterable[Order], plans: Mapping[str, PlanDocument], now_ds: int, unfit: Collection[str] = ()
) -> Order | None:
    """The order that is to be run at an instant, or None for the local schedule.

    `plans` are those that are loaded, by digest; `unfit` those that the controller cannot run.
    """
    live = [order for order in orders if _live(order, plans, now_ds, unfit)]
    return max(live, key=lambda order: order.sequence, default=None)


def _live(order: Order, plans: Mapping[str, PlanDocument], now_ds: int, unfit: Collection[str]) -> bool:
    if not order.activation.effective_at_ds <= now_ds < order.confirm_by_ds:
        return False
    if order.plan_digest is None:
        return True
    plan = plans.get(order.plan_digest)
    return plan is not None and order.plan_digest not in unfit and plan.valid_from_ds <= now_ds < plan.valid_until_ds
