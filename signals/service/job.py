"""The main job: from network and detector flows to a safe, validated plan, step by step."""

from __future__ import annotations

from dataclasses import dataclass, replace

from networks.demand import Demand
from networks.faults import Fault, InputError
from signals.plan import TimingPlan
from signals.race import RaceResult
from signals.rules import rules_of
from signals.safety import Violation, check
from signals.service.propose import Proposal, propose
from signals.service.request import (
    DONE,
    LIMIT,
    NOT_PROVED,
    Control,
    Decision,
    Inputs,
    Laboratory,
    Parts,
    PlanRequest,
    Trial,
)
from signals.service.search import Finalist, search
from signals.validation import Pair, Subject, ValidationReport, decide

FIRST_VERDICT_REALISATION = 1001
_EVALUATIONS_PER_RUN = 150


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything a job found; what the files and the report are made of."""

    request: PlanRequest
    inputs: Inputs
    flows: object
    demand: Demand
    proposal: Proposal
    races: tuple[RaceResult, ...]
    finalist: Finalist | None
    validation: ValidationReport | None
    decision: Decision
    exit_code: int
    reasons: tuple[str, ...]
    plan: TimingPlan  # the recommended plan, or the running one where it is kept
    violations: tuple[Violation, ...]  # of `plan`: empty, or the inherited ones of a kept incumbent


def plan(request: PlanRequest, parts: Parts, control: Control) -> Outcome:
    """Run the main job. Raises `InputError`, `Cancelled`, `LimitReached` (before there is a verdict) and simulator errors."""
    inputs, flows, demand = estimate(request, parts, control)
    network, rules = inputs.network, inputs.rules
    control.report("optimize", 0.0)
    proposal = propose(
        network,
        demand,
        rules,
        inputs.incumbent,
        methods=parts.methods,
        effort=request.effort * _EVALUATIONS_PER_RUN,
        seed=request.seed,
        stop=control.stop,
        report=lambda doing, share: control.report(doing, share),
    )
    control.check()
    if not proposal.candidates:
        return _kept(request, inputs, flows, demand, proposal, (), _why_nothing(proposal))
    tuning = parts.laboratory_of_demand(request, inputs, demand, "tuning")
    found = search(proposal, inputs, request, tuning, control)
    control.check()
    if found.winner is None:
        return _kept(request, inputs, flows, demand, proposal, found.races, found.reasons)
    judge = (
        parts.laboratory_of_routes(request, inputs)
        if request.demand
        else parts.laboratory_of_demand(request, inputs, demand, "verdict")
    )
    report = validate(found.winner.candidate.plan, inputs.incumbent, judge, inputs, request.pairs, control)
    return _decided(request, inputs, flows, demand, proposal, found.races, found.winner, report, control)


def estimate(request: PlanRequest, parts: Parts, control: Control) -> tuple[Inputs, object, Demand]:
    """The first steps: network, rules, incumbent, flows and demand."""
    control.report("read network", None)
    network = parts.read_network(request.network)
    if not network.intersections:
        raise InputError([Fault("signals", str(request.network), "no signalised intersection", "at least one")])
    if request.incumbent is not None:
        network = parts.with_incumbent(network, request.incumbent)
    if request.detectors:
        network = parts.with_detectors(network, request.detectors)
    control.check()
    rules = rules_of(network, request.profile, request.rules)
    incumbent = parts.running_plan(network)
    control.report("read flows", None)
    flows, period = parts.read_flows(request, network)
    control.check()
    control.report("estimate demand", None)
    demand = parts.estimate_demand(network, flows, period)
    control.check()
    return Inputs(network, rules, incumbent, period), flows, demand


def validate(
    candidate: TimingPlan,
    incumbent: TimingPlan,
    judge: Laboratory,
    inputs: Inputs,
    most_pairs: int,
    control: Control,
) -> ValidationReport:
    """Candidate against incumbent on demand realisations that nobody has seen, until the gate has its verdict."""

    def next_pairs(wanted: range) -> list[Pair]:
        trials = [Trial(plan, r, r) for r in wanted for plan in (candidate, incumbent)]
        measures = judge.run(trials, control, f"validate: pairs {wanted.start - 1000} to {wanted.stop - 1001}")
        return [Pair(r, r, candidate=measures[2 * at], incumbent=measures[2 * at + 1]) for at, r in enumerate(wanted)]

    subject = Subject(candidate.digest(), incumbent.digest(), judge.digest)
    return decide(
        next_pairs,
        subject,
        inputs.rules.margins,
        max_pairs=most_pairs,
        first_realisation=FIRST_VERDICT_REALISATION,
        stop=control.stop,
    )


def _decided(
    request: PlanRequest,
    inputs: Inputs,
    flows: object,
    demand: Demand,
    proposal: Proposal,
    races: tuple[RaceResult, ...],
    winner: Finalist,
    report: ValidationReport,
    control: Control,
) -> Outcome:
    candidate = winner.candidate.plan
    violations = check(candidate, inputs.network, inputs.rules)
    kept = Outcome(
        request, inputs, flows, demand, proposal, races, winner, report,
        Decision.KEPT, DONE, report.reasons, inputs.incumbent, check(inputs.incumbent, inputs.network, inputs.rules),
    )  # fmt: skip
    if report.stopped:
        control_code = LIMIT if control.out_of_time() else NOT_PROVED
        return replace(kept, decision=Decision.UNDECIDED, exit_code=control_code)
    if violations:
        return replace(kept, exit_code=NOT_PROVED, reasons=tuple(str(violation) for violation in violations))
    if report.better:
        return replace(kept, decision=Decision.RECOMMENDED, plan=candidate, violations=())
    if report.broken_guards:
        return replace(kept, exit_code=NOT_PROVED)
    if report.verdict == "undecided":
        return replace(kept, decision=Decision.UNDECIDED, exit_code=NOT_PROVED)
    return kept


def _kept(
    request: PlanRequest,
    inputs: Inputs,
    flows: object,
    demand: Demand,
    proposal: Proposal,
    races: tuple[RaceResult, ...],
    reasons: tuple[str, ...],
) -> Outcome:
    return Outcome(
        request, inputs, flows, demand, proposal, races, None, None,
        Decision.KEPT, DONE, reasons, inputs.incumbent, check(inputs.incumbent, inputs.network, inputs.rules),
    )  # fmt: skip


def _why_nothing(proposal: Proposal) -> tuple[str, ...]:
    if not proposal.refused:
        return ("no intersection can be re-timed: all are left untouched",)
    names = "; ".join(f"{name}: {len(violations)} violations" for name, violations in proposal.refused[:5])
    return (f"no candidate passed the safety check ({names})",)
