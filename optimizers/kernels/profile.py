"""Cyclic flow profiles: arrivals, queues and departures of every lane over one cycle, compiled."""

from __future__ import annotations

import math

from optimizers.kernels.arrays import ALPHA, BETA, SPILLBACK, STOP_WEIGHT, Arrays, State
from optimizers.kernels.back_of_queue import back_of_queue_95_percent_veh, left_over_veh, overflow_queue_veh
from optimizers.kernels.compiled import loop, part
from optimizers.kernels.dispersion import disperse_cyclic
from optimizers.kernels.signals import build_junction


@part
def _span(s: State, up: int, down: int) -> int:
    """How two cycles fit: 1 equal, 2 upstream twice as long, -2 downstream twice as long, 0 not at all."""
    a_s, b_s, n, m = s.cycle_s[up], s.cycle_s[down], s.bins[up], s.bins[down]
    if n == m and abs(a_s - b_s) < 1e-6:
        return 1
    if n == 2 * m and abs(a_s - 2.0 * b_s) < 1e-6:
        return 2
    if 2 * n == m and abs(2.0 * a_s - b_s) < 1e-6:
        return -2
    return 0


@part
def _arrivals(a: Arrays, s: State, u: int) -> None:
    """`scratch[1]` = arrivals of a use per time step, as shares of the cycle's.

    Fed shares have the shape of the upstream departures, moved by beta times the travel time and the difference of
    the offsets, dispersed with F = 1 / (1 + alpha beta t), t travel time in time steps (Robertson 1969; TRANSYT-7F
    alpha, beta). The rest, and what comes from junctions whose cycle is not equal, half or double, arrives uniformly.
    """
    down = a.use_junction[u]
    bins = s.bins[down]
    step_s = s.cycle_s[down] / bins
    arrivals, part = s.scratch[1], s.scratch[2]
    uniform = 1.0
    arrivals[:bins] = 0.0
    f, end = a.feed_start[u], a.feed_start[u + 1]
    while f < end:
        travel_s = a.feed_travel_s[f]
        used = 0.0
        # Feeds of the same travel time are dispersed together: the recurrence is linear.
        while f < end and a.feed_travel_s[f] == travel_s:
            source = a.feed_from[f]
            up = a.use_junction[source]
            span = _span(s, up, down)
            if span != 0 and s.out_sum_veh[source] > 1e-9:
                if used == 0.0:
                    part[:bins] = 0.0
                used += a.feed_share[f]
                scale = a.feed_share[f] / s.out_sum_veh[source]
                if span == -2:
                    scale *= 0.5
                shift_s = s.offset_s[up] - s.offset_s[down] + a.constants[BETA] * travel_s
                at = math.floor(shift_s / step_s + 0.5) % bins
                if span == 1:  # two straight pieces, which the compiler makes into vector code
                    out = s.out_veh[source]
                    for i in range(bins - at):
                        part[at + i] += scale * out[i]
                    for i in range(at):
                        part[i] += scale * out[bins - at + i]
                    f += 1
                    continue
                for i in range(s.bins[up]):
                    x = scale * s.out_veh[source, i]
                    part[at] += x
                    if span == -2:
                        part[(at + s.bins[up]) % bins] += x
                    at += 1
                    if at == bins:
                        at = 0
            f += 1
        if used > 0.0:
            uniform -= used
            smoothing = 1.0 / (1.0 + a.constants[ALPHA] * a.constants[BETA] * travel_s / step_s)
            disperse_cyclic(part[:bins], smoothing)
            for i in range(bins):
                arrivals[i] += part[i]
    base = max(0.0, uniform) / bins
    for i in range(bins):
        arrivals[i] += base


@part
def solve_lane(a: Arrays, s: State, lane: int) -> None:
    """Queues, departures and cost of one lane in its present surroundings.

    Q[i] = max(0, Q[i-1] + IN[i] - GO[i]), OUT[i] = Q[i-1] + IN[i] - Q[i] (TRANSYT); two rounds, for after one round
    from empty the queue is periodic. Arrivals over capacity are cut to it (they are in d2), d1 counts for all. Uniform
    delay = mean queue (trapezium); a vehicle stops when it meets a queue. Cost [veh h per h]: delay, stops, spillback.
    """
    j = a.lane_junction[lane]
    bins = s.bins[j]
    cycle_s = s.cycle_s[j]
    x = s.saturation[lane]
    served = min(1.0, 1.0 / x) if x > 0.0 else 1.0
    cost, longest, flow, green, known = 0.0, 0.0, 0.0, 0.0, False
    arrivals = s.scratch[1]
    for u in a.lane_use_items[a.lane_use_start[lane] : a.lane_use_start[lane + 1]]:
        q = a.flow_veh_per_s[u]
        total = q * cycle_s * served
        if total <= 0.0:
            s.out_sum_veh[u] = 0.0
            s.use_queue_veh[u] = 0.0
            s.use_stops_per_s[u] = 0.0
            known = False
            continue
        if not (known and a.feeds_as_before[u]):
            _arrivals(a, s, u)
            known = True
        part, rate, out = s.part[u], s.rate_veh[u], s.out_veh[u]
        queue = 0.0
        for i in range(bins):
            queue += total * arrivals[i] - part * rate[i]
            queue = queue if queue > 0.0 else 0.0
        area, stops, high, left = 0.0, 0.0, 0.0, 0.0
        for i in range(bins):
            before = queue
            come = total * arrivals[i]
            queue = before + (come - part * rate[i])
            queue = queue if queue > 0.0 else 0.0
            gone = before + come - queue
            out[i] = gone
            left += gone
            area += before + queue
            most = before if before > queue else queue
            high = most if most > high else high
            stops += come if come < most else most
        s.out_sum_veh[u] = left
        s.use_queue_veh[u] = 0.5 * area / bins / served
        s.use_stops_per_s[u] = min(q, stops / cycle_s) + left_over_veh(q, x, s.d2_s[lane]) / cycle_s
        delayed_veh = s.use_queue_veh[u] + q * s.d2_s[lane]
        cost += a.weight[u] * (delayed_veh + a.constants[STOP_WEIGHT] * s.use_stops_per_s[u])
        longest += high + overflow_queue_veh(q, x, s.d2_s[lane])
        flow += q
        green += q * min(s.capacity_veh_per_s[u] / a.saturation_veh_per_s[u], 1.0)
    s.queue_veh[lane] = back_of_queue_95_percent_veh(longest, green / flow if flow > 0.0 else 1.0, x)
    s.lane_cost[lane] = cost + spillback_cost(s.queue_veh[lane], a.storage_veh[lane], a.constants[SPILLBACK])


@loop
def spillback_cost(queue_veh: float, storage_veh: float, weight_veh_h_per_h: float) -> float:
    """weight max(0, Q95 - storage)^2, continued as its tangent beyond 10 vehicles so that one lane cannot rule all."""
    excess = max(0.0, queue_veh - storage_veh)
    if excess > 10.0:
        return weight_veh_h_per_h * (20.0 * excess - 100.0)
    return weight_veh_h_per_h * excess * excess


@part
def sweep(a: Arrays, s: State) -> float:
    """Solve every lane once, upstream first; the sum of the lane costs [veh h per h]."""
    total = 0.0
    for lane in a.lane_order:
        solve_lane(a, s, lane)
        total += s.lane_cost[lane]
    return total


@loop
def evaluate_profile(a: Arrays, s: State, most_sweeps: int, tolerance: float) -> float:
    """Objective [veh h per h] of the timing in `s`, from uniform arrivals, swept until it changes by less than
    `tolerance`."""
    for j in range(len(s.cycle_s)):
        build_junction(a, s, j)
    s.out_sum_veh[:] = 0.0
    before: float = sweep(a, s)
    for _ in range(most_sweeps - 1):
        total: float = sweep(a, s)
        if abs(total - before) <= tolerance * before:
            return total
        before = total
    return before
