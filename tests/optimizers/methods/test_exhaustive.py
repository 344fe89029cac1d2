"""Annealing against every timing there is: on small problems its answer is within 2 % of the best of a grid of 2 s."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from optimizers.method import never, silent
from optimizers.methods import annealing
from optimizers.objective import Objective
from optimizers.problem import TimingProblem, cycle_limits_s
from optimizers.rounding import stage_bounds_s
from optimizers.solution import TimingSolution, given_solution
from tests.optimizers.problems import crossing, grid, with_traffic

STEP_S = 2.0
WITHIN_SHARE = 0.02


def greens(total_s: float, low_s: tuple[float, ...]) -> Iterator[tuple[float, ...]]:
    """All greens of a sum, each on the grid above its minimum; the last takes what is left."""
    if len(low_s) == 1:
        yield from [(total_s,)] if total_s >= low_s[0] else []
        return
    for green_s in np.arange(low_s[0], total_s - sum(low_s[1:]) + 1e-9, STEP_S):
        yield from ((float(green_s), *rest) for rest in greens(total_s - green_s, low_s[1:]))


def every_timing(problem: TimingProblem) -> Iterator[TimingSolution]:
    """One cycle for all."""
    low, high = cycle_limits_s(problem)
    base = given_solution(problem)
    junctions = range(problem.junctions)
    bounds = [stage_bounds_s(problem, j) for j in junctions]
    for cycle_s in np.arange(np.ceil(low.max()), high.min() + 1e-9, STEP_S):
        ways = [list(greens(cycle_s - rest, tuple(np.ceil(low_s)))) for _, _, low_s, _, rest in bounds]
        turns = np.arange(0.0, cycle_s, STEP_S)
        for chosen in itertools.product(*ways):
            steps = np.array(base.step_s)
            for (rows, variable, *_), lengths_s in zip(bounds, chosen, strict=True):
                steps[np.arange(rows.start, rows.stop)[variable]] = lengths_s
            for offsets in itertools.product(*[turns for _ in junctions]):
                cycles = np.full(problem.junctions, cycle_s)
                yield base.replace(cycle_s=cycles, offset_s=np.array(offsets), step_s=steps)


def within(problem: TimingProblem, low_s: float, high_s: float) -> TimingProblem:
    every = np.ones(problem.junctions)
    return problem.replace(cycle_min_s=low_s * every, cycle_max_s=high_s * every)


@pytest.mark.prove
@pytest.mark.parametrize(
    "problem",
    [
        with_traffic(crossing((500.0, 600.0)), realisations=3),
        with_traffic(within(crossing((500.0, 600.0, 250.0)), 66.0, 78.0), realisations=2),
        with_traffic(within(grid(2, 1, protected=False, flow_veh_per_h=330.0), 40.0, 44.0), realisations=1),
    ],
    ids=["two stages", "three stages", "two signals"],
)
def test_annealing_is_as_good_as_trying_everything(problem: TimingProblem) -> None:
    objective = Objective(problem)
    tried = [objective.worth(timing).value for timing in every_timing(problem)]
    found = annealing.propose(problem, start=None, effort=20_000, seed=1, stop=never, report=silent)
    best = objective.worth(found[0]).value
    print(f"best of {len(tried)} timings {min(tried):.3f}, annealed {best:.3f} veh h per h")
    assert best <= (1.0 + WITHIN_SHARE) * min(tried)
