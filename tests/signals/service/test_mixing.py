"""A plan mixed of raced ones: each intersection as in the plan under which it delayed least, if that is no chance."""

from __future__ import annotations

from signals.measures import Measures
from signals.plan import ControlMode
from signals.service.forms import in_form, other_responses
from signals.service.mixing import mixed
from signals.service.propose import Candidate
from signals.service.request import Mode
from tests.fakes_measures import approach, measures
from tests.signals.service.test_forms import FIXED, STREET

(USUAL,) = in_form(Mode.ACTUATED, [FIXED], STREET)
OTHER, THIRD, *_ = other_responses(USUAL, STREET)
FIRST_ID, SECOND_ID, LAST_ID = (timing.intersection_id for timing in USUAL.plan.intersections)


def days(first_s: float, second_s: float, last_s: float, scatter_s: float = 0.0) -> dict[int, Measures]:
    """Two days, on the second of which the first intersection delays so much more."""

    def day(more_s: float) -> Measures:
        delays = {FIRST_ID: first_s + more_s, SECOND_ID: second_s, LAST_ID: last_s}
        return measures(20.0, *(approach("west", one_s, intersection_id=name) for name, one_s in delays.items()))

    return {1: day(0.0), 2: day(scatter_s)}


def test_each_intersection_is_as_where_it_delays_least() -> None:
    raced = [(USUAL, days(20.0, 20.0, 20.0)), (OTHER, days(10.0, 30.0, 15.0)), (THIRD, days(30.0, 30.0, 10.0))]
    found = mixed(raced)
    assert found is not None
    expected = (OTHER.plan.intersections[0], USUAL.plan.intersections[1], THIRD.plan.intersections[2])
    assert found.plan.intersections == expected
    assert (found.fixed, found.family, found.stage_set) == (FIXED.plan, "mixed", "mixed")
    assert found.name == f"{USUAL.name}, mixed with 2 others, intersection by intersection"


def test_nothing_is_mixed_where_nobody_else_delays_less() -> None:
    assert mixed([(USUAL, days(20.0, 20.0, 20.0)), (OTHER, days(20.0, 25.0, 30.0))]) is None
    assert mixed([(USUAL, days(20.0, 20.0, 20.0))]) is None


def test_what_may_be_chance_is_no_gain() -> None:
    """9 s less on one day and 5 s more on the other; and a single day."""
    assert mixed([(USUAL, days(20.0, 20.0, 20.0)), (OTHER, days(11.0, 20.0, 20.0, scatter_s=14.0))]) is None
    single = {1: days(5.0, 5.0, 5.0)[1]}
    assert mixed([(USUAL, days(20.0, 20.0, 20.0)), (OTHER, single)]) is None


def test_what_stands_on_the_clock_is_not_mixed() -> None:
    """Neither the fixed plan nor one in coordinated control lends timings, or takes them."""
    (coordinated,) = in_form(Mode.COORDINATED, [FIXED], STREET)
    assert {timing.control_mode for timing in coordinated.plan.intersections} == {ControlMode.COORDINATED}
    better = days(5.0, 5.0, 5.0)
    fixed = Candidate("fixed", FIXED.plan)
    assert mixed([(USUAL, days(20.0, 20.0, 20.0)), (fixed, better), (coordinated, better)]) is None
    assert mixed([(coordinated, days(20.0, 20.0, 20.0)), (USUAL, better)]) is None
