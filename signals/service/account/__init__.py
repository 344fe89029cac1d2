"""The account of a finished job: everything a report says, gathered into plain values.

One file per part: `compared` (either plan under the HCM model), `judged` (gain, guards, what was not better),
`measured` (the network and its approaches),
`junctions` with `changes` and `pictures`, `corridors` with `routes` and `platoons`, `street_map`, `data`,
`demand_part`, `discharged` (saturation flows), `statement` (safety), `sheets` (to print and sign), `limits`,
`provenance`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version

from signals.reports import ReportContent
from signals.service.account.compared import compare, judged_plan
from signals.service.account.corridors import corridors_of
from signals.service.account.data import (
    dropped_count,
    fit_of,
    knowledge_of,
    notes_of,
    quality_of,
    vehicles_made_notes_of,
    vehicles_made_of,
)
from signals.service.account.demand_part import demand_of
from signals.service.account.discharged import discharge_notes_of, discharge_of
from signals.service.account.judged import gain_of, guards_of, margins_of, not_better, reason_of
from signals.service.account.junctions import junctions_of
from signals.service.account.limits import assumptions, not_modelled
from signals.service.account.measured import approaches_of, measures_of
from signals.service.account.provenance import (
    candidates_of,
    command_of,
    period_of,
    runs_of,
    search_notes,
    sources_of,
)
from signals.service.account.sheets import sheets_of
from signals.service.account.statement import inherited_of, statement_of
from signals.service.account.street_map import map_links, map_signals
from signals.service.job import Outcome
from signals.service.made_vehicles import made_vehicles
from signals.service.request import Decision

__all__ = ["account"]


def account(outcome: Outcome, now: datetime | None = None) -> ReportContent:
    """What the report of a job says; `now` (UTC) dates it."""
    validation, flows, demand = outcome.validation, outcome.counted.whole, outcome.estimated.whole
    compared = compare(outcome)
    made = made_vehicles(outcome.fits)
    junctions = junctions_of(compared, validation)
    recommended = outcome.decision is Decision.RECOMMENDED
    return ReportContent(
        title=outcome.request.title or outcome.request.network.name,
        decision=outcome.decision.value,
        verdict=None if validation is None else validation.verdict.value,
        reason=reason_of(outcome),
        beside=outcome.beside,
        profile=outcome.street.rules.profile,
        caveat=outcome.street.rules.on_foot_caveat,
        after_means=_after_means(outcome),
        plan_digest=outcome.plan.digest(),
        network_name=outcome.request.network.name,
        period=period_of(outcome),
        created_utc=f"{now or datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        version=version("greenband"),
        command=command_of(outcome.request),
        gain=gain_of(validation),
        notes=not_better(compared, validation),
        guards=guards_of(validation),
        guard_margins=margins_of(outcome.street.rules.margins),
        not_shown=() if validation is None else validation.not_shown,
        measures=measures_of(validation),
        approaches=approaches_of(validation),
        map_links=map_links(compared),
        map_signals=map_signals(compared, junctions, validation, recommended=recommended),
        corridors=corridors_of(compared),
        junctions=junctions,
        demand=demand_of(outcome.counted, outcome.estimated),
        detectors_used=len(flows.matched),
        detectors_dropped=dropped_count(flows),
        data_quality=quality_of(flows),
        demand_fit=fit_of(demand),
        demand_notes=notes_of(flows, demand, len(outcome.estimated.parts)),
        vehicles_made=vehicles_made_of(made),
        vehicles_made_notes=vehicles_made_notes_of(made, outcome.request.route_engine),
        discharge=discharge_of(outcome.discharge, compared.network, outcome.street.measured),
        discharge_notes=discharge_notes_of(outcome.discharge, outcome.street.measured, outcome.street.why_step),
        movements_by_knowledge=knowledge_of(compared.network, demand),
        safety=statement_of(
            outcome.plan, outcome.violations, outcome.street.rules, validation, running=not recommended
        ),
        inherited_faults=inherited_of(compared.network, outcome.street.rules, outcome.plan, recommended=recommended),
        not_modelled=not_modelled(outcome),
        assumptions=(*assumptions(outcome), *search_notes(outcome)),
        candidates=candidates_of(outcome),
        runs=runs_of(outcome),
        seeds=() if validation is None else tuple(row.seed for row in validation.pairs),
        sources=sources_of(outcome, judged_plan(outcome)),
        sheets=sheets_of(
            compared.network,
            outcome.plan,
            outcome.street.incumbent,
            outcome.street.rules,
            controllers=outcome.street.controllers,
        ),
    )


def _after_means(outcome: Outcome) -> str:
    """Which plan "after" speaks of; nothing where it is the recommended one in fixed control."""
    if outcome.decision is Decision.RECOMMENDED:
        return ""
    if outcome.finalist is None:
        return "not available: no candidate came as far as the judge, so the junctions are shown as they run today."
    return (
        f"the candidate that was judged ({outcome.finalist.candidate.name}), for comparison only."
        " It is not recommended; the plan written is the one that runs today."
    )
