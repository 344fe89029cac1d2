"""What the signals showed in trials, held against the plan of each."""

from __future__ import annotations

from collections.abc import Iterable

from networks.network import Network
from signals.plan import TimingPlan
from signals.safety import Violation, audit
from signals.trials import Laboratory, Trial
from signals.validation import ValidationReport
from signals.watch import Watch


def audited(trials: Iterable[Trial], network: Network, laboratory: Laboratory, watch: Watch) -> tuple[Violation, ...]:
    """What was shown in any of the trials and its plan does not allow, each once."""
    found = dict[Violation, None]()
    for trial in trials:
        shown = laboratory.displays(trial, watch)
        found |= dict.fromkeys(audit(shown, trial.plan, network, step_s=trial.step_s))
    return tuple(found)


def audited_runs(
    report: ValidationReport, candidate: TimingPlan, network: Network, laboratory: Laboratory, watch: Watch
) -> tuple[Violation, ...]:
    """`audited`, for every run of the candidate in a validation."""
    trials = (Trial(candidate, row.realisation, row.seed, report.subject.step_s) for row in report.pairs)
    return audited(trials, network, laboratory, watch)
