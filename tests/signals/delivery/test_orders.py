"""The one rule of what is run: the newest order in force, else the local schedule."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from signals.delivery.documents import Activation, PlanDocument
from signals.delivery.orders import NOTHING, Order, agenda, in_force, turn_at

PLANS = {
    digest * 64: PlanDocument("north", "1" * 64, "a" * 64, "b" * 64, begin_ds, end_ds, {})
    for digest, begin_ds, end_ds in (("c", 0, 100), ("d", 20, 60))
}


def order(sequence: int, effective_ds: int, lasting_ds: int, plan: str | None) -> Order:
    release = None if plan is None else "1" * 64
    activation = Activation("group", sequence, release, {"north": plan}, 0, effective_ds, effective_ds + 1)
    return Order(activation, f"{sequence:064}", plan, 0, effective_ds + lasting_ds, ())


plans = st.sampled_from([None, "c" * 64, "d" * 64, "e" * 64])  # the last one is not loaded
orders = st.lists(st.tuples(st.integers(0, 90), st.integers(1, 50), plans), max_size=5).map(
    lambda rows: [order(number, *row) for number, row in enumerate(rows, 1)]
)


@given(orders, st.sets(plans.filter(bool)), st.integers(0, 200))
def test_the_agenda_says_for_every_instant_what_the_rule_says(known: list[Order], unfit: set[str], now_ds: int) -> None:
    turn, live = turn_at(agenda(known, PLANS, unfit), now_ds), in_force(known, PLANS, now_ds, unfit)
    assert (turn.sequence, turn.plan_digest) == ((live.sequence, live.plan_digest) if live else (None, None))


@given(orders, st.integers(0, 200), st.randoms())
def test_the_order_in_which_documents_came_does_not_count(
    known: list[Order], now_ds: int, random: st.DataObject
) -> None:
    shuffled = [*known]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert in_force(shuffled, PLANS, now_ds) == in_force(known, PLANS, now_ds)


@given(orders)
def test_every_agenda_ends_with_the_local_schedule(known: list[Order]) -> None:
    turns = agenda(known, PLANS)
    assert turns[-1].sequence is None
    assert turns[0].from_ds == 0
    assert turn_at(turns, -1) == turns[0]


def test_without_a_confirmation_what_ran_before_comes_back_and_then_the_local_schedule() -> None:
    known = [order(1, 10, 80, "c" * 64), order(2, 30, 20, "d" * 64)]
    told = [(turn.from_ds, turn.sequence) for turn in agenda(known, PLANS)]
    assert told == [(0, None), (10, 1), (30, 2), (50, 1), (90, None)]


def test_past_its_validity_a_plan_is_not_run_on() -> None:
    told = [(turn.from_ds, turn.sequence) for turn in agenda([order(1, 10, 80, "d" * 64)], PLANS)]
    assert told == [(0, None), (20, 1), (60, None)]


def test_nothing_known_is_the_local_schedule() -> None:
    assert agenda([], {}) == NOTHING
