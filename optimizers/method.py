"""What a method is: one function `propose` in a file of `optimizers/methods`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from optimizers.problem import TimingProblem
from optimizers.solution import TimingSolution

Stop = Callable[[], bool]
Measure = Callable[[list[TimingSolution]], list[float]]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a method is: evaluations used of the effort allowed, best objective so far [veh h per h], what it does
    now."""

    method: str
    evaluations: int
    effort: int
    best_veh_h_per_h: float
    doing: str


Report = Callable[[Progress], None]


class Method(Protocol):
    """Every method has this function; the contract suite runs over all files in the folder."""

    def __call__(
        self,
        problem: TimingProblem,
        *,
        start: TimingSolution | None,
        effort: int,
        seed: int,
        stop: Stop,
        report: Report,
        measure: Measure | None = None,
    ) -> list[TimingSolution]:
        """Feasible candidates, best first by the method's own reckoning.

        `start`: where to begin (None: the given plan). `effort`: most model evaluations to spend; the same seed and
        effort give the same answer on any machine. `stop()` true: return what there is. `measure`: an outside judge,
        smaller is better.
        """
        ...


def never() -> bool:
    """A `stop` that never stops."""
    return False


def silent(progress: Progress) -> None:
    """A `report` that says nothing."""
