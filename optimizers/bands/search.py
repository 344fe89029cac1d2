"""Search for bands: the program solved whole, or artery by artery first, and its answer brought to whole seconds.

A network is taken apart: each artery by itself bounds what it can get in the network, and joins the network in turn,
the most valuable first, with the turns of those before it kept; then two at a time may turn again. That is where the
search over the whole begins.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pulp

from optimizers.bands.model import BandModel
from optimizers.bands.solver import Outcome, maximise
from optimizers.bands.street import Artery, BandProblem
from optimizers.bands.widths import link_bands_s, worth_s
from optimizers.kinds import Floats, Integers
from optimizers.method import Stop, never

_PART_SHARE = 0.3  # of the nodes, for all arteries by themselves, and as much for joining them
_TURN_GAP_SHARE = 0.005  # of one such step
_SHIFTS = 10  # fractions of a second tried in rounding


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """Bands of a problem: `cycle_s`, `offset_s`, `pattern` [J], and per passage `band_s` and `travel_s` [n - 1].

    `worth_s` is what was maximised (weight times band, the mean over the links of each passage, summed), `bound_s` the
    proven bound on it for the same greens, `nodes` the branch-and-bound nodes spent.
    """

    cycle_s: float
    offset_s: Floats
    pattern: Integers
    band_s: tuple[Floats, ...]
    travel_s: tuple[Floats, ...]
    worth_s: float
    bound_s: float
    nodes: int
    single: bool

    @property
    def gap_share(self) -> float:
        """How far the worth may be from the best, as a share of the bound."""
        return max(0.0, 1.0 - self.worth_s / self.bound_s) if self.bound_s > 0.0 else 0.0

    def __str__(self) -> str:
        return f"at most {100.0 * self.gap_share:.1f} % from the best known bound"


def solve(
    problem: BandProblem,
    *,
    single: bool,
    nodes: int = 20_000,
    gap_share: float = 0.0,
    seed: int = 0,
    stop: Stop = never,
) -> Bands | None:
    """The widest bands: one per passage (`single`: MAXBAND) or per link (MULTIBAND); None where no solution was found
    within `nodes` or before `stop()`.

    Ends with a gap of `gap_share`. Cycle and offsets are not whole.
    """
    model = BandModel(problem, single)
    spent, hints = 0, dict[str, float]()
    if len(problem.arteries) > 1:
        spent, bound = _bounded_by_parts(model, int(_PART_SHARE * nodes), gap_share, seed, stop)
        more, hints = _joined_in_turn(model, (1.0 - gap_share) * bound, int(_PART_SHARE * nodes), seed, stop)
        spent += more
    outcome = maximise(
        model.program, nodes=max(1, nodes - spent), gap_share=gap_share, hints=hints, seed=seed, stop=stop
    )
    if outcome.value is None:
        return None
    return _bands(model, outcome, spent + outcome.nodes)


def solve_whole(
    problem: BandProblem,
    *,
    single: bool,
    nodes: int = 20_000,
    gap_share: float = 0.0,
    seed: int = 0,
    stop: Stop = never,
) -> Bands | None:
    """As `solve`, with cycle and offsets in whole seconds, and the bands that are left between the greens then.

    Where the best cycle is not whole, the bands are sought again at the whole ones next to it, with what is
    left of `nodes`; the bound stays that of the best cycle. Raises `ValueError` where the range holds no whole second.
    """
    low_s, high_s = np.ceil(problem.cycle_low_s - 1e-9), np.floor(problem.cycle_high_s + 1e-9)
    if low_s > high_s:
        cycles = f"{problem.cycle_low_s} to {problem.cycle_high_s} s"
        raise ValueError(f"cycle: found {cycles}, needed a range with a whole second")
    best = solve(problem, single=single, nodes=nodes, gap_share=gap_share, seed=seed, stop=stop)
    if best is None:
        return None
    if abs(best.cycle_s - round(best.cycle_s)) < 1e-9:
        return rounded(problem, best)
    spent, found = best.nodes, list[Bands]()
    for cycle_s in np.unique(np.clip([np.floor(best.cycle_s), np.ceil(best.cycle_s)], low_s, high_s)).tolist():
        there = replace(problem, cycle_low_s=cycle_s, cycle_high_s=cycle_s)
        again = solve(there, single=single, nodes=max(1, nodes - spent), gap_share=gap_share, seed=seed, stop=stop)
        if again is not None:
            spent += again.nodes
            whole = rounded(there, again)
            found.append(replace(whole, bound_s=max(best.bound_s / best.cycle_s * cycle_s, whole.worth_s)))
    return replace(min(found, key=lambda one: (one.gap_share, one.cycle_s)), nodes=spent) if found else None


def rounded(problem: BandProblem, bands: Bands) -> Bands:
    """Bands at a whole cycle with offsets in whole seconds: rounded after a common shift by every tenth of a second,
    the best of these mended second by second."""
    best: Bands | None = None
    for shift in np.arange(_SHIFTS) / _SHIFTS:
        offset_s = np.mod(np.floor(bands.offset_s + shift), bands.cycle_s)
        found = measured(problem, replace(bands, offset_s=offset_s))
        if best is None or found.worth_s > best.worth_s + 1e-9:
            best = found
    assert best is not None
    return _mended(problem, best)


def _mended(problem: BandProblem, bands: Bands) -> Bands:
    """Offsets moved by a second as long as that widens the bands, signal by signal."""
    best, moved = bands, True
    while moved:
        moved = False
        for signal in range(len(problem.patterns)):
            for step_s in (1.0, -1.0):
                offset_s = np.array(best.offset_s)
                offset_s[signal] = np.mod(offset_s[signal] + step_s, best.cycle_s)
                found = measured(problem, replace(best, offset_s=offset_s))
                if found.worth_s > best.worth_s + 1e-9:
                    best, moved = found, True
    return best


def measured(problem: BandProblem, bands: Bands) -> Bands:
    """The same timing with the bands that its greens leave, at the travel times of its links."""
    widths = tuple(
        link_bands_s(
            passage, cycle_s=bands.cycle_s, offset_s=bands.offset_s, pattern=bands.pattern, travel_s=travel_s,
            single=bands.single,
        )
        for passage, travel_s in zip(problem.passages, bands.travel_s, strict=True)
    )  # fmt: skip
    return replace(bands, band_s=widths, worth_s=worth_s(problem.passages, widths))


def _bounded_by_parts(model: BandModel, nodes: int, gap_share: float, seed: int, stop: Stop) -> tuple[int, float]:
    """Bound each artery's worth by what it gets alone; the nodes spent, and the bound of all together."""
    spent, number, bound = 0, 0, 0.0
    for artery in model.problem.arteries:
        alone = BandModel(replace(model.problem, arteries=(artery,)), model.single)
        share = max(1, nodes // len(model.problem.arteries))
        outcome = maximise(alone.program, nodes=share, gap_share=gap_share / 2.0, seed=seed, stop=stop)
        spent += outcome.nodes
        bound += math.inf if outcome.bound is None else outcome.bound
        if outcome.bound is not None:
            worth = pulp.lpSum(
                float(weight) / passage.links * model.band[number + n, link]
                for n, passage in enumerate(artery.passages)
                for link, weight in enumerate(passage.weight)
            )
            model.program += worth <= outcome.bound + 1e-6
        number += len(artery.passages)
    return spent, bound


def _joined_in_turn(model: BandModel, enough: float, nodes: int, seed: int, stop: Stop) -> tuple[int, dict[str, float]]:
    """Arteries join one after the other, the weightiest first, and turn again by twos until their worth is `enough`;
    nodes spent, and the whole numbers found."""
    whole = {v.name: v for v in model.program.variables() if v.cat == pulp.LpInteger}
    limits = {name: (v.lowBound, v.upBound) for name, v in whole.items()}
    owned = _owned(model)
    weights = [_weight(artery) for artery in model.problem.arteries]
    order = sorted(range(len(owned)), key=lambda one: (-weights[one], one))
    rounds = [({one}, set(order[n + 1 :])) for n, one in enumerate(order)]
    rounds += [(set(two), set[int]()) for two in combinations(order, 2) if _cross(model, *two)]
    values = {name: 0.0 for name in whole if name.startswith("joined")}  # no bands at all: always a solution
    spent = 0
    for free, waiting in rounds:
        if spent >= nodes or stop():
            break
        moving = set[str]().union(*(owned[one] for one in free | waiting))
        absent = set[str]().union(*(owned[one] for one in waiting)) & values.keys()
        for name, variable in whole.items():
            variable.lowBound, variable.upBound = limits[name]
            if name not in moving:
                variable.lowBound = variable.upBound = values[name]
            elif name in absent and name.startswith("joined"):
                variable.upBound = 0
        share = max(1, nodes // len(rounds))
        outcome = maximise(model.program, nodes=share, gap_share=_TURN_GAP_SHARE, hints=values, seed=seed, stop=stop)
        spent += outcome.nodes
        if outcome.value is None:
            break
        values = {name: float(round(variable.varValue)) for name, variable in whole.items()}
        if not waiting and outcome.value >= enough:
            break
    for name, variable in whole.items():
        variable.lowBound, variable.upBound = limits[name]
    return spent, values


def _cross(model: BandModel, one: int, other: int) -> bool:
    signals = [set(model.problem.arteries[number].outbound.signals.tolist()) for number in (one, other)]
    return not signals[0].isdisjoint(signals[1])


def _owned(model: BandModel) -> list[set[str]]:
    """Names of the whole numbers of each artery, those of its signals' patterns included."""
    owned, number = [], 0
    for artery in model.problem.arteries:
        mine = range(number, number + len(artery.passages))
        names = {v.name for (p, _), v in model.turns.items() if p in mine}
        names |= {v.name for p, v in model.joined.items() if p in mine}
        signals = set(artery.outbound.signals.tolist())
        names |= {v.name for (signal, _), v in model.pattern.items() if signal in signals}
        owned.append(names)
        number += len(artery.passages)
    return owned


def _weight(artery: Artery) -> float:
    return float(sum(passage.weight.mean() for passage in artery.passages))


def _bands(model: BandModel, outcome: Outcome, nodes: int) -> Bands:
    problem = model.problem
    cycle_s = 1.0 / float(pulp.value(model.frequency_per_s))
    pattern = np.zeros(len(problem.patterns), dtype=np.int64)
    for (signal, one), variable in model.pattern.items():
        if variable.varValue > 0.5:
            pattern[signal] = one
    offset_s = np.array([np.mod(float(zero.varValue or 0.0), 1.0) * cycle_s for zero in model.zero])

    def table(of: dict[tuple[int, int], object]) -> list[Floats]:
        return [
            np.array([float(pulp.value(of[number, link])) for link in range(passage.links)])
            for number, passage in enumerate(problem.passages)
        ]

    assert outcome.value is not None
    bound = outcome.value if outcome.bound is None else outcome.bound
    return Bands(
        cycle_s=cycle_s,
        offset_s=offset_s,
        pattern=pattern,
        band_s=tuple(np.maximum(0.0, widths) * cycle_s for widths in table(model.band)),
        travel_s=tuple(times * cycle_s for times in table(model.travel)),
        worth_s=outcome.value * cycle_s,
        bound_s=max(bound, outcome.value) * cycle_s,
        nodes=nodes,
        single=model.single,
    )
