"""The fixed plan beside a responsive one: judged on the same realisations, and handed over only when it is safe."""

from __future__ import annotations

from dataclasses import replace

import pytest

from signals.programs.sumo import running_plan
from signals.rules import rules_of
from signals.service.estimate import Street
from signals.service.fixed_beside import MOST_PAIRS, fixed_beside
from signals.watch import Watch
from tests.fakes import crossroads
from tests.signals.plans import touched
from tests.signals.service.judges import Judge, report


@pytest.fixture(scope="module")
def street() -> Street:
    network = crossroads()
    return Street(network, rules_of(network), running_plan(network))


def test_it_is_compared_with_what_runs_on_the_same_realisations(street: Street) -> None:
    judge, verdict, plan = Judge(50.0), report(), touched(street.network)
    found = fixed_beside(plan, street, verdict, judge, Watch())  # type: ignore[arg-type]
    assert found is not None
    assert [trial.realisation for trial in judge.trials] == [row.realisation for row in verdict.pairs[:MOST_PAIRS]]
    before = sum(row.incumbent.delay_s_per_veh for row in verdict.pairs[:MOST_PAIRS]) / MOST_PAIRS
    assert (found.plan, found.fixed_s_per_veh, found.faults) == (plan.digest(), pytest.approx(50.5), ())
    assert found.incumbent_s_per_veh == pytest.approx(before)
    assert found.low_s_per_veh <= 50.5 - before <= found.high_s_per_veh
    assert f"safe; 50.5 s/veh, {50.5 - before:+.1f} s/veh" in str(found)


def test_what_shows_something_else_than_planned_is_not_handed_over(street: Street) -> None:
    found = fixed_beside(touched(street.network), street, report(), Judge(50.0, all_red=True), Watch())  # type: ignore[arg-type]
    assert found is not None
    assert found.faults
    assert "NOT HANDED OVER" in str(found)


def test_without_a_fixed_plan_or_a_verdict_there_is_none(street: Street) -> None:
    assert fixed_beside(None, street, report(), Judge(50.0), Watch()) is None  # type: ignore[arg-type]
    stopped = replace(report(), stopped=True)
    assert fixed_beside(touched(street.network), street, stopped, Judge(50.0), Watch()) is None  # type: ignore[arg-type]
