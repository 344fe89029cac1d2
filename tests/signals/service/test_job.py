"""How a job ends: the verdict, the guards and what was asked for decide; safety has the last word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from signals.controllers import Controllers
from signals.intervals import local_ds, picture_at
from signals.measures import Measures
from signals.reports import render, summary
from signals.safety import Violation, unrunnable
from signals.service.account import account
from signals.service.job import Outcome, _decided, _judged, _why_nothing, acceptable
from signals.service.request import DONE, LIMIT, NOT_PROVED, Accept, Decision
from signals.trials import RealisationFit, Trial
from signals.validation import Arm, Executed, Subject, ValidationReport, Verdict, decide
from signals.watch import Watch
from tests.fakes_measures import measures, pairs_of
from tests.signals.service import outcomes

INCUMBENT_S = [40.0, 41.0, 39.0, 40.5, 39.5, 40.0]
NOISE_S = [0.05, -0.04, 0.02, -0.03, 0.04, -0.05]


def kept(accept: Accept) -> Outcome:
    """A job on its way to the decision."""
    whole = outcomes.recommended()
    return replace(
        whole,
        request=replace(whole.request, accept=accept),
        decision=Decision.KEPT,
        exit_code=DONE,
        plan=whole.street.incumbent,
    )


def judged(added_s: float, noise: float = 1.0, uninserted: int = 0) -> ValidationReport:
    """The verdict on a candidate whose runs lose so much more than the incumbent's."""
    source = pairs_of([i + added_s + noise * n for i, n in zip(INCUMBENT_S, NOISE_S, strict=True)], INCUMBENT_S)

    def next_pairs(numbers: range) -> list:  # type: ignore[type-arg]
        outside = {"uninserted_veh": uninserted, "kept_out_veh": uninserted}
        loud = [
            replace(one, candidate=measures(one.candidate.mean_delay_s_per_veh, **outside)) for one in source(numbers)
        ]
        return loud if uninserted else source(numbers)

    return decide(next_pairs, Subject("p", "i", "s"), outcomes.recommended().street.rules.margins, max_pairs=6)


def ended(report: ValidationReport, accept: Accept, *, faults: tuple[str, ...] = (), of: Arm = "candidate") -> Outcome:
    outcome = kept(accept)
    assert outcome.finalist is not None
    report = replace(report, executed=(Executed(of, len(report.pairs), faults, ()),) if faults else ())
    whole = replace(outcome, validation=report, reasons=report.reasons)
    return _decided(whole, report, outcome.finalist.candidate.plan)


def test_the_verdicts_are_as_meant() -> None:
    assert judged(-20.0).verdict is Verdict.BETTER
    assert judged(0.0).verdict is Verdict.NOT_WORSE
    assert judged(20.0).verdict is Verdict.WORSE
    assert judged(0.0, noise=100.0).verdict is Verdict.UNDECIDED
    assert judged(0.0, uninserted=1).broken_guards


@pytest.mark.parametrize(
    ("report", "accept", "decision", "exit_code"),
    [
        (judged(-20.0), Accept.BETTER, Decision.RECOMMENDED, DONE),
        (judged(-20.0), Accept.NOT_WORSE, Decision.RECOMMENDED, DONE),
        (judged(0.0), Accept.BETTER, Decision.KEPT, DONE),
        (judged(0.0), Accept.NOT_WORSE, Decision.RECOMMENDED, DONE),
        (judged(20.0), Accept.NOT_WORSE, Decision.KEPT, DONE),
        (judged(0.0, noise=100.0), Accept.NOT_WORSE, Decision.UNDECIDED, NOT_PROVED),
        (judged(0.0, uninserted=1), Accept.NOT_WORSE, Decision.KEPT, DONE),
        (judged(-20.0, uninserted=1), Accept.NOT_WORSE, Decision.KEPT, DONE),
        (judged(0.0, noise=100.0, uninserted=1), Accept.NOT_WORSE, Decision.KEPT, DONE),
    ],
)
def test_only_what_was_asked_for_replaces_the_running_plan(
    report: ValidationReport, accept: Accept, decision: Decision, exit_code: int
) -> None:
    outcome = ended(report, accept)
    assert (outcome.decision, outcome.exit_code) == (decision, exit_code)
    running = outcome.street.incumbent
    assert (outcome.plan == running) == (decision is not Decision.RECOMMENDED)
    assert acceptable(report, accept) == (decision is Decision.RECOMMENDED)


@pytest.mark.parametrize("of", ["candidate", "incumbent"])
def test_what_was_not_shown_as_written_is_not_recommended(of: Arm) -> None:
    """A running plan that was not shown is no measure for another one either."""
    outcome = ended(judged(0.0), Accept.NOT_WORSE, faults=("executed: C0: found red, needed green",), of=of)
    assert (outcome.decision, outcome.exit_code) == (Decision.UNDECIDED, NOT_PROVED)
    assert outcome.reasons == (f"{of} not shown as written: executed: C0: found red, needed green",)
    assert "failed the last safety check" in account(outcome).reason


def test_what_the_controllers_cannot_run_is_not_recommended() -> None:
    outcome = kept(Accept.BETTER)
    assert outcome.finalist is not None
    street = replace(outcome.street, controllers=Controllers({"C0": "nema-ts2"}, "controllers.toml"))
    report = judged(-20.0)
    ending = _decided(replace(outcome, street=street), report, outcome.finalist.candidate.plan)
    assert (ending.decision, ending.exit_code) == (Decision.UNDECIDED, NOT_PROVED)
    assert ending.reasons == (
        "controller: intersection 'C0': found body stages, needed rings (controller family nema-ts2)",
    )


def test_where_controllers_refuse_every_candidate_they_say_why() -> None:
    outcome = kept(Accept.BETTER)
    assert outcome.finalist is not None
    refused = unrunnable(outcome.finalist.candidate.plan, Controllers({"C0": "nema-ts2"}))
    proposal = replace(outcome.proposal, candidates=(), refused=(("one", refused), ("two", refused)))
    assert _why_nothing(proposal) == (
        "no candidate can be run by the controllers there (one: 1 violations; two: 1 violations)",
        str(refused[0]),
    )
    unsafe = replace(proposal, refused=(*proposal.refused, ("three", (Violation("conflict", "C0", "a", "b"),))))
    assert _why_nothing(unsafe)[0].startswith("no candidate passed the safety check (one: 1 violations;")


def test_a_stopped_trial_is_undecided_whatever_was_asked_for() -> None:
    report = decide(lambda numbers: [], Subject("p", "i", "s"), outcomes.recommended().street.rules.margins)
    outcome = ended(report, Accept.NOT_WORSE)
    assert (outcome.decision, outcome.exit_code) == (Decision.UNDECIDED, LIMIT)


def test_the_report_says_that_the_plan_is_not_better() -> None:
    content = account(ended(judged(0.0), Accept.NOT_WORSE))
    assert content.reason.endswith("Plans that are not worse were asked for (--accept not-worse).")
    assert any("“not worse”, not “better”" in note.text for note in content.notes)
    assert "--accept not-worse" in content.command
    page = render(content)
    assert "The new plan is recommended as not worse than the running one" in page
    assert "No significant difference in delay" in page
    assert summary(content)[0].endswith("recommended as not worse than the running one")


def test_a_plan_that_is_kept_says_how_it_would_be_taken() -> None:
    content = account(ended(judged(0.0), Accept.BETTER))
    assert "With --accept not-worse it would be taken." in content.reason
    assert "--accept" not in account(ended(judged(20.0), Accept.BETTER)).reason


class _Judge:
    """A laboratory in which a plan has the delay that its digest is given; others have the incumbent's."""

    digest = "judge"

    def __init__(self, delays_s_per_veh: dict[str, float]) -> None:
        self._delays = delays_s_per_veh
        self.realisations: list[tuple[str, int]] = []

    def run(self, trials: Sequence[Trial], watch: Watch, doing: str) -> list[Measures]:
        self.realisations += [(trial.plan.digest(), trial.realisation) for trial in trials]
        return [
            measures(self._delays.get(trial.plan.digest(), 40.0) + 0.1 * (trial.realisation % 3)) for trial in trials
        ]

    def factor(self, realisation: int) -> float:
        return 1.0

    def discharge(self, step_s: float, watch: Watch) -> None:
        return None

    def fits(self, realisations: Sequence[int]) -> tuple[RealisationFit, ...]:
        return ()

    def displays(self, trial: Trial, watch: Watch) -> Mapping[str, Sequence[tuple[float, str]]]:
        return {
            timing.intersection_id: [(float(t), picture_at(timing, local_ds(timing, 10 * t))) for t in range(200)]
            for timing in trial.plan.intersections
        }


def test_a_second_finalist_is_judged_on_realisations_of_its_own_when_the_first_is_not_good_enough() -> None:
    whole = kept(Accept.BETTER)
    assert whole.finalist is not None
    first = whole.finalist
    plan = first.candidate.plan.model_copy(update={"name": "another"})
    second = replace(first, candidate=replace(first.candidate, name="another one", plan=plan))
    judge = _Judge({first.candidate.plan.digest(): 60.0, plan.digest(): 55.0})
    outcome = replace(whole, finalist=None, validation=None)
    for number, finalist in enumerate((first, second)):
        outcome = _judged(outcome, finalist, number, 2, judge, Watch())
    assert outcome.decision is Decision.KEPT
    assert [passed.candidate.name for passed, _ in outcome.passed_over] == [first.candidate.name]
    assert outcome.finalist is second
    assert any("judged before and not good enough" in reason and "worse" in reason for reason in outcome.reasons)
    assert any("one of 2 finalists" in reason for reason in outcome.reasons)
    mine = {digest: {r for d, r in judge.realisations if d == digest} for digest, _ in judge.realisations}
    assert not mine[first.candidate.plan.digest()] & mine[plan.digest()]
    assert min(min(found) for found in mine.values()) == outcome.request.first_realisation
