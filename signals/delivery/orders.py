"""What a controller has been told, and the one rule of what it runs at an instant.

*The newest order in force; without one, the local schedule.* An order is in force from its effective-at until its
confirm-by, or the validity of its plan if that ends sooner. So what is run is a function of documents and clock: two
controllers with the same documents run the same, restarted or not, linked or not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Turn:
    """From an instant [ds since 1970, UTC] on, what is to be run: an order's plan, or (None) the local schedule."""

    from_ds: int
    sequence: int | None
    plan_digest: str | None


Agenda = tuple[Turn, ...]
NOTHING: Agenda = (Turn(0, None, None),)


def agenda(orders: Sequence[Order], plans: Mapping[str, PlanDocument], unfit: Collection[str] = ()) -> Agenda:
    """The rule for all instants, if nothing more is heard: each turn until the next one begins."""
    moments = {0}
    for order in orders:
        moments |= {order.activation.effective_at_ds, order.confirm_by_ds}
        plan = plans.get(order.plan_digest) if order.plan_digest else None
        if plan is not None:
            moments |= {plan.valid_from_ds, plan.valid_until_ds}
    turns = list[Turn]()
    for at_ds in sorted(moments):
        live = in_force(orders, plans, at_ds, unfit)
        turn = Turn(at_ds, live.sequence, live.plan_digest) if live else Turn(at_ds, None, None)
        if not turns or (turn.sequence, turn.plan_digest) != (turns[-1].sequence, turns[-1].plan_digest):
            turns.append(turn)
    return tuple(turns)


def turn_at(turns: Agenda, now_ds: int) -> Turn:
    """The turn of an instant; the first one before all."""
    return next((turn for turn in reversed(turns) if turn.from_ds <= now_ds), turns[0])
