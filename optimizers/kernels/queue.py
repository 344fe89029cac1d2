"""Vehicles one by one: point queues at stop lines with finite lanes, driven by events, compiled.

Each lane is a first-in-first-out queue. A vehicle reaches the end of its lane at free speed and leaves when its signal
shows green, the vehicle before it is a headway ahead, those it gives way to leave a gap, and the next lane has room.
Room follows Newell's simplified theory (Transp. Res. B 27, 1993, p. 281): the n-th vehicle enters a lane that holds k
when vehicle n - k left it, plus the time a gap needs to travel back. Lanes wait in a calendar of one-second buckets for
the second at which something can happen to them, so that idle lanes cost nothing.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from optimizers.kernels.queue_signals import Signals
from optimizers.kernels.queue_state import (
    ACCELERATION,
    ASIDE,
    CLEAR,
    DELAY_S,
    ENTERED,
    LATE,
    LEFT,
    LONGEST_WAIT_S,
    MERGE,
    MOVES_MADE,
    NEVER_S,
    PATIENCE,
    SPACE,
    START,
    STOPS,
    YELLOW,
    Day,
    State,
    StreetArrays,
)

# Nothing is allocated in here, so nothing needs counting: without it the tuples of arrays are handed on for nothing.
_compiled = njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
_inlined = njit(cache=True, nogil=True, error_model="numpy", _nrt=False, forceinline=True)

_FULL, _ASTRAY, _SIDEWAYS = 1e6, 1e9, 0.4  # costs of a lane: no room; the path does not go on; per lane aside
_FAR_ASIDE = 64


@_compiled
def drive(s: StreetArrays, g: Signals, day: Day, x: State) -> None:
    """Let all vehicles of a day drive on an empty street for as long as its calendar is.

    Fills the totals (see the constants above), and per lane the delay of its vehicles and their number; waiting to
    enter counts on the lane entered, or on the first lane of the link for who never enters.
    """
    lanes, links = len(s.lane_travel_s), len(s.link_changes)
    for v in range(len(day.depart_s) - 1, -1, -1):
        e = day.path_links[day.path_start[day.path[v]]]
        x.behind[v] = x.entry_head[e]
        x.entry_head[e] = v
    for e in range(links):
        if x.entry_head[e] >= 0:
            _schedule(x, lanes + e, day.depart_s[x.entry_head[e]], 0)
    for j in range(len(g.cycle)):
        x.second[j] = (-1 - g.offset[j]) % g.cycle[j]
    for t in range(len(x.bucket)):
        for j in range(len(g.cycle)):
            x.second[j] = x.second[j] + 1 if x.second[j] + 1 < g.cycle[j] else 0
        while x.bucket[t] >= 0:
            item = x.bucket[t]
            x.bucket[t] = x.after[item]
            if item >= lanes:
                _let_in(s, day, x, item - lanes, t)
            else:
                _serve(s, g, day, x, item, t)
    _account_for_the_rest(s, day, x)


@_inlined
def _schedule(x: State, item: int, at_s: float, t: int) -> None:
    """Look at a lane or entry again in the second of `at_s`; what comes after the end is left out."""
    second = max(t, int(at_s))
    if second < len(x.bucket):
        x.after[item] = x.bucket[second]
        x.bucket[second] = item


@_inlined
def _room_s(s: StreetArrays, x: State, d: int) -> float:
    """Since when lane d has room for one more vehicle; far away while it is full.

    The place of the next entry in the ring of exits holds the exit that made room for it.
    """
    if x.holds[d] >= s.lane_storage[d]:
        return NEVER_S
    return float(x.exits_s[s.exit_start[d] + x.next_entry[d]] + s.lane_wave_s[d])


@_inlined
def _join(s: StreetArrays, x: State, d: int, v: int, t: int) -> None:
    """Vehicle v, whose `ready_s` is known, becomes the last on lane d."""
    x.next_entry[d] = x.next_entry[d] + 1 if x.next_entry[d] + 1 < s.lane_storage[d] else 0
    x.holds[d] += 1
    if x.head[d] < 0:
        x.head[d] = v
        _schedule(x, d, x.ready_s[v], t)
    else:
        x.behind[x.tail[d]] = v
    x.tail[d] = v


@_inlined
def _part(s: StreetArrays, x: State, d: int, at_s: float) -> None:
    """The head of lane d leaves it."""
    v = x.head[d]
    x.exits_s[s.exit_start[d] + x.next_exit[d]] = at_s
    x.next_exit[d] = x.next_exit[d] + 1 if x.next_exit[d] + 1 < s.lane_storage[d] else 0
    x.holds[d] -= 1
    x.lane_vehicles[d] += 1
    x.head[d] = x.behind[v]
    x.behind[v] = -1


@_inlined
def _let_in(s: StreetArrays, day: Day, x: State, e: int, t: int) -> None:
    """Vehicles that want to enter the street on link e: from rest, one headway apart, where their lane has room."""
    entry = len(s.lane_travel_s) + e
    while x.entry_head[e] >= 0:
        v = x.entry_head[e]
        at_s = max(day.depart_s[v], x.entry_free_s[e], float(t))
        if at_s >= t + 1:
            _schedule(x, entry, at_s, t)
            return
        start = day.path_start[day.path[v]]
        first = s.link_first_lane[e]
        best = -1
        last = s.link_first_lane[e + 1] if _room_s(s, x, first) <= at_s else first  # all enter over the first lane
        for d in range(first, last):
            on_path = day.path_lanes[start] >> (d - first) & 1
            if on_path and (best < 0 or x.holds[d] < x.holds[best]) and _room_s(s, x, d) <= at_s:
                best = d
        if best < 0:
            _schedule(x, entry, t + 1.0, t)
            return
        x.entry_head[e] = x.behind[v]
        x.behind[v] = -1
        x.entry_free_s[e] = at_s + s.entry_headway_s[e]
        x.place[v] = start
        x.speed_m_per_s[v] = 0.0
        x.ready_s[v] = at_s + s.lane_travel_s[best] * day.pace[v] + _accelerate(s, x, best, v)
        x.lane_delay_s[best] += at_s - day.depart_s[v]
        x.lane_entry_s[best] = at_s
        x.totals[ENTERED] += 1
        _join(s, x, best, v, t)


@_inlined
def _serve(s: StreetArrays, g: Signals, day: Day, x: State, lane: int, t: int) -> None:
    """Let go from a lane whoever can leave it in this second, and schedule the next look."""
    inside = lane >= s.link_first_lane[len(s.link_changes)]
    while x.head[lane] >= 0:
        v = x.head[lane]
        at_s = max(x.ready_s[v], x.lane_free_s[lane], float(t))
        if at_s >= t + 1:
            _schedule(x, lane, at_s, t)
            return
        if not inside and x.place[v] == day.path_start[day.path[v] + 1] - 1:  # the end of its path
            x.totals[DELAY_S] += x.ready_s[v] - day.depart_s[v] - day.free_s[x.place[v]] * day.pace[v]
            x.totals[LEFT] += 1
            _part(s, x, lane, x.ready_s[v])
            continue
        move, target = _choice(s, day, x, lane, v, at_s)
        if move < 0:  # no path on: does not happen on paths of this street
            _part(s, x, lane, at_s)
            continue
        wait_s, yields = _signal(s, g, x, lane, v, move, at_s)
        if wait_s > 0.0:
            x.started[lane] = 0
            x.lane_free_s[lane] = int(at_s) + wait_s + s.driver[START]
            _schedule(x, lane, int(at_s) + wait_s, t)
            return
        room_s = _room_s(s, x, target)
        if room_s > at_s:
            x.blocked[lane] = t
            if room_s >= NEVER_S:
                x.started[lane] = 0
                room_s = max(at_s + 0.5, x.ready_s[x.head[target]] + s.lane_wave_s[target])
            x.lane_free_s[lane] = max(at_s + 0.1, room_s)
            continue
        if not inside and x.lane_entry_s[target] + s.driver[MERGE] > at_s:
            x.lane_free_s[lane] = x.lane_entry_s[target] + s.driver[MERGE]
            continue
        if not inside and target < s.link_first_lane[len(s.link_changes)] and _waits_inside(s, x, lane, at_s):
            x.started[lane] = 0
            x.lane_free_s[lane] = at_s + 0.5
            continue
        if yields:
            retry_s = _gap_s(s, g, day, x, v, move, at_s, t)
            if retry_s > 0.0:
                x.started[lane] = 0
                x.lane_free_s[lane] = retry_s
                continue
        _leave(s, day, x, lane, v, move, target, at_s, t)


@_inlined
def _waits_inside(s: StreetArrays, x: State, lane: int, at_s: float) -> bool:
    """Whether somebody who left this lane waits inside the junction, in the way of those behind."""
    real = s.link_first_lane[len(s.link_changes)]
    found = False
    for m in range(s.move_start[lane], s.move_start[lane + 1]):
        place = s.move_to_lane[m]
        if place >= real and x.head[place] >= 0 and s.lane_length_m[place] < s.driver[ASIDE]:
            found = found or x.ready_s[x.head[place]] <= at_s
    return found


@_inlined
def _choice(s: StreetArrays, day: Day, x: State, lane: int, v: int, at_s: float) -> tuple[int, int]:
    """Move and lane to go to: of the lanes from which the path goes on, the one with the fewest vehicles.

    From a lane with no way to the next link the vehicle goes over to the nearest lane that has one.
    """
    real = s.link_first_lane[len(s.link_changes)]
    here = x.place[v]
    link, to_link = day.path_links[here], day.path_links[here + 1]
    base = s.link_first_lane[to_link]
    allowed = day.path_lanes[here + 1]
    move, target, least = -1, -1, NEVER_S
    origin, aside = lane, 0
    while True:
        for m in range(s.move_start[origin], s.move_start[origin + 1]):
            if s.move_to_link[m] != to_link:
                continue
            nearest = s.move_to_lane[m]
            if nearest >= real:
                return m, nearest
            low, high = nearest, nearest + 1
            if s.link_changes[to_link]:
                low, high = base, s.link_first_lane[to_link + 1]
            for d in range(low, high):
                cost = x.holds[d] + _SIDEWAYS * abs(d - nearest)
                if not allowed >> (d - base) & 1:
                    cost += _ASTRAY
                if cost < least:
                    if _room_s(s, x, d) > at_s:
                        cost += _FULL
                    if cost < least:
                        move, target, least = m, d, cost
        if move >= 0 or aside > _FAR_ASIDE:
            return move, target
        while True:  # the next nearest lane of the link
            aside = -aside if aside > 0 else 1 - aside
            origin = lane + aside
            if aside > _FAR_ASIDE or s.link_first_lane[link] <= origin < s.link_first_lane[link + 1]:
                break
        if aside > _FAR_ASIDE:
            return move, target


@_inlined
def _signal(s: StreetArrays, g: Signals, x: State, lane: int, v: int, move: int, at_s: float) -> tuple[float, bool]:
    """Seconds to wait for green (0: go), and whether the vehicle has to give way when it goes."""
    use = s.move_use[move]
    if use < 0:
        return 0.0, True
    j = g.use_junction[use]
    second = x.second[j]
    shown = g.shown[use, second]
    if shown < 0:  # yellow: whoever is on the move still passes in its first part
        moving = x.started[lane] > 0 or at_s - x.ready_s[v] < s.driver[LATE]
        if moving and -shown - 1 + at_s - int(at_s) < s.driver[YELLOW]:
            return 0.0, False
        shown = 0
    if shown == 0:
        return float(max(1, g.wait[use, second])), False
    return 0.0, shown == 2


@_inlined
def _gap_s(s: StreetArrays, g: Signals, day: Day, x: State, v: int, move: int, at_s: float, t: int) -> float:
    """When to try again; 0 where those it gives way to leave a gap.

    Of every stream with the right of way count the last vehicle that passed and the next one at its stop line, if that
    has green and room. Where both give way to each other the one that came first goes.
    """
    hurried = s.move_use[move] < 0 and at_s - x.ready_s[v] > s.driver[PATIENCE]
    for y in range(s.yields_start[move], s.yields_start[move + 1]):
        foe = s.yields_to[y]
        if x.passed_s[foe] + s.driver[CLEAR] > at_s:
            return float(x.passed_s[foe] + s.driver[CLEAR])
        other = s.move_from_lane[foe]
        w = x.head[other]
        if hurried or w < 0 or x.ready_s[w] > at_s + s.yields_gap_s[y] or x.blocked[other] >= t - 1:
            continue
        if x.place[w] == day.path_start[day.path[w] + 1] - 1:
            continue
        if day.path_links[x.place[w] + 1] != s.move_to_link[foe] or not _may_come(
            s, g, x, foe, max(at_s, x.ready_s[w]), t
        ):
            continue
        if x.ready_s[w] > x.ready_s[v] and _gives_way(s, foe, move):
            continue
        return float(max(at_s + 0.5, x.ready_s[w] + 0.1))
    return 0.0


@_inlined
def _may_come(s: StreetArrays, g: Signals, x: State, move: int, at_s: float, t: int) -> bool:
    """Whether a vehicle on this move is not held by its signal at that time."""
    use = s.move_use[move]
    if use < 0:
        return True
    j = g.use_junction[use]
    second = x.second[j] + int(at_s) - t
    while second >= g.cycle[j]:
        second -= g.cycle[j]
    shown = g.shown[use, second]
    return bool(shown >= 2 or shown == -1)


@_inlined
def _gives_way(s: StreetArrays, move: int, other: int) -> bool:
    found = False
    for y in range(s.yields_start[move], s.yields_start[move + 1]):
        found = found or s.yields_to[y] == other
    return found


@_inlined
def _leave(s: StreetArrays, day: Day, x: State, lane: int, v: int, move: int, target: int, at_s: float, t: int) -> None:
    """Vehicle v leaves its lane for another.

    The first of a queue that starts follow each other with growing ease; who starts from rest loses the time to reach
    the speed of the next lane from the speed it has at the stop line, v = sqrt(2 a x) after x metres of queue.
    """
    real = s.link_first_lane[len(s.link_changes)]
    late_s = at_s - x.ready_s[v]
    started = x.started[lane]
    if late_s > s.driver[LATE]:
        x.speed_m_per_s[v] = np.sqrt(2.0 * s.driver[ACCELERATION] * s.driver[SPACE] * started)
        x.totals[STOPS] += 1 if lane < real else 0
    x.speed_m_per_s[v] = min(x.speed_m_per_s[v], s.move_speed_m_per_s[move])
    x.lane_free_s[lane] = at_s + s.move_headway_s[move]
    if started < 3:
        x.lane_free_s[lane] += s.move_start_extra_s[move] * (3 - started)
    x.started[lane] = 9 if late_s <= s.driver[LATE] else min(9, started + 1)
    x.lane_delay_s[lane] += max(0.0, late_s)
    x.totals[MOVES_MADE] += 1
    x.totals[LONGEST_WAIT_S] = max(x.totals[LONGEST_WAIT_S], late_s)
    x.passed_s[move] = at_s
    _part(s, x, lane, at_s)
    x.ready_s[v] = at_s + s.move_travel_s[move]
    if target < real:
        x.place[v] += 1
        x.lane_entry_s[target] = at_s
        x.ready_s[v] += s.lane_travel_s[target] * day.pace[v] + _accelerate(s, x, target, v)
    _join(s, x, target, v, t)


@_inlined
def _accelerate(s: StreetArrays, x: State, d: int, v: int) -> float:
    """Seconds that vehicle v loses on lane d by reaching its speed; what it reaches there is remembered."""
    begin, limit, length = x.speed_m_per_s[v], s.lane_speed_m_per_s[d], s.lane_length_m[d]
    if begin >= limit:
        x.speed_m_per_s[v] = limit
        return 0.0
    a = s.driver[ACCELERATION]
    end = np.sqrt(begin * begin + 2.0 * a * length)
    if end >= limit:
        x.speed_m_per_s[v] = limit
        return float((limit - begin) ** 2 / (2.0 * a * limit))
    x.speed_m_per_s[v] = end
    return float((end - begin) / a - length / limit)


@_inlined
def _account_for_the_rest(s: StreetArrays, day: Day, x: State) -> None:
    """Who is still under way counts with what it lost so far, who was never let in with the time since its wish."""
    end_s = float(len(x.bucket))
    for lane in range(len(s.lane_travel_s)):
        v = x.head[lane]
        while v >= 0:
            ahead_s = max(0.0, x.ready_s[v] - end_s)
            waited_s = max(0.0, end_s - x.ready_s[v])
            x.lane_delay_s[lane] += waited_s
            x.lane_vehicles[lane] += 1
            x.totals[LONGEST_WAIT_S] = max(x.totals[LONGEST_WAIT_S], waited_s)
            x.totals[DELAY_S] += max(0.0, end_s - day.depart_s[v] - (day.free_s[x.place[v]] * day.pace[v] - ahead_s))
            v = x.behind[v]
    for e in range(len(s.link_changes)):
        v = x.entry_head[e]
        while v >= 0:
            waited_s = max(0.0, end_s - day.depart_s[v])
            x.totals[DELAY_S] += waited_s
            x.lane_delay_s[s.link_first_lane[e]] += waited_s
            x.lane_vehicles[s.link_first_lane[e]] += 1
            v = x.behind[v]
