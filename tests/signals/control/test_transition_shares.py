"""How far a method may move a plan: shares of the cycle, and lengths below which something would be cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings

from signals.control.transition_shares import Limits, quotas_ds, shortest_ds
from signals.control.transition_steps import History, Needs, circle_of
from tests.signals.transition_plans import Pair, pairs, two_stages


@given(pairs())
@settings(max_examples=40)
def test_a_plan_that_runs_at_its_shortest_cuts_nothing(pair: Pair) -> None:
    circle = circle_of(pair.new)
    needs = Needs(pair.new, circle, pair.rules)
    shortest = shortest_ds(circle, needs, Limits().subtract_share)
    assert all(0 < ds <= picture.length_ds for ds, picture in zip(shortest, circle.shown, strict=True))
    assert circle.cycle_ds - sum(shortest) <= Limits().subtract_share * circle.cycle_ds
    history, at_ds = History(circle.shown[0].displays), 0
    for number, following in pairwise([*range(len(shortest))] * 4):
        at_ds += shortest[number]
        if circle.shown[number].rests:
            assert needs.wait_ds(history, number, at_ds) == 0
        history.show(circle.shown[following].displays, at_ds)


def test_shares_are_those_of_the_cycle() -> None:
    circle = circle_of(two_stages(pedestrians=False).new)  # 100 s, greens of 55 and 35 s
    assert quotas_ds(circle, 0.2) == [120, 0, 0, 80, 0, 0]
    with pytest.raises(ValueError, match="shares"):
        Limits(subtract_share=1)
