"""City: areas of a common cycle, greens by HCM delay, offsets from first harmonics with a proven bound, then climbed.

For networks on which other methods try too much: every step costs what the number of signals times a constant costs.
What the bound is on is said in `optimizers/city`: the part of the delay that is the first harmonic of the offsets.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from optimizers.city.areas import areas_of
from optimizers.city.cores import on_all_cores
from optimizers.city.coupling import SAMPLES, coupled, phases
from optimizers.city.offsets import best_phases, saved_by
from optimizers.kernels.arrays import State, state_of
from optimizers.kernels.climb import climb_offsets
from optimizers.kernels.cycles import costs_in_cycles
from optimizers.kinds import Booleans, Floats, Integers
from optimizers.method import Measure, Report, Stop
from optimizers.models import profile
from optimizers.problem import TimingProblem, cycle_limits_s
from optimizers.rounding import movable, nearest_feasible, stage_bounds_s, with_cycle
from optimizers.solution import TimingSolution, check_solution
from optimizers.spending import Spending
from optimizers.splits import exchange_seconds, solved_tables, stage_flow_ratios

LEAST_JUNCTIONS = 60  # below, others try more
CYCLE_STEP_S = 5.0
LONGEST_CYCLE_S = 180.0
_MOST_SHIFTS = 3  # of the grid's steps
_ROUNDS = 2  # of harmonics: the second at departures that the first one's offsets cause
_SHARES = np.array([0.15, 0.05, 0.0])  # of the cycle; 0 is one second
_LAST_SHARES = np.array([0.02, 0.0])


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
    """A few candidates, best first under the profile model (or `measure`): today's cycles and greens with new
    offsets, and areas of their own cycles. A junction in one cycle, one of its offsets with what that
    does downstream, or one look at all junctions counts as one evaluation."""
    base = nearest_feasible(problem, start)
    city = _City(problem, effort, stop, report, np.random.default_rng(seed))
    city.add(base, "the given timing, moved into its bounds")
    grid_s = _grid_s(problem)
    if not city.over():
        city.in_areas(base, city.in_step(base, "today's cycles and greens"), grid_s)
    found = sorted(city.found[1:] or city.found, key=lambda entry: entry[0])
    candidates = [solution for _, solution in found]
    if measure:
        values = measure(candidates)
        candidates = [candidates[i] for i in np.argsort(values, kind="stable")]
    city.tell("done")
    return candidates


@dataclass(slots=True)
class _City(Spending):
    """The running search, and what it found."""

    found: list[tuple[float, TimingSolution]] = field(default_factory=list)
    moving: Booleans = field(init=False)  # offsets that may move

    def __post_init__(self) -> None:
        Spending.__post_init__(self)
        self.moving = np.asarray(~self.problem.fixed)

    def tell(self, doing: str) -> None:
        self.say("city", min((value for value, _ in self.found), default=float("inf")), doing)

    def add(self, solution: TimingSolution, origin: str) -> None:
        checked = check_solution(self.problem, solution.replace(status="feasible", origin=origin))
        state = self.tried(checked)
        self.found.append((float(state.lane_cost.sum()), checked))
        self.tell(origin)

    def tried(self, solution: TimingSolution) -> State:
        self.used += 1
        return self.solved(solution)

    def in_areas(self, base: TimingSolution, today: TimingSolution, grid_s: Floats) -> None:
        """Candidates in areas: each in the cycle that costs its junctions least by themselves, then in longer ones as
        long as that helps (platoons often want it longer), and each in the best that it has been tried in."""
        if self.over() or not len(grid_s):
            return
        costs, wanted_s = self._costs(base, grid_s)
        pairs = coupled(self.arrays, self.tried(today)).pairs()
        self.used += SAMPLES * self.problem.junctions
        areas = areas_of(costs, grid_s, self.problem.area, pairs)
        words = "one cycle" if areas.count == 1 else f"{areas.count} areas"
        timed: list[TimingSolution] = []
        for shift in range(_MOST_SHIFTS + 1):
            cycles_s = areas.junction_cycles_s(shift)
            if shift and (self.over() or np.array_equal(cycles_s, areas.junction_cycles_s(shift - 1), equal_nan=True)):
                break
            longer = f", {shift * CYCLE_STEP_S:g} s longer" if shift else ""
            timed.append(self.in_step(self._timed(base, cycles_s, wanted_s), words + longer, platoons=True))
            if shift and self.found[-1][0] >= self.found[-2][0]:
                break
        if areas.count > 1 and len(timed) > 1:
            best = self._best_per_area(areas.area, timed)
            state = self.tried(best)
            self._climb(state, self._whole(best), _LAST_SHARES)
            self.add(best.replace(offset_s=state.offset_s), f"{words}, each in the best cycle tried, climbed")

    def _best_per_area(self, area: Integers, timed: list[TimingSolution]) -> TimingSolution:
        problem = self.problem
        count = int(area.max()) + 1
        costs = [np.bincount(area[problem.lane_junction], self.tried(s).lane_cost, minlength=count) for s in timed]
        choice = np.argmin(costs, axis=0)[area]
        steps = choice[problem.step_junction]
        return timed[0].replace(
            cycle_s=np.choose(choice, [s.cycle_s for s in timed]),
            offset_s=np.choose(choice, [s.offset_s for s in timed]),
            step_s=np.choose(steps, [s.step_s for s in timed]),
        )

    def _whole(self, solution: TimingSolution) -> Booleans:
        """[J] offsets that may move, in whole seconds."""
        return np.asarray(self.moving & (solution.cycle_s == np.round(solution.cycle_s)))

    def in_step(self, solution: TimingSolution, words: str, *, platoons: bool = False) -> TimingSolution:
        """The solution with new offsets, and with `platoons` seconds of green exchanged after that; it is added."""
        whole = self._whole(solution)
        if not whole.any():
            return solution
        offset_s = np.where(whole, np.round(solution.offset_s) % solution.cycle_s, solution.offset_s)
        state = self.tried(solution.replace(offset_s=offset_s))
        told = ""
        for _ in range(_ROUNDS):
            if self.over():
                break
            coupling = coupled(self.arrays, state)
            turned = best_phases(coupling, whole, phases(state.offset_s, state.cycle_s), self.rng)
            self.used += SAMPLES * self.problem.junctions + turned.evaluations
            moved_s = np.round(np.angle(turned.z) / (2.0 * np.pi) * state.cycle_s) % state.cycle_s
            better = self.tried(solution.replace(offset_s=np.where(whole, moved_s, state.offset_s)))
            if better.lane_cost.sum() >= state.lane_cost.sum():
                break
            state = better
            saved = saved_by(coupling, phases(state.offset_s, state.cycle_s))
            bound = max(turned.bound_veh_h_per_h, saved)
            told = f"offsets at most {1.0 - saved / bound:.1%} from the bound of their first harmonics, then "
            self.tell(f"{words}, {told}climbed")
        self._climb(state, whole, _SHARES)
        if platoons and not self.over():
            free = movable(self.problem)
            self.used += exchange_seconds(self.arrays, state, self.problem, free, platoons=True, effort=self.left)
            self._climb(state, whole, _LAST_SHARES)
        found = solution.replace(offset_s=state.offset_s, step_s=state.step_s)
        self.add(found, f"{words}, {told}climbed")
        return found

    def _climb(self, state: State, whole: Booleans, shares: Floats) -> None:
        if not self.over():
            order = self.rng.permutation(self.problem.junctions)
            self.used += climb_offsets(self.arrays, state, order, whole, shares, 1, self.left)

    def _costs(self, base: TimingSolution, grid_s: Floats) -> tuple[Floats, Floats]:
        """[J, cycles] cost of every junction in every cycle, and [K] the proportions of its greens."""
        problem = self.problem
        tables = solved_tables(self.arrays, base, float(grid_s.max()))
        wanted_s = np.maximum(base.step_s, 1e-3)
        for j in np.flatnonzero(movable(problem)):
            ratios = stage_flow_ratios(self.arrays, tables, problem, int(j))
            if ratios.sum() > 0.0:
                steps = slice(int(problem.first_step[j]), int(problem.first_step[j + 1]))
                greens = np.array(wanted_s[steps])
                greens[problem.step_variable[steps]] = np.maximum(ratios, 1e-3)
                wanted_s[steps] = greens
        variable = problem.step_variable & ~problem.fixed[problem.step_junction]
        bounds = (variable, problem.step_min_s, problem.step_max_s, wanted_s, problem.step_given_s)
        costs = np.full((problem.junctions, len(grid_s)), 1e300)
        on_all_cores(
            tables,
            np.arange(problem.junctions),
            lambda own, part: costs_in_cycles(self.arrays, own, part, grid_s, profile.TIME_STEP_S, *bounds, costs),
        )
        self.used += problem.junctions * len(grid_s)
        low, high = cycle_limits_s(problem)
        out = ~problem.fixed[:, None] & ((grid_s < low[:, None] - 1e-9) | (grid_s > high[:, None] + 1e-9))
        costs[out] = 1e300
        return costs, wanted_s

    def _timed(self, base: TimingSolution, cycles_s: Floats, wanted_s: Floats) -> TimingSolution:
        """Every movable junction at its cycle (nan: as it is), greens to least HCM delay there."""
        problem = self.problem
        cycles, steps = np.array(base.cycle_s), np.array(base.step_s)
        low, high = cycle_limits_s(problem)
        for j in np.flatnonzero(movable(problem) & np.isfinite(cycles_s)):
            cycle_s = float(cycles_s[j])
            if low[j] - 1e-9 <= cycle_s <= high[j] + 1e-9:
                rows, variable, _, _, _ = stage_bounds_s(problem, int(j))
                cycles[j], steps[rows] = cycle_s, with_cycle(problem, int(j), wanted_s[rows][variable], cycle_s)
        state = state_of(self.arrays, base.replace(cycle_s=cycles, step_s=steps), profile.TIME_STEP_S)
        if not self.over():
            self.used += exchange_seconds(
                self.arrays, state, problem, movable(problem), platoons=False, effort=self.left
            )
        return base.replace(cycle_s=cycles, step_s=state.step_s)


def _grid_s(problem: TimingProblem) -> Floats:
    """Cycles that come into question: every 5 s, and what junctions that cannot change have now."""
    low, high = cycle_limits_s(problem)
    free = movable(problem)
    if not free.any():
        return np.zeros(0)
    first = np.ceil(low[free].min() / CYCLE_STEP_S) * CYCLE_STEP_S
    grid = np.arange(first, min(high[free].max(), LONGEST_CYCLE_S) + 1e-9, CYCLE_STEP_S)
    held = np.unique(problem.cycle_given_s[~free])
    return np.unique(np.concatenate((grid, held[held == np.round(held)])))
