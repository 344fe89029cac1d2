"""The account of a finished job: everything a report says, gathered into plain values."""

from __future__ import annotations

from signals.reports import Gain, Guard, ReportContent
from signals.service.job import Outcome
from signals.validation.difference import Difference


def account(outcome: Outcome) -> ReportContent:
    """What the report of a job says."""
    validation = outcome.validation
    return ReportContent(
        title=outcome.request.title or outcome.request.network.name,
        decision=outcome.decision.value,
        verdict=None if validation is None else validation.verdict.value,
        reason="; ".join(outcome.reasons),
        profile=outcome.street.rules.profile,
        plan_digest=outcome.plan.digest(),
        gain=None if validation is None or validation.difference is None else _gain(validation.difference),
        guards=None
        if validation is None
        else tuple(Guard(f"{g.where}: {g.rule}", not g.broken, g.found, g.needed) for g in validation.guards),
    )


def _gain(difference: Difference) -> Gain:
    return Gain(
        incumbent_s_per_veh=difference.incumbent_s_per_veh,
        candidate_s_per_veh=difference.candidate_s_per_veh,
        difference_s_per_veh=difference.mean_s_per_veh,
        low_s_per_veh=difference.low_s_per_veh,
        high_s_per_veh=difference.high_s_per_veh,
        pairs=difference.pairs,
        difference_share=difference.share,
        low_share=difference.low_share,
        high_share=difference.high_share,
    )
