"""Damped solutions: between the proportions of green that run today and those a method found, at the method's cycle."""

from __future__ import annotations

import numpy as np

from optimizers.problem import TimingProblem
from optimizers.rounding import movable, stage_bounds_s, with_cycle
from optimizers.solution import TimingSolution, check_solution


def damped(problem: TimingProblem, found: TimingSolution, share: float) -> TimingSolution:
    """`found` with each junction's greens moved by `share` in [0, 1] of the way towards today's proportions.

    Cycles and offsets stay; greens are whole seconds within their bounds. What runs today knows things that no count
    shows; a step half-way keeps part of that. Raises `ValueError` for a share outside [0, 1].
    """
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"share: found {share}, needed 0 to 1")
    lengths = np.array(found.step_s)
    free = movable(problem)
    for j in range(problem.junctions):
        if not free[j]:
            continue
        steps, variable, _, _, _ = stage_bounds_s(problem, j)
        today, then = problem.step_given_s[steps][variable], found.step_s[steps][variable]
        if today.sum() > 0:
            wanted = share * today * (then.sum() / today.sum()) + (1.0 - share) * then
            lengths[steps] = with_cycle(problem, j, wanted, float(found.cycle_s[j]))
    origin = f"{found.origin}, {share:.0%} towards today's proportions"
    return check_solution(problem, found.replace(step_s=lengths, origin=origin, bound=None))
