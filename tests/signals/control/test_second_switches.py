"""A second switch while the first transition runs: each state once, from the first switch to the third plan in step."""

from __future__ import annotations

import pytest

from signals.control.between import everything_between
from signals.control.second_switches import MOST_STATES, _state, second_switches
from signals.control.transition_runs import Held
from signals.control.transition_steps import circle_of, history_of
from signals.control.transitions import OVER_A_PICTURE, Correction, Limits, Method, transition
from signals.intervals import local_ds, picture_at
from signals.safety import check_second_switch
from tests.signals.courses import lies_in
from tests.signals.transition_plans import stages, two_stages


@pytest.mark.parametrize("method", OVER_A_PICTURE)
def test_it_lies_in_everything_between_and_ends_in_step_with_the_third(method: Method) -> None:
    pair = two_stages()
    second, third = stages(pair.network, (5, -5), 37), stages(pair.network, (-5, 5), 5)  # 80 s each
    order = everything_between(pair.old, (second, third), method, pair.rules).order
    courses = second_switches(pair.old, second, third, method, pair.rules)
    assert courses is not None
    for made in courses[:: max(1, len(courses) // 200)]:
        end_ds = made.switch_ds + made.duration_ds
        before, after = (picture_at(third, local_ds(third, at)) for at in (end_ds - 1, end_ds))
        assert (made.rows[-1][0], before != after) == (before, True)
        assert lies_in(made.rows, order)


@pytest.mark.parametrize("method", ["dwell", "gsp"])
def test_before_another_plan_shows_itself_the_first_one_goes_on(method: Method) -> None:
    """Back to the plan that has not been left yet: among the courses are those of a plan to itself."""
    pair = two_stages()
    courses = second_switches(pair.old, pair.new, pair.old, method, pair.rules)
    assert courses is not None
    assert {transition(pair.old, pair.old, at, method, pair.rules) for at in range(0, 4000, 10)} <= {*courses}


def test_too_many_states_are_not_tried() -> None:
    pair = two_stages()
    long = stages(pair.network, (1, 0), 0)  # 81 s: 80, 81 and 100 s come round after 32 400 s
    assert second_switches(pair.old, long, pair.new, "dwell", pair.rules) is None
    assert second_switches(pair.old, pair.new, pair.old, "short way", pair.rules, most=100) is None
    courses = second_switches(pair.old, pair.new, pair.old, "gsp", pair.rules)
    assert courses is not None
    assert len(courses) <= MOST_STATES + 400  # and one from each second of the first switch


@pytest.mark.parametrize("methods", [("dwell", "short way"), ("short way", "add only"), ("gsp", "dwell")])
def test_each_plan_may_have_a_method_of_its_own(methods: tuple[Method, Method]) -> None:
    pair = two_stages()
    second, third = stages(pair.network, (5, -5), 37), stages(pair.network, (-5, 5), 5)
    order = everything_between(pair.old, (second, third), methods, pair.rules).order
    courses = second_switches(pair.old, second, third, methods, pair.rules)
    assert courses is not None
    for made in courses[:: max(1, len(courses) // 200)]:
        assert lies_in(made.rows, order)
    at_once = {transition(pair.old, third, at, methods[1], pair.rules) for at in range(0, 800, 10)}
    assert at_once <= {*courses}


@pytest.mark.parametrize("methods", [("dwell", "through red"), ("through red", "dwell")])
def test_through_red_to_one_of_two_plans(methods: tuple[Method, Method]) -> None:
    """It leads there although there are pictures in common, and to the other one over these."""
    pair = two_stages()
    second, third = stages(pair.network, (10, 0), 37), stages(pair.network, (-5, 5), 5)
    order = everything_between(pair.old, (second, third), methods, pair.rules).order
    for at in range(0, 800, 10):
        for old, new, method in (
            (pair.old, second, methods[0]),
            (pair.old, third, methods[1]),
            (second, third, methods[1]),
        ):
            assert lies_in(transition(old, new, at, method, pair.rules).rows, order)
    assert second_switches(pair.old, second, third, methods, pair.rules) is None
    assert check_second_switch(pair.old, second, third, pair.network, pair.rules, methods) == ()


def test_states_differ_where_a_green_began_in_another_plan() -> None:
    """Of one age either way: how it is judged depends on that, until it is as old as anything can ask for."""
    pair = two_stages()
    third = stages(pair.network, (10, 0), 37)
    onward = Correction(pair.new, third, "dwell", pair.rules, Limits())
    circle = circle_of(pair.new)
    seen = history_of(circle, 1000)
    begun_ds = max(moment for moment in seen.since if moment is not None)
    held = Held(circle.at(1000)[0], 1000, 1000, 1300, seen)
    before, after = (_state(held, begun_ds + 10, circle, onward, taken_ds) for taken_ds in (begun_ds, begun_ds - 1))
    assert before != after
    later_ds = begun_ds + onward.needs.longest_ds
    held = Held(circle.at(1000)[0], later_ds, later_ds, later_ds + 300, seen)
    assert len({_state(held, later_ds, circle, onward, taken_ds) for taken_ds in (begun_ds, begun_ds - 1)}) == 1
