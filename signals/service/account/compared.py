"""Two plans side by side under one model: the one that runs, and the one that was judged."""

from __future__ import annotations

from dataclasses import dataclass

from networks.demand import Demand
from networks.network import Network
from optimizers.evaluation import Evaluation
from optimizers.models import hcm
from optimizers.solution import TimingSolution, given_solution
from signals.controllers import NOBODY_SAID, Controllers
from signals.plan import IntersectionPlan, TimingPlan
from signals.rules import Rules
from signals.service.job import Outcome
from signals.service.request import Decision
from signals.timing.problem import NamedProblem, problem_of


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One plan and what the HCM model says of it. `use_at` finds a use by intersection, lane and group."""

    named: NamedProblem
    solution: TimingSolution
    hcm: Evaluation
    use_at: dict[tuple[str, str, str], int]
    junction_at: dict[str, int]

    def timing(self, intersection_id: str) -> IntersectionPlan:
        return self.named.plan.intersections[self.junction_at[intersection_id]]

    def cycle_s(self, intersection_id: str) -> float:
        """The cycle, or the sum of the planned times where the signal runs free."""
        return float(self.solution.cycle_s[self.junction_at[intersection_id]])


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """The street with its demand and either side; `after` is None where no candidate came as far as the judge."""

    network: Network
    rules: Rules
    demand: Demand
    before: Side
    after: Side | None
    controllers: Controllers = NOBODY_SAID


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
    return Compared(street.network, street.rules, demand, before, after, street.controllers)


def judged_plan(outcome: Outcome) -> TimingPlan | None:
    """The plan that "after" means: the recommended one, or else the candidate that went to the judge."""
    if outcome.decision is Decision.RECOMMENDED:
        return outcome.plan
    return None if outcome.finalist is None else outcome.finalist.candidate.plan


def side_of(named: NamedProblem) -> Side:
    """A plan as its problem gives it, scored by the HCM terms."""
    solution = given_solution(named.problem)
    return Side(
        named=named,
        solution=solution,
        hcm=hcm.evaluate(named.problem, solution),
        use_at={(use.intersection_id, use.lane_id, use.group_id): at for at, use in enumerate(named.uses)},
        junction_at={timing.intersection_id: at for at, timing in enumerate(named.plan.intersections)},
    )
