"""The guard of movements against their capacity: the v/c that the report shows, and nothing newly above it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from networks.demand import Demand
from signals.plan import StagesBody, TimingPlan
from signals.service.account import account
from signals.service.capacity import capacity_guards
from signals.service.job import Outcome
from signals.timing.plans import actuated
from signals.validation.guard import broken
from tests.signals.service import outcomes


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return outcomes.recommended()


def _more(demand: Demand, factor: float) -> Demand:
    movements = tuple(replace(m, flow_veh_per_h=m.flow_veh_per_h * factor) for m in demand.movements)
    return replace(demand, movements=movements)


def test_the_numbers_are_those_of_the_report(outcome: Outcome) -> None:
    running = outcome.proposal.running.plan
    guards, unseen = capacity_guards(outcome.street, outcome.estimated.whole, outcome.plan, running)
    assert unseen == []
    assert broken(guards) == ()
    rows = {
        f"{junction.id}, {row.movement_id}": f"v/c {row.vc_after:.2f} (incumbent {row.vc_before:.2f})"
        for junction in account(outcome).junctions
        for row in junction.movements
        if row.vc_after is not None and row.vc_before is not None
    }
    assert {guard.where: guard.found for guard in guards} == rows


def _cut(plan: TimingPlan, to_ds: int) -> TimingPlan:
    """The first signal's longest stage gives its time to the next one."""
    first, *rest = plan.intersections
    assert isinstance(first.body, StagesBody)
    stages = list(first.body.sequence)
    at = max(range(len(stages)), key=lambda number: stages[number].duration_ds)
    after = (at + 1) % len(stages)
    given_ds = stages[at].duration_ds - to_ds
    stages[at] = stages[at].model_copy(update={"duration_ds": to_ds})
    stages[after] = stages[after].model_copy(update={"duration_ds": stages[after].duration_ds + given_ds})
    body = StagesBody(sequence=tuple(stages), transitions=first.body.transitions)
    return plan.model_copy(update={"intersections": (first.model_copy(update={"body": body}), *rest)})


def test_a_movement_that_gets_too_little_breaks_its_guard_and_no_other(outcome: Outcome) -> None:
    running, demand = outcome.proposal.running.plan, outcome.estimated.whole
    starved = _cut(running, 50)
    guards, _ = capacity_guards(outcome.street, demand, starved, running)
    wrong = broken(guards)
    assert wrong
    assert {guard.where.partition(",")[0] for guard in wrong} == {running.intersections[0].intersection_id}
    assert all(guard.rule == "movement not newly over capacity" for guard in wrong)
    assert broken(capacity_guards(outcome.street, demand, starved, starved)[0]) == ()  # so it is before


def test_a_margin_of_the_engineer_moves_the_limit(outcome: Outcome) -> None:
    running, demand, street = outcome.proposal.running.plan, outcome.estimated.whole, outcome.street
    starved = _cut(running, 50)
    margins = street.rules.margins.model_copy(update={"saturation_share": 2.0})
    lenient = replace(street, rules=street.rules.model_copy(update={"margins": margins}))
    strict = broken(capacity_guards(street, demand, starved, running)[0])
    assert len(broken(capacity_guards(lenient, demand, starved, running)[0])) < len(strict)


def test_signals_that_run_free_are_named_as_not_shown(outcome: Outcome) -> None:
    street, demand = outcome.street, outcome.estimated.whole
    free = actuated(outcome.plan, street.network, street.rules)
    guards, unseen = capacity_guards(street, demand, free, outcome.proposal.running.plan)
    assert guards == []
    (line,) = unseen
    assert all(timing.intersection_id in line for timing in free.intersections)


def test_who_is_over_capacity_on_both_sides_breaks_nothing(outcome: Outcome) -> None:
    running, demand = outcome.proposal.running.plan, _more(outcome.estimated.whole, 20.0)
    guards, _ = capacity_guards(outcome.street, demand, running, running)
    assert broken(guards) == ()
    assert any(float(guard.found.split()[1]) > 1.0 for guard in guards)
