"""Descent: common cycle over a grid (with half and double cycles), splits, offsets by coordinate descent on flow
profiles.

Returns several unlike candidates, best first, because a model's optimum is optimistic about itself and an outside
judge should have a choice: the given timing with new offsets, own cycles re-split, and common cycles. Hill climb
steps after TRANSYT (optimization-methods, 3.1): 15, 40, split, 15, 40, 1, split, 1 % of the cycle, then 1 s; restarts
from random offsets.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from optimizers.evaluation import Evaluation
from optimizers.kernels.arrays import State, state_of
from optimizers.kernels.climb import climb_offsets
from optimizers.kernels.hcm import junction_cost
from optimizers.kinds import Booleans, Floats
from optimizers.method import Measure, Report, Stop
from optimizers.methods.resplit import resplit_state
from optimizers.models import profile
from optimizers.problem import TimingProblem, cycle_limits_s
from optimizers.rounding import movable, nearest_feasible, stage_bounds_s, with_cycle
from optimizers.solution import TimingSolution, check_solution
from optimizers.spending import Spending
from optimizers.splits import exchange_seconds, solved_tables

CYCLE_STEP_S = 5
LONGEST_CYCLE_S = 180.0
_QUICK = np.array([0.15, 0.40, 0.05])
_FULL_FIRST = np.array([0.15, 0.40])
_FULL_LAST = np.array([0.15, 0.40, 0.01, 0.0])
RESTARTS = 6
_HALF_GAIN = 0.9  # a junction gets half or double the cycle when its own delay falls below this share


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
    """About ten candidates, best first under the profile model (or `measure`). A trial of one move counts as one
    evaluation."""
    base = nearest_feasible(problem, start)
    climb = _Climb(problem, effort, stop, report, np.random.default_rng(seed))
    climb.add(base, "the given timing, moved into its bounds")
    _own_cycles(climb, base)
    _common_cycles(climb, base)
    found = climb.found[1:] or climb.found  # the start itself only when there was no effort for more
    ranked = sorted(found, key=lambda entry: entry.objective_veh_h_per_h)
    candidates = [entry.solution for entry in _unlike(ranked)]
    if measure:
        values = measure(candidates)
        candidates = [candidates[i] for i in np.argsort(values, kind="stable")]
    climb.tell("done")
    return candidates


@dataclass(frozen=True, slots=True)
class _Entry:
    solution: TimingSolution
    objective_veh_h_per_h: float
    evaluation: Evaluation
    always: bool  # belongs among the candidates whatever the model says


@dataclass(slots=True)
class _Climb(Spending):
    """The running search, and what it found."""

    found: list[_Entry] = field(default_factory=list)
    free: Booleans = field(init=False)  # offsets that may move
    splits: Booleans = field(init=False)  # greens that may move

    def __post_init__(self) -> None:
        Spending.__post_init__(self)
        self.free = np.asarray(~self.problem.fixed)
        self.splits = movable(self.problem)

    def tell(self, doing: str) -> None:
        self.say("descent", min((entry.objective_veh_h_per_h for entry in self.found), default=float("inf")), doing)

    def add(self, solution: TimingSolution, origin: str, *, always: bool = False) -> _Entry:
        checked = check_solution(self.problem, solution.replace(status="feasible", origin=origin))
        evaluation = profile.evaluation_of(self.problem, self.arrays, self.solved(checked))
        entry = _Entry(checked, evaluation.objective_veh_h_per_h, evaluation, always)
        self.used += 1
        self.found.append(entry)
        self.tell(origin)
        return entry

    def resplit(
        self, solution: TimingSolution, *, damping: float = 0.6, rounds: int = 12, exchanged: bool = True
    ) -> TimingSolution:
        state = solved_tables(self.arrays, solution)
        self.used += resplit_state(
            self.arrays, state, self.problem, damping=damping, rounds=rounds, exchanged=exchanged, effort=self.left
        )
        return solution.replace(step_s=state.step_s)

    def offsets(self, solution: TimingSolution, *, full: bool, greens: bool = False) -> TimingSolution:
        """Offsets climbed; with `greens` seconds are exchanged in between, platoons counted."""
        whole = self.free & (solution.cycle_s == np.round(solution.cycle_s))
        start = solution.replace(offset_s=np.where(whole, np.round(solution.offset_s), solution.offset_s))
        state = self.solved(start)
        self.used += 1
        self._climb(state, _FULL_FIRST if full else _QUICK, 1)
        if full:
            if greens:
                self._exchange(state)
            self._climb(state, _FULL_LAST, 2)
            if greens:
                self._exchange(state)
                self._climb(state, _FULL_LAST[2:], 2)
        return solution.replace(offset_s=state.offset_s, step_s=state.step_s)

    def _climb(self, state: State, shares: Floats, rounds: int) -> None:
        if not self.over():
            order = self.rng.permutation(self.problem.junctions)
            self.used += climb_offsets(self.arrays, state, order, self.free, shares, rounds, self.left)

    def _exchange(self, state: State) -> None:
        if not self.over():
            used = exchange_seconds(self.arrays, state, self.problem, self.splits, platoons=True, effort=self.left)
            self.used += used


def _own_cycles(climb: _Climb, base: TimingSolution) -> None:
    """Candidates that keep every cycle: offsets only, half re-split, full re-split, each with what follows from it."""
    if climb.over():
        return
    half = climb.resplit(base, damping=0.5, rounds=1, exchanged=False)
    climb.add(half, "own cycles and offsets, greens half-way to equal saturation", always=True)
    if not climb.over():
        climb.add(climb.offsets(base, full=True), "given timing, new offsets only", always=True)
    if not climb.over():
        full = climb.resplit(base)
        climb.add(full, "own cycles and offsets, greens re-split", always=True)
        if not climb.over():
            climb.add(
                climb.offsets(full, full=True, greens=True), "own cycles, greens re-split, new offsets", always=True
            )


def _common_cycles(climb: _Climb, base: TimingSolution) -> None:
    """Scan the cycle grid quickly, then work out the best few cycles fully; restarts while effort is left."""
    problem = climb.problem
    if not climb.splits.any():
        return
    scanned: list[tuple[float, float, bool, _Entry]] = []
    grid_s = _cycle_grid_s(problem, base, climb.splits)
    tries = [(c, False) for c in grid_s] + [(c, True) for c in grid_s]
    seen: set[tuple[float, ...]] = set()
    for cycle_s, mixed in tries:
        if climb.over():
            break
        timed = _at_cycle(climb, base, cycle_s, mixed=mixed)
        key = tuple(timed.cycle_s)
        if key in seen:
            continue
        seen.add(key)
        timed = climb.offsets(climb.resplit(timed), full=False)
        words = f"common cycle {cycle_s:g} s" + (", half and double where it helps" if mixed else "")
        entry = climb.add(timed, words)
        scanned.append((entry.objective_veh_h_per_h, cycle_s, mixed, entry))
    if not scanned:
        return
    scanned.sort(key=lambda item: (item[0], item[1], item[2]))
    if len(np.unique(problem.area)) > 1 and not climb.over():
        joined = _best_per_area(problem, base, [item[3] for item in scanned])
        entry = climb.add(climb.offsets(joined, full=True, greens=True), "each area at its best cycle")
        scanned.insert(0, (entry.objective_veh_h_per_h, -1.0, False, entry))
    worked: list[float] = []
    for _, cycle_s, mixed, entry in scanned:
        if climb.over() or len(worked) >= 4:
            break
        if sum(abs(cycle_s - other) < 2 * CYCLE_STEP_S for other in worked) and not (mixed and len(worked) < 2):
            continue
        worked.append(cycle_s)
        climb.add(climb.offsets(entry.solution, full=True, greens=True), entry.solution.origin + ", worked out")
        if len(worked) == 1 and cycle_s > 0 and not climb.over():
            scaled = _at_cycle(climb, base, cycle_s, mixed=mixed)
            climb.add(
                climb.offsets(scaled, full=True), f"common cycle {cycle_s:g} s, given proportions of green", always=True
            )
    for n in range(RESTARTS if len(problem.feed_share) else 0):
        if climb.over():
            break
        best = min(climb.found, key=lambda item: item.objective_veh_h_per_h).solution
        kept = problem.fixed | (climb.rng.random(problem.junctions) < 0.5)
        offset_s = np.where(kept, best.offset_s, np.floor(climb.rng.random(problem.junctions) * best.cycle_s))
        origin = best.origin.split(", restart")[0] + f", restart {n + 1}"
        climb.add(climb.offsets(best.replace(offset_s=offset_s), full=True), origin)


def _cycle_grid_s(problem: TimingProblem, base: TimingSolution, free: Booleans) -> list[float]:
    """Every 5 s, and the cycles that run now; only those that the most junctions can take, whole, halved or doubled."""
    low, high = cycle_limits_s(problem)
    first = CYCLE_STEP_S * int(np.ceil(low[free].min() / CYCLE_STEP_S - 1e-9))
    last = int(min(high[free].max(), LONGEST_CYCLE_S) + 1e-9)
    present = {float(c) for c in base.cycle_s[free] if c == np.round(c)}
    grid_s = sorted({float(c) for c in range(first, last + 1, CYCLE_STEP_S)} | present)
    covered = [sum(bool(_cycle_options_s(c, low[j], high[j])) for j in np.flatnonzero(free)) for c in grid_s]
    return [c for c, count in zip(grid_s, covered, strict=True) if count == max(covered)]


def _cycle_options_s(cycle_s: float, low_s: float, high_s: float) -> list[float]:
    """The cycle, its half (when whole) and its double, as far as a junction's bounds admit them."""
    halves = (cycle_s / 2.0,) if cycle_s % 2 == 0 else ()
    return [c for c in (cycle_s, *halves, 2.0 * cycle_s) if low_s - 1e-9 <= c <= high_s + 1e-9]


def _at_cycle(climb: _Climb, base: TimingSolution, cycle_s: float, *, mixed: bool) -> TimingSolution:
    """Every movable junction at the cycle, or half or double of it where bounds demand or (`mixed`) its HCM delay is
    less.

    Greens in proportion to those of `base`. A junction that admits none of the three keeps its cycle.
    """
    problem = climb.problem
    low, high = cycle_limits_s(problem)
    cycles, steps = np.array(base.cycle_s), np.array(base.step_s)
    for j in np.flatnonzero(climb.splits):
        options = _cycle_options_s(cycle_s, low[j], high[j])
        if not options:
            continue
        rows, variable, _, _, _ = stage_bounds_s(problem, int(j))
        wanted = base.step_s[rows][variable]
        timed = [with_cycle(problem, int(j), wanted, c) for c in options]
        choice = 0
        if mixed and len(options) > 1:
            costs = [_isolated_cost(climb, base, int(j), c, t) for c, t in zip(options, timed, strict=True)]
            best = int(np.argmin(costs))
            choice = best if costs[best] < _HALF_GAIN * costs[0] else 0
        cycles[j], steps[rows] = options[choice], timed[choice]
    return base.replace(cycle_s=cycles, step_s=steps)


def _isolated_cost(climb: _Climb, base: TimingSolution, j: int, cycle_s: float, lengths_s: Floats) -> float:
    cycles, steps = np.array(base.cycle_s), np.array(base.step_s)
    cycles[j] = cycle_s
    steps[climb.problem.first_step[j] : climb.problem.first_step[j + 1]] = lengths_s
    state = state_of(climb.arrays, TimingSolution(cycles, np.zeros_like(cycles), steps))
    climb.used += 1
    return float(junction_cost(climb.arrays, state, j))


def _best_per_area(problem: TimingProblem, base: TimingSolution, entries: list[_Entry]) -> TimingSolution:
    """Each area timed as in the entry that is best for it."""
    cycles, offsets, steps = np.array(base.cycle_s), np.array(base.offset_s), np.array(base.step_s)
    for area in np.unique(problem.area):
        mine = problem.area == area
        best = min(entries, key=lambda e: float(e.evaluation.junction_objective_veh_h_per_h[mine].sum())).solution
        cycles[mine], offsets[mine] = best.cycle_s[mine], best.offset_s[mine]
        rows = mine[problem.step_junction]
        steps[rows] = best.step_s[rows]
    return base.replace(cycle_s=cycles, offset_s=offsets, step_s=steps)


def _unlike(ranked: list[_Entry], most: int = 12) -> list[_Entry]:
    """Unlike candidates: those always wanted, and of the others the best, at most two with the same cycles."""
    chosen: list[_Entry] = []
    per_cycle: dict[tuple[float, ...], int] = {}
    wanted = sum(entry.always for entry in ranked)
    for entry in ranked:
        key = tuple(entry.solution.cycle_s)
        full = per_cycle.get(key, 0) >= 2 or sum(not other.always for other in chosen) >= most - wanted
        if any(_near(entry.solution, other.solution) for other in chosen) or (full and not entry.always):
            continue
        per_cycle[key] = per_cycle.get(key, 0) + (not entry.always)
        chosen.append(entry)
    return chosen


def _near(one: TimingSolution, other: TimingSolution) -> bool:
    if not np.array_equal(one.cycle_s, other.cycle_s):
        return False
    apart = np.abs(one.offset_s - other.offset_s)
    apart = np.minimum(apart, one.cycle_s - apart)
    return bool(apart.max() < 3.0 and np.abs(one.step_s - other.step_s).max() < 3.0)
