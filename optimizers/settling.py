"""One junction of a network settled by what every vehicle loses: greens, cycle and offset, all others as they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optimizers.kinds import Floats
from optimizers.objective import Objective, Worth
from optimizers.problem import TimingProblem, cycle_limits_s
from optimizers.rounding import movable, stage_bounds_s, with_cycle
from optimizers.solution import TimingSolution

OFFSET_SHARES = (0.0, 0.25, 0.5, 0.75)
CYCLE_SHARES = (0.8, 1.25, 1.5)
_FAR_OFF_SHARE, _HOPELESS_SHARE = 0.25, 0.06  # of the worth, on one day: starts, and moves from the best of them
_LONGEST_MOVE_S = 6


def starts_at(
    problem: TimingProblem, solution: TimingSolution, j: int, greens_s: Floats, own_cycle_s: float
) -> list[TimingSolution]:
    """`solution` with junction j at these greens (one per variable step, in proportion): in its cycle of the solution
    and a few offsets; where it is the only one that moves, also in its own cycle and some shorter and longer ones."""
    alone = int(movable(problem).sum()) == 1
    cycle_s = float(solution.cycle_s[j])
    cycles_s = [cycle_s, *(own_cycle_s * share for share in (1.0, *CYCLE_SHARES))] if alone else [cycle_s]
    found = [placed(problem, solution, j, greens_s, c, float(solution.offset_s[j])) for c in cycles_s]
    if not alone:
        offsets_s = [float(solution.offset_s[j]) + np.round(share * cycle_s) for share in OFFSET_SHARES[1:]]
        found += [placed(problem, solution, j, greens_s, cycle_s, offset_s) for offset_s in offsets_s]
    return [one for one in found if one is not None]


def placed(
    problem: TimingProblem, solution: TimingSolution, j: int, greens_s: Floats, cycle_s: float, offset_s: float
) -> TimingSolution | None:
    """`solution` with junction j in this cycle (whole seconds), greens in proportion; None where its bounds have no
    such cycle."""
    low, high = cycle_limits_s(problem)
    whole_s = float(np.round(cycle_s))
    if not low[j] - 1e-9 <= whole_s <= high[j] + 1e-9:
        return None
    steps = np.array(solution.step_s)
    rows = slice(int(problem.first_step[j]), int(problem.first_step[j + 1]))
    steps[rows] = with_cycle(problem, j, greens_s, whole_s)
    cycles, offsets = np.array(solution.cycle_s), np.array(solution.offset_s)
    cycles[j], offsets[j] = whole_s, np.round(offset_s) % whole_s
    return solution.replace(cycle_s=cycles, offset_s=offsets, step_s=steps)


def settled(
    problem: TimingProblem,
    objective: Objective,
    j: int,
    starts: Sequence[TimingSolution],
    now: Worth,
    *,
    trials: int,
    rng: np.random.Generator,
) -> tuple[tuple[TimingSolution, Worth] | None, int]:
    """The best timing found from the best of `starts` by `trials` timings in all with its worth (None where every start
    is far worse than `now`), and the realisations run.

    A move takes seconds from one stage for another, or moves the offset; where junction j moves alone, it may change
    the cycle instead. It stays where it makes the worth less.
    """
    days = 0
    best: tuple[TimingSolution, Worth] | None = None
    for start in starts[:trials]:
        worth, used = objective.worth_unless_hopeless(start, now if best is None else best[1], _FAR_OFF_SHARE)
        days += used
        if worth is not None and (best is None or worth.value < best[1].value):
            best = start, worth
    if best is None:
        return None, days
    alone = int(movable(problem).sum()) == 1
    for _ in range(trials - len(starts)):
        moved = _moved(problem, best[0], j, alone, rng)
        if moved is None:
            continue
        worth, used = objective.worth_unless_hopeless(moved, best[1], _HOPELESS_SHARE)
        days += used
        if worth is not None and worth.value < best[1].value:
            best = moved, worth
    return best, days


def _moved(
    problem: TimingProblem, solution: TimingSolution, j: int, alone: bool, rng: np.random.Generator
) -> TimingSolution | None:
    steps, variable, low, high, _ = stage_bounds_s(problem, j)
    lengths = np.array(solution.step_s)
    greens = lengths[steps][variable]
    seconds = float(rng.integers(1, _LONGEST_MOVE_S + 1))
    kind = rng.random()
    if kind < 0.4:
        ways = np.array([-1.0, 1.0]) * seconds
        if alone:
            one = int(rng.integers(len(greens)))
            changed = np.array(greens)
            changed[one] += ways[int(rng.integers(2))]
            cycle_s = float(solution.cycle_s[j]) + float((changed - greens).sum())
            return placed(problem, solution, j, np.maximum(changed, 1.0), cycle_s, float(solution.offset_s[j]))
        offsets = np.array(solution.offset_s)
        offsets[j] = (offsets[j] + ways[int(rng.integers(2))]) % solution.cycle_s[j]
        return solution.replace(offset_s=offsets)
    one, other = rng.choice(len(greens), 2, replace=False)
    seconds = min(seconds, float(greens[one] - low[one]), float(high[other] - greens[other]))
    if seconds < 1.0:
        return None
    greens[one] -= np.floor(seconds)
    greens[other] += np.floor(seconds)
    own = lengths[steps]
    own[variable] = greens
    lengths[steps] = own
    return solution.replace(step_s=lengths)
