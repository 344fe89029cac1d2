"""Vehicles one by one: point queues at stop lines with finite lanes, driven by events, compiled.

Each lane is a first-in-first-out queue. A vehicle reaches the end of its lane at free speed and leaves when its signal
shows green, the vehicle before it is a headway ahead, those it gives way to leave a gap, and the next lane has room.
Room follows Newell's simplified theory (Transp. Res. B 27, 1993, p. 281): the n-th vehicle enters a lane that holds k
when vehicle n - k left it, plus the time a gap needs to travel back. Lanes wait in a calendar of one-second buckets for
the second at which something can happen to them, so that idle lanes cost nothing.
"""

from __future__ import annotations

import numpy as np

from optimizers.kernels.compiled import inlined, loop
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

_FULL, _ASTRAY, _SIDEWAYS = 1e6, 1e9, 0.4  # costs of a lane: no room; the path does not go on; per lane aside
_FAR_ASIDE = 64


@loop
def drive(s: StreetArrays, g: Signals, day: Day, x: State) -> None:
    """Let all vehicles of a day drive on an empty street for as long as its calendar is.

    Fills the totals (see the constants above), and per lane the delay of its vehicles and their number; waiting to
    enter counts on the lane entered, or on the first lane of the link for who never enters.
    """
    lanes, links = len(s.lane), len(s.link) - 1
    for v in range(len(day.trip) - 1, -1, -1):
        e = day.leg[day.path_start[day.trip[v].path]].link
        x.vehicle[v].behind = x.entry[e].head
        x.entry[e].head = v
    for e in range(links):
        if x.entry[e].head >= 0:
            _schedule(x, lanes + e, day.trip[x.entry[e].head].depart_s, 0)
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


@inlined
def _schedule(x: State, item: int, at_s: float, t: int) -> None:
    """Look at a lane or entry again in the second of `at_s`; what comes after the end is left out."""
    second = max(t, int(at_s))
    if second < len(x.bucket):
        x.after[item] = x.bucket[second]
        x.bucket[second] = item


@inlined
def _room_s(s: StreetArrays, x: State, d: int) -> float:
    """Since when lane d has room for one more vehicle; far away while it is full.

    The place of the next entry in the ring of exits holds the exit that made room for it.
    """
    if x.lane[d].holds >= s.lane[d].storage:
        return NEVER_S
    return float(x.exits_s[s.lane[d].exit_start + x.lane[d].next_entry] + s.lane[d].wave_s)


@inlined
def _join(s: StreetArrays, x: State, d: int, v: int, t: int) -> None:
    """Vehicle v, whose `ready_s` is known, becomes the last on lane d."""
    x.lane[d].next_entry = x.lane[d].next_entry + 1 if x.lane[d].next_entry + 1 < s.lane[d].storage else 0
    x.lane[d].holds += 1
    if x.lane[d].head < 0:
        x.lane[d].head = v
        _schedule(x, d, x.vehicle[v].ready_s, t)
    else:
        x.vehicle[x.lane[d].tail].behind = v
    x.lane[d].tail = v


@inlined
def _part(s: StreetArrays, x: State, d: int, at_s: float) -> None:
    """The head of lane d leaves it."""
    v = x.lane[d].head
    x.exits_s[s.lane[d].exit_start + x.lane[d].next_exit] = at_s
    x.lane[d].next_exit = x.lane[d].next_exit + 1 if x.lane[d].next_exit + 1 < s.lane[d].storage else 0
    x.lane[d].holds -= 1
    x.lane[d].vehicles += 1
    x.lane[d].head = x.vehicle[v].behind
    x.vehicle[v].behind = -1


@inlined
def _let_in(s: StreetArrays, day: Day, x: State, e: int, t: int) -> None:
    """Vehicles that want to enter the street on link e: from rest, one headway apart, where their lane has room."""
    entry = len(s.lane) + e
    while x.entry[e].head >= 0:
        v = x.entry[e].head
        at_s = max(day.trip[v].depart_s, x.entry[e].free_s, float(t))
        if at_s >= t + 1:
            _schedule(x, entry, at_s, t)
            return
        start = day.path_start[day.trip[v].path]
        first = s.link[e].first_lane
        best = -1
        last = s.link[e + 1].first_lane if _room_s(s, x, first) <= at_s else first  # all enter over the first lane
        for d in range(first, last):
            on_path = day.leg[start].lanes >> (d - first) & 1
            if on_path and (best < 0 or x.lane[d].holds < x.lane[best].holds) and _room_s(s, x, d) <= at_s:
                best = d
        if best < 0:
            _schedule(x, entry, t + 1.0, t)
            return
        x.entry[e].head = x.vehicle[v].behind
        x.vehicle[v].behind = -1
        x.entry[e].free_s = at_s + s.link[e].entry_headway_s
        x.vehicle[v].place = start
        x.vehicle[v].speed_m_per_s = 0.0
        x.vehicle[v].ready_s = at_s + s.lane[best].travel_s * day.trip[v].pace + _accelerate(s, x, best, v)
        x.lane[best].delay_s += at_s - day.trip[v].depart_s
        x.lane[best].entry_s = at_s
        x.totals[ENTERED] += 1
        _join(s, x, best, v, t)


@inlined
def _serve(s: StreetArrays, g: Signals, day: Day, x: State, lane: int, t: int) -> None:
    """Let go from a lane whoever can leave it in this second, and schedule the next look."""
    inside = lane >= s.link[len(s.link) - 1].first_lane
    while x.lane[lane].head >= 0:
        v = x.lane[lane].head
        at_s = max(x.vehicle[v].ready_s, x.lane[lane].free_s, float(t))
        if at_s >= t + 1:
            _schedule(x, lane, at_s, t)
            return
        if not inside and x.vehicle[v].place == day.path_start[day.trip[v].path + 1] - 1:  # the end of its path
            x.totals[DELAY_S] += (
                x.vehicle[v].ready_s - day.trip[v].depart_s - day.leg[x.vehicle[v].place].free_s * day.trip[v].pace
            )
            x.totals[LEFT] += 1
            _part(s, x, lane, x.vehicle[v].ready_s)
            continue
        move, target = _choice(s, day, x, lane, v, at_s)
        if move < 0:  # no path on: does not happen on paths of this street
            _part(s, x, lane, at_s)
            continue
        wait_s, yields = _signal(s, g, x, lane, v, move, at_s)
        if wait_s > 0.0:
            x.lane[lane].started = 0
            x.lane[lane].free_s = int(at_s) + wait_s + s.driver[START]
            _schedule(x, lane, int(at_s) + wait_s, t)
            return
        room_s = _room_s(s, x, target)
        if room_s > at_s:
            x.lane[lane].blocked = t
            if room_s >= NEVER_S:
                x.lane[lane].started = 0
                room_s = max(at_s + 0.5, x.vehicle[x.lane[target].head].ready_s + s.lane[target].wave_s)
            x.lane[lane].free_s = max(at_s + 0.1, room_s)
            continue
        if not inside and x.lane[target].entry_s + s.driver[MERGE] > at_s:
            x.lane[lane].free_s = x.lane[target].entry_s + s.driver[MERGE]
            continue
        if not inside and target < s.link[len(s.link) - 1].first_lane and _waits_inside(s, x, lane, at_s):
            x.lane[lane].started = 0
            x.lane[lane].free_s = at_s + 0.5
            continue
        if yields:
            retry_s = _gap_s(s, g, day, x, v, move, at_s, t)
            if retry_s > 0.0:
                x.lane[lane].started = 0
                x.lane[lane].free_s = retry_s
                continue
        _leave(s, day, x, lane, v, move, target, at_s, t)


@inlined
def _waits_inside(s: StreetArrays, x: State, lane: int, at_s: float) -> bool:
    """Whether somebody who left this lane waits inside the junction, in the way of those behind."""
    real = s.link[len(s.link) - 1].first_lane
    found = False
    for m in range(s.lane[lane].move_start, s.lane[lane].move_end):
        place = s.move[m].to_lane
        if place >= real and x.lane[place].head >= 0 and s.lane[place].length_m < s.driver[ASIDE]:
            found = found or x.vehicle[x.lane[place].head].ready_s <= at_s
    return found


@inlined
def _choice(s: StreetArrays, day: Day, x: State, lane: int, v: int, at_s: float) -> tuple[int, int]:
    """Move and lane to go to: of the lanes from which the path goes on, the one with the fewest vehicles.

    From a lane with no way to the next link the vehicle goes over to the nearest lane that has one.
    """
    real = s.link[len(s.link) - 1].first_lane
    here = x.vehicle[v].place
    link, to_link = day.leg[here].link, day.leg[here + 1].link
    base = s.link[to_link].first_lane
    allowed = day.leg[here + 1].lanes
    move, target, least = -1, -1, NEVER_S
    origin, aside = lane, 0
    while True:
        for m in range(s.lane[origin].move_start, s.lane[origin].move_end):
            if s.move[m].to_link != to_link:
                continue
            nearest = s.move[m].to_lane
            if nearest >= real:
                return m, nearest
            low, high = nearest, nearest + 1
            if s.link[to_link].changes:
                low, high = base, s.link[to_link + 1].first_lane
            for d in range(low, high):
                cost = x.lane[d].holds + _SIDEWAYS * abs(d - nearest)
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
            if aside > _FAR_ASIDE or s.link[link].first_lane <= origin < s.link[link + 1].first_lane:
                break
        if aside > _FAR_ASIDE:
            return move, target


@inlined
def _signal(s: StreetArrays, g: Signals, x: State, lane: int, v: int, move: int, at_s: float) -> tuple[float, bool]:
    """Seconds to wait for green (0: go), and whether the vehicle has to give way when it goes."""
    use = s.move[move].use
    if use < 0:
        return 0.0, True
    j = g.use_junction[use]
    second = x.second[j]
    shown = g.shown[use, second]
    if shown < 0:  # yellow: whoever is on the move still passes in its first part
        moving = x.lane[lane].started > 0 or at_s - x.vehicle[v].ready_s < s.driver[LATE]
        if moving and -shown - 1 + at_s - int(at_s) < s.driver[YELLOW]:
            return 0.0, False
        shown = 0
    if shown == 0:
        return float(max(1, g.wait[use, second])), False
    return 0.0, shown == 2


@inlined
def _gap_s(s: StreetArrays, g: Signals, day: Day, x: State, v: int, move: int, at_s: float, t: int) -> float:
    """When to try again; 0 where those it gives way to leave a gap.

    Of every stream with the right of way count the last vehicle that passed and the next one at its stop line, if that
    has green and room. Where both give way to each other the one that came first goes.
    """
    hurried = s.move[move].use < 0 and at_s - x.vehicle[v].ready_s > s.driver[PATIENCE]
    for y in range(s.move[move].yields_start, s.move[move].yields_end):
        foe = s.yields[y].to
        if x.passed_s[foe] + s.driver[CLEAR] > at_s:
            return float(x.passed_s[foe] + s.driver[CLEAR])
        other = s.move[foe].from_lane
        w = x.lane[other].head
        if hurried or w < 0 or x.vehicle[w].ready_s > at_s + s.yields[y].gap_s or x.lane[other].blocked >= t - 1:
            continue
        if x.vehicle[w].place == day.path_start[day.trip[w].path + 1] - 1:
            continue
        if day.leg[x.vehicle[w].place + 1].link != s.move[foe].to_link or not _may_come(
            s, g, x, foe, max(at_s, x.vehicle[w].ready_s), t
        ):
            continue
        if x.vehicle[w].ready_s > x.vehicle[v].ready_s and _gives_way(s, foe, move):
            continue
        return float(max(at_s + 0.5, x.vehicle[w].ready_s + 0.1))
    return 0.0


@inlined
def _may_come(s: StreetArrays, g: Signals, x: State, move: int, at_s: float, t: int) -> bool:
    """Whether a vehicle on this move is not held by its signal at that time."""
    use = s.move[move].use
    if use < 0:
        return True
    j = g.use_junction[use]
    second = x.second[j] + int(at_s) - t
    while second >= g.cycle[j]:
        second -= g.cycle[j]
    shown = g.shown[use, second]
    return bool(shown >= 2 or shown == -1)


@inlined
def _gives_way(s: StreetArrays, move: int, other: int) -> bool:
    found = False
    for y in range(s.move[move].yields_start, s.move[move].yields_end):
        found = found or s.yields[y].to == other
    return found


@inlined
def _leave(s: StreetArrays, day: Day, x: State, lane: int, v: int, move: int, target: int, at_s: float, t: int) -> None:
    """Vehicle v leaves its lane for another.

    The first of a queue that starts follow each other with growing ease; who starts from rest loses the time to reach
    the speed of the next lane from the speed it has at the stop line, v = sqrt(2 a x) after x metres of queue.
    """
    real = s.link[len(s.link) - 1].first_lane
    late_s = at_s - x.vehicle[v].ready_s
    started = x.lane[lane].started
    if late_s > s.driver[LATE]:
        x.vehicle[v].speed_m_per_s = np.sqrt(2.0 * s.driver[ACCELERATION] * s.driver[SPACE] * started)
        x.totals[STOPS] += 1 if lane < real else 0
    x.vehicle[v].speed_m_per_s = min(x.vehicle[v].speed_m_per_s, s.move[move].speed_m_per_s)
    x.lane[lane].free_s = at_s + s.move[move].headway_s
    if started < 3:
        x.lane[lane].free_s += s.move[move].start_extra_s * (3 - started)
    x.lane[lane].started = 9 if late_s <= s.driver[LATE] else min(9, started + 1)
    x.lane[lane].delay_s += max(0.0, late_s)
    x.totals[MOVES_MADE] += 1
    x.totals[LONGEST_WAIT_S] = max(x.totals[LONGEST_WAIT_S], late_s)
    x.passed_s[move] = at_s
    _part(s, x, lane, at_s)
    x.vehicle[v].ready_s = at_s + s.move[move].travel_s
    if target < real:
        x.vehicle[v].place += 1
        x.lane[target].entry_s = at_s
        x.vehicle[v].ready_s += s.lane[target].travel_s * day.trip[v].pace + _accelerate(s, x, target, v)
    _join(s, x, target, v, t)


@inlined
def _accelerate(s: StreetArrays, x: State, d: int, v: int) -> float:
    """Seconds that vehicle v loses on lane d by reaching its speed; what it reaches there is remembered."""
    begin, limit, length = x.vehicle[v].speed_m_per_s, s.lane[d].speed_m_per_s, s.lane[d].length_m
    if begin >= limit:
        x.vehicle[v].speed_m_per_s = limit
        return 0.0
    a = s.driver[ACCELERATION]
    end = np.sqrt(begin * begin + 2.0 * a * length)
    if end >= limit:
        x.vehicle[v].speed_m_per_s = limit
        return float((limit - begin) ** 2 / (2.0 * a * limit))
    x.vehicle[v].speed_m_per_s = end
    return float((end - begin) / a - length / limit)


@inlined
def _account_for_the_rest(s: StreetArrays, day: Day, x: State) -> None:
    """Who is still under way counts with what it lost so far, who was never let in with the time since its wish."""
    end_s = float(len(x.bucket))
    for lane in range(len(s.lane)):
        v = x.lane[lane].head
        while v >= 0:
            ahead_s = max(0.0, x.vehicle[v].ready_s - end_s)
            waited_s = max(0.0, end_s - x.vehicle[v].ready_s)
            x.lane[lane].delay_s += waited_s
            x.lane[lane].vehicles += 1
            x.totals[LONGEST_WAIT_S] = max(x.totals[LONGEST_WAIT_S], waited_s)
            x.totals[DELAY_S] += max(
                0.0, end_s - day.trip[v].depart_s - (day.leg[x.vehicle[v].place].free_s * day.trip[v].pace - ahead_s)
            )
            v = x.vehicle[v].behind
    for e in range(len(s.link) - 1):
        v = x.entry[e].head
        while v >= 0:
            waited_s = max(0.0, end_s - day.trip[v].depart_s)
            x.totals[DELAY_S] += waited_s
            x.lane[s.link[e].first_lane].delay_s += waited_s
            x.lane[s.link[e].first_lane].vehicles += 1
            v = x.vehicle[v].behind
