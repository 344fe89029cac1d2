"""The fixed plan beside a responsive one: judged on the same realisations, and handed over only when it is safe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from signals.intervals import picture_at
from signals.measures import Measures
from signals.programs.sumo import running_plan
from signals.rules import Margins, rules_of
from signals.service.estimate import Street
from signals.service.fixed_beside import MOST_PAIRS, fixed_beside
from signals.trials import Trial
from signals.validation import Pair, Subject, ValidationReport, decide
from signals.watch import Watch
from tests.fakes import crossroads
from tests.fakes_measures import measures
from tests.signals.plans import touched


class Judge:
    """A laboratory in which the plan takes 50 s, and displays are as planned, or all red."""

    digest = "scenario"

    def __init__(self, all_red: bool = False) -> None:
        self.trials: list[Trial] = []
        self._all_red = all_red

    def run(self, trials: Sequence[Trial], watch: Watch, doing: str) -> list[Measures]:
        self.trials += trials
        return [measures(50.0 + trial.realisation % 2) for trial in trials]

    def displays(self, trial: Trial, watch: Watch) -> Mapping[str, Sequence[tuple[float, str]]]:
        (timing,) = trial.plan.intersections
        red = "r" * len(timing.group_ids)
        shown = [(float(t), red if self._all_red else picture_at(timing, t * 10)) for t in range(240)]
        return {timing.intersection_id: shown}


def report() -> ValidationReport:
    def pairs(numbers: range) -> list[Pair]:
        return [Pair(n, n, measures(40.0 + n % 2), measures(60.0 + n % 3)) for n in numbers]

    return decide(pairs, Subject("c", "i", "s"), Margins())


@pytest.fixture(scope="module")
def street() -> Street:
    network = crossroads()
    return Street(network, rules_of(network), running_plan(network))


def test_it_is_compared_with_what_runs_on_the_same_realisations(street: Street) -> None:
    judge, verdict, plan = Judge(), report(), touched(street.network)
    found = fixed_beside(plan, street, verdict, judge, Watch())  # type: ignore[arg-type]
    assert found is not None
    assert [trial.realisation for trial in judge.trials] == [row.realisation for row in verdict.pairs[:MOST_PAIRS]]
    before = sum(row.incumbent.delay_s_per_veh for row in verdict.pairs[:MOST_PAIRS]) / MOST_PAIRS
    assert (found.plan, found.fixed_s_per_veh, found.faults) == (plan.digest(), pytest.approx(50.5), ())
    assert found.incumbent_s_per_veh == pytest.approx(before)
    assert found.low_s_per_veh <= 50.5 - before <= found.high_s_per_veh
    assert f"safe; 50.5 s/veh, {50.5 - before:+.1f} s/veh" in str(found)


def test_what_shows_something_else_than_planned_is_not_handed_over(street: Street) -> None:
    found = fixed_beside(touched(street.network), street, report(), Judge(all_red=True), Watch())  # type: ignore[arg-type]
    assert found is not None
    assert found.faults
    assert "NOT HANDED OVER" in str(found)


def test_without_a_fixed_plan_or_a_verdict_there_is_none(street: Street) -> None:
    assert fixed_beside(None, street, report(), Judge(), Watch()) is None  # type: ignore[arg-type]
    stopped = replace(report(), stopped=True)
    assert fixed_beside(touched(street.network), street, stopped, Judge(), Watch()) is None  # type: ignore[arg-type]
