"""Webster: cycle and splits of every junction from its critical flow ratios; offsets stay as they are.

C0 and greens after Webster 1958; where flows are too high for it, the HCM cycle for Xc = 0.90, else the longest
allowed.
"""

from __future__ import annotations

import numpy as np

from optimizers.kernels.arrays import arrays_of
from optimizers.kinds import Floats
from optimizers.method import Measure, Progress, Report, Stop
from optimizers.problem import TimingProblem, cycle_limits_s
from optimizers.rounding import movable, nearest_feasible, whole_cycle_s, with_cycle
from optimizers.solution import TimingSolution, check_solution, score
from optimizers.splits import critical_cycle_s, solved_tables, stage_flow_ratios, webster_cycle_s

TARGET_SATURATION = 0.90


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
    """Two candidates: own cycles, and one network cycle (the longest that a junction asks for). Ordered by HCM
    delay."""
    del seed
    base = nearest_feasible(problem, start)
    ratios, own_s = _needs(problem, base)
    candidates = [_timed(problem, base, ratios, own_s, "Webster splits, own cycles")]
    free = movable(problem)
    if free.sum() > 1 and not stop():
        network = np.where(free, own_s[free].max(), own_s)
        candidates.append(_timed(problem, base, ratios, network, "Webster splits, network cycle"))
    candidates = candidates[: max(1, effort - 1)]
    values = measure(candidates) if measure else [score(problem, c, model="hcm") for c in candidates]
    ranked = [candidates[i] for i in np.argsort(values, kind="stable")]
    report(Progress("webster", len(candidates) + 1, effort, float(min(values)), "done"))
    return ranked


def _needs(problem: TimingProblem, base: TimingSolution) -> tuple[list[Floats], Floats]:
    """Per junction the stage flow ratios and the cycle it asks for [s] (its present cycle when it cannot move)."""
    arrays = arrays_of(problem)
    state = solved_tables(arrays, base)
    ratios = [stage_flow_ratios(arrays, state, problem, j) for j in range(problem.junctions)]
    cycle_s = np.array(base.cycle_s)
    low, high = cycle_limits_s(problem)
    for j in np.flatnonzero(movable(problem)):
        steps = slice(int(problem.first_step[j]), int(problem.first_step[j + 1]))
        rest = float(problem.step_given_s[steps][~problem.step_variable[steps]].sum())
        gain = problem.constants.yellow_usable_s - problem.constants.start_loss_s
        lost_s = max(0.0, rest - gain * len(ratios[j]))
        asked = webster_cycle_s(float(ratios[j].sum()), lost_s)
        if asked > high[j]:
            asked = min(high[j], critical_cycle_s(float(ratios[j].sum()), lost_s, TARGET_SATURATION))
        cycle_s[j] = whole_cycle_s(float(np.clip(asked, low[j], min(high[j], 1e5))), low[j], high[j])
    return ratios, cycle_s


def _timed(
    problem: TimingProblem, base: TimingSolution, ratios: list[Floats], cycle_s: Floats, origin: str
) -> TimingSolution:
    low, high = cycle_limits_s(problem)
    cycles, steps = np.array(base.cycle_s), np.array(base.step_s)
    for j in np.flatnonzero(movable(problem)):
        cycles[j] = whole_cycle_s(float(np.clip(cycle_s[j], low[j], high[j])), low[j], high[j])
        rows = slice(int(problem.first_step[j]), int(problem.first_step[j + 1]))
        wanted = ratios[j] if ratios[j].sum() > 0 else base.step_s[rows][problem.step_variable[rows]]
        steps[rows] = with_cycle(problem, int(j), wanted, float(cycles[j]))
    return check_solution(problem, TimingSolution(cycles, base.offset_s, steps, origin=origin))
