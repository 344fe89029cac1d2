"""The judged candidate with detectors that see nothing: is it still safe, and what does it lose?"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from signals.plan import DetectorUse, TimingPlan
from signals.safety import check
from signals.service.audits import audited
from signals.service.estimate import Street
from signals.trials import Laboratory, Trial
from signals.validation import ValidationReport, paired_interval, said_of_interval
from signals.watch import Watch

LOST_SHARE = 0.2
MOST_PAIRS = 6
_ONLY_WHOLE = "detectors"  # the rule that asks for detectors: it speaks of the plan, not of a bad day


@dataclass(frozen=True, slots=True)
class LostDetectors:
    """The candidate with `lost` of its `detectors` dead, others in each run, against the same runs with all of them.
    No verdict: the interval is the plain paired 95 % one. `faults`: what the safety check or the audit found."""

    detectors: int
    lost: int
    whole_s_per_veh: float
    lost_s_per_veh: float
    low_s_per_veh: float
    high_s_per_veh: float
    pairs: int
    jammed: int
    faults: tuple[str, ...]

    def __str__(self) -> str:
        said = said_of_interval(self.lost_s_per_veh - self.whole_s_per_veh, self.low_s_per_veh, self.high_s_per_veh)
        jams = f", {self.jammed} of them jammed" if self.jammed else ""
        safe = "safe" if not self.faults else f"NOT SAFE ({self.faults[0]})"
        return (
            f"with {self.lost} of the {self.detectors} detectors that end or call greens dead, drawn anew in each of"
            f" {self.pairs} runs{jams}:"
            f" {safe}; {said}; not part of the verdict"
        )


def without_detectors(plan: TimingPlan, realisation: int) -> TimingPlan:
    """`plan` with a fifth of its detectors dead, which ones the realisation decides: named, and of no effect."""
    names = _detectors_of(plan)
    dead = set(random.Random(realisation).sample(names, math.ceil(LOST_SHARE * len(names))))

    def told(use: DetectorUse) -> DetectorUse:
        return use.model_copy(update={"calls": False, "extends": False}) if use.detector_id in dead else use

    timings = tuple(
        timing.model_copy(update={"detectors": tuple(map(told, timing.detectors))}) for timing in plan.intersections
    )
    return plan.model_copy(update={"intersections": timings})


def with_lost_detectors(
    candidate: TimingPlan, street: Street, report: ValidationReport, judge: Laboratory, watch: Watch
) -> LostDetectors | None:
    """Run the candidate so on realisations of its verdict; None where it names no detectors, or has no verdict."""
    names, rows = _detectors_of(candidate), report.pairs[:MOST_PAIRS]
    if not names or len(rows) < 2 or report.stopped:
        return None
    step_s = report.subject.step_s
    trials = [Trial(without_detectors(candidate, row.realisation), row.realisation, row.seed, step_s) for row in rows]
    measured = judge.run(trials, watch, "validate: a fifth of the detectors dead")
    found = [v for trial in trials for v in check(trial.plan, street.network, street.rules) if v.rule != _ONLY_WHOLE]
    found += audited(trials, street.network, judge, watch)
    own = [measures.mean_delay_s_per_veh for measures in measured]
    whole = [row.candidate.delay_s_per_veh for row in rows]
    low, high = paired_interval(own, whole)
    return LostDetectors(
        detectors=len(names),
        lost=math.ceil(LOST_SHARE * len(names)),
        whole_s_per_veh=sum(whole) / len(whole),
        lost_s_per_veh=sum(own) / len(own),
        low_s_per_veh=low,
        high_s_per_veh=high,
        pairs=len(rows),
        jammed=sum(measures.gridlocked for measures in measured),
        faults=tuple(dict.fromkeys(map(str, found))),
    )


def _detectors_of(plan: TimingPlan) -> list[str]:
    return sorted({use.detector_id for timing in plan.intersections for use in timing.detectors})
