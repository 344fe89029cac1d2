"""The loops of a search compiled ahead, by a process beside the one that needs them: `python -m optimizers.ahead`.

Compiling takes one core of a machine several seconds, the first time ever. Two processes that compile into the same
folder share that: each takes what the other has finished from its files.
"""

from __future__ import annotations

import numpy as np

from optimizers.methods import descent
from optimizers.problem import TimingProblem


def compile_loops() -> None:
    """Solve a small problem, for the sake of the loops that this needs."""
    descent.propose(_two_signals(), start=None, effort=200, seed=1, stop=lambda: False, report=lambda _: None)


def _two_signals() -> TimingProblem:
    """Two signals with two stages each, and traffic from the first to the second."""
    display = np.zeros((4, 4), dtype=np.int8)
    display[[0, 2], 0], display[[0, 2], 1] = 3, 1
    display[[1, 3], 2], display[[1, 3], 3] = 3, 1
    return TimingProblem(
        cycle_given_s=np.full(2, 60.0),
        offset_given_s=np.zeros(2),
        cycle_min_s=np.full(2, 40.0),
        cycle_max_s=np.full(2, 80.0),
        fixed=np.zeros(2, dtype=np.bool_),
        area=np.zeros(2, dtype=np.int64),
        step_junction=np.repeat([0, 1], 4),
        step_variable=np.tile([True, False], 4),
        step_given_s=np.tile([26.0, 4.0], 4),
        step_min_s=np.tile([5.0, 4.0], 4),
        step_max_s=np.tile([np.inf, 4.0], 4),
        lane_junction=np.repeat([0, 1], 2),
        lane_storage_veh=np.full(4, 30.0),
        use_lane=np.arange(4),
        use_group=np.arange(4),
        use_flow_veh_per_h=np.full(4, 500.0),
        use_saturation_veh_per_h=np.full(4, 1800.0),
        use_display=display,
        yields_start=np.zeros(5, dtype=np.int64),
        yields_to=np.zeros(0, dtype=np.int64),
        feed_from_use=np.array([0]),
        feed_to_use=np.array([2]),
        feed_share=np.array([0.8]),
        feed_travel_s=np.array([20.0]),
    )


if __name__ == "__main__":
    compile_loops()
