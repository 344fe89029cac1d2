"""Re-split: cycles and offsets stay; greens go damped toward equal degree of saturation, then seconds are exchanged.

On oversaturated networks one damped re-split is the best single step there is, so it is always among the candidates.
"""

from __future__ import annotations

import numpy as np

from optimizers.kernels.arrays import Arrays, State, arrays_of
from optimizers.method import Measure, Progress, Report, Stop
from optimizers.problem import TimingProblem
from optimizers.rounding import movable, nearest_feasible, stage_bounds_s, whole_seconds
from optimizers.solution import TimingSolution, check_solution, score
from optimizers.splits import equalise, exchange_seconds, solved_tables


def propose(
    problem: TimingProblem,
    *,
    start: TimingSolution | None,
    effort: int,
    seed: int,
    stop: Stop,
    report: Report,
    measure: Measure | None = None,
) -> list[TimingSolution]:
    """Candidates: equal saturation, half-way to it, and least HCM delay. Ordered by HCM delay (or by `measure`)."""
    del seed
    base = nearest_feasible(problem, start)
    arrays = arrays_of(problem)
    candidates: list[TimingSolution] = []
    used = 0
    for damping, rounds, exchanged, origin in (
        (0.5, 1, False, "re-split half-way to equal saturation"),
        (0.6, 12, False, "re-split to equal saturation"),
        (0.6, 12, True, "re-split to least HCM delay"),
    ):
        if candidates and (stop() or used >= effort):
            break
        state = solved_tables(arrays, base)
        used += 1 + resplit_state(
            arrays, state, problem, damping=damping, rounds=rounds, exchanged=exchanged, effort=effort - used
        )
        candidates.append(check_solution(problem, base.replace(step_s=state.step_s, status="feasible", origin=origin)))
    values = measure(candidates) if measure else [score(problem, c, model="hcm") for c in candidates]
    report(Progress("resplit", used, effort, float(min(values)), "done"))
    return [candidates[i] for i in np.argsort(values, kind="stable")]


def resplit_state(
    arrays: Arrays,
    state: State,
    problem: TimingProblem,
    *,
    damping: float = 0.6,
    rounds: int = 12,
    exchanged: bool = True,
    effort: int = 1_000_000,
) -> int:
    """Re-split all movable junctions of a state at their cycles, in whole seconds; returns the evaluations used."""
    free = movable(problem)
    used = 0
    for j in np.flatnonzero(free):
        if used >= effort:
            break
        used += equalise(arrays, state, problem, int(j), damping=damping, rounds=rounds)
        steps, variable, low, high, rest = stage_bounds_s(problem, int(j))
        lengths = np.array(state.step_s[steps])
        lengths[variable] = whole_seconds(lengths[variable], low, high, state.cycle_s[j] - rest)
        state.step_s[steps] = lengths
    if exchanged and used < effort:
        used += exchange_seconds(arrays, state, problem, free, platoons=False, effort=effort - used)
    return used
