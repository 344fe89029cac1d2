"""The running plan with all that the rules raise: what a candidate is compared with beside the one that runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signals.plan import ControlMode, IntersectionPlan, RingsBody, StagesBody, TimingPlan
from signals.safety import check
from signals.service.estimate import Street
from signals.service.propose import leave_faulty_untouched, with_lawful_interstages
from signals.timing.bounds import stage_minimums_ds
from signals.timing.detection import Loops
from signals.timing.ring_detection import on_loops
from signals.timing.rings.forms import lawful_rings
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
    found = lengthened(street)
    return None if found is None or check(found, street.network, street.rules) else found


def lengthened(street: Street) -> TimingPlan | None:
    """The same, whether or not lengthening is enough; None where nothing is longer than it runs."""
    base = leave_faulty_untouched(street.network, street.rules, street.incumbent)
    lawful = with_lawful_interstages(street.network, street.rules, base)
    timings = tuple(
        _raised(before, timing, street) for before, timing in zip(base.intersections, lawful.intersections, strict=True)
    )
    if timings == base.intersections:
        return None
    return lawful.model_copy(update={"name": "running plan, raised", "intersections": timings})


def _raised(before: IntersectionPlan, lawful: IntersectionPlan, street: Street) -> IntersectionPlan:
    if isinstance(before.body, RingsBody):
        return _in_rings(before, street)
    if before.control_mode is not ControlMode.FIXED:
        return before  # longer stages that traffic ends would be another control than the one that runs
    return _lengthened(lawful, street)


def _in_rings(timing: IntersectionPlan, street: Street) -> IntersectionPlan:
    """Rings in the control that they have, with what the rules ask for: also of detectors, where they name none."""
    if timing.untouched:
        return timing
    found = lawful_rings(timing, street.network.intersection(timing.intersection_id), street.rules)
    if timing.detectors or timing.control_mode is ControlMode.FIXED or not street.rules.policy.detectors_as_found:
        return found
    return on_loops(found, street.network, Loops(street.network))


def _lengthened(timing: IntersectionPlan, street: Street) -> IntersectionPlan:
    """Stages at least as long as their minimums, in steps of the rules' resolution; the longest takes what the shortest
    cycle still asks for."""
    body = timing.body
    if timing.untouched or not isinstance(body, StagesBody):
        return timing
    intersection = street.network.intersection(timing.intersection_id)
    lows_ds = stage_minimums_ds(timing, intersection, street.rules)
    lengths_ds = [max(stage.duration_ds, low_ds) for stage, low_ds in zip(body.sequence, lows_ds, strict=True)]
    lengths_ds = _in_steps(lengths_ds, street.rules.resolution_ds(timing.intersection_id))
    grown_ds = sum(lengths_ds) - sum(stage.duration_ds for stage in body.sequence)
    shortest_ds, _ = street.rules.cycle_bounds_ds(timing.intersection_id)
    lengths_ds[lengths_ds.index(max(lengths_ds))] += max(0, shortest_ds - body.length_ds - grown_ds)
    stages = tuple(
        stage.model_copy(update={"duration_ds": length_ds})
        for stage, length_ds in zip(body.sequence, lengths_ds, strict=True)
    )
    longer = StagesBody(sequence=stages, transitions=body.transitions)
    cycle_ds = None if timing.cycle_ds is None else longer.length_ds
    offset_ds = timing.offset_ds if cycle_ds is None else timing.offset_ds % cycle_ds
    return timing.model_copy(update={"body": longer, "cycle_ds": cycle_ds, "offset_ds": offset_ds})


def _in_steps(lengths_ds: list[int], step_ds: int) -> list[int]:
    """Whole steps by largest remainder: none more than a step away, the sum as near to theirs as it can be."""
    found = [length_ds // step_ds * step_ds for length_ds in lengths_ds]
    missing = round((sum(lengths_ds) - sum(found)) / step_ds)
    by_rest = sorted(range(len(found)), key=lambda at: lengths_ds[at] % step_ds, reverse=True)
    for at in by_rest[:missing]:
        found[at] += step_ds
    return found


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
