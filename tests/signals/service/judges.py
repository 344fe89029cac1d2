"""Laboratories that run nothing: every trial takes a delay that is known, and shows its plan, or all red."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from signals.intervals import picture_at
from signals.measures import Measures
from signals.rules import Margins
from signals.trials import Trial
from signals.validation import Pair, Subject, ValidationReport, decide
from signals.watch import Watch
from tests.fakes_measures import measures


class Judge:
    """A laboratory in which every plan takes `delay_s`, one second more on odd realisations."""

    digest = "scenario"

    def __init__(self, delay_s: float, *, all_red: bool = False) -> None:
        self.trials: list[Trial] = []
        self._delay_s, self._all_red = delay_s, all_red

    def run(self, trials: Sequence[Trial], watch: Watch, doing: str) -> list[Measures]:
        self.trials += trials
        return [measures(self._delay_s + trial.realisation % 2) for trial in trials]

    def displays(self, trial: Trial, watch: Watch) -> Mapping[str, Sequence[tuple[float, str]]]:
        (timing,) = trial.plan.intersections
        red = "r" * len(timing.group_ids)
        shown = [(float(t), red if self._all_red else picture_at(timing, t * 10)) for t in range(240)]
        return {timing.intersection_id: shown}


def report() -> ValidationReport:
    """A verdict: 40 s against 60 s, give or take."""

    def pairs(numbers: range) -> list[Pair]:
        return [Pair(n, n, measures(40.0 + n % 2), measures(60.0 + n % 3)) for n in numbers]

    return decide(pairs, Subject("c", "i", "s"), Margins())
