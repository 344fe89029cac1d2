"""Candidates against each other in simulation: successive halving on common realisations of the demand.

After Jamieson and Talwalkar (AISTATS 2016), with two additions: all candidates see the same realisations and seeds, so
that their differences carry little noise, and the incumbent runs through all rounds as the yardstick.
The winner of a race is proposed, not proved: it looks better than it is by having been chosen. The gate judges it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from networks.faults import Fault, refuse_if_any
from signals.validation import FIRST_REALISATION, paired_interval

Measure = Callable[[Sequence["RaceRun"]], Sequence[float]]


@dataclass(frozen=True, slots=True)
class RaceRun:
    """One simulation run that a race asks for; `candidate` is an index, 0 the incumbent."""

    candidate: int
    realisation: int
    seed: int


@dataclass(frozen=True, slots=True)
class RaceRound:
    """What a round left: told to whoever watches, and kept in the result."""

    realisations: int
    runs: int
    candidates: tuple[int, ...]
    best: int


@dataclass(frozen=True, slots=True)
class Place:
    """A candidate's place: mean delay over its realisations, and its difference to the incumbent on the same ones.

    The interval is the plain paired 95 % one and no proof; None with one realisation or without finite values.
    """

    candidate: int
    name: str
    realisations: int
    mean_s_per_veh: float
    difference_s_per_veh: float
    low_s_per_veh: float | None
    high_s_per_veh: float | None


@dataclass(frozen=True, slots=True)
class RaceResult:
    """Ranking, best first: who stayed longer stands before who left earlier. `complete` is False after a stop;
    `realisations` are those that the incumbent was run on."""

    winner: int
    ranking: tuple[Place, ...]
    rounds: tuple[RaceRound, ...]
    runs: int
    complete: bool
    realisations: tuple[int, ...] = ()


def race(
    names: Sequence[str],
    measure: Measure,
    *,
    realisations: Sequence[int],
    rounds: Sequence[int] = (1, 2, 4),
    keep_share: float = 0.5,
    tie_share: float = 0.005,
    seed: int = 1,
    max_runs: int | None = None,
    groups: Sequence[str] | None = None,
    report: Callable[[RaceRound], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> RaceResult:
    """Race the candidates `names`; the first is the incumbent, the others stand in order of simplicity.

    `rounds` are the numbers of realisations that a candidate of that round has run in all; after each round but the
    last the best `keep_share` of the candidates (rounded up, and the incumbent besides) goes on, and the best of each
    of `groups` (one name per candidate): few runs do not show which kind of plan jams now and then. `measure` runs
    simulations and gives their mean delays [s/veh] in the same order (inf: a run that failed the candidate). Who is
    within `tie_share` of the best mean is tied with it, and the first of the tied wins: incumbent, then simplest.
    The work is counted in runs: a round that would exceed `max_runs` is not begun. Run seeds are `seed` + realisation.
    Raises `InputError` for realisations kept for the judge, and for measured values that are no delays.
    """
    _refuse(names, realisations, rounds, keep_share)
    values: list[list[float]] = [[] for _ in names]
    alive = list(range(len(names)))
    left: list[list[int]] = []
    held: list[RaceRound] = []
    runs = 0
    complete = True
    for number, target in enumerate(rounds):
        wanted = [
            RaceRun(candidate, realisation, seed + realisation)
            for candidate in alive
            for realisation in realisations[len(values[candidate]) : target]
        ]
        if stop() or (max_runs is not None and runs + len(wanted) > max_runs):
            complete = False
            break
        measured = list(measure(wanted))
        _refuse_no_delays(wanted, measured)
        for run, delay_s_per_veh in zip(wanted, measured, strict=True):
            values[run.candidate].append(float(delay_s_per_veh))
        runs += len(wanted)
        alive.sort(key=lambda candidate: (_mean(values[candidate]), candidate))
        held.append(RaceRound(target, runs, tuple(alive), alive[0]))
        report(held[-1])
        if number < len(rounds) - 1:
            stay = {*alive[: math.ceil(keep_share * len(alive))], 0, *_best_of_each(groups, alive)}
            left.append([candidate for candidate in alive if candidate not in stay])
            alive = [candidate for candidate in alive if candidate in stay]
    order = alive + [candidate for group in reversed(left) for candidate in group]
    return RaceResult(
        winner=_winner(alive, values, tie_share),
        ranking=tuple(_place(candidate, names, values) for candidate in order),
        rounds=tuple(held),
        runs=runs,
        complete=complete,
        realisations=tuple(realisations[: len(values[0])]),
    )


def _best_of_each(groups: Sequence[str] | None, alive: Sequence[int]) -> list[int]:
    """The first of each group in `alive`, which stands in order; the incumbent stands for no group."""
    if groups is None:
        return []
    best: dict[str, int] = {}
    for candidate in alive:
        if candidate != 0:
            best.setdefault(groups[candidate], candidate)
    return list(best.values())


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else math.inf


def _winner(alive: Sequence[int], values: Sequence[Sequence[float]], tie_share: float) -> int:
    """The first of those tied with the best; the incumbent where nothing finite was measured."""
    best = min(_mean(values[candidate]) for candidate in alive)
    if not math.isfinite(best):
        return 0
    return min(candidate for candidate in alive if _mean(values[candidate]) <= best * (1.0 + tie_share))


def _place(candidate: int, names: Sequence[str], values: Sequence[Sequence[float]]) -> Place:
    own = values[candidate]
    incumbent = values[0][: len(own)]
    mean, low, high = math.inf, None, None
    if own and all(map(math.isfinite, [*own, *incumbent])):
        mean = _mean(own) - _mean(incumbent)
        if len(own) > 1:
            low, high = paired_interval(own, incumbent)
    return Place(candidate, names[candidate], len(own), _mean(own), mean, low, high)


def _refuse(names: Sequence[str], realisations: Sequence[int], rounds: Sequence[int], keep_share: float) -> None:
    faults = []
    if not names:
        faults.append(Fault("candidates", "race", "none", "the incumbent at least"))
    if not rounds or rounds[0] < 1 or any(later <= earlier for earlier, later in pairwise(rounds)):
        faults.append(Fault("rounds", "race", str(tuple(rounds)), "increasing numbers of realisations, from 1"))
    elif len(realisations) < rounds[-1]:
        faults.append(Fault("realisations", "race", str(len(realisations)), f"{rounds[-1]} for the last round"))
    if len(set(realisations)) < len(realisations):
        faults.append(Fault("realisations", "race", "one twice", "each once"))
    seen_by_judge = [number for number in realisations if not 0 <= number < FIRST_REALISATION]
    if seen_by_judge:
        needed = f"0 to {FIRST_REALISATION - 1}: the others are for the judge"
        faults.append(Fault("realisations", "race", str(seen_by_judge[:5]), needed))
    if not 0 < keep_share <= 1:
        faults.append(Fault("keep_share", "race", str(keep_share), "a share in (0, 1]"))
    refuse_if_any(faults)


def _refuse_no_delays(wanted: Sequence[RaceRun], measured: Sequence[float]) -> None:
    if len(measured) != len(wanted):
        refuse_if_any([Fault("measure", "race", f"{len(measured)} values", f"{len(wanted)}, one per run")])
    refuse_if_any(
        Fault("delay", f"candidate {run.candidate}, realisation {run.realisation}", str(value), "s/veh >= 0")
        for run, value in zip(wanted, measured, strict=True)
        if not value >= 0
    )
