"""The demand as programs read it: which days, which percentile, its peak, and what the counts hide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from signals.flows.choice import Design
from signals.flows.entries import HiddenVehicles
from signals.flows.profile import QUARTER_S, DayProfile
from signals.service.estimate import Counted, Estimated
from signals.service.made_for import made_for
from signals.service.peak import PeakFactor


@dataclass(frozen=True, slots=True)
class PeakTold:
    """The busiest hour of the period and its busiest quarter; `factor` is the peak hour factor of the network."""

    hour_s: tuple[float, float]
    quarter_s: tuple[float, float]
    factor: float
    intersections: tuple[PeakFactor, ...]


@dataclass(frozen=True, slots=True)
class DemandTold:
    """What demand a job is about. `made_for` are the words that stand in the plan; `growth` is in the flows."""

    made_for: str
    period_s: tuple[float, float]
    hour_found: bool
    zone: str
    days: tuple[str, ...]
    percentile: float
    growth: float
    design: Design
    doubtful_share: float
    bound_entries_share: float
    doubtful: bool
    imputed: tuple[str, ...]
    hidden: tuple[HiddenVehicles, ...]
    peak: PeakTold | None


@dataclass(frozen=True, slots=True)
class QuarterTold:
    """What all detectors counted from `begin_s` on for 15 minutes: the percentile of the days, and their ends."""

    begin_s: float
    veh_per_h: float
    least_veh_per_h: float
    most_veh_per_h: float


def demand_told(counted: Counted, estimated: Estimated) -> DemandTold:
    """The demand of a job."""
    peak, choice, flows = estimated.peak, counted.choice, counted.whole
    return DemandTold(
        made_for=made_for(counted),
        period_s=(counted.period.begin_s, counted.period.end_s),
        hour_found=counted.hour_found,
        zone=counted.zone,
        days=tuple(day.isoformat() for day in flows.days),
        percentile=choice.percentile,
        growth=estimated.whole.growth,
        design=choice.design,
        doubtful_share=counted.doubtful_share,
        bound_entries_share=flows.bound_entries_share,
        doubtful=counted.doubtful,
        imputed=tuple(sorted(flows.over.imputed)),
        hidden=flows.hidden,
        peak=None
        if peak is None
        else PeakTold(
            (peak.hour.begin_s, peak.hour.end_s),
            (peak.quarter.begin_s, peak.quarter.end_s),
            peak.factor,
            peak.intersections,
        ),
    )


def profile_told(profile: DayProfile | None) -> Iterator[QuarterTold]:
    """The quarters of the day that were counted."""
    if profile is None:
        return
    for at in np.flatnonzero(np.isfinite(profile.chosen_veh_per_h)).tolist():
        days = profile.veh_per_h[:, at]
        ends = float(np.nanmin(days)), float(np.nanmax(days))
        yield QuarterTold(at * QUARTER_S, float(profile.chosen_veh_per_h[at]), *ends)
