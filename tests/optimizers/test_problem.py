from __future__ import annotations

import numpy as np
import pytest

from optimizers.faults import ArrayError
from optimizers.problem import cycle_limits_s
from tests.optimizers.problems import crossing, grid


def test_all_faults_are_named_in_one_error() -> None:
    with pytest.raises(ArrayError) as caught:
        crossing(use_flow_veh_per_h=[-1.0, np.nan], use_saturation_veh_per_h=[0.0, 1800.0], cycle_max_s=[-5.0])
    assert [f.where for f in caught.value.faults] == [
        "cycle_max_s[0]",
        "use_flow_veh_per_h[0]",
        "use_flow_veh_per_h[1]",
        "use_saturation_veh_per_h[0]",
    ]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"step_variable": [1, 0, 0, 1, 0, 0]}, "step_variable"),
        ({"use_lane": [0, 7]}, "use_lane[1]"),
        ({"lane_junction": [0, 0, 0]}, "lane_storage_veh"),
        ({"use_display": np.full((2, 6), 9, np.int8)}, "use_display"),
        ({"use_display": np.zeros((2, 4), np.int8)}, "use_display"),
        ({"step_given_s": [25.0, 3.0, 1.0, 25.0, 3.0, 2.0]}, "junction 0"),
        ({"cycle_min_s": [100.0], "cycle_max_s": [90.0]}, "junction 0"),
        ({"step_min_s": [90.0, 3.0, 1.0, 90.0, 3.0, 1.0]}, "junction 0"),
        ({"yields_start": [0, 1, 0]}, "yields_start"),
        ({"feed_from_use": [0], "feed_to_use": [1], "feed_share": [1.2], "feed_travel_s": [10.0]}, "feed_share[0]"),
        (
            {"feed_from_use": [0, 1], "feed_to_use": [1, 1], "feed_share": [0.6, 0.6], "feed_travel_s": [9.0, 9.0]},
            "use 1",
        ),
    ],
)
def test_broken_arrays_are_refused(changes: dict[str, object], where: str) -> None:
    with pytest.raises(ArrayError) as caught:
        crossing(**changes)  # type: ignore[arg-type]
    assert where in [f.where for f in caught.value.faults]


def test_displays_over_all_steps_and_over_own_steps_are_the_same() -> None:
    problem = grid(2, 1)
    wide = np.zeros((problem.uses, problem.steps), dtype=np.int8)
    for u, j in enumerate(problem.use_junction):
        wide[u, problem.first_step[j] : problem.first_step[j + 1]] = problem.use_display[u]
    assert np.array_equal(problem.replace(use_display=wide).use_display, problem.use_display)


def test_arrays_are_copies_and_read_only() -> None:
    flows = np.array([600.0, 500.0])
    problem = crossing(use_flow_veh_per_h=flows)
    flows[0] = 0.0
    assert problem.use_flow_veh_per_h[0] == 600.0
    with pytest.raises(ValueError, match="read-only"):
        problem.use_flow_veh_per_h[0] = 1.0


def test_cycle_limits_join_cycle_and_step_bounds() -> None:
    low, high = cycle_limits_s(crossing(minimum_s=20.0, step_max_s=[30.0, 3.0, 1.0, 31.0, 3.0, 1.0]))
    assert (low[0], high[0]) == (48.0, 69.0)
