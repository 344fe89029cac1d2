"""Outcomes of jobs that never ran: a corridor of three signals with a candidate, raced and judged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from networks.demand import Demand, Knowledge, LinkCount, LinkResidual, MovementDemand, Period, geh
from networks.network import Network
from signals.flows import Flows
from signals.flows.quality import Dropped
from signals.measures import LaneQueue, Measures
from signals.plan import StagesBody, TimingPlan
from signals.programs.sumo import running_plan
from signals.race import Place, RaceResult, RaceRound
from signals.rules import rules_of
from signals.safety import check
from signals.service.estimate import Counted, Estimated, Street
from signals.service.job import Outcome
from signals.service.propose import Candidate, Proposal
from signals.service.request import DONE, Decision, PlanRequest
from signals.service.search import Finalist
from signals.service.untouched import leave_faulty_untouched
from signals.timing.problem import problem_of
from signals.validation import Executed, Pair, Subject, ValidationReport, decide
from tests import fakes
from tests.fakes_measures import approach, measures

PERIOD = Period(7 * 3600.0, 8 * 3600.0)
THROUGH_VEH_PER_H, EAST_VEH_PER_H, TURN_VEH_PER_H = 120.0, 500.0, 40.0
CANDIDATE = "descent: common cycle 60 s"


def recommended() -> Outcome:
    """The candidate is better: 60 s less somewhere, 3 s more on one approach."""
    return _judged(candidate_s=20.0, worse_s=3.0, decision=Decision.RECOMMENDED)


def kept_for_a_guard() -> Outcome:
    """Better in total, but one approach pays 60 s for it."""
    return _judged(candidate_s=20.0, worse_s=60.0, decision=Decision.KEPT)


def kept_without_candidate() -> Outcome:
    """Nothing came as far as the judge."""
    whole = recommended()
    return replace(
        whole,
        decision=Decision.KEPT,
        exit_code=DONE,
        plan=whole.street.incumbent,
        reasons=("no candidate had a better score than the running plan (delay, stops, guards) in 12 simulation runs",),
        races=(),
        finalist=None,
        validation=None,
    )


def stopped() -> Outcome:
    """The time was over before the judge had looked once."""
    whole = kept_for_a_guard()
    report = decide(lambda wanted: [], _subject(whole), whole.street.rules.margins, first_realisation=1001)
    return replace(whole, decision=Decision.UNDECIDED, validation=report, reasons=report.reasons)


def _judged(candidate_s: float, worse_s: float, decision: Decision) -> Outcome:
    network = fakes.corridor(3)
    street = Street(network, rules_of(network), running_plan(network))
    demand = _demand(network)
    base = leave_faulty_untouched(network, street.rules, street.incumbent)
    plan = candidate_plan(base)
    problem = problem_of(network, demand, street.rules, base)
    assert check(plan, network, street.rules) == ()
    candidate = Candidate(CANDIDATE, plan, 12.0)
    place = Place(1, CANDIDATE, 2, 20.5, -19.5, -22.0, -17.0)
    race = RaceResult(
        winner=1,
        ranking=(place, Place(0, "running plan", 2, 40.0, 0.0, 0.0, 0.0)),
        rounds=(RaceRound(2, 4, (1, 0), 1),),
        runs=4,
        complete=True,
        realisations=(1, 2),
    )
    outcome = Outcome(
        request=PlanRequest(Path("street.net.xml"), Path("flows.csv"), Path("out"), effort=4, pairs=6),
        street=street,
        counted=_counted(),
        estimated=Estimated(demand, (demand,)),
        proposal=Proposal((candidate,), (), problem),
        decision=decision,
        exit_code=DONE,
        reasons=(),
        plan=plan if decision is Decision.RECOMMENDED else street.incumbent,
        violations=(),
        races=(race,),
        finalist=Finalist(candidate, place),
    )
    report = _report(outcome, candidate_s, worse_s)
    runs = len(report.pairs)
    report = replace(report, executed=(Executed("candidate", runs, (), ()), Executed("incumbent", runs, (), ())))
    return replace(outcome, validation=report, reasons=report.reasons)


def candidate_plan(base: TimingPlan) -> TimingPlan:
    """60 s instead of 80, offsets that follow a platoon eastwards."""
    timings = []
    for at, timing in enumerate(base.intersections):
        assert isinstance(timing.body, StagesBody)
        greens_ds = (190, 310)
        stages = tuple(
            stage.model_copy(update={"duration_ds": green_ds})
            for stage, green_ds in zip(timing.body.sequence, greens_ds, strict=True)
        )
        changes = {"body": StagesBody(sequence=stages), "cycle_ds": 600, "offset_ds": (at * 220) % 600}
        timings.append(timing.model_copy(update=changes))
    return base.model_copy(update={"intersections": tuple(timings)})


def _demand(network: Network) -> Demand:
    rows = []
    for intersection in network.intersections:
        for movement in intersection.movements:
            flow = TURN_VEH_PER_H if movement.turn != "through" else THROUGH_VEH_PER_H
            if movement.turn == "through" and movement.from_link_id in ("W0C0", "C0C1", "C1C2"):
                flow = EAST_VEH_PER_H
            known = Knowledge.OBSERVED if movement.turn == "through" else Knowledge.INFERRED
            rows.append(MovementDemand(movement.from_link_id, movement.to_link_id, flow, 5.0, known))
    residuals = (
        LinkResidual("W0C0", 600.0, 580.0, geh(580.0, 600.0)),
        LinkResidual("C0C1", 300.0, 580.0, 0.0, censored=True),
    )
    return Demand(PERIOD, tuple(rows), (("W0C0", 580.0),), residuals)


def _counted() -> Counted:
    flows = Flows(
        period=PERIOD,
        links=(LinkCount("W0C0", 600.0, 3600.0), LinkCount("C0C1", 300.0, 3600.0, censored=True)),
        lanes=(),
        dropped=(Dropped("d7", "stuck", 12, "3 vehicles in 12 records one after another", True),),
        matched=("d1", "d2"),
        unmatched=("d99",),
        silent=("d3",),
    )
    return Counted(PERIOD, flows, (flows,))


def _subject(outcome: Outcome) -> Subject:
    return Subject("1" * 64, outcome.street.incumbent.digest(), "2" * 64)


def _report(outcome: Outcome, candidate_s: float, worse_s: float) -> ValidationReport:
    def run(mean_s: float, first_s: float, stops: int, queue_m: float) -> Measures:
        queues = (LaneQueue("W0C0_0", queue_m, 300.0), LaneQueue("W0C0_1", 2 * queue_m, 300.0))
        first = replace(approach("W0C0", mean_s, 300, "C0"), queues=queues)
        return measures(mean_s, first, approach("N0C0", first_s, 120, "C0"), stops=stops, co2_g=5000.0 + mean_s)

    def pairs(wanted: range) -> list[Pair]:
        return [
            Pair(
                r,
                r,
                candidate=run(candidate_s + 0.1 * (r % 3), 20.0 + worse_s, 900 - 500 * (r % 2), 147.0),
                incumbent=run(40.0, 20.0, 600, 50.0),
            )
            for r in wanted
        ]

    return decide(pairs, _subject(outcome), outcome.street.rules.margins, max_pairs=6, first_realisation=1001)
