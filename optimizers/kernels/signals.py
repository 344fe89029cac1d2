"""Signal tables: what each use of a junction may discharge in every time step of the local cycle, compiled."""

from __future__ import annotations

from optimizers.kernels.arrays import (
    CRITICAL_GAP,
    FOLLOW_UP,
    PERIOD_H,
    SNEAKERS,
    START_LOSS,
    YELLOW_USABLE,
    Arrays,
    State,
)
from optimizers.kernels.compiled import loop, part
from optimizers.kernels.delay import incremental_delay_s, permitted_saturation_veh_per_s
from optimizers.kinds import Floats

_BUSY_VEH_PER_S = 1e6


@part
def _spread(row: Floats, start_s: float, end_s: float, per_s: float, step_s: float, bins: int) -> None:
    """Add `per_s` times the overlap with [start, end) to every time step of the cycle; times past the cycle wrap."""
    if end_s - start_s <= 1e-9:
        return
    i = int(start_s / step_s)
    at = start_s
    while at < end_s - 1e-9:
        until = min(end_s, (i + 1) * step_s)
        row[i % bins] += per_s * max(0.0, until - at)
        at = until
        i += 1


@part
def _effective_green(a: Arrays, s: State, u: int) -> None:
    """Rows `green_s`, `rate_veh` of one use; `scratch[0]` gets the seconds of yielding green.

    A run of green loses the start loss at its beginning and gains the usable part of the yellow after it. After
    yielding green that yellow serves the sneakers instead (HCM 7, 31-119: 2 vehicles per cycle).
    """
    j = a.use_junction[u]
    first, last = a.first_step[j], a.first_step[j + 1]
    count, bins = last - first, s.bins[j]
    step_s = s.cycle_s[j] / bins
    yields = a.yields_start[u + 1] > a.yields_start[u]
    green, rate, yielding = s.green_s[u], s.rate_veh[u], s.scratch[0]
    green[:bins] = 0.0
    rate[:bins] = 0.0
    yielding[:bins] = 0.0
    begin, begin_s, at, dark = -1, 0.0, 0.0, False
    for n in range(2 * count):  # the start of a run of green: yellow must come after its green
        k = n % count
        length_s = s.step_s[first + k]
        if length_s > 1e-9:
            if a.display[u, k] < 2:
                dark = True
            elif dark and begin < 0:
                begin, begin_s = k, at
        at += length_s
    at = begin_s
    loss_s, usable_s, kind = 0.0, 0.0, 0
    if begin < 0:
        begin, kind = 0, 0 if dark else 3  # never green, or green all the time: nothing is lost
    for n in range(count):
        k = (begin + n) % count
        length_s = s.step_s[first + k]
        if length_s <= 1e-9:
            continue
        shown = a.display[u, k]
        if shown >= 2:
            if kind < 2:
                loss_s, usable_s = a.constants[START_LOSS], a.constants[YELLOW_USABLE]
            kind = shown
            lost_s = min(loss_s, length_s)
            loss_s -= lost_s
            _spread(green, at + lost_s, at + length_s, 1.0, step_s, bins)
            if shown == 3 or not yields:
                _spread(rate, at + lost_s, at + length_s, a.saturation_veh_per_s[u], step_s, bins)
            else:
                _spread(yielding, at + lost_s, at + length_s, 1.0, step_s, bins)
        elif shown == 1 and kind >= 2:
            part_s = min(usable_s, length_s)
            usable_s -= part_s
            lost_s = min(loss_s, part_s)
            loss_s -= lost_s
            _spread(green, at + lost_s, at + part_s, 1.0, step_s, bins)
            if kind == 3 or not yields:
                per_s = a.saturation_veh_per_s[u]
            else:
                per_s = a.constants[SNEAKERS] / max(a.constants[YELLOW_USABLE], 1e-9)
            _spread(rate, at + lost_s, at + part_s, per_s, step_s, bins)
        else:
            kind = 0
        at += length_s


@part
def _opposition(a: Arrays, s: State, u: int, lane_flow_veh_per_s: float) -> None:
    """Row `against_veh_per_s` of a use that others yield to.

    Nothing while it is red; impassable while its queue of uniform arrivals discharges (Q' = max(0, Q + q - s)); then
    its flow (the unsaturated part of the opposing green, HCM 7 ch. 31).
    """
    j = a.use_junction[u]
    bins = s.bins[j]
    step_s = s.cycle_s[j] / bins
    queue = 0.0
    for turn in range(2):
        for i in range(bins):
            queue = max(0.0, queue + lane_flow_veh_per_s * step_s - a.saturation_veh_per_s[u] * s.green_s[u, i])
            if turn == 1:
                if s.green_s[u, i] < 0.5 * step_s:
                    s.against_veh_per_s[u, i] = 0.0
                elif queue > 1e-9:
                    s.against_veh_per_s[u, i] = _BUSY_VEH_PER_S
                else:
                    s.against_veh_per_s[u, i] = a.flow_veh_per_s[u]


@loop
def build_junction(a: Arrays, s: State, j: int) -> None:
    """Signal tables, capacities, degrees of saturation and d2 of all lanes of a junction, from cycle and step lengths.

    X of a lane = sum over its uses of q / c, c = vehicles per cycle if the use had the lane alone; exact when all
    uses of the lane are green together, an approximation otherwise. A use gets the part (q / c) / X of the lane's
    service.
    """
    bins = s.bins[j]
    step_s = s.cycle_s[j] / bins
    lanes = a.junction_lane_items[a.junction_lane_start[j] : a.junction_lane_start[j + 1]]
    for opposing in (1, 0):  # those who are yielded to first
        for lane in lanes:
            uses = a.lane_use_items[a.lane_use_start[lane] : a.lane_use_start[lane + 1]]
            lane_flow = 0.0
            for u in uses:
                lane_flow += a.flow_veh_per_s[u]
            for u in uses:
                if a.opposes[u] == opposing:
                    _effective_green(a, s, u)
                    if opposing == 1:
                        _opposition(a, s, u, lane_flow)
                    else:
                        _permit(a, s, u)
    for u_lane in lanes:  # yielding parts of uses that are themselves yielded to
        for u in a.lane_use_items[a.lane_use_start[u_lane] : a.lane_use_start[u_lane + 1]]:
            if a.opposes[u] == 1 and a.yields_start[u + 1] > a.yields_start[u]:
                _effective_green(a, s, u)
                _permit(a, s, u)
    for lane in lanes:
        uses = a.lane_use_items[a.lane_use_start[lane] : a.lane_use_start[lane + 1]]
        x = 0.0
        flow = 0.0
        alone = 0.0
        for u in uses:
            total = 0.0
            for i in range(bins):
                total += s.rate_veh[u, i]
            s.capacity_veh_per_s[u] = max(total / (bins * step_s), 1.0 / 3600.0)
            x += a.flow_veh_per_s[u] / s.capacity_veh_per_s[u]
            flow += a.flow_veh_per_s[u]
            alone += s.capacity_veh_per_s[u]
        s.saturation[lane] = x
        for u in uses:
            s.part[u] = a.flow_veh_per_s[u] / s.capacity_veh_per_s[u] / x if x > 0.0 else 1.0 / len(uses)
        capacity = flow / x if x > 0.0 else alone / max(len(uses), 1)
        s.d2_s[lane] = incremental_delay_s(x, max(capacity, 1.0 / 3600.0) * 3600.0, a.constants[PERIOD_H], 0.5, 1.0)


@part
def _permit(a: Arrays, s: State, u: int) -> None:
    """Add to `rate_veh` what the yielding green in `scratch[0]` lets pass through the gaps of the opposing flow."""
    if a.yields_start[u + 1] == a.yields_start[u]:
        return
    j = a.use_junction[u]
    known, rate = -1.0, 0.0
    for i in range(s.bins[j]):
        if s.scratch[0, i] <= 0.0:
            continue
        against = 0.0
        for o in a.yields_to[a.yields_start[u] : a.yields_start[u + 1]]:
            against += s.against_veh_per_s[o, i]
        if against != known:
            known = against
            if against >= _BUSY_VEH_PER_S:
                rate = 0.0
            elif against <= 0.0:
                rate = a.saturation_veh_per_s[u]
            else:
                gaps = permitted_saturation_veh_per_s(against, a.constants[CRITICAL_GAP], a.constants[FOLLOW_UP])
                rate = min(a.saturation_veh_per_s[u], gaps)
        s.rate_veh[u, i] += rate * s.scratch[0, i]
