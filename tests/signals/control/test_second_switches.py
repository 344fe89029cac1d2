"""A second switch while the first transition runs: each state once, from the first switch to the third plan in step."""

from __future__ import annotations

import pytest

from signals.control.between import everything_between
from signals.control.second_switches import MOST_STATES, second_switches
from signals.control.transitions import OVER_A_PICTURE, Method, transition
from signals.intervals import local_ds, picture_at
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
