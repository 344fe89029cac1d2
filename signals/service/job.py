"""The main job: from network and detector flows to a safe, validated plan, step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from networks.faults import refuse_if_any
from networks.saturation import with_discharge
from signals.discharge import Discharge
from signals.plan import TimingPlan
from signals.race import RaceResult
from signals.safety import Violation, check, never_runnable, unrunnable
from signals.safety.runnable import RULE as CONTROLLER
from signals.service.ahead import measured_ahead
from signals.service.audits import with_audits
from signals.service.capacity import NO_FLOWS, capacity_guards
from signals.service.estimate import (
    Counted,
    Estimated,
    Street,
    count,
    estimate_demand,
    read_street,
)
from signals.service.fixed_beside import FixedBeside, fixed_beside
from signals.service.lost_detectors import LostDetectors, with_lost_detectors
from signals.service.made_for import made_for
from signals.service.measured_flows import for_rules, measured_flows
from signals.service.propose import Proposal, propose, why_unrunnable
from signals.service.raised import AgainstRaised, against_raised
from signals.service.raised_beside import MOST_PAIRS, RaisedBeside, raised_beside
from signals.service.request import DONE, LIMIT, NOT_PROVED, Accept, Decision, Mode, Parts, PlanRequest
from signals.service.search import Finalist, incumbent_trials, search
from signals.service.step_length import with_step
from signals.service.untouched import leave_faulty_untouched
from signals.trials import Laboratory, RealisationFit, Trial, step_for
from signals.validation import Guard, Pair, Subject, ValidationReport, Verdict, decide
from signals.watch import OutOfTime, Watch

FIRST_VERDICT_REALISATION = 1001
_REALISATIONS_PER_FINALIST = 100  # each is judged on its own
_PAIRS_BEFORE_ANOTHER = 16  # the most for a finalist who is not the last
_EVALUATIONS_PER_RUN = 2350
_FREE_EVALUATIONS_PER_RUN = 600  # in free control planned greens are only limits
_MOST_REASONS = 3
_MODEL_DAYS = 8  # realisations that timings are made for; all of them are raced on too, and none is the judge's


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything a job found; what the files and the report are made of."""

    request: PlanRequest
    street: Street
    counted: Counted
    estimated: Estimated
    proposal: Proposal
    decision: Decision
    exit_code: int
    reasons: tuple[str, ...]
    plan: TimingPlan  # the recommended plan, or the running one where it is kept
    violations: tuple[Violation, ...]  # of `plan`: none, or those of a kept incumbent
    races: tuple[RaceResult, ...] = ()
    finalist: Finalist | None = None  # the last one judged
    validation: ValidationReport | None = None
    passed_over: tuple[tuple[Finalist, ValidationReport], ...] = ()  # judged before it, and not good enough
    raised: AgainstRaised | None = None  # the last one judged against the running plan with what the rules raise
    lost_detectors: LostDetectors | None = None  # the last one judged, with a fifth of its detectors dead
    fixed: FixedBeside | None = None  # of a recommended responsive plan
    raised_beside: RaisedBeside | None = None  # of the running plan where nothing is recommended
    lengthened: TimingPlan | None = None  # the plan that this tells of, handed over or not
    fits: tuple[RealisationFit, ...] = ()  # of vehicles made from the estimated demand
    discharge: Discharge | None = None  # in the verdict, where one was reached; else in the race

    @property
    def beside(self) -> tuple[str, ...]:
        """What was compared beside the verdict, a line each."""
        found = self.raised, self.lost_detectors, self.fixed, self.raised_beside
        return tuple(str(one) for one in found if one is not None)

    @property
    def fixed_plan(self) -> TimingPlan | None:
        """The fixed plan that is handed over beside the recommended one."""
        none = self.finalist is None or self.fixed is None or self.fixed.faults
        return None if none or self.finalist is None else self.finalist.candidate.fixed

    @property
    def raised_plan(self) -> TimingPlan | None:
        """The raised running plan that is handed over where nothing is recommended."""
        return None if self.raised_beside is None or self.raised_beside.faults else self.lengthened


def plan(
    request: PlanRequest, parts: Parts, watch: Watch, *, inputs_read: Callable[[Street], None] = lambda street: None
) -> Outcome:
    """Run the main job. Raises `InputError`, `WorkCancelled`, `OutOfTime` and the simulator's errors.

    `inputs_read` is called once, when every input was read and before anything is worked out.
    """
    watch.report("read network", None)
    street = street_of(request, parts)
    _refuse_controllers_that_take_nothing(street)
    watch.report("read flows", None)
    records = parts.read_records(request, street, watch)
    counted = count(records, street.network, request.begin_s, request.end_s, request.zone, watch, request.demand_choice)
    street = _with_measured(street, counted, request, parts)
    judge = parts.routes_laboratory(request, street, counted.period) if request.demand else None
    inputs_read(street)
    watch.report("estimate demand", None)
    estimated = estimate_demand(street.network, counted, watch)
    tuned = estimated.tuned(request.design)
    track = parts.demand_laboratory(request, street, tuned, judging=False)
    watch.report("measure what queues discharge", None)
    street = with_step(street, (track,) if judge is None else (track, judge), watch)
    discharge = track.discharge(step_for((street.incumbent,), street.longest_step_s), watch)
    if discharge is not None:
        street = replace(street, network=with_discharge(street.network, discharge.paths))
    with measured_ahead(incumbent_trials(street, request), track.run, watch) as enough:
        watch.report("optimize", 0.0)
        evaluations = _FREE_EVALUATIONS_PER_RUN if request.mode is Mode.ACTUATED else _EVALUATIONS_PER_RUN
        proposal = propose(
            street.network,
            tuned.design(),
            street.rules,
            street.incumbent,
            controllers=street.controllers,
            departures=parts.departures(request, street, tuned, range(1, _MODEL_DAYS + 1), watch),
            methods=parts.methods,
            made_for=made_for(counted),
            design_stages=request.design_stages,
            responsive=request.mode is not Mode.FIXED,
            free=request.mode is Mode.ACTUATED,
            effort=request.effort * evaluations,
            seed=request.seed,
            stop=watch.stop,
            report=watch.report,
        )
        enough.set()
        watch.check()
        kept = Outcome(
            request, street, counted, estimated, proposal, Decision.KEPT, DONE, _why_nothing(proposal),
            street.incumbent, check(street.incumbent, street.network, street.rules), discharge=discharge,
        )  # fmt: skip
        found = search(proposal, street, request, track, watch) if proposal.candidates else None
        watch.check()
    judge = judge or parts.demand_laboratory(request, street, estimated, judging=True)
    if found is None:
        return _with_raised_beside(kept, judge, watch)
    fits = track.fits(sorted({realisation for race in found.races for realisation in race.realisations}))
    kept = replace(kept, races=found.races, reasons=found.reasons, fits=fits)
    for number, finalist in enumerate(found.finalists):
        kept = _judged(kept, finalist, number, len(found.finalists), judge, watch)
        assert kept.validation is not None
        if kept.decision is Decision.RECOMMENDED or kept.validation.stopped:
            break
    kept = _with_fixed(_with_detectors_lost(_with_raised(kept, judge, watch), judge, watch), judge, watch)
    return _with_raised_beside(kept, judge, watch)


def _with_raised(kept: Outcome, judge: Laboratory, watch: Watch) -> Outcome:
    """The outcome with the comparison that people ask for where rules raise what runs."""
    if kept.validation is None:
        return kept
    try:
        found = against_raised(kept.street, kept.validation, judge, watch)
    except OutOfTime:
        return kept
    return kept if found is None else replace(kept, raised=found)


def _with_raised_beside(kept: Outcome, judge: Laboratory, watch: Watch) -> Outcome:
    """The outcome with the raised running plan where nothing is recommended and the rules raise what runs."""
    if kept.decision is Decision.RECOMMENDED:
        return kept
    first, judged = kept.request.first_realisation, kept.validation
    own = () if judged is None else tuple(row.realisation for row in judged.pairs)
    found = raised_beside(kept.street, own or range(first, first + MOST_PAIRS), judge, watch)
    return kept if found is None else replace(kept, lengthened=found[0], raised_beside=found[1])


def _with_detectors_lost(kept: Outcome, judge: Laboratory, watch: Watch) -> Outcome:
    """The outcome with what dead detectors cost; a plan that is not safe without them is not recommended."""
    if kept.validation is None or kept.finalist is None:
        return kept
    try:
        found = with_lost_detectors(kept.finalist.candidate.plan, kept.street, kept.validation, judge, watch)
    except OutOfTime:
        return kept
    if found is None:
        return kept
    told = replace(kept, lost_detectors=found)
    if not found.faults or kept.decision is not Decision.RECOMMENDED:
        return told
    running = kept.street.incumbent
    violations = check(running, kept.street.network, kept.street.rules)
    reasons = (str(found), *found.faults, *kept.reasons)
    return replace(
        told, decision=Decision.UNDECIDED, exit_code=NOT_PROVED, plan=running, violations=violations, reasons=reasons
    )


def _with_fixed(kept: Outcome, judge: Laboratory, watch: Watch) -> Outcome:
    """The outcome with the fixed plan beside a recommended responsive one."""
    if kept.decision is not Decision.RECOMMENDED or kept.validation is None or kept.finalist is None:
        return kept
    try:
        found = fixed_beside(kept.finalist.candidate.fixed, kept.street, kept.validation, judge, watch)
    except OutOfTime:
        return kept
    return kept if found is None else replace(kept, fixed=found)


def street_of(request: PlanRequest, parts: Parts) -> Street:
    """Network, rules, incumbent and controllers that a request names. Raises `InputError` with all faults of a file."""
    sheet = request.sheet
    return read_street(
        request.network,
        request.detectors,
        request.incumbent,
        request.rules_choice,
        request.controllers,
        read=parts.read_street,
        running_plan=parts.running_plan,
        sheet=None if sheet is None else lambda network: parts.read_sheet(sheet, network),
    )


def _with_measured(street: Street, counted: Counted, request: PlanRequest, parts: Parts) -> Street:
    """The street with what detectors show of its saturation flows, under the rules that follow from it."""
    found = measured_flows(counted, street)
    flows = for_rules(found)
    rules = street.rules
    if flows:
        said = None if request.sheet is None else parts.read_sheet(request.sheet, street.network)
        rules = replace(request.rules_choice, measured=flows).of(street.network, said)
    return replace(street, rules=rules, measured=found)


def _refuse_controllers_that_take_nothing(street: Street) -> None:
    """Raise `InputError` where a junction that is to be timed anew has controllers for another kind of body: whatever
    the search finds, all of it would be dropped."""
    base = leave_faulty_untouched(street.network, street.rules, street.incumbent)
    refuse_if_any(never_runnable(base, street.controllers))


def _judged(
    before: Outcome, finalist: Finalist, number: int, finalists: int, judge: Laboratory, watch: Watch
) -> Outcome:
    """The outcome with one more finalist judged, on realisations of its own, with its part of the error."""
    request, street, candidate = before.request, before.street, finalist.candidate.plan
    first = request.first_realisation + number * _REALISATIONS_PER_FINALIST
    last = number == finalists - 1
    guards, unseen = capacity_guards(street, before.estimated.whole, candidate, before.proposal.running.plan)
    most_pairs = request.pairs if last else min(request.pairs, _PAIRS_BEFORE_ANOTHER)
    report = validate(
        candidate,
        street,
        judge,
        most_pairs,
        watch,
        finalists=finalists,
        first_realisation=first,
        only_flawless=not last,
        guards_beside=guards,
        not_shown_beside=unseen,
    )
    if watch.cancelled.is_set():
        watch.check()
    passed_over = before.passed_over
    if before.finalist is not None and before.validation is not None:
        passed_over = (*passed_over, (before.finalist, before.validation))
    fits = (*before.fits, *judge.fits([row.realisation for row in report.pairs]))
    report = with_audits(report, candidate, street.incumbent, street.network, judge, watch)
    kept = replace(
        before,
        discharge=judge.discharge(report.subject.step_s, watch),
        decision=Decision.KEPT,
        exit_code=DONE,
        finalist=finalist,
        validation=report,
        passed_over=passed_over,
        reasons=(*_why_passed_over(passed_over), *report.reasons),
        fits=fits,
    )
    return _decided(kept, report, candidate)


def _why_passed_over(passed_over: tuple[tuple[Finalist, ValidationReport], ...]) -> tuple[str, ...]:
    return tuple(
        f"judged before and not good enough: {finalist.candidate.name}: {report.verdict.value}"
        + "".join(f"; {guard}" for guard in report.broken_guards[:2])
        for finalist, report in passed_over
    )


def validate(
    candidate: TimingPlan,
    street: Street,
    judge: Laboratory,
    most_pairs: int,
    watch: Watch,
    *,
    finalists: int = 1,
    first_realisation: int = FIRST_VERDICT_REALISATION,
    only_flawless: bool = False,
    guards_beside: Sequence[Guard] = (),
    not_shown_beside: Sequence[str] = (NO_FLOWS,),
) -> ValidationReport:
    """Candidate against incumbent on demand realisations that nobody has seen, until the gate has its verdict.

    Both run in the longest steps that fit the times of both. What is handed over beside is explained at `decide`.
    """
    step_s = step_for((candidate, street.incumbent), street.longest_step_s)

    def next_pairs(wanted: range) -> list[Pair]:
        trials = [Trial(plan, r, r, step_s) for r in wanted for plan in (candidate, street.incumbent)]
        try:
            measures = judge.run(trials, watch, f"validate: realisations {wanted.start} to {wanted.stop - 1}")
        except OutOfTime:
            return []  # what was measured is kept; the gate calls the trial undecided
        return [Pair(r, r, candidate=measures[2 * at], incumbent=measures[2 * at + 1]) for at, r in enumerate(wanted)]

    subject = Subject(candidate.digest(), street.incumbent.digest(), judge.digest, step_s)
    return decide(
        next_pairs,
        subject,
        street.rules.margins,
        max_pairs=most_pairs,
        finalists=finalists,
        first_realisation=first_realisation,
        only_flawless=only_flawless,
        guards_beside=guards_beside,
        not_shown_beside=not_shown_beside,
        stop=watch.stop,
    )


def acceptable(report: ValidationReport, accept: Accept) -> bool:
    """Whether the verdict is the one asked for, or better, with every guard held."""
    return report.better or (accept is Accept.NOT_WORSE and report.never_worse)


def _decided(kept: Outcome, report: ValidationReport, candidate: TimingPlan) -> Outcome:
    """Recommended only when good enough, safe when checked once more, and shown as written, as the running plan was.

    The running plan is kept, and the job done, where the verdict or a guard says so. Where something was found and
    nobody can stand by it (not safe, not shown as written, no verdict), nothing is decided.
    """
    street = kept.street
    found = check(candidate, street.network, street.rules)
    violations = (*map(str, (*found, *unrunnable(candidate, street.controllers))), *report.misshown)
    if report.stopped:
        return replace(kept, decision=Decision.UNDECIDED, exit_code=LIMIT)
    if violations:
        return replace(kept, decision=Decision.UNDECIDED, exit_code=NOT_PROVED, reasons=violations)
    if acceptable(report, kept.request.accept):
        return replace(kept, decision=Decision.RECOMMENDED, plan=candidate, violations=())
    if report.verdict is Verdict.UNDECIDED and not report.broken_guards:
        return replace(kept, decision=Decision.UNDECIDED, exit_code=NOT_PROVED)
    return kept


def _why_nothing(proposal: Proposal) -> tuple[str, ...]:
    if not proposal.refused:
        if len(proposal.untouched) < len(proposal.running.plan.intersections):
            return ("no method found another timing than the one that runs",)
        why = Counter(reason for _, reason in proposal.untouched).most_common(_MOST_REASONS)
        told = "; ".join(f"{count} of them because {reason}" for reason, count in why)
        return (f"no intersection can be re-timed: all are left untouched ({told})",)
    names = "; ".join(f"{name}: {len(violations)} violations" for name, violations in proposal.refused[:5])
    only = all(violation.rule == CONTROLLER for _, violations in proposal.refused for violation in violations)
    failed = "can be run by the controllers there" if only else "passed the safety check"
    return (f"no candidate {failed} ({names})", *why_unrunnable(violations for _, violations in proposal.refused))
