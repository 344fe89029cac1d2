"""What the kernels work on: a problem as plain arrays, and the state of one timing."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optimizers.kinds import Booleans, Displays, Floats, Integers
from optimizers.problem import TimingProblem
from optimizers.solution import TimingSolution

# Positions in `Arrays.constants`.
START_LOSS, YELLOW_USABLE, CRITICAL_GAP, FOLLOW_UP, SNEAKERS, PERIOD_H, STOP_WEIGHT, SPILLBACK, ALPHA, BETA = range(10)


class Arrays(NamedTuple):
    """A problem for the kernels. Rows of a CSR pair x: `x_items[x_start[i]:x_start[i + 1]]`."""

    first_step: Integers  # [J + 1]
    junction_lane_start: Integers  # [J + 1]
    junction_lane_items: Integers  # [L] lanes by junction
    lane_use_start: Integers  # [L + 1]
    lane_use_items: Integers  # [U] uses by lane
    lane_junction: Integers  # [L]
    storage_veh: Floats  # [L]
    flow_veh_per_s: Floats  # [U]
    saturation_veh_per_s: Floats  # [U]
    display: Displays  # [U, S]
    weight: Floats  # [U]
    yields_start: Integers  # [U + 1]
    yields_to: Integers  # [Y]
    opposes: Integers  # [U] 1 where some use yields to this one
    feed_start: Integers  # [U + 1] feeds by downstream use, equal travel times together
    feed_from: Integers  # [F]
    feed_share: Floats  # [F]
    feed_travel_s: Floats  # [F]
    feeds_as_before: Booleans  # [U] the same feeds as the use before it on the same lane
    use_junction: Integers  # [U]
    down_start: Integers  # [J + 1]
    down_lanes: Integers  # lanes of other junctions that junction j feeds
    lane_order: Integers  # [L] upstream lanes first, as far as the street has an order
    constants: Floats  # [10]


class State(NamedTuple):
    """One timing and what the kernels know about it. N: most time steps in a cycle; local clocks of the junctions."""

    cycle_s: Floats  # [J]
    offset_s: Floats  # [J]
    step_s: Floats  # [K]
    bins: Integers  # [J] time steps in the cycle; each cycle / bins long
    green_s: Floats  # [U, N] effective green seconds in a time step
    rate_veh: Floats  # [U, N] vehicles that may leave in a time step if the use had the lane alone
    against_veh_per_s: Floats  # [U, N] flow that those who yield to this use meet; huge while its queue discharges
    out_veh: Floats  # [U, N] vehicles that leave
    out_sum_veh: Floats  # [U]
    capacity_veh_per_s: Floats  # [U] if the use had the lane alone
    part: Floats  # [U] share of the lane's service that the use gets
    saturation: Floats  # [L] degree of saturation
    d2_s: Floats  # [L]
    queue_veh: Floats  # [L] 95 % back of queue
    use_queue_veh: Floats  # [U] mean uniform queue (= uniform delay in veh s per s)
    use_stops_per_s: Floats  # [U]
    lane_cost: Floats  # [L] objective, veh h per h
    scratch: Floats  # [3, N]


def arrays_of(problem: TimingProblem, flow_veh_per_h: Floats | None = None) -> Arrays:
    """The problem for the kernels; `flow_veh_per_h` [U] replaces its flows."""
    flow = problem.use_flow_veh_per_h if flow_veh_per_h is None else np.asarray(flow_veh_per_h, dtype=np.float64)
    lane_start, lane_items = _csr(problem.use_lane, problem.lanes)
    junction_start, junction_items = _csr(problem.lane_junction, problem.junctions)
    order = np.lexsort((problem.feed_from_use, problem.feed_travel_s, problem.feed_to_use))
    to_use = problem.feed_to_use[order]
    feed_start = np.searchsorted(to_use, np.arange(problem.uses + 1)).astype(np.int64)
    use_junction = problem.use_junction
    pairs = np.stack([use_junction[problem.feed_from_use], problem.use_lane[problem.feed_to_use]], axis=1)
    pairs = pairs[pairs[:, 0] != problem.lane_junction[pairs[:, 1]]]
    pairs = np.unique(pairs, axis=0) if len(pairs) else pairs.reshape(0, 2)
    down_start, down_items = _csr(pairs[:, 0], problem.junctions)
    opposes = np.zeros(problem.uses, dtype=np.int64)
    opposes[problem.yields_to] = 1
    c = problem.constants
    constants = [c.start_loss_s, c.yellow_usable_s, c.critical_gap_s, c.follow_up_s, c.sneakers_veh, c.period_h]
    constants += [c.stop_weight_s, c.spillback_weight_veh_h_per_h, c.dispersion_alpha, c.dispersion_beta]
    return Arrays(
        first_step=np.array(problem.first_step),
        junction_lane_start=junction_start,
        junction_lane_items=junction_items,
        lane_use_start=lane_start,
        lane_use_items=lane_items,
        lane_junction=np.array(problem.lane_junction),
        storage_veh=np.array(problem.lane_storage_veh),
        flow_veh_per_s=np.array(flow / 3600.0),
        saturation_veh_per_s=np.array(problem.use_saturation_veh_per_h / 3600.0),
        display=np.array(problem.use_display),
        weight=np.array(problem.weight),
        yields_start=np.array(problem.yields_start),
        yields_to=np.array(problem.yields_to),
        opposes=opposes,
        feed_start=feed_start,
        feed_from=np.array(problem.feed_from_use[order]),
        feed_share=np.array(problem.feed_share[order]),
        feed_travel_s=np.array(problem.feed_travel_s[order]),
        feeds_as_before=_feeds_as_before(problem, order, feed_start, lane_start, lane_items),
        use_junction=np.array(use_junction),
        down_start=down_start,
        down_lanes=np.ascontiguousarray(pairs[down_items, 1]).astype(np.int64),
        lane_order=_lane_order(problem, flow),
        constants=np.array(constants, dtype=np.float64),
    )


def state_of(arrays: Arrays, solution: TimingSolution, step_s: float = 1.0, longest_s: float = 0.0) -> State:
    """An empty state for a timing: time steps of about `step_s`, room for cycles up to `longest_s`."""
    uses, lanes = len(arrays.weight), len(arrays.storage_veh)
    bins = np.maximum(1, np.round(solution.cycle_s / step_s)).astype(np.int64)
    width = int(max(bins.max(), np.ceil(longest_s / step_s)))
    return State(
        cycle_s=np.array(solution.cycle_s),
        offset_s=np.array(solution.offset_s),
        step_s=np.array(solution.step_s),
        bins=bins,
        green_s=np.zeros((uses, width)),
        rate_veh=np.zeros((uses, width)),
        against_veh_per_s=np.zeros((uses, width)),
        out_veh=np.zeros((uses, width)),
        out_sum_veh=np.zeros(uses),
        capacity_veh_per_s=np.zeros(uses),
        part=np.zeros(uses),
        saturation=np.zeros(lanes),
        d2_s=np.zeros(lanes),
        queue_veh=np.zeros(lanes),
        use_queue_veh=np.zeros(uses),
        use_stops_per_s=np.zeros(uses),
        lane_cost=np.zeros(lanes),
        scratch=np.zeros((3, width)),
    )


def _csr(keys: Integers, rows: int) -> tuple[Integers, Integers]:
    items = np.argsort(keys, kind="stable").astype(np.int64)
    start = np.concatenate(([0], np.cumsum(np.bincount(keys, minlength=rows)))).astype(np.int64)
    return start, items


def _feeds_as_before(
    problem: TimingProblem, order: Integers, feed_start: Integers, lane_start: Integers, lane_items: Integers
) -> Booleans:
    same = np.zeros(problem.uses, dtype=np.bool_)
    table = np.stack([problem.feed_from_use, problem.feed_share, problem.feed_travel_s], axis=1)[order]
    for lane in range(problem.lanes):
        uses = lane_items[lane_start[lane] : lane_start[lane + 1]]
        rows = [table[feed_start[u] : feed_start[u + 1]] for u in uses]
        for n in range(1, len(uses)):
            same[uses[n]] = np.array_equal(rows[n], rows[n - 1])
    return same


def _lane_order(problem: TimingProblem, flow: Floats) -> Integers:
    """Upstream before downstream: Kahn's order, cutting loops at the lane with the least fed flow still waiting."""
    weights = problem.feed_share * flow[problem.feed_to_use]
    waiting = np.bincount(problem.use_lane[problem.feed_to_use], weights=weights, minlength=problem.lanes)
    start, items = _csr(problem.use_lane[problem.feed_from_use], problem.lanes)
    import heapq

    heap = [(float(w), lane) for lane, w in enumerate(waiting)]
    heapq.heapify(heap)
    done = np.zeros(problem.lanes, dtype=np.bool_)
    order = []
    while heap:
        w, lane = heapq.heappop(heap)
        if done[lane] or w > waiting[lane] + 1e-9:
            continue
        done[lane] = True
        order.append(lane)
        for f in items[start[lane] : start[lane + 1]]:
            to = problem.use_lane[problem.feed_to_use[f]]
            if not done[to]:
                waiting[to] = max(0.0, waiting[to] - weights[f])
                heapq.heappush(heap, (float(waiting[to]), int(to)))
    return np.array(order, dtype=np.int64)
