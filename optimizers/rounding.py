"""Step lengths that fit: into a cycle, between bounds, in whole seconds."""

from __future__ import annotations

import numpy as np

from optimizers.kinds import Booleans, Floats
from optimizers.problem import TimingProblem, cycle_limits_s
from optimizers.solution import TimingSolution, given_solution


def fit(wanted_s: Floats, low_s: Floats, high_s: Floats, total_s: float) -> Floats:
    """The lengths within bounds that sum to `total_s` and change all unbound ones by one common factor.

    Needs sum(low) <= total <= sum(high). The sum is piecewise linear in the factor and bends where a length meets a
    bound: the factor is found exactly between two bends. What rounding errors leave goes where there is room.
    """
    wanted = np.maximum(wanted_s, 1e-3)
    from_low, to_high = low_s / wanted, high_s / wanted
    bends = np.sort(np.concatenate((from_low, to_high)))
    sums = np.minimum(np.maximum(bends[:, None] * wanted, low_s), high_s).sum(axis=1)
    after = int(np.searchsorted(sums, total_s))
    if after == 0:
        lengths = np.array(low_s, dtype=np.float64)
    elif after == len(bends):
        lengths = np.array(high_s, dtype=np.float64)
    else:
        bend = bends[after - 1]
        rising = (from_low <= bend) & (bend < to_high)
        slope = wanted[rising].sum()  # zero only where rounding errors alone part the sums of two bends
        factor = bend + (total_s - sums[after - 1]) / slope if slope > 0.0 else bend
        lengths = np.minimum(np.maximum(factor * wanted, low_s), high_s)
    missing = total_s - lengths.sum()
    if abs(missing) > 1e-12:
        for k in range(len(lengths)):
            lengths[k] = min(max(lengths[k] + missing, low_s[k]), high_s[k])
            missing = total_s - lengths.sum()
    return lengths


def whole_seconds(lengths_s: Floats, low_s: Floats, high_s: Floats, total_s: float) -> Floats:
    """Lengths in whole seconds by largest remainder, within bounds, with sum exactly `total_s`.

    Needs bounds that admit `total_s`. A step whose bounds hold no whole second keeps its nearest bound; when the
    total itself is not whole, the fraction goes to the longest step with room. If whole seconds cannot meet the
    total, the lengths stay fractional (`fit`).
    """
    low, high = np.ceil(low_s - 1e-9), np.floor(high_s + 1e-9)
    pinned = low > high
    low, high = np.where(pinned, low_s, low), np.where(pinned, low_s, high)
    if not low.sum() - 1e-9 <= total_s <= high.sum() + 1e-9:
        return fit(lengths_s, low_s, high_s, total_s)
    exact = fit(lengths_s, low, high, total_s)
    rounded = np.clip(np.where(pinned, low, np.floor(exact + 1e-9)), low, high)
    remainder = np.where(pinned, -1.0, exact - rounded)
    missing = total_s - rounded.sum()
    for _ in range(2):
        for k in np.argsort(-remainder, kind="stable"):
            if missing >= 1.0 - 1e-9 and not pinned[k] and rounded[k] + 1.0 <= high[k] + 1e-9:
                rounded[k] += 1.0
                missing -= 1.0
    if missing > 1e-9:
        room = ~pinned & (rounded + missing <= high_s + 1e-9)
        if not room.any():
            return fit(lengths_s, low_s, high_s, total_s)
        rounded[int(np.argmax(np.where(room, rounded, -1.0)))] += missing
    return np.asarray(rounded)


def movable(problem: TimingProblem) -> Booleans:
    """[J] junctions that are not fixed and have a green to vary."""
    variable = np.add.reduceat(problem.step_variable.astype(np.int64), problem.first_step[:-1]) > 0
    return np.asarray(~problem.fixed & variable)


def stage_bounds_s(problem: TimingProblem, j: int) -> tuple[slice, Booleans, Floats, Floats, float]:
    """Of junction j: its steps, which are variable, their bounds [s], and the fixed rest of the cycle [s]."""
    steps = slice(int(problem.first_step[j]), int(problem.first_step[j + 1]))
    variable = problem.step_variable[steps]
    low, high = problem.step_min_s[steps][variable], problem.step_max_s[steps][variable]
    return steps, variable, low, high, float(problem.step_given_s[steps][~variable].sum())


def with_cycle(problem: TimingProblem, j: int, wanted_s: Floats, cycle_s: float, *, exact: bool = False) -> Floats:
    """All step lengths of junction j in a cycle, its variable steps in proportion to `wanted_s` (one per variable
    step)."""
    steps, variable, low, high, rest = stage_bounds_s(problem, j)
    lengths = np.array(problem.step_given_s[steps])
    if variable.any():
        place = fit if exact else whole_seconds
        lengths[variable] = place(wanted_s, low, high, cycle_s - rest)
    return lengths


def nearest_feasible(problem: TimingProblem, start: TimingSolution | None = None) -> TimingSolution:
    """The start (None: the given plan), moved into the bounds only where it breaks them; fixed junctions as given."""
    given = given_solution(problem)
    base = given if start is None else start
    cycle_low, cycle_high = cycle_limits_s(problem)
    cycle, offset, steps = np.array(base.cycle_s), np.array(base.offset_s), np.array(base.step_s)
    for j in range(problem.junctions):
        rows, variable, low, high, _ = stage_bounds_s(problem, j)
        if problem.fixed[j] or not variable.any():
            cycle[j], steps[rows] = given.cycle_s[j], given.step_s[rows]
            if problem.fixed[j]:
                offset[j] = given.offset_s[j]
            continue
        wanted = base.step_s[rows][variable]
        kept = np.array_equal(base.step_s[rows][~variable], given.step_s[rows][~variable])
        inside = cycle_low[j] - 1e-6 <= cycle[j] <= cycle_high[j] + 1e-6
        if kept and inside and np.all(wanted >= low - 1e-6) and np.all(wanted <= high + 1e-6):
            continue
        cycle[j] = whole_cycle_s(float(np.clip(cycle[j], cycle_low[j], cycle_high[j])), cycle_low[j], cycle_high[j])
        steps[rows] = with_cycle(problem, j, wanted, cycle[j])
    return base.replace(cycle_s=cycle, offset_s=offset, step_s=steps)


def whole_cycle_s(cycle_s: float, low_s: float, high_s: float) -> float:
    """The nearest whole second within bounds, or the value itself when there is none."""
    nearest = float(np.round(cycle_s))
    for candidate in (nearest, nearest + 1.0, nearest - 1.0):
        if low_s - 1e-9 <= candidate <= high_s + 1e-9:
            return candidate
    return cycle_s
