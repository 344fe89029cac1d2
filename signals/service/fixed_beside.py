"""The fixed plan beside a responsive one: what a city runs where detectors or actuated control are not to be had."""

from __future__ import annotations

from dataclasses import dataclass

from signals.plan import TimingPlan
from signals.safety import check, unrunnable
from signals.service.audits import audited
from signals.service.estimate import Street
from signals.trials import Laboratory, Trial
from signals.validation import ValidationReport, paired_interval, said_of_interval
from signals.watch import Watch

MOST_PAIRS = 6


@dataclass(frozen=True, slots=True)
class FixedBeside:
    """The fixed plan that a responsive candidate was made from, against the running plan on realisations of the
    verdict. No verdict: the interval is the plain paired 95 % one. `faults`: why it is not handed over."""

    plan: str  # its digest
    fixed_s_per_veh: float
    incumbent_s_per_veh: float
    low_s_per_veh: float
    high_s_per_veh: float
    pairs: int
    jammed: int
    faults: tuple[str, ...]

    def __str__(self) -> str:
        gap_s_per_veh = self.fixed_s_per_veh - self.incumbent_s_per_veh
        said = said_of_interval(gap_s_per_veh, self.low_s_per_veh, self.high_s_per_veh)
        jams = f", {self.jammed} of them jammed" if self.jammed else ""
        safe = "safe" if not self.faults else f"NOT HANDED OVER ({self.faults[0]})"
        return (
            f"the fixed plan that this one was made from, for when detectors fail: {safe}; {self.fixed_s_per_veh:.1f}"
            f" s/veh, {said} against the running plan, {self.pairs} pairs{jams}; not part of the verdict"
        )


def fixed_beside(
    fixed: TimingPlan | None, street: Street, report: ValidationReport, judge: Laboratory, watch: Watch
) -> FixedBeside | None:
    """Run the fixed plan on realisations of a verdict; None where there is no such plan, or no verdict."""
    rows = report.pairs[:MOST_PAIRS]
    if fixed is None or len(rows) < 2 or report.stopped:
        return None
    trials = [Trial(fixed, row.realisation, row.seed, report.subject.step_s) for row in rows]
    measured = judge.run(trials, watch, "validate: the fixed plan beside it")
    found = [*check(fixed, street.network, street.rules), *unrunnable(fixed, street.controllers)]
    found += audited(trials, street.network, judge, watch)
    own = [measures.mean_delay_s_per_veh for measures in measured]
    before = [row.incumbent.delay_s_per_veh for row in rows]
    low, high = paired_interval(own, before)
    return FixedBeside(
        plan=fixed.digest(),
        fixed_s_per_veh=sum(own) / len(own),
        incumbent_s_per_veh=sum(before) / len(before),
        low_s_per_veh=low,
        high_s_per_veh=high,
        pairs=len(rows),
        jammed=sum(measures.gridlocked for measures in measured),
        faults=tuple(dict.fromkeys(map(str, found))),
    )
