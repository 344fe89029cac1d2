"""Whose the pictures of a transition are: told from displays and their lengths."""

from __future__ import annotations

from signals.control.second_switches import second_switches
from signals.control.transitions import Handover, transition
from signals.safety.whose import whose
from tests.signals.transition_plans import stages, two_stages

YELLOW, RED = "yyyrrryyyrrrrrrr", "r" * 16


def test_the_picture_that_both_plans_have_is_of_both() -> None:
    pair = two_stages()
    made = transition(pair.old, pair.new, 20, "add only", pair.rules)
    found = whose((pair.old, pair.new), made)
    assert found[0] == (0, 1)  # the first stage goes on
    assert {*found[1:]} == {(1,)}


def test_the_way_through_red_is_of_no_plan() -> None:
    pair = two_stages()
    made = transition(pair.old, pair.new, 20, "through red", pair.rules)
    assert [shown for shown, _ in made.rows[1:3]] == [YELLOW, RED]
    assert whose((pair.old, pair.new), made) == [(0,), (), (), (1,)]


def test_what_follows_the_old_plan_in_time_is_its_own_and_what_does_not_is_not() -> None:
    pair = two_stages()
    ways = (transition(pair.old, pair.new, at_ds, "dwell", pair.rules) for at_ds in range(0, 800, 10))
    made = next(way for way in ways if len(way.rows) > 4)
    rows = [*made.rows]
    shorter = Handover(made.switch_ds, ((rows[0][0], rows[0][1] + 10), *rows[1:]), made.new_cycle_ds)
    assert 0 in whose((pair.old, pair.new), shorter)[0]
    assert 0 not in whose((pair.old, pair.new), shorter)[1]
    yellow = next(number for number, (shown, _) in enumerate(rows) if number and "y" in shown)
    cut = Handover(made.switch_ds, (*rows[:yellow], (rows[yellow][0], 10), *rows[yellow + 1 :]), made.new_cycle_ds)
    found = whose((pair.old, pair.new), cut)
    assert 1 not in found[yellow]
    assert 1 in found[yellow + 1]


def test_of_three_plans_the_second_has_what_lies_between() -> None:
    pair = two_stages(pedestrians=False)
    timings = (pair.old, pair.new, stages(pair.network, (5, 15), 11))
    ways = second_switches(*timings, "dwell", pair.rules)
    assert ways is not None
    for way in ways:
        found = whose(timings, way)
        assert all(found)
        assert [min(plans) for plans in found] == sorted(min(plans) for plans in found)
