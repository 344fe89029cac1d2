"""Vehicles one by one: point queues at stop lines with finite lanes, driven by events, compiled.

Each lane is a first-in-first-out queue. A vehicle reaches the end of its lane at free speed and leaves when its signal
shows green, the vehicle before it is a headway ahead, those it gives way to leave a gap, and the next lane has room.
Room follows Newell's simplified theory (Transp. Res. B 27, 1993, p. 281): the n-th vehicle enters a lane that holds k
when vehicle n - k left it, plus the time a gap needs to travel back. Lanes wait in a calendar of one-second buckets for
the second at which something can happen to them, so that idle lanes cost nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optimizers.kernels.compiled import inlined, loop
from optimizers.kernels.queue_control import may_come, note_passage, shown_now, take_turns
from optimizers.kernels.queue_control_state import Control, ControlState
from optimizers.kernels.queue_lanes import accelerate, arrive, join, part, schedule, see_off, wait_for_room
from optimizers.kernels.queue_signals import Signals
from optimizers.kernels.queue_state import (
    CLEAR,
    DELAY_S,
    ENTERED,
    LATE,
    LONGEST_WAIT_S,
    MERGE,
    MOVES_MADE,
    NEVER_S,
    PATIENCE,
    SEVERAL,
    START,
    STOPS,
    YELLOW,
    Day,
    State,
    StreetArrays,
)

_VEHICLE, _NO_ROOM = 5, 5_000_000  # costs of a lane, in fifths of a vehicle: each one there; no room (twice: full)
_SOON_S = 2.0  # so far ahead is known when the next of a stream leaves
_STANDS = 1 << 30  # has found no room, and waits until there is


@loop
def drive(s: StreetArrays, g: Signals, day: Day, x: State) -> None:
    """Let all vehicles of a day drive on an empty street for as long as its calendar is.

    Fills the totals (see the constants above), and per lane the delay of its vehicles and their number; waiting to
    enter counts on the lane entered, or on the first lane of the link for who never enters.
    """
    _drive(s, g, day, x, None, None)


@loop
def drive_responding(s: StreetArrays, g: Signals, day: Day, x: State, c: Control, y: ControlState) -> None:
    """As `drive`, with junctions that respond to traffic; those without a controller keep to their tables."""
    _drive(s, g, day, x, c, y)


@inlined
def _drive(s: StreetArrays, g: Signals, day: Day, x: State, c: Control | None, y: ControlState | None) -> None:
    """Compiled once for each kind of control: where there are no controllers, nothing of what asks for them is left."""
    lanes, links = len(s.lane), len(s.link) - 1
    for v in range(len(day.trip) - 1, -1, -1):
        e = day.leg[day.trip[v].start].link
        x.vehicle[v].behind = x.entry[e].head
        x.entry[e].head = v
    for e in range(links):
        if x.entry[e].head >= 0:
            schedule(x, lanes + e, day.trip[x.entry[e].head].depart_s, 0)
    for t in range(len(x.bucket)):
        if c is not None and y is not None:
            take_turns(c, x, y, t)
        while x.bucket[t] >= 0:
            item = x.bucket[t]
            x.bucket[t] = x.after[item]
            if item >= lanes:
                _let_in(s, day, x, item - lanes, t)
            else:
                _serve(s, g, day, x, c, y, item, t)
    _account_for_the_rest(s, day, x)


@inlined
def _let_in(s: StreetArrays, day: Day, x: State, e: int, t: int) -> None:
    """Vehicles that want to enter the street on link e: from rest, one headway apart, where their lane has room."""
    item, entry = len(s.lane) + e, x.entry[e]
    first, last = s.link[e].first_lane, s.link[e + 1].first_lane
    while entry.head >= 0:
        v = entry.head
        trip = day.trip[v]
        at_s = max(trip.depart_s, entry.free_s, float(t))
        if at_s >= t + 1:
            schedule(x, item, at_s, t)
            return
        best, least = -1, 0
        if x.lane[first].sink:
            for d in range(first, last):
                if x.lane[d].sink:  # others lead on: from a turn at the end of the street, say
                    see_off(day, x, d, at_s, t)
        if x.lane[first].room_s <= at_s:  # all enter over the first lane
            lanes = day.leg[trip.start].lanes
            for d in range(first, last):
                if lanes >> (d - first) & 1 and (best < 0 or x.lane[d].holds < least) and x.lane[d].room_s <= at_s:
                    best, least = d, x.lane[d].holds
        if best < 0:
            if x.lane[first].room_s >= NEVER_S and not x.lane[first].sink:
                wait_for_room(x, item, e)
            else:
                schedule(x, item, t + 1.0, t)
            return
        vehicle, lane = x.vehicle[v], x.lane[best]
        entry.head = vehicle.behind
        entry.free_s = at_s + s.link[e].entry_headway_s
        vehicle.behind = -1
        vehicle.place = trip.start
        vehicle.speed_m_per_s = 0.0
        vehicle.pace = trip.pace
        lane.delay_s += at_s - trip.depart_s
        lane.entry_s = at_s
        x.totals[ENTERED] += 1
        join(x, best, v, at_s + lane.travel_s * trip.pace + accelerate(s, x, best, v), t)


@inlined
def _serve(
    s: StreetArrays,
    g: Signals,
    day: Day,
    x: State,
    c: Control | None,
    y: ControlState | None,
    number: int,
    t: int,
) -> None:
    """Let go from a lane whoever can leave it in this second, and schedule the next look."""
    lane = x.lane[number]
    while lane.head >= 0:
        v = lane.head
        ready_s = x.vehicle[v].ready_s
        at_s = max(ready_s, lane.free_s, float(t))
        if at_s >= t + 1:
            schedule(x, number, at_s, t)
            return
        leg = day.leg[x.vehicle[v].place]
        if leg.choice < 0:
            if c is not None and y is not None:
                note_passage(c, x, y, number, ready_s)
            arrive(day, x, number, t)
            continue
        row = leg.choice + lane.slot
        use = day.choice[row].use
        if use == SEVERAL:
            use = s.move[_choice(day, x, row, at_s, t)[0]].use
        wait_s, yields = _signal(s, g, c, y, lane, ready_s, use, at_s, t)
        if wait_s > 0.0:
            lane.started = 0
            lane.free_s = t + wait_s + s.driver[START]
            schedule(x, number, t + wait_s, t)
            return
        move, to = _choice(day, x, row, at_s, t)
        if move < 0:  # no path on: does not happen on paths of this street
            part(x, number, at_s, t)
            continue
        room_s = x.lane[to].room_s
        if room_s > at_s:
            lane.blocked = t
            if room_s >= NEVER_S:
                lane.started = 0
                if not x.lane[to].sink:
                    lane.blocked = _STANDS
                    wait_for_room(x, number, x.lane[to].gate)
                    return
                room_s = x.vehicle[x.lane[to].head].ready_s + x.lane[to].wave_s
            lane.free_s = max(at_s + 0.1, room_s)
            continue
        if _stands(x, to, at_s):
            lane.started = 0
            lane.blocked = _STANDS
            wait_for_room(x, number, x.lane[to].gate)
            return
        if not lane.inside:
            merged_s = x.lane[to].entry_s + s.driver[MERGE]
            if merged_s > at_s:
                lane.free_s = merged_s
                continue
            if lane.in_way and not x.lane[to].inside and _waits_inside(s, x, number, at_s):
                lane.started = 0
                lane.free_s = at_s + 0.5
                continue
        if yields:
            retry_s = _gap_s(s, g, day, x, c, y, ready_s, move, to, at_s, t)
            if retry_s > 0.0:
                lane.started = 0
                lane.free_s = retry_s
                continue
        if c is not None and y is not None:
            note_passage(c, x, y, number, at_s)
        _leave(s, x, number, v, move, to, at_s, t)


@inlined
def _stands(x: State, d: int, at_s: float) -> bool:
    """Whether lane d stands, and is as full as a standing lane can be."""
    lane = x.lane[d]
    if lane.holds < lane.standing or lane.sink or lane.head < 0:
        return False
    return bool(lane.started == 0 and x.vehicle[lane.head].ready_s <= at_s)


@inlined
def _waits_inside(s: StreetArrays, x: State, number: int, at_s: float) -> bool:
    """Whether somebody who left this lane waits inside the junction, in the way of those behind."""
    found = False
    for m in range(x.lane[number].move_start, x.lane[number].move_end):
        place = x.lane[s.move[m].to_lane]
        if place.inside and place.in_way and place.head >= 0:
            found = found or x.vehicle[place.head].ready_s <= at_s
    return found


@inlined
def _choice(day: Day, x: State, row: int, at_s: float, t: int) -> tuple[int, int]:
    """Move and lane to go to: of the lanes from which the path goes on, the one with the fewest vehicles."""
    choice = day.choice[row]
    move, to = choice.move, choice.lane
    if choice.first == choice.end and x.lane[to].room_s > at_s and x.lane[to].sink:
        see_off(day, x, to, at_s, t)
    least = 1 << 60
    for i in range(choice.first, choice.end):
        option = day.option[i]
        d = option.lane
        if x.lane[d].sink:
            see_off(day, x, d, at_s, t)
        room_s = x.lane[d].room_s
        cost = option.cost + _VEHICLE * x.lane[d].holds + _NO_ROOM * (int(room_s > at_s) + int(room_s >= NEVER_S))
        way, better = option.move, cost < least
        move, to, least = way if better else move, d if better else to, cost if better else least
    return move, to


@inlined
def _second(g: Signals, j: int, at_s: int) -> int:
    """Of the cycle of a junction."""
    return int(np.uint32(at_s + g.cycle[j] - g.offset[j]) % np.uint32(g.cycle[j]))


@inlined
def _signal(
    s: StreetArrays,
    g: Signals,
    c: Control | None,
    y: ControlState | None,
    lane: Any,
    ready_s: float,
    use: int,
    at_s: float,
    t: int,
) -> tuple[float, bool]:
    """Seconds to wait for green (0: go), and whether the vehicle has to give way when it goes."""
    if use < 0:
        return 0.0, True
    second = _second(g, g.use_junction[use], t)
    shown, red_s = int(g.shown[use, second]), int(g.wait[use, second])
    if c is not None and y is not None:
        j = g.use_junction[use]
        if c.controller[j].responds:
            shown, red_s = shown_now(c, y, j, use, t)
    if shown < 0:  # yellow: whoever is on the move still passes in its first part
        moving = lane.started > 0 or at_s - ready_s < s.driver[LATE]
        if moving and -shown - 1 + at_s - t < s.driver[YELLOW]:
            return 0.0, False
        shown = 0
    if shown == 0:
        return float(max(1, red_s)), False
    return 0.0, shown == 2


@inlined
def _gap_s(
    s: StreetArrays,
    g: Signals,
    day: Day,
    x: State,
    c: Control | None,
    y: ControlState | None,
    ready_s: float,
    move: int,
    to: int,
    at_s: float,
    t: int,
) -> float:
    """When to try again; 0 where those it gives way to leave a gap.

    Of every stream with the right of way count the last vehicle that passed and the next one at its stop line, if that
    has green and room. Where both give way to each other the one that came first goes.
    """
    hurried = s.move[move].use < 0 and at_s - ready_s > s.driver[PATIENCE]
    for row in range(s.move[move].yields_start, s.move[move].yields_end):
        foe = s.yields[row]
        clear_s = x.passed_s[foe.to] + s.driver[CLEAR]
        if clear_s > at_s:
            return float(clear_s)
        w = x.lane[foe.from_lane].head
        if hurried or w < 0:
            continue
        other_s = x.vehicle[w].ready_s
        if other_s > at_s + foe.gap_s or _is_held(x, foe, to, t):
            continue
        if day.leg[x.vehicle[w].place].to_link != foe.to_link or not _may_come(g, c, y, foe.use, max(at_s, other_s)):
            continue
        if other_s > ready_s and foe.back:
            continue
        leaves_s = max(other_s, min(x.lane[foe.from_lane].free_s, at_s + _SOON_S))
        comes = _may_come(g, c, y, foe.use, max(at_s, leaves_s))
        return float(max(at_s + 0.5, leaves_s + s.driver[CLEAR] if comes else other_s + 0.1))
    return 0.0


@inlined
def _is_held(x: State, foe: Any, to: int, t: int) -> bool:
    """Whether the next of another stream has no room to go; into the same lane it goes first where there is some."""
    blocked = x.lane[foe.from_lane].blocked
    return bool(blocked == _STANDS or (blocked >= t - 1 and foe.to_lane != to))


@inlined
def _may_come(g: Signals, c: Control | None, y: ControlState | None, use: int, at_s: float) -> bool:
    """Whether a vehicle is not held by this signal at that time."""
    if use < 0:
        return True
    if c is not None and y is not None:
        j = g.use_junction[use]
        if c.controller[j].responds:
            return bool(may_come(c, y, j, use, int(at_s)))
    shown = g.shown[use, _second(g, g.use_junction[use], int(at_s))]
    return bool(shown >= 2 or shown == -1)


@inlined
def _leave(s: StreetArrays, x: State, number: int, v: int, move: int, to: int, at_s: float, t: int) -> None:
    """Vehicle v leaves its lane for another.

    The first of a queue that starts follow each other with growing ease; who starts from rest loses the time to reach
    the speed of the next lane from the speed it has at the stop line, v = sqrt(2 a x) after x metres of queue.
    """
    lane, vehicle, way = x.lane[number], x.vehicle[v], s.move[move]
    late_s = at_s - vehicle.ready_s
    started = lane.started
    stopped = late_s > s.driver[LATE]
    queue_speed_m_per_s, speed_m_per_s = s.queue_speed_m_per_s[started], vehicle.speed_m_per_s
    speed_m_per_s = queue_speed_m_per_s if stopped else speed_m_per_s
    vehicle.speed_m_per_s = min(speed_m_per_s, way.speed_m_per_s)
    x.totals[STOPS] += 1.0 if stopped and not lane.inside else 0.0
    lane.free_s = at_s + way.headway_s + way.start_extra_s * max(0, 3 - started)
    lane.started = min(9, started + 1) if stopped else 9
    lane.delay_s += max(0.0, late_s)
    x.totals[MOVES_MADE] += 1
    x.totals[LONGEST_WAIT_S] = max(x.totals[LONGEST_WAIT_S], late_s)
    x.passed_s[move] = at_s
    part(x, number, at_s, t)
    ready_s = at_s + way.travel_s
    if not x.lane[to].inside:
        vehicle.place += 1
        x.lane[to].entry_s = at_s
        ready_s += x.lane[to].travel_s * vehicle.pace + accelerate(s, x, to, v)
    join(x, to, v, ready_s, t)


@inlined
def _account_for_the_rest(s: StreetArrays, day: Day, x: State) -> None:
    """Who is still under way counts with what it lost so far, who was never let in with the time since its wish."""
    end_s = float(len(x.bucket))
    for number in range(len(s.lane)):
        lane = x.lane[number]
        if lane.sink:
            see_off(day, x, number, np.nextafter(end_s, 0.0), len(x.bucket))
        v = lane.head
        while v >= 0:
            vehicle = x.vehicle[v]
            ahead_s = max(0.0, vehicle.ready_s - end_s)
            waited_s = max(0.0, end_s - vehicle.ready_s)
            lane.delay_s += waited_s
            lane.vehicles += 1
            x.totals[LONGEST_WAIT_S] = max(x.totals[LONGEST_WAIT_S], waited_s)
            x.totals[DELAY_S] += max(
                0.0, end_s - day.trip[v].depart_s - (day.leg[vehicle.place].free_s * vehicle.pace - ahead_s)
            )
            v = vehicle.behind
    for e in range(len(s.link) - 1):
        v = x.entry[e].head
        while v >= 0:
            waited_s = max(0.0, end_s - day.trip[v].depart_s)
            x.totals[DELAY_S] += waited_s
            x.lane[s.link[e].first_lane].delay_s += waited_s
            x.lane[s.link[e].first_lane].vehicles += 1
            v = x.vehicle[v].behind
