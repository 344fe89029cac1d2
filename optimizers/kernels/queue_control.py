"""Controllers that respond to traffic, hosted by the vehicle-level kernel, compiled.

The rules are those of SUMO's `actuated` programs (MSActuatedTrafficLightLogic, MSSimpleTrafficLightLogic), by which our
plans are judged: a step lasts its minimum and until its earliest end, then as long as some loop of its lanes was passed
less than a gap ago, at most to its maximum and its latest end. Where a step leads to several, loops have priorities: 1
where somebody passed since the last green, 10 in the step that is shown, the seconds waited beyond the limit of calls.

What loops see follows from the queue by Newell's simplified theory (Transp. Res. B 27, 1993, p. 281): a vehicle passes
a loop at free speed, and not before the vehicle that stands as many places ahead as there is room behind the loop has
left the lane and the gap has travelled back. So nobody's position is kept.

A controller is looked at in the seconds in which SUMO would look. Until the next look its display is known; who waits
for green looks again when that could come at the soonest.
"""

from __future__ import annotations

import numpy as np

from optimizers.kernels.compiled import inlined, part
from optimizers.kernels.queue_control_state import STARTED, Control, ControlState
from optimizers.kernels.queue_state import NEVER_S, State

_SERVED, _CALLED = 10, 1  # priorities
_ENDLESS = 1 << 30
_AHEAD = 64  # steps


@inlined
def take_turns(c: Control, x: State, y: ControlState, t: int) -> None:
    """All controllers that look in second t."""
    while y.turn[t] >= 0:
        j = y.turn[t]
        y.turn[t] = y.behind[j]
        wait_s = _look(c, x, y, j, t)
        tries = 0
        while wait_s <= 0 and tries < _AHEAD:  # steps without length
            wait_s = _look(c, x, y, j, t)
            tries += 1
        stands = y.stands[j]
        stands.until_s = t + max(1, wait_s)
        stands.sure = _is_sure(c, j, stands.step, stands.begin_s, stands.until_s)
        if stands.until_s < len(y.turn):
            y.behind[j] = y.turn[stands.until_s]
            y.turn[stands.until_s] = j


@part
def _look(c: Control, x: State, y: ControlState, j: int, t: int) -> int:
    """Seconds until the next look, after the step is ended where its time has come."""
    stands = y.stands[j]
    k, length_s = stands.step, t - stands.begin_s
    step = c.step[k]
    latest_s = _latest_s(c, j, k, length_s, t)
    goes_on = length_s < step.max_s and latest_s > 0
    to = c.way[step.way_start].to
    if step.way_end - step.way_start > 1:
        to = _choice(c, x, y, j, k, goes_on, t)
    elif step.green and goes_on:
        gap_s = _gap_s(c, x, y, k, t)
        if gap_s < NEVER_S:
            pass_s = int(np.ceil(c.controller[j].pass_s - gap_s))
            return int(min(max(step.min_s - length_s, pass_s, 1), step.max_s - length_s, latest_s))
    before_s = y.began[to]
    if to != k:
        y.ended[k] = t
        _begin(c, y, j, k, to, t)
        length_s = 0
    if c.controller[j].chooses and c.step[to].green:
        for i in range(c.step[to].loop_start, c.step[to].loop_end):
            y.served_s[c.holds[i]] = t
    least_s = 0 if to != k else 1
    return int(max(least_s, c.step[to].min_s - length_s, _earliest_s(c, y, j, to, before_s, length_s, t)))


@inlined
def _begin(c: Control, y: ControlState, j: int, k: int, to: int, t: int) -> None:
    """Step `to` follows k."""
    first = c.controller[j].first_step
    y.stands[j].step = to
    y.stands[j].begin_s = t
    y.began[to] = t
    for i in range(c.controller[j].use_start, c.controller[j].use_end):
        u = c.use[i]
        if c.shown[u, to - first] == 1 and c.shown[u, k - first] != 1:
            y.yellow[u] = t
    row = y.logged[0]
    if row < len(y.log):
        y.log[row, 0], y.log[row, 1], y.log[row, 2] = t, j, to - first
        y.logged[0] = row + 1


@inlined
def _second(c: Control, j: int, t: int) -> int:
    """Of the cycle."""
    return int((t - c.controller[j].offset_s) % c.controller[j].cycle_s)


@inlined
def _latest_s(c: Control, j: int, k: int, length_s: int, t: int) -> int:
    """Seconds until step k has to end by the clock."""
    latest_s, cycle_s = c.step[k].latest_s, c.controller[j].cycle_s
    if latest_s < 0 or cycle_s <= 0:
        return _ENDLESS
    second = _second(c, j, t)
    if latest_s < c.step[k].earliest_s and length_s < second:
        return _ENDLESS  # began in this cycle, ends in the next
    if latest_s == cycle_s and second == 0:
        return 0
    return int(max(0, latest_s - second))


@inlined
def _earliest_s(c: Control, y: ControlState, j: int, k: int, before_s: int, length_s: int, t: int) -> int:
    """Seconds until step k may end by the clock; `before_s`: its last begin but this."""
    earliest_s, cycle_s = c.step[k].earliest_s, c.controller[j].cycle_s
    if earliest_s < 0 or cycle_s <= 0:
        return 0
    latest_s, second = c.step[k].latest_s, _second(c, j, t)
    if before_s >= t - second and before_s < y.ended[k]:
        earliest_s += cycle_s  # ended once in this cycle
    elif latest_s >= 0:
        shortest_s = second + c.step[k].min_s - length_s
        if earliest_s < latest_s < shortest_s:
            earliest_s += cycle_s
        elif latest_s < earliest_s and latest_s >= shortest_s:
            earliest_s -= cycle_s
    return int(min(earliest_s - second, c.step[k].max_s - length_s))


@inlined
def _gap_s(c: Control, x: State, y: ControlState, k: int, t: int) -> float:
    """The shortest time since a loop of step k was passed; endless where none holds it."""
    shortest_s = NEVER_S
    for i in range(c.step[k].loop_start, c.step[k].loop_end):
        number = c.holds[i]
        since_s, occupied_s = _seen(c, x, y, number, t)
        loop = c.loop[number]
        if since_s < loop.gap_s and not (loop.jam_s > 0.0 and occupied_s >= loop.jam_s):
            shortest_s = min(shortest_s, since_s)
    return shortest_s


@inlined
def _choice(c: Control, x: State, y: ControlState, j: int, k: int, goes_on: bool, t: int) -> int:
    """The step that is called most, by the first of the ways to it; k itself where that may go on."""
    to, most = c.way[c.step[k].way_start].to, 0
    if goes_on:
        own = _calls(c, x, y, j, k, k, goes_on, t)
        if own > most:
            to, most = k, own
    for way in range(c.step[k].way_start, c.step[k].way_end):
        calls = 0
        for i in range(c.way[way].target_start, c.way[way].target_end):
            calls += _calls(c, x, y, j, k, c.target[i], goes_on, t)
        if calls > most:
            to, most = c.way[way].to, calls
    return int(to)


@part
def _calls(c: Control, x: State, y: ControlState, j: int, k: int, called: int, goes_on: bool, t: int) -> int:
    """Priority of a step while k is shown."""
    total = 0
    for i in range(c.step[called].loop_start, c.step[called].loop_end):
        number = c.holds[i]
        loop = c.loop[number]
        since_s, occupied_s = _seen(c, x, y, number, t)
        held = since_s < loop.gap_s and not (loop.jam_s > 0.0 and occupied_s >= loop.jam_s)
        if not held and y.served_s[number] >= t - since_s:
            continue
        waited_s = t - y.served_s[number]
        if waited_s > c.controller[j].call_limit_s:
            total += waited_s
        elif c.served[number, k - c.controller[j].first_step]:
            total += _SERVED if goes_on else 0
        else:
            total += _CALLED
    return total


@inlined
def _seen(c: Control, x: State, y: ControlState, number: int, t: int) -> tuple[float, float]:
    """As `seen`, once a second."""
    if y.seen_s[number, 0] != t:
        y.seen_s[number, 0] = t
        y.seen_s[number, 1], y.seen_s[number, 2] = seen(c, x, y, number, t)
    return y.seen_s[number, 1], y.seen_s[number, 2]


@part
def seen(c: Control, x: State, y: ControlState, number: int, t: int) -> tuple[float, float]:
    """Of a loop: seconds since the last vehicle left it (0: occupied), and since when it is occupied."""
    loop = c.loop[number]
    lane = x.lane[loop.lane]
    last_s, place = y.left_s[number], 0
    v = lane.head
    while v >= 0 and place < loop.before:
        vehicle = x.vehicle[v]
        came_s = vehicle.ready_s - loop.ahead_s * vehicle.pace
        came_s = max(came_s, _wave_s(c, x, number, 0, loop.before - place) + loop.before_s)
        if came_s > t:
            break
        if place >= loop.after:
            return 0.0, t - came_s  # stands on it
        gone_s = vehicle.ready_s - loop.behind_s * vehicle.pace
        gone_s = max(gone_s, _wave_s(c, x, number, 1, loop.after - place) + loop.after_s)
        if gone_s > t:
            return 0.0, t - came_s
        last_s = max(last_s, gone_s)
        v = vehicle.behind
        place += 1
    if last_s > t:
        return 0.0, 0.0
    return t - last_s, 0.0


@inlined
def _wave_s(c: Control, x: State, number: int, rear: int, ahead: int) -> float:
    """When the gap begins to travel back that the vehicle makes which left `ahead` before the next: its exit, and what
    those behind need more, for they start later and drive slower."""
    lane = x.lane[c.loop[number].lane]
    place = lane.next_entry - lane.holds - ahead
    while place < lane.exit_start:
        place += lane.storage
    started = max(0, min(STARTED - 1, lane.started - ahead))
    return float(x.exits_s[place] + c.easing_s[number, rear, started])


@inlined
def note_passage(c: Control, x: State, y: ControlState, d: int, at_s: float) -> None:
    """The head of lane d is about to leave it: when its rear left the loop there."""
    number = c.loop_of[d]
    if number >= 0:
        loop, vehicle = c.loop[number], x.vehicle[x.lane[d].head]
        gone_s = vehicle.ready_s - loop.behind_s * vehicle.pace
        if loop.after == 0:
            gone_s = max(gone_s, at_s - loop.behind_s * vehicle.pace)
        else:
            gone_s = min(at_s, max(gone_s, _wave_s(c, x, number, 1, loop.after) + loop.after_s))
        y.left_s[number] = max(y.left_s[number], gone_s)


@inlined
def shown_now(c: Control, y: ControlState, j: int, use: int, t: int) -> tuple[int, int]:
    """As in `Signals`: what a use sees in second t, and the shortest time until green."""
    stands = y.stands[j]
    column = stands.step - c.controller[j].first_step
    shown = int(c.shown[use, column])
    if shown == 1:
        shown = y.yellow[use] - t - 1
    return shown, int(stands.until_s - t + c.least_s[use, column])


@part
def may_come(c: Control, y: ControlState, j: int, use: int, at_s: int) -> bool:
    """Whether a vehicle is not held by this signal at that time: what is not decided yet is taken to go on."""
    stands = y.stands[j]
    first = c.controller[j].first_step
    k, begin_s, until_s, sure = stands.step, stands.begin_s, stands.until_s, stands.sure
    yellow_s, tries = y.yellow[use], 0
    while sure and at_s >= until_s and tries < _AHEAD:
        to = c.way[c.step[k].way_start].to
        if c.shown[use, to - first] == 1 and c.shown[use, k - first] != 1:
            yellow_s = until_s
        k, begin_s = to, until_s
        until_s += c.step[k].min_s
        sure = _is_sure(c, j, k, begin_s, until_s)
        tries += 1
    shown = c.shown[use, k - first]
    return bool(shown >= 2 or (shown == 1 and yellow_s == at_s))


@inlined
def _is_sure(c: Control, j: int, k: int, begin_s: int, until_s: int) -> bool:
    """Whether step k ends at `until_s`, whatever traffic does, and one step follows."""
    step = c.step[k]
    if step.way_end - step.way_start != 1:
        return False
    if not step.green or step.loop_start == step.loop_end or until_s - begin_s >= step.max_s:
        return True
    return bool(_latest_s(c, j, k, until_s - begin_s, until_s) <= 0)
