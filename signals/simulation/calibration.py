"""Vehicles and paths that discharge as the lane groups of a street should, found by measuring in the simulator.

A time gap belongs to a vehicle and a saturation flow to a place. So the cars of the whole street get one time gap,
short enough for the lanes straight on that discharge least of what they should. Other places are then met by the speed
of the path behind their stop line, within the speed of the lane: the slower the path, the longer the headway. A place
that needs more than its lane's speed allows is not met.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from signals.simulation.discharge import StopLine, TypeShare
from signals.simulation.fleet import Fleet

Measure = Callable[[Sequence[StopLine], Sequence[TypeShare]], Mapping[StopLine, float]]  # headways [s]

_MOST_CLASSES = 8
_MOST_STEPS = 7
_CLOSE_S = 0.005
_ODD_SHARE = 0.05
_EDGE_SHARE = 0.02  # inside the tolerance: how far paths are left as the network has them
_SLOWEST_SHARE = 0.01  # how far lanes straight on may be slower
_LONGEST_GAP_S = 6.0
_SLOWER = 0.75  # each speed of the table against the one before
_SLOWEST_M_PER_S = 2.8
_PATHS_M = (8.0, 30.0)


@dataclass(frozen=True, slots=True)
class Way:
    """A path from a stop line, and the saturation flow it should have (None: whatever comes of the time gap);
    `straight`: counts for the time gap; `fixed`: has no lane inside the junction whose speed could be another."""

    lane_link_id: str
    stop_line: StopLine
    target_veh_per_h: float | None
    straight: bool
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Driven:
    """How a path is driven: at which speed, and what it then discharges."""

    path_speed_m_per_s: float
    reached_veh_per_h: float


def calibrate(ways: Sequence[Way], fleet: Fleet, step_s: float, measure: Measure) -> tuple[float, dict[str, Driven]]:
    """The time gap of the cars [s] and, by lane link, how each way is driven. `measure` runs the simulator.

    Time gaps are not below the step: vehicles of this simulator would run into each other.
    """
    aims = [way for way in ways if way.target_veh_per_h is not None]
    tau_s = _time_gap_s([way for way in aims if way.straight] or aims, fleet, step_s, measure)
    table = _Table(ways, fleet.with_gap(tau_s), measure)
    return tau_s, {way.lane_link_id: _driven(way, table) for way in ways}


def _time_gap_s(ways: Sequence[Way], fleet: Fleet, step_s: float, measure: Measure) -> float:
    """The longest with which no usual kind of lane is slower than `_SLOWEST_SHARE` allows.

    Rare kinds that a shorter gap would meet count too, for the usual ones are then held back by their paths. Lanes too
    odd for any gap do not.
    """
    every = Counter((_rounded(way.stop_line), way.target_veh_per_h or math.inf) for way in ways)
    usual = [key for key, count in every.most_common(_MOST_CLASSES) if count >= _ODD_SHARE * len(ways)]
    tau_s = _longest_gap_s(usual, max(1.0, step_s), fleet, step_s, measure)
    rare = [key for key in every if key not in usual]
    if not rare or tau_s <= step_s:
        return tau_s
    found_s = measure(sorted({line for line, _ in rare}), fleet.with_gap(tau_s))
    over_s = {key: found_s[key[0]] - 3600.0 / key[1] for key in rare}
    reached = [key for key in rare if _EDGE_SHARE * 3600.0 / key[1] < over_s[key] < tau_s - step_s]
    return _longest_gap_s([*usual, *reached], tau_s, fleet, step_s, measure) if reached else tau_s


def _longest_gap_s(
    kinds: Sequence[tuple[StopLine, float]], first_s: float, fleet: Fleet, step_s: float, measure: Measure
) -> float:
    """The longest time gap with which none of `kinds` (stop line and target [veh/h]) is slower than it may be.

    Secant steps from `first_s`; headways grow almost one by one with the gap.
    """
    wanted_s = {(line, target): 3600.0 / target * (1.0 + _SLOWEST_SHARE) for line, target in kinds}
    lines = sorted({line for line, _ in kinds})

    def missing_s(tau_s: float) -> float:
        found = measure(lines, fleet.with_gap(tau_s))
        return min(wanted - found[line] for (line, _), wanted in wanted_s.items())

    tau_s, slope = first_s, 1.0
    missing = missing_s(tau_s)
    for _ in range(_MOST_STEPS):
        further_s = min(max(tau_s + missing / slope, step_s), _LONGEST_GAP_S)
        if abs(missing) <= _CLOSE_S or abs(further_s - tau_s) < 1e-4:
            break
        left = missing_s(further_s)
        slope = min(max((missing - left) / (further_s - tau_s), 0.5), 2.0)
        tau_s, missing = further_s, left
    return round(tau_s, 4)


def _rounded(line: StopLine) -> StopLine:
    lane = round(line.lane_speed_m_per_s, 1)
    return StopLine(lane, min(lane, round(line.path_speed_m_per_s, 1)), 10.0 * max(1, round(line.path_m / 10.0)))


class _Table:
    """Headways over the speed of the path, per speed of the lane and for a short and a long path."""

    def __init__(self, ways: Sequence[Way], mix: Sequence[TypeShare], measure: Measure) -> None:
        lanes = sorted({round(way.stop_line.lane_speed_m_per_s, 1) for way in ways})
        lines = [StopLine(lane, speed, path_m) for lane in lanes for speed in _speeds(lane) for path_m in _PATHS_M]
        found = measure(lines, mix)
        rows: defaultdict[tuple[float, float], list[tuple[float, float]]] = defaultdict(list)
        for line in lines:
            rows[line.lane_speed_m_per_s, line.path_m].append((1.0 / line.path_speed_m_per_s, found[line]))
        self._rows = {key: np.array(sorted(values)).T for key, values in rows.items()}

    def curve(self, line: StopLine) -> tuple[np.ndarray, np.ndarray]:
        """Slownesses [s/m] and headways [s], both rising, for the lane and the path's length (by its logarithm)."""
        lane = round(line.lane_speed_m_per_s, 1)
        short, long = (self._rows[lane, path_m] for path_m in _PATHS_M)
        weight = float(np.clip(np.log(line.path_m / _PATHS_M[0]) / np.log(_PATHS_M[1] / _PATHS_M[0]), -0.5, 1.5))
        headways_s = np.maximum.accumulate((1.0 - weight) * short[1] + weight * long[1])
        return short[0], headways_s


def _speeds(lane_m_per_s: float) -> list[float]:
    speeds = [lane_m_per_s]
    while speeds[-1] * _SLOWER >= _SLOWEST_M_PER_S:
        speeds.append(speeds[-1] * _SLOWER)
    return speeds


def _driven(way: Way, table: _Table) -> Driven:
    """The path at its own speed where that is within the tolerance, else at the speed with which it just is."""
    slowness, headways_s = table.curve(way.stop_line)
    own = min(way.stop_line.path_speed_m_per_s, way.stop_line.lane_speed_m_per_s)
    headway_s = float(np.interp(1.0 / own, slowness, headways_s))
    wanted_s = headway_s if way.target_veh_per_h is None else 3600.0 / way.target_veh_per_h
    edge_s = float(np.clip(headway_s, wanted_s / (1.0 + _EDGE_SHARE), wanted_s * (1.0 + _EDGE_SHARE)))
    if edge_s != headway_s and not way.fixed:
        own = float(1.0 / np.interp(edge_s, headways_s, slowness))
        headway_s = float(np.interp(1.0 / own, slowness, headways_s))
    return Driven(round(own, 3), 3600.0 / headway_s)
