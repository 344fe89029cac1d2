"""A trial is one plan under one demand realisation; a laboratory runs trials and measures, and says how well the
vehicles that it made fit the flows they were made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from networks.demand import Period
from signals.discharge import Discharge
from signals.measures import Measures
from signals.plan import TimingPlan
from signals.watch import Watch

STEPS_S = (1.0, 0.5, 0.1)
"""Steps that a simulation may have. Times of plans are tenths of a second, so that the last fits any of them."""


class RouteEngine(StrEnum):
    """Who makes vehicles where only flows are known: ourselves, or SUMO's routeSampler in a process of its own."""

    OWN = "own"
    ROUTESAMPLER = "routesampler"


@dataclass(frozen=True, slots=True)
class Trial:
    """One simulation: a plan under one demand realisation and seed, in steps of so many seconds."""

    plan: TimingPlan
    realisation: int
    seed: int
    step_s: float = STEPS_S[0]


def step_for(plans: Iterable[TimingPlan], longest_s: float = STEPS_S[0]) -> float:
    """The longest step [s] of `STEPS_S` up to `longest_s` that all times of these plans are whole multiples of.

    A simulator changes signals at the beginning of a step only: in longer steps it would run another plan.
    """
    times_ds = set[int]()
    for plan in plans:
        for timing in plan.intersections:
            times_ds.update(_times_ds(timing.model_dump(exclude={"parameters", "detectors"})))
    allowed = [step_s for step_s in STEPS_S if step_s <= longest_s]
    return next(step_s for step_s in allowed if all(time_ds % round(10 * step_s) == 0 for time_ds in times_ds))


_MEASURED = ("gap_ds", "loops_ahead_ds", "presence_limit_ds", "call_limit_ds")


def _times_ds(value: object) -> Iterator[int]:
    """All times in what a plan is made of, but for those that are measured, not shown: gaps, places of loops."""
    if isinstance(value, dict):
        for name, inside in value.items():
            if isinstance(inside, int) and name.endswith("_ds") and name not in _MEASURED:
                yield inside
            else:
                yield from _times_ds(inside)
    elif isinstance(value, list | tuple):
        for inside in value:
            yield from _times_ds(inside)


@dataclass(frozen=True, slots=True)
class MovementFit:
    """One movement in one interval: vehicles wanted and put on the road, and the GEH of the hourly flows."""

    from_link_id: str
    to_link_id: str
    wanted_veh: float
    realised_veh: int
    geh: float


@dataclass(frozen=True, slots=True)
class IntervalFit:
    """How well the vehicles of one interval reproduce its movement flows; `worst` ten movements first.

    `vehicles` depart in it. A movement counts where it is made, by the time that its vehicles need to get there.
    """

    period: Period
    vehicles: int
    movements: int
    geh_below_5_share: float
    wanted_movements_veh: float
    realised_movements_veh: int
    worst: tuple[MovementFit, ...]


@dataclass(frozen=True, slots=True)
class RealisationFit:
    """How well the vehicles of one realisation fit, interval by interval."""

    realisation: int
    intervals: tuple[IntervalFit, ...]


class Laboratory(Protocol):
    """Runs plans under one demand. Its digest names network, demand, period and simulator settings."""

    @property
    def digest(self) -> str: ...

    def run(self, trials: Sequence[Trial], watch: Watch, doing: str) -> list[Measures]:
        """Measures of the trials, in their order. Raises `WorkCancelled` or `OutOfTime` when the watch says stop."""
        ...

    def factor(self, realisation: int) -> float:
        """How busy a realisation is, against the demand as it was estimated or given."""
        ...

    def discharge(self, step_s: float, watch: Watch) -> Discharge | None:
        """What queues discharge in steps of so many seconds; None where vehicles drive by the simulator's defaults."""
        ...

    def fits(self, realisations: Sequence[int]) -> tuple[RealisationFit, ...]:
        """Of the realisations that were run: how well their vehicles fit. Empty where vehicles are given, not made."""
        ...

    def displays(self, trial: Trial, watch: Watch) -> Mapping[str, Sequence[tuple[float, str]]]:
        """What every intersection showed in a trial: rows of time [s] and state, one per step."""
        ...
