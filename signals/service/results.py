"""The files of a finished job: plan, programs, report; each whole or not at all, the summary last."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from signals.files import write_whole
from signals.plan import TimingPlan, write_plan
from signals.reports import render
from signals.service.account import account
from signals.service.job import Outcome
from signals.service.request import Decision

PLAN, PROGRAMS, REPORT, SUMMARY = "plan.json", "plan.add.xml", "report.html", "report.json"


def write_results(outcome: Outcome, write_programs: Callable[[TimingPlan, Path], None]) -> tuple[dict[str, Any], str]:
    """Write everything into the request's folder; the summary as a document and as lines for a terminal."""
    out = outcome.request.out
    document = summary_of(outcome)
    page = render(account(outcome))
    write_plan(outcome.plan, out / PLAN)
    write_programs(outcome.plan, out / PROGRAMS)
    write_whole(out / REPORT, page.encode())
    write_whole(out / SUMMARY, (json.dumps(document, indent=2, sort_keys=True) + "\n").encode())
    return document, text_of(outcome, document)


def forget_results(out: Path) -> None:
    """Take away what an earlier job left, so that nobody takes it for the answer of one that did not finish."""
    for name in (SUMMARY, PLAN, PROGRAMS, REPORT):
        (out / name).unlink(missing_ok=True)


def summary_of(outcome: Outcome) -> dict[str, Any]:
    """The summary as plain values: decision, gain with interval, seeds, digests."""
    validation = outcome.validation
    difference = None if validation is None else validation.difference
    return {
        "format": "greenband-report",
        "version": 1,
        "greenband": version("greenband"),
        "decision": outcome.decision.value,
        "verdict": None if validation is None else validation.verdict.value,
        "reasons": list(outcome.reasons),
        "profile": outcome.street.rules.profile,
        "mode": outcome.request.mode.value,
        "gain": None
        if difference is None
        else {
            "incumbent_s_per_veh": difference.incumbent_s_per_veh,
            "candidate_s_per_veh": difference.candidate_s_per_veh,
            "difference_s_per_veh": difference.mean_s_per_veh,
            "interval_95_s_per_veh": [difference.low_s_per_veh, difference.high_s_per_veh],
            "difference_share": difference.share,
            "interval_95_share": [difference.low_share, difference.high_share],
            "significant": difference.significant,
            "pairs": difference.pairs,
        },
        "guards_broken": [] if validation is None else [str(guard) for guard in validation.broken_guards],
        "seeds": {
            "search": outcome.request.seed,
            "race_realisations": max(
                (round_.realisations for race in outcome.races for round_ in race.rounds), default=0
            ),
            "verdict_realisations": [] if validation is None else [row.realisation for row in validation.pairs],
            "verdict_seeds": [] if validation is None else [row.seed for row in validation.pairs],
        },
        "effort": {
            "simulation_runs_race": sum(race.runs for race in outcome.races),
            "candidates_safe": len(outcome.proposal.candidates),
            "candidates_refused": len(outcome.proposal.refused),
        },
        "candidate": None
        if outcome.finalist is None
        else {"name": outcome.finalist.candidate.name, "plan": outcome.finalist.candidate.plan.digest()},
        "violations": [str(violation) for violation in outcome.violations],
        "untouched": [t.intersection_id for t in outcome.proposal.running.plan.intersections if t.untouched],
        "digests": {
            "network": outcome.street.network.digest,
            "rules": outcome.street.rules.digest(),
            "plan": outcome.plan.digest(),
            "incumbent": outcome.street.incumbent.digest(),
            "scenario": None if validation is None else validation.subject.scenario_digest,
            "validation": None if validation is None else validation.digest(),
        },
    }


def text_of(outcome: Outcome, document: dict[str, Any]) -> str:
    """What a person reads at the end of the job."""
    lines = [
        f"decision: {outcome.decision.value}" + (f" (verdict: {document['verdict']})" if document["verdict"] else "")
    ]
    gain = document["gain"]
    if gain is not None:
        low, high = gain["interval_95_s_per_veh"]
        said = "" if gain["significant"] else "no significant difference: "
        lines.append(
            f"delay per vehicle: {said}{gain['incumbent_s_per_veh']:.1f} s today, {gain['candidate_s_per_veh']:.1f} s"
            f" with the candidate; difference {gain['difference_s_per_veh']:+.1f} s"
            f" (95 % interval {low:+.1f} to {high:+.1f} s, {gain['pairs']} pairs of runs)"
        )
    if outcome.finalist is not None:
        lines.append(f"candidate: {outcome.finalist.candidate.name}")
    if outcome.decision is not Decision.RECOMMENDED:
        lines.append("the running plan is kept:")
        lines += [f"  {reason}" for reason in outcome.reasons]
    checked = "safe" if not outcome.violations else f"{len(outcome.violations)} faults of the running programs"
    lines.append(f"safety check of the plan written: {checked}; profile {outcome.street.rules.profile}")
    lines += [f"{name:9} {outcome.request.out / file}" for name, file in _FILES]
    return "\n".join(lines)


_FILES = (("plan", PLAN), ("programs", PROGRAMS), ("report", REPORT), ("summary", SUMMARY))
