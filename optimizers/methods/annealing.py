"""Annealing: many small changes of cycle, greens and offsets, judged by every vehicle of several days.

Needs a problem with traffic (`problem.traffic`); without it the method answers with what `descent` finds. Chains start
from unlike timings (the given one, and the best of `descent` under this method's own objective) and run side by side,
each with its own share of the effort and its own seed, so that the answer does not depend on the number of workers.
Simulated annealing after Kirkpatrick, Gelatt and Vecchi (Science 220, 1983, p. 671), linear cooling.
"""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from optimizers.kinds import Booleans, Floats
from optimizers.method import Measure, Progress, Report, Stop
from optimizers.methods import descent
from optimizers.objective import Objective, Worth
from optimizers.problem import TimingProblem, cycle_limits_s
from optimizers.rounding import movable, nearest_feasible, stage_bounds_s, with_cycle
from optimizers.solution import TimingSolution, check_solution

CHAINS = 4
EFFORT_SHARE = 8.0  # of a common effort, against 1 of a plain method: it profits from more
EVALUATIONS_PER_DAY = 4  # what one realisation under one timing costs of the effort
_START_SHARE = 0.25  # of the effort goes to `descent`, for starts
_HEAT_SHARE = 0.012  # of the objective: the first temperature
_SPREAD_SHARE = 0.02  # of the objective: how unlike days speak of a change, until trials have shown it
_LEARNT_SHARE = 0.05
_UNLIKE_CYCLE_S = 8.0


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
    """The best timing of each chain and of unlike cycles, best first (or in the order of `measure`). One realisation
    under one timing counts as `EVALUATIONS_PER_DAY` evaluations."""

    def tell(progress: Progress) -> None:
        report(Progress("annealing", progress.evaluations, effort, progress.best_veh_h_per_h, progress.doing))

    plain = problem.traffic is None
    starts = descent.propose(
        problem,
        start=start,
        effort=effort if plain else max(1, int(effort * _START_SHARE)),
        seed=seed,
        stop=stop,
        report=tell,
        measure=measure if plain else None,
    )
    if plain:
        return starts
    found = _anneal(problem, [nearest_feasible(problem, start), *starts], effort, seed, stop, report)
    if measure:
        values = measure(found)
        found = [found[i] for i in np.argsort(values, kind="stable")]
    return found


def _anneal(
    problem: TimingProblem, starts: list[TimingSolution], effort: int, seed: int, stop: Stop, report: Report
) -> list[TimingSolution]:
    objective = Objective(problem)
    used = int(effort * _START_SHARE)
    valued: list[tuple[Worth, TimingSolution]] = []
    for solution in starts:
        if valued and (stop() or used >= effort):
            break
        valued.append((objective.worth(solution), solution))
        used += EVALUATIONS_PER_DAY * objective.days
    valued.sort(key=lambda pair: pair[0].value)
    chains = [
        _Chain(problem, objective, solution, worth, np.random.default_rng([seed, number]), stop)
        for number, (worth, solution) in enumerate(_unlike(valued, CHAINS))
    ]
    share = max(0, effort - used) // (EVALUATIONS_PER_DAY * len(chains))
    done = 0
    with ThreadPoolExecutor(max_workers=min(len(chains), len(os.sched_getaffinity(0)))) as pool:
        slices = 20
        for number in range(slices):
            if stop():
                break
            list(pool.map(lambda chain, n=number: chain.run(share // slices, n / slices, (n + 1) / slices), chains))
            done = used + EVALUATIONS_PER_DAY * sum(chain.days_used for chain in chains)
            best = min(chain.best.value for chain in chains)
            report(Progress("annealing", done, effort, best, f"{len(chains)} chains"))
    report(Progress("annealing", max(done, used), effort, min(c.best.value for c in chains), "done"))
    pool_of = [entry for chain in chains for entry in chain.keep()]
    pool_of.sort(key=lambda pair: pair[0].value)
    chosen: list[tuple[Worth, TimingSolution]] = []
    for worth, solution in pool_of:
        if all(_differs(solution, other) for _, other in chosen):
            chosen.append((worth, solution))
    return [
        check_solution(problem, solution.replace(status="feasible", origin=f"annealed from {solution.origin}"))
        for _, solution in chosen[: 2 * CHAINS]
    ]


def _unlike(valued: list[tuple[Worth, TimingSolution]], most: int) -> list[tuple[Worth, TimingSolution]]:
    """The best first, then the best of those whose cycles differ from all before; filled up with the next best."""
    chosen: list[tuple[Worth, TimingSolution]] = []
    for pair in valued:
        if len(chosen) < most and all(_differs(pair[1], other) for _, other in chosen):
            chosen.append(pair)
    for pair in valued:
        if len(chosen) < most and not any(pair is other for other in chosen):
            chosen.append(pair)
    return chosen


def _differs(one: TimingSolution, other: TimingSolution) -> bool:
    return bool(np.abs(one.cycle_s - other.cycle_s).max() >= _UNLIKE_CYCLE_S)


@dataclass(slots=True)
class _Chain:
    """One walk through the timings."""

    problem: TimingProblem
    objective: Objective
    now: TimingSolution
    worth: Worth
    rng: np.random.Generator
    stop: Stop
    days_used: int = 0
    best: Worth = field(init=False)
    best_solution: TimingSolution = field(init=False)
    by_cycle: dict[int, tuple[Worth, TimingSolution]] = field(default_factory=dict)
    spread: float = field(init=False)
    free: Booleans = field(init=False)
    low_s: Floats = field(init=False)
    high_s: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.best, self.best_solution = self.worth, self.now
        self.spread = _SPREAD_SHARE * self.worth.value
        self.free = movable(self.problem)
        self.low_s, self.high_s = cycle_limits_s(self.problem)
        self._remember()

    def run(self, days: int, begin_share: float, end_share: float) -> None:
        """Spend so many realisations, cooling from one share of the way to another."""
        spent = 0
        while spent < days and self.free.any() and not self.stop():
            share = begin_share + (end_share - begin_share) * spent / days
            heat = _HEAT_SHARE * self.best.value * (1.0 - share) ** 2
            trial = self._changed()
            if trial is None:
                spent += 1
                continue
            # Drawn before the trial is run: a few days show of most trials that they are worse than that.
            allowed = -heat * math.log(max(1e-12, self.rng.random()))
            worth, used = self.objective.worth_unless_unlikely(trial, self.worth, rise=allowed, spread=self.spread)
            spent += used
            self.days_used += used
            if worth is None:
                continue
            self._learn_spread(worth)
            if worth.value - self.worth.value <= allowed:
                self.now, self.worth = trial, worth
                if worth.value < self.best.value:
                    self.best, self.best_solution = worth, trial
                self._remember()
        if end_share >= 0.7 and self.worth.value > 1.02 * self.best.value:
            self.now, self.worth = self.best_solution, self.best

    def _learn_spread(self, worth: Worth) -> None:
        """What days say unlike each other of a change, as far as the last few trials showed it."""
        if len(worth.days) > 1:
            seen = float(np.std(worth.days - self.worth.days, ddof=1))
            self.spread += _LEARNT_SHARE * (seen - self.spread)

    def keep(self) -> list[tuple[Worth, TimingSolution]]:
        return list(self.by_cycle.values())

    def _remember(self) -> None:
        free = self.now.cycle_s[self.free]
        key = round(float(np.median(free)) / _UNLIKE_CYCLE_S) if len(free) else 0
        if key not in self.by_cycle or self.worth.value < self.by_cycle[key][0].value:
            self.by_cycle[key] = (self.worth, self.now)

    def _changed(self) -> TimingSolution | None:
        """A neighbour of the present timing; None where the change was none."""
        kind = self.rng.random()
        j = int(self.rng.choice(np.flatnonzero(self.free)))
        if kind < 0.45 or self.free.sum() == 1:
            return self._cycle(j) if kind < 0.08 else self._exchange(j)
        if kind < 0.80:
            return self._offset(j)
        if kind < 0.92:
            return self._cycle(j)
        return self._multiple(j)

    def _offset(self, j: int) -> TimingSolution:
        offset_s = np.array(self.now.offset_s)
        cycle_s = self.now.cycle_s[j]
        far = self.rng.random() < 0.35
        move_s = float(self.rng.integers(1, max(2, int(cycle_s)))) if far else float(self.rng.integers(1, 6))
        offset_s[j] = (offset_s[j] + (move_s if self.rng.random() < 0.5 else -move_s)) % cycle_s
        return self.now.replace(offset_s=offset_s)

    def _exchange(self, j: int) -> TimingSolution | None:
        """Seconds from one green to another; the greens between them move along, or the offset keeps them in place."""
        steps, variable, low, high, _ = stage_bounds_s(self.problem, j)
        places = np.flatnonzero(variable)
        if len(places) < 2:
            return self._cycle(j)
        giver, taker = self.rng.choice(len(places), size=2, replace=False)
        lengths = np.array(self.now.step_s)
        own = lengths[steps]
        room = min(own[places[giver]] - low[giver], high[taker] - own[places[taker]])
        amount = min(float(self.rng.choice([1.0, 1.0, 2.0, 3.0, 5.0, 8.0])), float(np.floor(room + 1e-9)))
        if amount < 1.0:
            return None
        own[places[giver]] -= amount
        own[places[taker]] += amount
        lengths[steps] = own
        offset_s = np.array(self.now.offset_s)
        if self.rng.random() < 0.5:
            offset_s[j] = (offset_s[j] + (amount if giver < taker else -amount)) % self.now.cycle_s[j]
        return self.now.replace(step_s=lengths, offset_s=offset_s)

    def _cycle(self, j: int) -> TimingSolution | None:
        """All junctions that share the cycle of j (or half, or double) to another one."""
        change_s = float(self.rng.choice([1.0, 2.0, 3.0, 5.0, 8.0, 12.0])) * (1.0 if self.rng.random() < 0.5 else -1.0)
        here_s = self.now.cycle_s[j]
        family = self.free & (self.problem.area == self.problem.area[j])
        ratio = self.now.cycle_s / here_s
        cycles = np.array(self.now.cycle_s)
        for k in np.flatnonzero(family):
            for multiple in (1.0, 0.5, 2.0):
                if abs(ratio[k] - multiple) < 1e-6:
                    cycles[k] = multiple * (here_s + change_s)
        return self._at(cycles)

    def _multiple(self, j: int) -> TimingSolution | None:
        cycles = np.array(self.now.cycle_s)
        cycles[j] *= 2.0 if self.rng.random() < 0.5 else 0.5
        return self._at(cycles)

    def _at(self, cycles: Floats) -> TimingSolution | None:
        """The present timing with these cycles: greens in proportion, offsets at the same share of the cycle."""
        changed = np.flatnonzero(cycles != self.now.cycle_s)
        whole = np.all(cycles[changed] == np.round(cycles[changed]))
        inside = np.all((cycles >= self.low_s - 1e-9) & (cycles <= self.high_s + 1e-9) | (cycles == self.now.cycle_s))
        if len(changed) == 0 or not whole or not inside:
            return None
        lengths, offset_s = np.array(self.now.step_s), np.array(self.now.offset_s)
        for k in changed:
            steps, variable, _, _, _ = stage_bounds_s(self.problem, int(k))
            lengths[steps] = with_cycle(self.problem, int(k), lengths[steps][variable], float(cycles[k]))
            offset_s[k] = np.round(offset_s[k] / self.now.cycle_s[k] * cycles[k]) % cycles[k]
        if not np.array_equal(lengths, np.round(lengths)):
            return None
        return self.now.replace(cycle_s=cycles, offset_s=offset_s, step_s=lengths)
