"""What a running search of a method may still spend, and the platoons that it tries its timings on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from optimizers.kernels.arrays import Arrays, State, arrays_of, state_of
from optimizers.kernels.profile import evaluate_profile
from optimizers.method import Progress, Report, Stop
from optimizers.models import profile
from optimizers.problem import TimingProblem
from optimizers.solution import TimingSolution


@dataclass(slots=True)
class Spending:
    """`used` of the `effort` so far; whoever evaluates counts it."""

    problem: TimingProblem
    effort: int
    stop: Stop
    report: Report
    rng: np.random.Generator
    used: int = 0
    arrays: Arrays = field(init=False)

    def __post_init__(self) -> None:
        self.arrays = arrays_of(self.problem)

    def over(self) -> bool:
        """Whether nothing more is to be begun."""
        return self.used >= self.effort or self.stop()

    @property
    def left(self) -> int:
        return max(0, self.effort - self.used)

    def say(self, method: str, best_veh_h_per_h: float, doing: str) -> None:
        """Tell how far the search is."""
        self.report(Progress(method, self.used, self.effort, best_veh_h_per_h, doing))

    def solved(self, solution: TimingSolution) -> State:
        """A timing under the profile model."""
        state = state_of(self.arrays, solution, profile.TIME_STEP_S)
        evaluate_profile(self.arrays, state, profile.MOST_SWEEPS, profile.TOLERANCE)
        return state
