"""The running plan raised to the rules, handed over where nothing is recommended: for the engineer to take, or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signals.plan import TimingPlan
from signals.safety import check, unrunnable
from signals.service.audits import audited
from signals.service.estimate import Street
from signals.service.folder import RAISED
from signals.service.raised import raised_or_faulty
from signals.trials import Laboratory, Trial, step_for
from signals.validation import paired_interval, said_of_interval
from signals.watch import OutOfTime, Watch

MOST_PAIRS = 6


@dataclass(frozen=True, slots=True)
class Driven:
    """The raised plan and the one that runs, driven on the same realisations. No verdict: the interval of the
    difference is the plain paired 95 % one."""

    raised_s_per_veh: float
    incumbent_s_per_veh: float
    low_s_per_veh: float
    high_s_per_veh: float
    pairs: int
    jammed: int

    def __str__(self) -> str:
        gap_s_per_veh = self.raised_s_per_veh - self.incumbent_s_per_veh
        said = said_of_interval(gap_s_per_veh, self.low_s_per_veh, self.high_s_per_veh)
        jams = f", {self.jammed} of them jammed" if self.jammed else ""
        return f"{self.raised_s_per_veh:.1f} s/veh, {said} against the running plan, {self.pairs} pairs{jams}"


@dataclass(frozen=True, slots=True)
class RaisedBeside:
    """The raised running plan: its digest, why it is not handed over (`faults`), and what it does to delay (None: the
    time was over before)."""

    plan: str
    faults: tuple[str, ...]
    driven: Driven | None

    def __str__(self) -> str:
        what = "the running plan with yellows, intergreens and greens as long as the rules ask, otherwise as it runs"
        if self.faults:
            return f"{what}: NOT HANDED OVER ({self.faults[0]})"
        driven = "not driven, the time was over" if self.driven is None else str(self.driven)
        return f"{RAISED} is no recommendation, for you to decide: {what}: safe; {driven}; not part of the verdict"


def raised_beside(
    street: Street, realisations: Sequence[int], judge: Laboratory, watch: Watch
) -> tuple[TimingPlan, RaisedBeside] | None:
    """The raised plan, checked and driven against the running one on the first of these realisations (with seeds of the
    same numbers); None where the rules ask for no more than runs."""
    plan = raised_or_faulty(street)
    if plan is None:
        return None
    found = [*check(plan, street.network, street.rules), *unrunnable(plan, street.controllers)]
    driven = None
    if not found:
        step_s = step_for((plan, street.incumbent), street.longest_step_s)
        trials = [Trial(plan, number, number, step_s) for number in realisations[:MOST_PAIRS]]
        try:
            driven = _driven(trials, street, judge, watch)
            found += audited(trials, street.network, judge, watch)
        except OutOfTime:
            driven = None
    return plan, RaisedBeside(plan.digest(), tuple(dict.fromkeys(map(str, found))), driven)


def _driven(trials: Sequence[Trial], street: Street, judge: Laboratory, watch: Watch) -> Driven:
    before = [Trial(street.incumbent, trial.realisation, trial.seed, trial.step_s) for trial in trials]
    measured = judge.run([*trials, *before], watch, "validate: the running plan raised, against the one that runs")
    delays = [measures.mean_delay_s_per_veh for measures in measured]
    own, others = delays[: len(trials)], delays[len(trials) :]
    low, high = paired_interval(own, others)
    jammed = sum(measures.gridlocked for measures in measured[: len(trials)])
    return Driven(sum(own) / len(own), sum(others) / len(others), low, high, len(own), jammed)
