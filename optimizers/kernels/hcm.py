"""HCM delay of all lanes of a junction, arrivals uniform within the cycle, compiled."""

from __future__ import annotations

from optimizers.kernels.arrays import SPILLBACK, STOP_WEIGHT, Arrays, State
from optimizers.kernels.back_of_queue import (
    ACCELERATION_DELAY_S,
    back_of_queue_95_percent_veh,
    back_of_uniform_queue_veh,
    left_over_veh,
    overflow_queue_veh,
)
from optimizers.kernels.compiled import loop
from optimizers.kernels.delay import uniform_delay_s
from optimizers.kernels.profile import spillback_cost
from optimizers.kernels.signals import build_junction


@loop
def junction_cost(a: Arrays, s: State, j: int) -> float:
    """Sum of the lane costs of a junction [veh h per h]: w q (d1 + d2 + stops) + spillback.

    d1 (HCM 7, 19-19, isolated) with g = c C / s, the green that gives the use its capacity; d2 of the lane (19-26).
    Stops per vehicle: (1 - g/C) / (1 - min(1, X) g/C), and who is left over once per cycle. Those who share a lane
    have queues of their own within each cycle, one behind the other.
    """
    build_junction(a, s, j)
    cycle_s = s.cycle_s[j]
    total = 0.0
    for lane in a.junction_lane_items[a.junction_lane_start[j] : a.junction_lane_start[j + 1]]:
        cost, mean_queue, x = 0.0, 0.0, s.saturation[lane]
        flow, green = 0.0, 0.0
        for u in a.lane_use_items[a.lane_use_start[lane] : a.lane_use_start[lane + 1]]:
            q = a.flow_veh_per_s[u]
            share = min(s.capacity_veh_per_s[u] / a.saturation_veh_per_s[u], 1.0)
            s.use_queue_veh[u] = q * uniform_delay_s(cycle_s, share * cycle_s, x)
            stopped = (1.0 - share) / (1.0 - min(1.0, x) * share) if share < 1.0 else 0.0
            s.use_stops_per_s[u] = q * min(1.0, stopped) + left_over_veh(q, x, s.d2_s[lane]) / cycle_s
            delayed_veh = s.use_queue_veh[u] + q * s.d2_s[lane]
            cost += a.weight[u] * (delayed_veh + a.constants[STOP_WEIGHT] * s.use_stops_per_s[u])
            mean_queue += back_of_uniform_queue_veh(q, cycle_s, share * cycle_s, x, ACCELERATION_DELAY_S)
            mean_queue += overflow_queue_veh(q, x, s.d2_s[lane])
            flow += q
            green += q * share
        s.queue_veh[lane] = back_of_queue_95_percent_veh(mean_queue, green / flow if flow > 0.0 else 1.0, x)
        s.lane_cost[lane] = cost + spillback_cost(s.queue_veh[lane], a.storage_veh[lane], a.constants[SPILLBACK])
        total += s.lane_cost[lane]
    return total
