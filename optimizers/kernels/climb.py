"""Coordinate descent on offsets and splits under the cyclic profile model, compiled.

After the hill climb of TRANSYT (Robertson 1969): one junction at a time, a step stays when the objective falls. A
trial solves only the junction's own lanes and those directly downstream; a full sweep between the rounds brings the
rest up to date.
"""

from __future__ import annotations

import math

from optimizers.kernels.arrays import Arrays, State
from optimizers.kernels.compiled import loop, part
from optimizers.kernels.hcm import junction_cost
from optimizers.kernels.profile import solve_lane, sweep
from optimizers.kernels.signals import build_junction
from optimizers.kinds import Booleans, Floats, Integers


@part
def _around(a: Arrays, s: State, j: int, solve: bool) -> float:
    """Cost of the lanes of junction j and of those it feeds [veh h per h]; solved anew when `solve`."""
    total = 0.0
    for lane in a.junction_lane_items[a.junction_lane_start[j] : a.junction_lane_start[j + 1]]:
        if solve:
            solve_lane(a, s, lane)
        total += s.lane_cost[lane]
    for lane in a.down_lanes[a.down_start[j] : a.down_start[j + 1]]:
        if solve:
            solve_lane(a, s, lane)
        total += s.lane_cost[lane]
    return total


@loop
def climb_offsets(
    a: Arrays, s: State, order: Integers, free: Booleans, shares: Floats, rounds: int, effort: int
) -> int:
    """Move offsets by each share of the cycle in turn (0: one second), up and down, as long as the objective falls.

    `order` [J] in which junctions are visited, `free` [J] may move. Changes `s`; returns the evaluations used (at
    most about `effort`). Offsets stay whole seconds when they were.
    """
    used = 0
    for share in shares:
        for _ in range(rounds):
            if used >= effort:
                return used
            sweep(a, s)
            used += 1
            changed = False
            for j in order:
                if not free[j]:
                    continue
                move_s = max(1.0, float(math.floor(share * s.cycle_s[j] + 0.5)))
                best = _around(a, s, j, False)
                for sign in (1.0, -1.0):
                    moved = False
                    while used < effort:
                        before = s.offset_s[j]
                        s.offset_s[j] = (before + sign * move_s) % s.cycle_s[j]
                        cost = _around(a, s, j, True)
                        used += 1
                        if cost >= best - 1e-7:
                            s.offset_s[j] = before
                            _around(a, s, j, True)
                            break
                        best = cost
                        moved = True
                    if moved:
                        changed = True
                        break
            if not changed:
                break
    return used


@loop
def exchange(
    a: Arrays,
    s: State,
    order: Integers,
    free: Booleans,
    variable: Booleans,
    low_s: Floats,
    high_s: Floats,
    amount_s: float,
    platoons: bool,
    effort: int,
) -> int:
    """Move `amount_s` seconds from one variable step of a junction to another as long as the objective falls.

    Under the profile model when `platoons` (`s` must be solved), else under HCM delay of the junction alone, which is
    convex in the greens below saturation. `low_s`, `high_s` [K] bounds. Changes `s`; returns the evaluations used.
    """
    used = 0
    for j in order:
        if not free[j]:
            continue
        first, last = a.first_step[j], a.first_step[j + 1]
        best = _around(a, s, j, False) if platoons else junction_cost(a, s, j)
        improved = True
        while improved and used < effort:
            improved = False
            for giver in range(first, last):
                for taker in range(first, last):
                    if giver == taker or not variable[giver] or not variable[taker] or used >= effort:
                        continue
                    if s.step_s[giver] - amount_s < low_s[giver] - 1e-9:
                        continue
                    if s.step_s[taker] + amount_s > high_s[taker] + 1e-9:
                        continue
                    s.step_s[giver] -= amount_s
                    s.step_s[taker] += amount_s
                    if platoons:
                        build_junction(a, s, j)
                        cost = _around(a, s, j, True)
                    else:
                        cost = junction_cost(a, s, j)
                    used += 1
                    if cost < best - 1e-7:
                        best = cost
                        improved = True
                    else:
                        s.step_s[giver] += amount_s
                        s.step_s[taker] -= amount_s
        build_junction(a, s, j)
        if platoons:
            _around(a, s, j, True)
    return used
