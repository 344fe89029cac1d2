"""The busiest quarter of an hour: peak hour factors, and the demand of those 15 minutes held for the whole period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from networks.demand import Demand, Period
from networks.junction import Intersection
from networks.network import Network
from signals.flows.profile import QUARTER_S

K = TypeVar("K")
Key = tuple[str, str]
Flows = NDArray[np.float64]

_OF_HOUR = 4


@dataclass(frozen=True, slots=True)
class PeakFactor:
    """Peak hour factor of one intersection: hourly volume / (4 x its busiest 15 minutes), HCM; 0.25 to 1."""

    intersection_id: str
    hour_veh: float
    peak15_veh_per_h: float
    factor: float


@dataclass(frozen=True, slots=True)
class Peak:
    """The busiest hour of a period, its busiest quarter over all intersections, and their peak hour factors.

    `factor` is that of the network: of the sum over all intersections.
    """

    hour: Period
    quarter: Period
    factor: float
    intersections: tuple[PeakFactor, ...]


def peak_of(network: Network, parts: Sequence[Demand]) -> Peak | None:
    """The peak of consecutive `parts` (each taken as even within itself); None where the parts are longer than a
    quarter, where they do not fill an hour, or where nothing moves."""
    begin_s, end_s = parts[0].period.begin_s, parts[-1].period.end_s
    quarters = int((end_s - begin_s) // QUARTER_S)
    if quarters < _OF_HOUR or max(part.period.duration_s for part in parts) > QUARTER_S:
        return None
    spread = np.array([[_overlap_s(part.period, begin_s + at * QUARTER_S) for part in parts] for at in range(quarters)])
    moves = {  # vehicles per quarter and intersection
        intersection.id: spread @ np.array([_crossing_veh_per_h(part, intersection) for part in parts]) / 3600.0
        for intersection in network.intersections
    }
    total = np.sum(list(moves.values()), axis=0) if moves else np.zeros(quarters)
    hours = np.convolve(total, np.ones(_OF_HOUR), mode="valid")
    first = int(np.argmax(hours))
    hour = slice(first, first + _OF_HOUR)
    if total[hour].max() <= 0.0:
        return None
    busiest = first + int(np.argmax(total[hour]))
    rows = [(name, veh[hour]) for name, veh in moves.items() if veh[hour].max() > 0.0]
    return Peak(
        hour=Period(begin_s + first * QUARTER_S, begin_s + (first + _OF_HOUR) * QUARTER_S),
        quarter=Period(begin_s + busiest * QUARTER_S, begin_s + (busiest + 1) * QUARTER_S),
        factor=peak_hour_factor(total[hour]),
        intersections=tuple(
            PeakFactor(name, float(veh.sum()), _OF_HOUR * float(veh.max()), peak_hour_factor(veh)) for name, veh in rows
        ),
    )


def peak_hour_factor(quarter_veh: Flows) -> float:
    """Hourly volume / (4 x peak 15 minutes) of the four quarters of an hour (4,), not all zero; HCM."""
    return min(1.0, max(0.25, float(quarter_veh.sum() / (_OF_HOUR * quarter_veh.max()))))


def held(whole: Demand, parts: Sequence[Demand], quarter: Period) -> tuple[Demand, tuple[Demand, ...]]:
    """The demand as if the whole period were its quarter: every flow at its rate there, parts in turn.

    How much a flow is comes from `whole`, what share of it falls into the quarter from `parts`.
    """
    mine = [part for part in parts if _overlap_s(part.period, quarter.begin_s) > 0.5 * part.period.duration_s]
    moving = _ratio([_moving(part) for part in mine], [_moving(part) for part in parts])
    begins = _ratio([dict(part.link_inflow_veh_per_h) for part in mine], [dict(p.link_inflow_veh_per_h) for p in parts])
    ends = _ratio([dict(part.link_outflow_veh_per_h) for part in mine], [dict(p.link_outflow_veh_per_h) for p in parts])
    busy = replace(
        whole,
        movements=tuple(
            replace(m, flow_veh_per_h=m.flow_veh_per_h * moving.get((m.from_link_id, m.to_link_id), 1.0))
            for m in whole.movements
        ),
        link_inflow_veh_per_h=tuple((name, flow * begins.get(name, 1.0)) for name, flow in whole.link_inflow_veh_per_h),
        link_outflow_veh_per_h=tuple((name, flow * ends.get(name, 1.0)) for name, flow in whole.link_outflow_veh_per_h),
    )
    again = zip(parts, islice(cycle(mine), len(parts)), strict=True)
    return busy, tuple(replace(part, period=there.period) for there, part in again)


def _moving(part: Demand) -> dict[Key, float]:
    return {(m.from_link_id, m.to_link_id): m.flow_veh_per_h for m in part.movements}


def _ratio(few: Sequence[Mapping[K, float]], all_of_them: Sequence[Mapping[K, float]]) -> dict[K, float]:
    """Mean flow in the few against that in all; where there is none in all, nothing is said."""
    keys = {key for flows in all_of_them for key in flows}
    mean = {key: sum(flows.get(key, 0.0) for flows in all_of_them) / len(all_of_them) for key in keys}
    return {key: sum(flows.get(key, 0.0) for flows in few) / len(few) / mean[key] for key in keys if mean[key] > 0.0}


def _crossing_veh_per_h(part: Demand, intersection: Intersection) -> float:
    """What all movements on wheels of an intersection carry."""
    found = (
        part.movement(*key) for key in dict.fromkeys((m.from_link_id, m.to_link_id) for m in intersection.movements)
    )
    return sum(movement.flow_veh_per_h for movement in found if movement is not None)


def _overlap_s(period: Period, quarter_begin_s: float) -> float:
    return max(0.0, min(period.end_s, quarter_begin_s + QUARTER_S) - max(period.begin_s, quarter_begin_s))
