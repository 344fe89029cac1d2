"""Timings that respond to traffic: what makes none is refused with every fault."""

from __future__ import annotations

import pytest

from optimizers.faults import ArrayError
from optimizers.models.queue import QueueModel, evaluate
from optimizers.responsive import Loop, ResponsiveTiming
from optimizers.solution import given_solution
from tests.optimizers.kernels.test_queue_control import as_it_is, two_stages
from tests.optimizers.problems import crossing, with_traffic


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"min_s": [5, 3, 1, 50, 3, 1]}, "step 3"),
        ({"max_s": [40, 3, 1]}, "max_s"),
        ({"ways": ((1,), (2,), (6,), (4,), (5,), (0,))}, "ways[2]"),
        ({"ways": ((1,), (2,), (), (4,), (5,), (0,))}, "ways[2]"),
        ({"cycle_s": 0}, "cycle_s"),
        ({"loops": (Loop(0, -1.0, 3.0, (0,)),)}, "loop 0"),
        ({"loops": (Loop(0, 1.0, 3.0, (9,)),)}, "loop 0"),
        ({"planned_s": [0] * 6}, "planned_s"),
    ],
)
def test_what_is_no_controller_is_refused(changes: dict[str, object], where: str) -> None:
    with pytest.raises(ArrayError) as error:
        two_stages(**changes)
    assert [fault.where for fault in error.value.faults] == [where]


def test_controllers_of_no_junction_are_refused() -> None:
    with pytest.raises(ArrayError, match="controllers: index: found 3"):
        ResponsiveTiming(given_solution(crossing()), {3: two_stages()})


def test_loops_have_to_lie_in_lanes_one_in_each() -> None:
    problem = with_traffic(crossing())
    model = QueueModel(problem)
    for loops in ((Loop(99, 1.0, 3.0, (0,)),), (Loop(0, 1.0, 3.0, (0,)), Loop(0, 9.0, 3.0, (3,)))):
        with pytest.raises(ArrayError, match="controller 0: loop"):
            model.hosted(ResponsiveTiming(given_solution(problem), {0: two_stages(loops=loops)}))


def test_a_responsive_timing_is_evaluated_as_any_other() -> None:
    problem = with_traffic(crossing())
    solution = given_solution(problem)
    hosted, fixed = evaluate(problem, as_it_is(problem, solution)), evaluate(problem, solution)
    assert hosted.objective_veh_h_per_h == fixed.objective_veh_h_per_h
    assert (hosted.delay_s_per_veh, hosted.stops_per_veh) == (fixed.delay_s_per_veh, fixed.stops_per_veh)
    responding = evaluate(problem, ResponsiveTiming(solution, {0: two_stages()}))
    assert responding.delay_s_per_veh < fixed.delay_s_per_veh
