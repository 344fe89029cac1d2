"""HCM 7 control delay of every lane by itself (no platoons), and the classic formulas beside it.

Offsets do not matter here. Flows veh/h, times s, X = v/c.
"""

from __future__ import annotations

import math

import numpy as np

from optimizers.evaluation import Evaluation, gather, mean_evaluation
from optimizers.kernels.arrays import arrays_of, state_of
from optimizers.kernels.delay import incremental_delay_s, permitted_saturation_veh_per_s, uniform_delay_s
from optimizers.kernels.hcm import junction_cost
from optimizers.kinds import Floats
from optimizers.problem import TimingProblem
from optimizers.solution import TimingSolution

__all__ = [
    "akcelik_delay_s",
    "evaluate",
    "incremental_delay_s",
    "lane_capacity_veh_per_h",
    "permitted_saturation_veh_per_s",
    "progression_factor",
    "uniform_delay_s",
    "webster_delay_s",
]


def evaluate(problem: TimingProblem, solution: TimingSolution, realisations: Floats | None = None) -> Evaluation:
    """Evaluate a timing. `realisations` [R, U] flows [veh/h] instead of the problem's; the answer is then their
    mean."""
    flows = problem.use_flow_veh_per_h[None, :] if realisations is None else np.atleast_2d(realisations)
    found = []
    for flow in flows:
        arrays = arrays_of(problem, flow)
        state = state_of(arrays, solution)
        for j in range(problem.junctions):
            junction_cost(arrays, state, j)
        per_s = arrays.flow_veh_per_s
        per_vehicle = np.divide(1.0, per_s, out=np.zeros_like(per_s), where=per_s > 0)
        found.append(
            gather(
                "hcm",
                per_s * 3600.0,
                state.use_queue_veh * per_vehicle,
                np.where(per_s > 0, state.d2_s[problem.use_lane], 0.0),
                state.use_stops_per_s * per_vehicle,
                state.capacity_veh_per_s * state.part * 3600.0,
                (state.saturation, state.queue_veh, state.lane_cost),
                problem.use_lane,
                problem.lane_junction,
                problem.junctions,
            )
        )
    return mean_evaluation(found)


def lane_capacity_veh_per_h(saturation_veh_per_h: float, green_s: float, cycle_s: float) -> float:
    """c = s g / C."""
    return saturation_veh_per_h * green_s / cycle_s


def progression_factor(cycle_s: float, green_s: float, saturation: float, platoon_ratio: float) -> float:
    """PF of d1; HCM 7, 19-20.

    P = min(Rp g/C, 1), y = min(1, X) g/C, PF = (1 - P)/(1 - g/C) (1 - y)/(1 - min(1, X) P) [1 + y (1 - P C/g)/(1 -
    g/C)].
    """
    share = green_s / cycle_s
    x = min(1.0, saturation)
    arriving = min(platoon_ratio * share, 1.0)
    y = x * share
    first = (1.0 - arriving) / (1.0 - share) * (1.0 - y) / (1.0 - x * arriving)
    return first * (1.0 + y * (1.0 - arriving / share) / (1.0 - share))


def webster_delay_s(cycle_s: float, green_s: float, saturation_veh_per_h: float, flow_veh_per_h: float) -> float:
    """Webster 1958: C(1-u)^2/(2(1-uX)) + X^2/(2q(1-X)) - 0.65 (C/q^2)^(1/3) X^(2+5u), q veh/s; infinite from X = 1."""
    u, q = green_s / cycle_s, flow_veh_per_h / 3600.0
    x = flow_veh_per_h / (saturation_veh_per_h * u)
    if x >= 1.0:
        return math.inf
    first = cycle_s * (1.0 - u) ** 2 / (2.0 * (1.0 - u * x))
    random: float = x ** (2.0 + 5.0 * u)
    return first + x * x / (2.0 * q * (1.0 - x)) - 0.65 * math.cbrt(cycle_s / q**2) * random


def akcelik_delay_s(
    cycle_s: float, green_s: float, saturation_veh_per_h: float, flow_veh_per_h: float, period_h: float = 0.25
) -> float:
    """Akcelik, ARR 123 (1981): uniform term + N0 X / q.

    N0 = (Q T/4)[z + sqrt(z^2 + 12 (X - X0)/(Q T))] for X > X0 = 0.67 + s g/600, z = X - 1, Q capacity veh/h.
    """
    u = green_s / cycle_s
    capacity = saturation_veh_per_h * u
    x, q = flow_veh_per_h / capacity, flow_veh_per_h / 3600.0
    x0 = 0.67 + saturation_veh_per_h / 3600.0 * green_s / 600.0
    overflow = 0.0
    if x > x0:
        z, work = x - 1.0, capacity * period_h
        overflow = work / 4.0 * (z + math.sqrt(z * z + 12.0 * (x - x0) / work))
    first = cycle_s * (1.0 - u) / 2.0
    if x <= 1.0:
        first *= (1.0 - u) / (1.0 - flow_veh_per_h / saturation_veh_per_h)
    return first + overflow * x / q
