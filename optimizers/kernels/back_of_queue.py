"""HCM 7, chapter 31 section 4: how far back a lane's queue reaches, compiled. Flows veh/s, times s.

Q = Q1 + Q2, its mean most cycles apart: Q1 comes and goes with every cycle, Q2 is left over from cycle to cycle. Above
capacity both are of what the lane lets through: what waits beyond that is in d2, for d2 says how long.
"""

from __future__ import annotations

import math

from optimizers.kernels.compiled import loop

ACCELERATION_DELAY_S = 10.6
"""d_a: what a vehicle that only slows down loses without ever standing; HCM 7, 31-144, for a limit of 50 km/h. It is
8.6 s for 30 km/h and 12.6 s for 70 km/h."""


@loop
def back_of_uniform_queue_veh(
    flow_veh_per_s: float, cycle_s: float, green_s: float, saturation: float, acceleration_delay_s: float
) -> float:
    """Q1 = min(q, c) (r - d_a) / (1 - min(1, X) g/C), where arrivals are uniform (P = g/C): those who stand while the
    queue before them goes. None where red is shorter than d_a."""
    most = max(1.0, saturation)
    waiting_s = max(0.0, cycle_s - green_s - acceleration_delay_s)
    if waiting_s <= 0.0:
        return 0.0
    return flow_veh_per_s / most * waiting_s / (1.0 - saturation / most * green_s / cycle_s)


@loop
def overflow_queue_veh(flow_veh_per_s: float, saturation: float, incremental_delay_s: float) -> float:
    """Q2 = c d2 with c = q / X: of a lane, or of one of those who share it by its flow."""
    return flow_veh_per_s / saturation * incremental_delay_s if saturation > 0.0 else 0.0


@loop
def left_over_veh(flow_veh_per_s: float, saturation: float, incremental_delay_s: float) -> float:
    """min(q, c) d2: those who are left over at the end of a green, on average (Little: q d2, as long as all are let
    through)."""
    return flow_veh_per_s / max(1.0, saturation) * incremental_delay_s


@loop
def back_of_queue_95_percent_veh(mean_veh: float, green_share: float, saturation: float) -> float:
    """Q95 = Q min(1.8, 1 + z / sqrt(Q) + 0.60 z^0.24 (g/C)^0.33 (1 - e^(2 - 2X))), z = 1.64, I = 1; the last term
    above capacity only."""
    if mean_veh <= 1e-12:
        return 0.0
    factor = 1.0 + _Z / math.sqrt(mean_veh)
    if saturation > 1.0:
        factor += 0.60 * _Z**0.24 * green_share**0.33 * (1.0 - math.exp(2.0 - 2.0 * saturation))
    return mean_veh * min(1.8, factor)


_Z = 1.64
