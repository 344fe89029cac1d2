"""The running plan with all that the rules raise: what a candidate is compared with beside the one that runs."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from signals.plan import ControlMode, IntersectionPlan, RingsBody, TimingPlan
from signals.safety import check
from signals.service.estimate import Street
from signals.service.mended import MENDED, raised_timing
from signals.service.untouched import leave_faulty_untouched, with_lawful_interstages
from signals.timing.detection import Loops
from signals.timing.lengthened_response import on_stage_loops
from signals.timing.ring_detection import on_loops
from signals.trials import Laboratory, Trial
from signals.validation import ValidationReport, paired_interval, said_of_interval
from signals.watch import Watch


@dataclass(frozen=True, slots=True)
class AgainstRaised:
    """The judged candidate against the raised running plan, on the verdict's realisations. No verdict: the interval is
    the plain paired 95 % one, looked at once."""

    plan: str  # digest of the raised plan
    raised_s_per_veh: float
    candidate_s_per_veh: float
    low_s_per_veh: float
    high_s_per_veh: float
    pairs: int

    def __str__(self) -> str:
        gap_s_per_veh = self.candidate_s_per_veh - self.raised_s_per_veh
        said = said_of_interval(gap_s_per_veh, self.low_s_per_veh, self.high_s_per_veh)
        return (
            f"against the running plan raised to these rules, which has {self.raised_s_per_veh:.1f} s/veh: {said}, "
            f"{self.pairs} pairs; not part of the verdict"
        )


def raised(street: Street) -> TimingPlan | None:
    """The running plan with yellows, intergreens and greens as the rules ask for; None where they ask for no more than
    runs, and where lengthening alone does not keep them."""
    found = raised_or_faulty(street)
    return None if found is None or check(found, street.network, street.rules) else found


def raised_or_faulty(street: Street) -> TimingPlan | None:
    """The same, whether or not lengthening is enough; None where nothing is longer than it runs.

    Running programs with yellows or intergreens below the floor are raised too where that makes them safe.
    """
    mended = _lengthened(street, MENDED)
    return mended if mended is not None and not check(mended, street.network, street.rules) else _lengthened(street, ())


def _lengthened(street: Street, mended: Container[str]) -> TimingPlan | None:
    base = leave_faulty_untouched(street.network, street.rules, street.incumbent, mended)
    lawful = with_lawful_interstages(street.network, street.rules, base)
    timings = tuple(
        raised_timing(before, timing, street.network.intersection(before.intersection_id), street.rules)
        for before, timing in zip(base.intersections, lawful.intersections, strict=True)
    )
    if timings == base.intersections:
        return None
    answering = tuple(_on_found_loops(timing, street) for timing in timings)
    return lawful.model_copy(update={"name": "running plan, raised", "intersections": answering})


def _on_found_loops(timing: IntersectionPlan, street: Street) -> IntersectionPlan:
    """What traffic changes, by the detectors that are there, where the rules know no others and it names none."""
    named = timing.detectors or not street.rules.policy.detectors_as_found
    if timing.untouched or timing.control_mode is ControlMode.FIXED or named:
        return timing
    if isinstance(timing.body, RingsBody):
        return on_loops(timing, street.network, Loops(street.network))
    return on_stage_loops(timing, street.network)


def against_raised(street: Street, report: ValidationReport, judge: Laboratory, watch: Watch) -> AgainstRaised | None:
    """Run the raised plan on the realisations of a verdict; None where there is no such plan or no verdict."""
    plan = raised(street)
    if plan is None or len(report.pairs) < 2 or report.stopped:
        return None
    trials = [Trial(plan, row.realisation, row.seed, report.subject.step_s) for row in report.pairs]
    measured = judge.run(trials, watch, "validate: the running plan raised to the rules")
    candidate = [row.candidate.delay_s_per_veh for row in report.pairs]
    other = [measures.mean_delay_s_per_veh for measures in measured]
    low, high = paired_interval(candidate, other)
    return AgainstRaised(plan.digest(), _mean(other), _mean(candidate), low, high, len(trials))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
