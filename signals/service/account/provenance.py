"""Where everything comes from: files, digests, seeds, runs, candidates and their places, the command."""

from __future__ import annotations

import math
import shlex
from dataclasses import fields
from pathlib import Path

from signals.plan import TimingPlan
from signals.reports import CandidateRow, RunsRow, Source
from signals.service.account.names import clock
from signals.service.job import Outcome
from signals.service.request import Decision, PlanRequest

_MANY = {"detectors", "incumbent", "demand", "additional"}
_NOT_OPTIONS = {"title", "notes", "of_sumocfg"}


def sources_of(outcome: Outcome, judged: TimingPlan | None) -> tuple[Source, ...]:
    """What the result depends on, by digest."""
    street, validation = outcome.street, outcome.validation
    sources = [
        Source("network", street.network.digest, outcome.request.network.name),
        Source("rules", street.rules.digest(), f"profile {street.rules.profile}"),
        Source("running plan (incumbent)", street.incumbent.digest()),
    ]
    if street.controllers.source:
        sources.append(Source("controllers", street.controllers.digest(), street.controllers.source))
    if judged is not None and outcome.finalist is not None:
        sources.append(Source("candidate judged", judged.digest(), outcome.finalist.candidate.name))
    sources.append(Source("plan written", outcome.plan.digest(), _what_written(outcome)))
    if validation is not None:
        sources.append(Source("scenario of the verdict", validation.subject.scenario_digest, _verdict_demand(outcome)))
        sources.append(Source("validation", validation.digest(), f"{len(validation.pairs)} pairs"))
    return tuple(sources)


def candidates_of(outcome: Outcome) -> tuple[CandidateRow, ...]:
    """The entrants of every race in their order, and what was refused before."""
    judged = None if outcome.finalist is None else outcome.finalist.candidate.name
    rows = []
    for number, race in enumerate(outcome.races, start=1):
        for place, entrant in enumerate(race.ranking, start=1):
            final = entrant.name == judged and number == len(outcome.races)
            rows.append(
                CandidateRow(
                    race=number,
                    place=place,
                    name=entrant.name,
                    realisations=entrant.realisations,
                    mean_s_per_veh=_finite(entrant.mean_s_per_veh),
                    difference_s_per_veh=None if entrant.candidate == 0 else _finite(entrant.difference_s_per_veh),
                    low_s_per_veh=None if entrant.candidate == 0 else entrant.low_s_per_veh,
                    high_s_per_veh=None if entrant.candidate == 0 else entrant.high_s_per_veh,
                    remark="runs today" if entrant.candidate == 0 else "went to the judge" if final else "",
                )
            )
    return tuple(rows)


def search_notes(outcome: Outcome) -> tuple[str, ...]:
    """How many candidates there were before the race."""
    proposal = outcome.proposal
    notes = [
        f"{len(proposal.candidates)} candidates passed the safety check, {len(proposal.refused)} were refused by it."
    ]
    for name, violations in proposal.refused[:3]:
        notes.append(
            f"Refused: {name}: {violations[0]}" + ("" if len(violations) == 1 else f" and {len(violations) - 1} more")
        )
    if any(not race.complete for race in outcome.races):
        notes.append("A race ended before its last round: the number of runs allowed was used up, or it was stopped.")
    return tuple(notes)


def runs_of(outcome: Outcome) -> tuple[RunsRow, ...]:
    """Which realisations were simulated for what, with which seeds."""
    rows = []
    for number, race in enumerate(outcome.races, start=1):
        seed = outcome.request.seed
        rows.append(
            RunsRow(
                f"race {number} (search seed {seed})",
                _span(list(race.realisations)),
                _span([seed + realisation for realisation in race.realisations]),
                race.runs,
            )
        )
    validation = outcome.validation
    if validation is not None:
        realisations, seeds = ([getattr(row, name) for row in validation.pairs] for name in ("realisation", "seed"))
        rows.append(RunsRow("verdict (both plans on each)", _span(realisations), _span(seeds), 2 * len(realisations)))
    return tuple(rows)


def period_of(outcome: Outcome) -> str:
    """The period in words of the clock."""
    period = outcome.counted.period
    return f"{clock(period.begin_s)} to {clock(period.end_s)}"


def command_of(request: PlanRequest) -> str:
    """The command that asks for the same again."""
    words = ["greenband", "plan"]
    defaults = {field.name: field.default for field in fields(PlanRequest)}
    for field in fields(PlanRequest):
        value = getattr(request, field.name)
        if field.name in _NOT_OPTIONS | request.of_sumocfg or value is None or value == defaults[field.name]:
            continue
        option = f"--{field.name.removesuffix('_s').replace('_', '-')}"
        if value is True:
            words.append(option)
            continue
        for one in value if field.name in _MANY else (value,):
            words += [option, _text(one)]
    words += ["--known-demand"] * request.known_demand
    return " ".join(shlex.quote(word) for word in words)


def _text(value: object) -> str:
    if isinstance(value, Path):
        return str(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _what_written(outcome: Outcome) -> str:
    return "the candidate" if outcome.decision is Decision.RECOMMENDED else "the running plan, kept"


def _verdict_demand(outcome: Outcome) -> str:
    if outcome.request.demand:
        return "the given routes"
    return f"vehicles made from the estimated demand (route engine {outcome.request.route_engine.value})"


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _span(numbers: range | list[int]) -> str:
    if not numbers:
        return "none"
    whole = list(numbers) == list(range(numbers[0], numbers[-1] + 1))
    if whole:
        return f"{numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else f"{numbers[0]}"
    return ", ".join(map(str, numbers))
