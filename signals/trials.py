"""A trial is one plan under one demand realisation; a laboratory runs trials and measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from signals.measures import Measures
from signals.plan import TimingPlan
from signals.watch import Watch


class RouteEngine(StrEnum):
    """Who makes vehicles where only flows are known: ourselves, or SUMO's routeSampler in a process of its own."""

    OWN = "own"
    ROUTESAMPLER = "routesampler"


@dataclass(frozen=True, slots=True)
class Trial:
    """One simulation: a plan under one demand realisation and seed."""

    plan: TimingPlan
    realisation: int
    seed: int


class Laboratory(Protocol):
    """Runs plans under one demand. Its digest names network, demand, period and simulator settings."""

    @property
    def digest(self) -> str: ...

    def run(self, trials: Sequence[Trial], watch: Watch, doing: str) -> list[Measures]:
        """Measures of the trials, in their order. Raises `WorkCancelled` or `OutOfTime` when the watch says stop."""
        ...

    def displays(self, trial: Trial, watch: Watch) -> Mapping[str, Sequence[tuple[float, str]]]:
        """What every intersection showed in a trial: rows of time [s] and state, one per step."""
        ...
