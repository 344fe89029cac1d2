"""Speed of kernels and methods on synthetic grids: `python -m benchmarks.speed` prints one row per measurement.

CPU time of this process after compilation; the first row is what the first call costs when nothing is cached.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from optimizers.kernels.arrays import arrays_of, state_of
from optimizers.kernels.climb import climb_offsets
from optimizers.kernels.hcm import junction_cost
from optimizers.kernels.profile import evaluate_profile
from optimizers.method import never, silent
from optimizers.methods import descent, resplit, webster
from optimizers.solution import given_solution
from tests.optimizers.problems import grid

EFFORT = 40_000


def seconds(work: Callable[[], object], repeats: int) -> float:
    """Least CPU time of one call in three series [s]."""
    series = []
    for _ in range(3):
        begin = time.process_time()
        for _ in range(repeats):
            work()
        series.append((time.process_time() - begin) / repeats)
    return min(series)


def row(what: str, value: float, unit: str) -> None:
    print(f"{what:<58}{value:12.3f} {unit}")


def kernels() -> None:
    """Kernels on a 4 x 4 grid: 16 junctions, 128 lanes, 192 uses, cycle 82 s, time step 1 s."""
    problem = grid(4, 4)
    plan = given_solution(problem)
    arrays = arrays_of(problem)
    state = state_of(arrays, plan)
    begin = time.process_time()
    for work in (webster, resplit, descent):
        work.propose(grid(2, 1), start=None, effort=300, seed=1, stop=never, report=silent)
    row("first calls of all methods (compilation unless cached)", time.process_time() - begin, "s")
    evaluate_profile(arrays, state, 1, 1e-4)
    row("profile model, cold, to 1e-4", 1e3 * seconds(lambda: evaluate_profile(arrays, state, 8, 1e-4), 50), "ms")
    once = seconds(lambda: evaluate_profile(arrays, state, 1, 1e-4), 50)
    row("profile model, tables and one sweep", 1e3 * once, "ms")
    row("HCM model, one junction", 1e6 * seconds(lambda: junction_cost(arrays, state, 5), 500), "us")
    order, free, shares = np.arange(16), np.ones(16, dtype=np.bool_), np.array([0.0])

    def climb() -> int:
        state.offset_s[:] = plan.offset_s
        return int(climb_offsets(arrays, state, order, free, shares, 1, 10_000))

    trials = climb()
    row("one offset trial (own and downstream lanes)", 1e6 * seconds(climb, 5) / trials, "us")


def methods() -> None:
    """Methods on grids of several sizes, with the effort stated."""
    for columns, rows in ((1, 1), (4, 4), (5, 4)):
        problem = grid(columns, rows, flow_veh_per_h=400.0)
        for method in (webster, resplit, descent):
            begin = time.process_time()
            method.propose(problem, start=None, effort=EFFORT, seed=1, stop=never, report=silent)
            name = method.__name__.rsplit(".", 1)[-1]
            row(f"{name}, {columns * rows} junctions, effort {EFFORT}", time.process_time() - begin, "s")


if __name__ == "__main__":
    kernels()
    methods()
