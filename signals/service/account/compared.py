"""Two plans side by side under one model: the one that runs, and the one that was judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from networks.demand import Demand
from networks.network import Network
from signals.controllers import NOBODY_SAID, Controllers
from signals.plan import TimingPlan
from signals.rules import Rules
from signals.service.job import Outcome
from signals.service.request import Decision
from signals.service.sides import Side, side_of
from signals.timing.problem import problem_of


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """The street with its demand and either side; `after` is None where no candidate came as far as the judge.
    `why_designed`: by intersection id, why stages or rings of that candidate are as they are, where chosen."""

    network: Network
    rules: Rules
    demand: Demand
    before: Side
    after: Side | None
    controllers: Controllers = NOBODY_SAID
    why_designed: Mapping[str, str] = field(default_factory=dict)


def compare(outcome: Outcome) -> Compared:
    """Either plan as a problem of its own (a candidate may have other stages), evaluated as it stands."""
    street, demand = outcome.street, outcome.estimated.whole
    plan = judged_plan(outcome)
    running = outcome.proposal.running.plan  # with what is left untouched marked; its problem has the search's demand
    before, after = (
        None if one is None else side_of(problem_of(street.network, demand, street.rules, one))
        for one in (running, plan)
    )
    assert before is not None
    stage_set = "" if outcome.finalist is None else outcome.finalist.candidate.stage_set
    why = outcome.proposal.why_designed.get(stage_set, {})
    return Compared(street.network, street.rules, demand, before, after, street.controllers, why)


def judged_plan(outcome: Outcome) -> TimingPlan | None:
    """The plan that "after" means: the recommended one, or else the candidate that went to the judge."""
    if outcome.decision is Decision.RECOMMENDED:
        return outcome.plan
    return None if outcome.finalist is None else outcome.finalist.candidate.plan
