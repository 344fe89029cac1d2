"""Controllers of the queue model as rows for its kernel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from optimizers.faults import ArrayError, ArrayFault
from optimizers.kernels.queue_control_state import (
    CONTROL_STEP,
    CONTROLLER,
    LOOP,
    STANDS,
    STARTED,
    WAY,
    Control,
    ControlState,
)
from optimizers.kernels.queue_state import NEVER_S, Rows, StreetArrays, rows
from optimizers.kinds import Floats, Integers, Small
from optimizers.responsive import Controller, Loop
from optimizers.traffic import Lanes

_VEHICLE_M = 5.0
_STOPS_M = 1.0  # before the line
_LONG_S = 30_000  # as `queue_signals`: no green comes


class Begin(NamedTuple):
    """How a run begins: by controller its step, how long that has been shown and until when it is; by use how long
    yellow has been."""

    step: Small  # [J]
    shown_s: Small  # [J]
    until_s: Small  # [J]
    yellow_s: Small  # [U]


def control_of(
    controllers: Mapping[int, Controller], use_junction: Small, lanes: Lanes, street: StreetArrays
) -> tuple[Control, Begin]:
    """Rows of all controllers of a problem (by junction), and how they begin. Raises `ArrayError` where a controller
    has another number of uses than its junction, or loops in lanes that are not there or have one already."""
    faults = _faults(controllers, use_junction, lanes)
    if faults:
        raise ArrayError(faults)
    junctions, uses = int(use_junction.max(initial=-1)) + 1, len(use_junction)
    junctions = max([junctions, *(j + 1 for j in controllers)])
    most = max([1, *(one.steps for one in controllers.values())])
    order = np.argsort(use_junction, kind="stable").astype(np.int32)
    use_start = np.searchsorted(use_junction[order], np.arange(junctions + 1))
    steps, ways, loops = list[tuple[int, ...]](), list[tuple[int, int, int]](), list[Loop]()
    targets, holds = list[int](), list[int]()
    shown, least_s = np.zeros((uses, most), dtype=np.int8), np.full((uses, most), _LONG_S, dtype=np.int64)
    heads = rows(CONTROLLER, junctions, use_start=use_start[:-1], use_end=use_start[1:])
    begin = Begin(*(np.zeros(count, dtype=np.int32) for count in (junctions, junctions, junctions, uses)))
    for j, one in sorted(controllers.items()):
        first, own = len(steps), order[use_start[j] : use_start[j + 1]]
        head = heads[j : j + 1]
        head["pass_s"], head["call_limit_s"], head["first_step"] = one.pass_s, one.call_limit_s, first
        head["cycle_s"], head["offset_s"] = one.cycle_s or 0, one.offset_s % (one.cycle_s or 1)
        head["chooses"], head["responds"] = any(len(to) > 1 for to in one.ways), True
        shown[own, : one.steps] = one.display
        least_s[own, : one.steps] = _until_green_s(one)
        soonest = _soonest(one)
        for k in range(one.steps):
            way_start, loop_start = len(ways), len(holds)
            for to in one.ways[k]:
                ways.append((first + to, len(targets), len(targets) + len(soonest[k][to])))
                targets += [first + target for target in soonest[k][to]]
            holds += [len(loops) + number for number, loop in enumerate(one.loops) if k in loop.steps]
            times = (one.min_s[k], one.max_s[k], one.earliest_s[k], one.latest_s[k])
            steps.append((*times, way_start, len(ways), loop_start, len(holds), one.green[k]))
        loops += one.loops
        step, shown_s = _begin(one)
        begin.step[j], begin.shown_s[j] = first + step, shown_s
        begin.until_s[j] = min(one.planned_s[step], one.max_s[step]) - shown_s
        begin.yellow_s[own] = _yellow_s(one, step, shown_s)
    loop_of = np.full(lanes.lanes, -1, dtype=np.int32)
    loop_of[[loop.lane for loop in loops]] = np.arange(len(loops))
    served = np.zeros((len(loops), most), dtype=np.bool_)
    for number, loop in enumerate(loops):
        served[number, list(loop.steps)] = True
    loop_rows, easing_s = _loops(loops, lanes, street)
    control = Control(
        controller=heads,
        step=np.array(steps, dtype=CONTROL_STEP),
        way=np.array(ways, dtype=WAY),
        target=np.array(targets, dtype=np.int32),
        holds=np.array(holds, dtype=np.int32),
        served=served,
        use=order,
        shown=shown,
        least_s=least_s,
        loop=loop_rows,
        easing_s=easing_s,
        loop_of=loop_of,
    )
    return control, begin


def standing_control(control: Control, begin: Begin, seconds: int, *, logged: int = 0) -> ControlState:
    """Controllers at the beginning of a run; `logged`: how many changes of steps are kept."""
    junctions, loops = len(control.controller), len(control.loop)
    first = control.controller["responds"]
    stands = rows(STANDS, junctions, step=begin.step, begin_s=-begin.shown_s, sure=True)
    turn, behind = np.full(seconds, -1, dtype=np.int32), np.full(junctions, -1, dtype=np.int32)
    began = np.full(len(control.step), -(1 << 30), dtype=np.int32)
    for j in np.flatnonzero(first):
        step = control.step[begin.step[j]]
        until_s = int(begin.until_s[j])
        stands["until_s"][j] = until_s
        stands["sure"][j] = step["min_s"] == step["max_s"] and step["way_end"] - step["way_start"] == 1
        began[begin.step[j]] = -begin.shown_s[j]
        if until_s < seconds:
            behind[j], turn[until_s] = turn[until_s], j
    return ControlState(
        stands=stands,
        began=began,
        ended=np.full(len(control.step), -(1 << 30), dtype=np.int32),
        yellow=-begin.yellow_s,
        left_s=np.full(loops, -NEVER_S),
        served_s=np.zeros(loops, dtype=np.int32),
        seen_s=np.full((loops, 3), -1.0),
        turn=turn,
        behind=behind,
        log=np.zeros((logged, 3), dtype=np.int32),
        logged=np.zeros(1, dtype=np.int32),
    )


def _faults(controllers: Mapping[int, Controller], use_junction: Small, lanes: Lanes) -> list[ArrayFault]:
    counts = np.bincount(use_junction, minlength=max([0, *controllers]) + 1)
    faults = [
        ArrayFault("shape", f"controller {j}: display", f"{len(one.display)} uses", f"{counts[j]}")
        for j, one in controllers.items()
        if len(one.display) != counts[j]
    ]
    taken = set[int]()
    for j, one in controllers.items():
        for loop in one.loops:
            if not 0 <= loop.lane < lanes.link_first_lane[-1] or loop.lane in taken:
                needed = f"a lane of 0 to {lanes.link_first_lane[-1] - 1} with one loop"
                faults.append(ArrayFault("index", f"controller {j}: loop", f"lane {loop.lane}", needed))
            taken.add(loop.lane)
    return faults


def _until_green_s(one: Controller) -> Integers:
    """[U, S] from the end of a step to the next green of a use at least: every step at its shortest (Bellman)."""
    green = one.display >= 2
    step_s = np.where(green, 0, one.min_s)
    found = np.full(one.display.shape, _LONG_S, dtype=np.int64)
    changed = True
    while changed:
        changed = False
        for k in range(one.steps - 1, -1, -1):
            onward = [np.where(green[:, to], 0, step_s[:, to] + found[:, to]) for to in one.ways[k]]
            best = np.minimum(np.min(onward, axis=0), _LONG_S)
            if np.any(best < found[:, k]):
                found[:, k] = np.minimum(found[:, k], best)
                changed = True
    return found


def _soonest(one: Controller) -> list[dict[int, list[int]]]:
    """By step and way from it the greens that are reached sooner by this way than by any other (of equal ones by the
    step of the lower number): a call for one of them is a call for the way. So does SUMO; a green on the way takes no
    time."""

    def green_after(to: int) -> tuple[int, int]:
        took_s = 0
        for _ in range(one.steps):
            if one.green[to]:
                return to, took_s
            took_s += int(one.planned_s[to])
            to = one.ways[to][0]
        return to, took_s

    after = [green_after(k) for k in range(one.steps)]
    found = []
    for k in range(one.steps):
        best = dict[int, tuple[int, int]]()
        for way in sorted(one.ways[k]) if len(one.ways[k]) > 1 else ():
            reached = dict[int, int]()
            waiting = [(way, 0)]
            while waiting:
                to, before_s = waiting.pop()
                target, took_s = after[to][0], before_s + after[to][1]
                if target == k or reached.get(target, 1 << 60) <= took_s:
                    continue
                reached[target] = took_s
                waiting += [(onward, took_s) for onward in one.ways[target]]
            for target, took_s in reached.items():
                if target not in best or took_s < best[target][0]:
                    best[target] = took_s, way
        found.append({way: sorted(t for t, (_, by) in best.items() if by == way) for way in one.ways[k]})
    return found


def _begin(one: Controller) -> tuple[int, int]:
    """The step at second 0 and how long it has been shown, by the planned times in the order of the steps."""
    at_s = -one.offset_s % int(one.planned_s.sum())
    for k in range(one.steps):
        if at_s < one.planned_s[k]:
            # A planned time beyond the longest is no more than a place to begin.
            return k, min(at_s, int(one.max_s[k]))
        at_s -= int(one.planned_s[k])
    return 0, 0


def _yellow_s(one: Controller, step: int, shown_s: int) -> Integers:
    """[U] for how long yellow has been shown at second 0, as if the steps had come in their order."""
    found = np.zeros(len(one.display), dtype=np.int64)
    lasting = one.display[:, step] == 1
    found[lasting] = shown_s
    for back in range(1, one.steps):
        k = (step - back) % one.steps
        lasting &= one.display[:, k] == 1
        found[lasting] += one.planned_s[k]
    return found


def _loops(loops: list[Loop], lanes: Lanes, street: StreetArrays) -> tuple[Rows, Floats]:
    """Rows of LOOP, and [L, 2, STARTED] what the front and the rear need beyond the way of the gap to come to the
    loop: they start that far before it, behind as many as have started."""
    driver = lanes.driver
    lane = np.array([loop.lane for loop in loops], dtype=np.int64)
    length_m, speed_m_per_s = lanes.lane_length_m[lane], lanes.lane_speed_m_per_s[lane]
    front_m = np.minimum([loop.distance_m for loop in loops], length_m)
    ends_m = np.stack((front_m, front_m - _VEHICLE_M))  # [2, L]
    ahead = np.maximum(0, np.ceil((ends_m - _STOPS_M) / driver.space_m)).astype(np.int64)
    ahead = np.minimum(ahead, street.lane["storage"][lane])
    driven_m = (_STOPS_M + driver.space_m * np.arange(STARTED))[:, None, None]
    more_m = np.maximum(0.0, driver.space_m * ahead - ends_m)
    times = (
        _time_s(np.asarray(way_m), driver.acceleration_m_per_s2, speed_m_per_s)
        for way_m in (driven_m + more_m, driven_m)
    )
    at_loop_s, at_line_s = times  # [STARTED, 2, L]
    ends_s = ends_m * street.lane["travel_s"][lane] / length_m
    waves_s = ahead * (driver.space_m / driver.wave_m_per_s)
    found = rows(
        LOOP,
        len(loops),
        ahead_s=ends_s[0],
        behind_s=ends_s[1],
        before_s=waves_s[0],
        after_s=waves_s[1],
        gap_s=[loop.gap_s for loop in loops],
        jam_s=[loop.jam_s or 0.0 for loop in loops],
        lane=lane,
        before=ahead[0],
        after=ahead[1],
    )
    return found, np.ascontiguousarray((at_loop_s - at_line_s).transpose(2, 1, 0))


def _time_s(way_m: Floats, acceleration_m_per_s2: float, speed_m_per_s: Floats) -> Floats:
    """From rest over a way: accelerating, then at the speed of the lane."""
    begin_m = speed_m_per_s**2 / (2.0 * acceleration_m_per_s2)
    begin_s = np.sqrt(2.0 * np.minimum(way_m, begin_m) / acceleration_m_per_s2)
    return np.asarray(begin_s + np.maximum(0.0, way_m - begin_m) / speed_m_per_s)
