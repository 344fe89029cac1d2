"""A plan mixed of raced ones: each intersection as in the plan under which its own approaches were delayed least.

Intersections in free control share no clock, so the timing of one plan may stand beside those of another, and what
suits one junction (stages, gaps, whether a queue that stands counts) need not suit the next. Every run measures all of
them at once. A mixed plan is raced like any other: what queues do to their neighbours, no approach tells by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import sqrt
from statistics import fmean, stdev

from signals.measures import Measures
from signals.plan import ControlMode, IntersectionPlan
from signals.service.propose import Candidate

MIXED = "mixed"
_LEAST_DAYS = 2  # that both plans were run on
_ERRORS = 1.0  # standard errors of the mean that a gain has to be above 0

Days = Mapping[int, Measures]  # by realisation


def mixed(raced: Sequence[tuple[Candidate, Days]]) -> Candidate | None:
    """The first plan with the timings of others where these delayed less on the days of both; None where none did, or
    where nothing of it runs free."""
    (base, own), *others = raced
    timings, parts = list(base.plan.intersections), {base.plan.digest()}
    for at, timing in enumerate(timings):
        if timing.untouched or timing.control_mode is not ControlMode.ACTUATED:
            continue
        best_s = 0.0
        for other, days in others:
            instead = other.plan.intersections[at]
            if instead.control_mode is not ControlMode.ACTUATED or _runs_alike(instead, timing):
                continue
            gain_s = _sure_gain_s(own, days, timing.intersection_id)
            if gain_s > best_s:
                best_s, timings[at], part = gain_s, instead, other.plan.digest()
        if best_s > 0.0:
            parts.add(part)
    if len(parts) == 1:
        return None
    plan = base.plan.model_copy(update={"intersections": tuple(timings)})
    name = f"{base.name}, {MIXED} with {len(parts) - 1} others, intersection by intersection"
    return replace(base, name=name, plan=plan, family=MIXED, stage_set=MIXED)


def _runs_alike(one: IntersectionPlan, other: IntersectionPlan) -> bool:
    return one.model_copy(update={"offset_ds": other.offset_ds}) == other


def _sure_gain_s(own: Days, days: Days, intersection_id: str) -> float:
    """By how much less an intersection delays on the days of both [s per vehicle due]; less than nothing where that may
    be chance."""
    both = sorted(own.keys() & days.keys())
    if len(both) < _LEAST_DAYS:
        return -1.0
    gains = [_delay_s(own[day], intersection_id) - _delay_s(days[day], intersection_id) for day in both]
    return fmean(gains) - _ERRORS * stdev(gains) / sqrt(len(gains))


def _delay_s(measures: Measures, intersection_id: str) -> float:
    """Delay on the approaches of an intersection, waiting to enter the street with it [s per vehicle due]."""
    found = (one.total_delay_s for one in measures.approaches if one.intersection_id == intersection_id)
    return sum(found) / measures.vehicles_due
