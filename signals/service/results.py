"""The files of a finished job: plan, programs, report; each whole or not at all, the summary last."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from signals.files import write_whole
from signals.plan import TimingPlan, write_plan
from signals.reports import render
from signals.service.account import account
from signals.service.job import Outcome
from signals.service.request import Decision
from signals.service.summary import Summary, summary_of

PLAN, PROGRAMS, REPORT, SUMMARY = "plan.json", "plan.add.xml", "report.html", "report.json"


def write_results(outcome: Outcome, write_programs: Callable[[TimingPlan, Path], None]) -> tuple[dict[str, Any], str]:
    """Write everything into the request's folder; the summary as a document and as lines for a terminal."""
    out = outcome.request.out
    summary = summary_of(outcome)
    document = summary.document()
    page = render(account(outcome))
    write_plan(outcome.plan, out / PLAN)
    write_programs(outcome.plan, out / PROGRAMS)
    write_whole(out / REPORT, page.encode())
    write_whole(out / SUMMARY, (json.dumps(document, indent=2, sort_keys=True) + "\n").encode())
    return document, text_of(outcome, summary)


def forget_results(out: Path) -> None:
    """Take away what an earlier job left, so that nobody takes it for the answer of one that did not finish."""
    for name in (SUMMARY, PLAN, PROGRAMS, REPORT):
        (out / name).unlink(missing_ok=True)


def text_of(outcome: Outcome, summary: Summary) -> str:
    """What a person reads at the end of the job."""
    verdict = "" if summary.verdict is None else f" (verdict: {summary.verdict.value})"
    lines = [f"decision: {summary.decision.value}{verdict}"]
    gain = summary.gain
    if gain is not None:
        low, high = gain.interval_95_s_per_veh
        said = "" if gain.significant else "no significant difference: "
        lines.append(
            f"delay per vehicle: {said}{gain.incumbent_s_per_veh:.1f} s today, {gain.candidate_s_per_veh:.1f} s"
            f" with the candidate; difference {gain.difference_s_per_veh:+.1f} s"
            f" (95 % interval {low:+.1f} to {high:+.1f} s, {gain.pairs} pairs of runs)"
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
