"""The demand that the plan is for: days, percentile, peak, growth, and what queues hid."""

from __future__ import annotations

from signals.drawings import DayQuarter
from signals.flows.choice import Design
from signals.reports import DemandPart, PeakRow
from signals.service.account.names import clock
from signals.service.demand_told import profile_told
from signals.service.estimate import Counted, Estimated
from signals.service.made_for import doubt, hidden_in_words, made_for

_MOST_IMPUTED = 10


def demand_of(counted: Counted, estimated: Estimated) -> DemandPart:
    """The part of the report on the demand."""
    peak, profile = estimated.peak, tuple(profile_told(counted.profile))
    return DemandPart(
        made_for=made_for(counted),
        doubt=doubt(counted),
        facts=_facts(counted, estimated),
        hidden=tuple(map(hidden_in_words, counted.whole.hidden)),
        peaks=()
        if peak is None
        else tuple(
            PeakRow(row.intersection_id, row.hour_veh, row.peak15_veh_per_h, row.factor) for row in peak.intersections
        ),
        quarters=tuple(
            DayQuarter(row.begin_s, row.veh_per_h, row.least_veh_per_h, row.most_veh_per_h) for row in profile
        ),
        period_s=(counted.period.begin_s, counted.period.end_s),
        peak15_s=None if peak is None else (peak.quarter.begin_s, peak.quarter.end_s),
        chosen=f"percentile {counted.choice.percentile:g} of the days" if len(counted.whole.days) > 1 else "the day",
    )


def _facts(counted: Counted, estimated: Estimated) -> tuple[str, ...]:
    choice, flows, peak = counted.choice, counted.whole, estimated.peak
    facts = []
    if counted.hour_found:
        facts.append(
            f"No period was asked for and many hours were counted: {clock(counted.period.begin_s)} to"
            f" {clock(counted.period.end_s)} is the busiest hour over all detectors, by the quarter of an hour."
        )
    if len(flows.days) > 1:
        facts.append(
            f"Percentile {choice.percentile:g} over {len(flows.days)} days, detector by detector, of the flow in the"
            " whole period, linear between the days; its course within the period is that of the mean day."
            " A day counts for a detector that has three quarters of the period; no day is made up."
        )
    imputed = sorted(flows.over.imputed)
    if imputed:
        names = ", ".join(imputed[:_MOST_IMPUTED]) + (", ..." if len(imputed) > _MOST_IMPUTED else "")
        facts.append(
            f"Imputed, counted on fewer than half of the days: {len(imputed)} detectors ({names}). Their own days are"
            " scaled as the other detectors' all days stand to those."
        )
    if estimated.whole.growth != 1.0:
        facts.append(
            f"Growth: every flow of the estimate has the factor {estimated.whole.growth:g}, once. Counts, their fit and"
            " given routes do not."
        )
    if peak is not None:
        facts.append(
            f"Busiest 15 minutes of the network from {clock(peak.quarter.begin_s)}; peak hour factor {peak.factor:.2f}"
            " (hourly volume / 4 x peak 15 minutes), over all movements at signals."
        )
    if choice.design is Design.PEAK15:
        facts.append(
            "Plans were laid out, sought and raced for these 15 minutes held for the whole period. Vehicles of a"
            " verdict without routes, and the HCM numbers, are for the period as it was counted."
        )
    facts.append(f"Censored or imputed, interval by interval: {100 * counted.doubtful_share:.0f} % of the counts.")
    return tuple(facts)
