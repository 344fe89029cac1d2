"""Delay formulas of one lane, compiled. Flows veh/h, times s, T in h."""

from __future__ import annotations

import math

from optimizers.kernels.compiled import loop


@loop
def uniform_delay_s(cycle_s: float, green_s: float, saturation: float) -> float:
    """d1 = 0.5 C (1 - g/C)^2 / (1 - min(1, X) g/C)  [s/veh]; HCM 7, 19-19 without progression."""
    share = min(green_s / cycle_s, 1.0)
    if share >= 1.0:
        return 0.0
    return 0.5 * cycle_s * (1.0 - share) ** 2 / (1.0 - min(1.0, saturation) * share)


@loop
def incremental_delay_s(
    saturation: float, capacity_veh_per_h: float, period_h: float, k: float, upstream: float
) -> float:
    """d2 = 900 T [(X - 1) + sqrt((X - 1)^2 + 8 k I X / (c T))]  [s/veh]; HCM 7, 19-26."""
    z = saturation - 1.0
    spread = 8.0 * k * upstream * saturation / (capacity_veh_per_h * period_h)
    return 900.0 * period_h * (z + math.sqrt(z * z + spread))


@loop
def permitted_saturation_veh_per_s(opposing_veh_per_s: float, critical_gap_s: float, follow_up_s: float) -> float:
    """s_p = v e^(-v tc) / (1 - e^(-v tf))  [veh/s], v opposing flow [veh/s]; HCM 7, 31-100. Tends to 1/tf."""
    v = opposing_veh_per_s
    if v < 1e-9:
        return 1.0 / follow_up_s
    return v * math.exp(-v * critical_gap_s) / (1.0 - math.exp(-v * follow_up_s))
