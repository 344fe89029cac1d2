"""Splits of single junctions: Webster and HCM cycle and greens, re-split toward equal degree of saturation."""

from __future__ import annotations

import math

import numpy as np

from optimizers.kernels.arrays import Arrays, State, state_of
from optimizers.kernels.climb import exchange
from optimizers.kernels.signals import build_junction
from optimizers.kinds import Booleans, Floats, Integers
from optimizers.problem import TimingProblem
from optimizers.rounding import fit, stage_bounds_s
from optimizers.solution import TimingSolution


def webster_cycle_s(flow_ratio_sum: float, lost_s: float) -> float:
    """C0 = (1.5 L + 5)/(1 - Y); Webster 1958 (Road Research Technical Paper 39). Infinite from Y = 1."""
    return math.inf if flow_ratio_sum >= 1.0 else (1.5 * lost_s + 5.0) / (1.0 - flow_ratio_sum)


def critical_cycle_s(flow_ratio_sum: float, lost_s: float, critical_saturation: float) -> float:
    """C = L Xc/(Xc - sum y); HCM 7, 31-68. Infinite when Xc <= sum y (infeasible)."""
    room = critical_saturation - flow_ratio_sum
    return math.inf if room <= 1e-9 else lost_s * critical_saturation / room


def critical_saturation(flow_ratio_sum: float, lost_s: float, cycle_s: float) -> float:
    """Xc = C/(C - L) sum y; HCM 7, 19-30 and 31-67."""
    return cycle_s / (cycle_s - lost_s) * flow_ratio_sum


def greens_s(flow_ratios: Floats, lost_s: float, cycle_s: float) -> Floats:
    """g_i = (y_i/Y)(C - L); Webster 1958, the same as HCM 7, 31-69 with X_i = Xc."""
    y = np.asarray(flow_ratios, dtype=np.float64)
    return np.asarray(y / y.sum() * (cycle_s - lost_s))


def stage_flow_ratios(arrays: Arrays, state: State, problem: TimingProblem, j: int) -> Floats:
    """Critical flow ratio of each variable step of junction j, from its solved signal tables.

    Lanes with few greens first: a lane takes what its variable steps have not got yet, in equal parts. For lanes with
    one green each this is the greatest y of each stage, and their sum is Y of the critical path.
    """
    steps, variable, _, _, _ = stage_bounds_s(problem, j)
    columns = np.flatnonzero(variable)
    ratios = np.zeros(len(columns))
    lengths = state.step_s[steps]
    needs: list[tuple[int, float, Booleans]] = []
    for lane in _lanes_of(arrays, j):
        uses = arrays.lane_use_items[arrays.lane_use_start[lane] : arrays.lane_use_start[lane + 1]]
        shown = _green_columns(problem, uses)[: len(lengths)]
        mine = shown[columns]
        if not mine.any() or state.saturation[lane] <= 0.0:
            continue
        green_s = max(float(lengths[shown].sum()), 1.0)
        fixed_s = float(lengths[shown & ~variable].sum())
        need = state.saturation[lane] * max(green_s - fixed_s, 0.0) / state.cycle_s[j]
        needs.append((int(mine.sum()), -need, mine))
    for _, need, mine in sorted(needs, key=lambda item: (item[0], item[1])):
        missing = -need - ratios[mine].sum()
        if missing > 0.0:
            ratios[mine] += missing / mine.sum()
    return ratios


def solved_tables(arrays: Arrays, solution: TimingSolution, longest_s: float = 0.0) -> State:
    """A state with the signal tables, capacities and degrees of saturation of a timing."""
    state = state_of(arrays, solution, longest_s=longest_s)
    for j in range(len(solution.cycle_s)):
        build_junction(arrays, state, j)
    return state


def equalise(arrays: Arrays, state: State, problem: TimingProblem, j: int, *, damping: float, rounds: int) -> int:
    """Re-split junction j in `state` toward equal degree of saturation at its cycle; returns the evaluations used.

    Each green is multiplied by (worst X of the lanes it serves / worst of all)^damping and fitted into the cycle again.
    """
    steps, variable, low, high, rest = stage_bounds_s(problem, j)
    if variable.sum() < 2:
        return 0
    columns = np.flatnonzero(variable)
    lanes = _lanes_of(arrays, j)
    serves = np.zeros((len(lanes), len(columns)), dtype=np.bool_)
    for row, lane in enumerate(lanes):
        uses = arrays.lane_use_items[arrays.lane_use_start[lane] : arrays.lane_use_start[lane + 1]]
        if len(uses):
            serves[row] = _green_columns(problem, uses)[columns]
    for _ in range(rounds):
        x = np.minimum(state.saturation[lanes], 5.0)
        worst = np.where(serves, x[:, None], 0.0).max(axis=0, initial=0.0)
        if worst.max(initial=0.0) <= 0.0:
            break
        wanted = np.maximum(state.step_s[steps][variable], 1.0) * np.maximum(worst / worst.max(), 0.05) ** damping
        lengths = np.array(state.step_s[steps])
        lengths[variable] = fit(wanted, low, high, state.cycle_s[j] - rest)
        state.step_s[steps] = lengths
        build_junction(arrays, state, j)
    return rounds


def _lanes_of(arrays: Arrays, j: int) -> Integers:
    return arrays.junction_lane_items[arrays.junction_lane_start[j] : arrays.junction_lane_start[j + 1]]


def _green_columns(problem: TimingProblem, uses: Integers) -> Booleans:
    """[S] in which steps any of the uses is green."""
    return np.asarray(np.any(problem.use_display[uses] >= 2, axis=0))


def exchange_seconds(
    arrays: Arrays, state: State, problem: TimingProblem, free: Booleans, *, platoons: bool, effort: int
) -> int:
    """Exchange 8, 4, 2, 1 s between the greens of each free junction while the objective falls (see
    `kernels.climb`)."""
    order = np.arange(problem.junctions)
    used = 0
    for amount_s in (4.0, 1.0) if platoons else (8.0, 4.0, 2.0, 1.0):
        bounds = (problem.step_variable, problem.step_min_s, problem.step_max_s)
        used += exchange(arrays, state, order, free, *bounds, amount_s, platoons, effort - used)
        if used >= effort:
            break
    return used
