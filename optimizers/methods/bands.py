"""Bands: offsets that carry green waves along the arteries of the street, by MAXBAND and by MULTIBAND.

At several common cycles (the present one, the one for which the bands are widest, and Webster's), each with today's
proportions of green and with greens re-split. Bands are found as if greens were given; rounded offsets and the bands
between the rounded greens are what the answer tells, with the gap to the proven bound. Junctions that are fixed, or
cannot take the cycle, belong to no artery.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from optimizers.bands.arteries import Chain, Feeds, band_problem
from optimizers.bands.search import Bands, solve_whole
from optimizers.kernels.arrays import Arrays, arrays_of
from optimizers.kinds import Booleans
from optimizers.method import Measure, Progress, Report, Stop
from optimizers.methods import webster
from optimizers.methods.resplit import resplit_state
from optimizers.problem import TimingProblem, cycle_limits_s
from optimizers.rounding import movable, nearest_feasible, stage_bounds_s, with_cycle
from optimizers.solution import TimingSolution, check_solution, score
from optimizers.splits import solved_tables

ONLY_OFFSETS = True  # greens are today's or re-split, as other methods have them too
NODE_EVALUATIONS = 10  # what a node of branch and bound costs of the effort
LONGEST_CYCLE_S = 180.0
_MOST_NODES = 200  # for one answer
_PARTS = 3  # one answer may take this part of the effort left
_GAP_SHARE = 0.02


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
    """Up to a dozen candidates, best first under the profile model (or `measure`); their `bound` is that of the bands
    [s, negative: the wider the better]. A node of branch and bound counts as `NODE_EVALUATIONS` evaluations."""
    search = _Search(problem, nearest_feasible(problem, start), effort, seed, stop, report)
    search.add(search.base.replace(status="feasible", origin="the given timing, moved into its bounds"))
    for cycle_s, words in search.cycles():
        timed = search.at_cycle(cycle_s)
        if timed is None:
            continue
        search.waves(timed, cycle_s, f"{words} {cycle_s:g} s, given proportions of green")
        if not search.over:
            search.waves(search.resplit(timed), cycle_s, f"{words} {cycle_s:g} s, greens re-split")
    found = search.found[1:] or search.found
    values = measure([one for _, one in found]) if measure else [value for value, _ in found]
    search.tell("done")
    return [found[i][1] for i in np.argsort(values, kind="stable")]


@dataclass(slots=True)
class _Search:
    """What the search may still spend, and what it found: (objective under the profile model, candidate)."""

    problem: TimingProblem
    base: TimingSolution
    effort: int
    seed: int
    stop: Stop
    report: Report
    used: int = 0
    found: list[tuple[float, TimingSolution]] = field(default_factory=list)
    free: Booleans = field(init=False)
    arrays: Arrays = field(init=False)
    feeds: Feeds = field(init=False)
    chains: list[tuple[Chain, Chain | None]] = field(init=False)
    along: Booleans = field(init=False)  # [J] junctions of arteries

    def __post_init__(self) -> None:
        self.free = movable(self.problem)
        self.arrays = arrays_of(self.problem)
        self.feeds = Feeds(self.problem, self.free)
        self.chains = self.feeds.chains()
        self.along = np.zeros(self.problem.junctions, dtype=np.bool_)
        for onward, _ in self.chains:
            self.along[[self.feeds.junction[group] for group in onward.groups]] = True

    @property
    def over(self) -> bool:
        return self.used >= self.effort or self.stop()

    def tell(self, doing: str) -> None:
        best = min((value for value, _ in self.found), default=float("inf"))
        self.report(Progress("bands", self.used, self.effort, best, doing))

    def add(self, solution: TimingSolution) -> None:
        checked = check_solution(self.problem, solution)
        if any(_same(checked, other) for _, other in self.found[1:]):
            return
        self.used += 1
        self.found.append((score(self.problem, checked, model="profile"), checked))
        self.tell(checked.origin)

    def cycles(self) -> list[tuple[float, str]]:
        """Common cycles to try [s], whole, each once, and what to call them; none where nothing can move."""
        if not self.free.any() or self.over:
            return []
        low_s, high_s = (limits[self.free] for limits in cycle_limits_s(self.problem))
        shortest, longest = np.ceil(low_s.max()), np.floor(min(high_s.min(), LONGEST_CYCLE_S))
        if shortest > longest:
            return []
        present, counts = np.unique(np.round(self.base.cycle_s[self.free]), return_counts=True)
        cycles = [(float(np.clip(present[np.argmax(counts)], shortest, longest)), "present cycle")]
        asked = webster.propose(
            self.problem, start=self.base, effort=3, seed=self.seed, stop=self.stop, report=lambda progress: None
        )
        self.used += len(asked) + 1
        needed_s = max(float(one.cycle_s[self.free].max()) for one in asked)
        cycles.append((float(np.clip(needed_s, shortest, longest)), "Webster's cycle"))
        widest = self.bands(self.base, float(shortest), float(longest), single=True)
        if widest is not None:
            cycles.append((float(np.clip(np.round(widest.cycle_s), shortest, longest)), "widest bands at cycle"))
        chosen: dict[float, str] = {}
        for cycle_s, words in cycles:
            chosen.setdefault(cycle_s, words)
        return list(chosen.items())

    def at_cycle(self, cycle_s: float) -> TimingSolution | None:
        """The base at a common cycle, greens in proportion, offsets at the same share of it; None without whole
        seconds."""
        cycles, steps, offset_s = (np.array(x) for x in (self.base.cycle_s, self.base.step_s, self.base.offset_s))
        for j in np.flatnonzero(self.free):
            rows, variable, _, _, _ = stage_bounds_s(self.problem, int(j))
            steps[rows] = with_cycle(self.problem, int(j), self.base.step_s[rows][variable], cycle_s)
            offset_s[j] = np.round(offset_s[j] / cycles[j] * cycle_s) % cycle_s
            cycles[j] = cycle_s
        whole = np.array_equal(steps, np.round(steps))
        return self.base.replace(cycle_s=cycles, offset_s=offset_s, step_s=steps) if whole else None

    def resplit(self, timed: TimingSolution) -> TimingSolution:
        state = solved_tables(self.arrays, timed)
        self.used += resplit_state(self.arrays, state, self.problem, exchanged=False, effort=self.effort - self.used)
        return timed.replace(step_s=state.step_s)

    def waves(self, timed: TimingSolution, cycle_s: float, words: str) -> None:
        """Candidates with one band per direction of an artery, in balance, and with one per link."""
        for single, kind in ((True, "MAXBAND"), (False, "MULTIBAND")):
            bands = self.bands(timed, cycle_s, cycle_s, single=single)
            if bands is None:
                return
            self.add(
                timed.replace(
                    offset_s=np.where(self.along, bands.offset_s, timed.offset_s),
                    status="feasible",
                    origin=f"{kind}, {words}, found with bands of {_mean_s(bands):.0f} s, {bands}",
                    bound=-bands.bound_s,
                )
            )

    def bands(self, timed: TimingSolution, low_s: float, high_s: float, *, single: bool) -> Bands | None:
        """The bands of all arteries, in whole seconds; None where there are none or no effort is left for them."""
        problem = band_problem(self.feeds, timed, self.chains, low_s, high_s, balanced=single)
        parts = 1 if problem is None else 2 * len(problem.arteries) + 1
        nodes = min(_MOST_NODES, (self.effort - self.used) // (_PARTS * NODE_EVALUATIONS))
        if problem is None or nodes < parts or self.stop():
            return None
        found = solve_whole(problem, single=single, nodes=nodes, gap_share=_GAP_SHARE, seed=self.seed, stop=self.stop)
        if found is not None:
            self.used += NODE_EVALUATIONS * max(1, found.nodes)
        return found


def _same(one: TimingSolution, other: TimingSolution) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("cycle_s", "offset_s", "step_s"))


def _mean_s(bands: Bands) -> float:
    return float(np.concatenate(bands.band_s).mean())
