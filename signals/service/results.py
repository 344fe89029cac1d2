"""The files of a finished job: plan, programs, validation, report; all of them or none, the summary last."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from signals.files import write_whole
from signals.plan import TimingPlan, write_plan
from signals.reports import render
from signals.rules import filled_in, short
from signals.safety import with_claims
from signals.service.account import account
from signals.service.folder import (
    DISCHARGE,
    FIXED,
    FIXED_PROGRAMS,
    INPUTS,
    PLAN,
    PROGRAMS,
    RAISED,
    RAISED_PROGRAMS,
    REPORT,
    RULES_IN_FORCE,
    STEPS,
    SUMMARY,
    VALIDATION,
    KeptInputs,
    put_in_place,
)
from signals.service.job import Outcome
from signals.service.made_for import doubt
from signals.service.request import Decision
from signals.service.summary import Summary, summary_of


def write_results(
    outcome: Outcome, write_programs: Callable[[TimingPlan, Path], None], kept: KeptInputs | None = None
) -> tuple[dict[str, Any], str]:
    """Write everything into the request's folder; the summary as a document and as lines for a terminal.

    Everything is written aside first and moved when it is whole. `kept` are inputs that the plan is checked with.
    """
    out = outcome.request.out
    summary = summary_of(outcome)
    document = summary.document()
    aside = out / STEPS / "results"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    write_whole(aside / REPORT, render(account(outcome)).encode())
    street = outcome.street
    for plan, name, programs in (
        (outcome.plan, PLAN, PROGRAMS),
        (outcome.fixed_plan, FIXED, FIXED_PROGRAMS),
        (outcome.raised_plan, RAISED, RAISED_PROGRAMS),
    ):
        if plan is not None:
            write_plan(with_claims(plan, street.network, street.rules), aside / name)
            write_programs(plan, aside / programs)
    if outcome.validation is not None:  # byte for byte what its digest is made of
        write_whole(aside / VALIDATION, outcome.validation.to_json().encode())
    for number, (_, report) in enumerate(outcome.passed_over, start=1):
        write_whole(aside / f"validation-{number}.json", report.to_json().encode())
    if kept is not None and kept.files:
        kept.write(aside)
    (aside / INPUTS).mkdir(exist_ok=True)
    rules = street.rules
    head = f"# The rules that the plan was made and checked by; their digest, which the plan names: {rules.digest()}\n"
    write_whole(aside / INPUTS / RULES_IN_FORCE, (head + filled_in(rules, street.network)).encode())
    if document["discharge"] is not None:
        write_whole(aside / INPUTS / DISCHARGE, (json.dumps(document["discharge"], indent=2) + "\n").encode())
    write_whole(aside / SUMMARY, (json.dumps(document, indent=2, sort_keys=True) + "\n").encode())
    put_in_place(aside, out, [path.name for path in aside.iterdir()])
    return document, text_of(outcome, summary)


def text_of(outcome: Outcome, summary: Summary) -> str:
    """What a person reads at the end of the job."""
    verdict = "" if summary.verdict is None else f" (verdict: {summary.verdict.value})"
    caveat = outcome.street.rules.on_foot_caveat
    lines = [f"decision: {summary.decision.value}{verdict}{'; ' if caveat else ''}{caveat}"]
    if outcome.counted.doubtful:
        lines.append(doubt(outcome.counted))
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
    lines += list(outcome.beside)
    if outcome.discharge is not None:
        told = sum(one.flow is not None for one in outcome.street.measured)
        said = f"; {told} of {len(outcome.street.measured)} measured by detectors" if outcome.street.measured else ""
        lines.append(f"saturation flows: {outcome.discharge}{said}")
    untouched = outcome.proposal.untouched
    lines += [f"left exactly as it runs: {name}: {why}" for name, why in untouched[:_SHOWN]]
    if len(untouched) > _SHOWN:
        lines.append(f"left exactly as they run: {len(untouched) - _SHOWN} more (see the report)")
    checked = "safe" if not outcome.violations else f"{len(outcome.violations)} faults of the running programs"
    if summary.run_on:
        checked += f", but for {len(summary.run_on)} faults of programs that run on as today"
    lines.append(f"demand: {summary.demand.made_for}")
    lines.append(f"safety check of the plan written: {checked}; profile {outcome.street.rules.profile}")
    lines += [f"runs on: {fault}" for fault in summary.run_on[:_SHOWN]]
    if len(summary.run_on) > _SHOWN:
        lines.append(f"runs on: {len(summary.run_on) - _SHOWN} more (see the report)")
    raised = outcome.street.rules.raised
    lines += [f"below a floor: {short(line)}" for line in raised[:_SHOWN]]
    if len(raised) > _SHOWN:
        lines.append(f"below a floor: {len(raised) - _SHOWN} more (see the report)")
    absent = {VALIDATION} if outcome.validation is None else set()
    absent |= {FIXED} if outcome.fixed_plan is None else set()
    absent |= {RAISED} if outcome.raised_plan is None else set()
    written = tuple(row for row in _FILES if row[1] not in absent)
    lines += [f"{name:10} {outcome.request.out / file}" for name, file in written]
    return "\n".join(lines)


_SHOWN = 5
_FILES = (
    *(("plan", PLAN), ("programs", PROGRAMS), ("fixed", FIXED), ("raised", RAISED)),
    *(("report", REPORT), ("summary", SUMMARY), ("validation", VALIDATION)),
)
