"""What the signals showed in trials, held against the plan of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from networks.network import Network
from signals.plan import TimingPlan
from signals.safety import Violation, audit, not_audited
from signals.trials import Laboratory, Trial
from signals.validation import Arm, Executed, ValidationReport
from signals.watch import Watch


def audited(trials: Iterable[Trial], network: Network, laboratory: Laboratory, watch: Watch) -> tuple[Violation, ...]:
    """What was shown in any of the trials and its plan does not allow, each once."""
    found = dict[Violation, None]()
    for trial in trials:
        shown = laboratory.displays(trial, watch)
        found |= dict.fromkeys(audit(shown, trial.plan, network, step_s=trial.step_s))
    return tuple(found)


def with_audits(
    report: ValidationReport,
    candidate: TimingPlan,
    incumbent: TimingPlan,
    network: Network,
    laboratory: Laboratory,
    watch: Watch,
) -> ValidationReport:
    """The report with what was shown in every run of it, of the candidate and of the incumbent; faults that programs
    have are shown as they are written, and are none here."""
    if not report.pairs:
        return report
    executed = []
    arms: tuple[tuple[Arm, TimingPlan], ...] = (("candidate", candidate), ("incumbent", incumbent))
    for name, plan in arms:
        trials = [Trial(plan, row.realisation, row.seed, report.subject.step_s) for row in report.pairs]
        faults = tuple(map(str, audited(trials, network, laboratory, watch)))
        executed.append(Executed(name, len(trials), faults, not_audited(plan, network)))
    return replace(report, executed=tuple(executed))
