"""What happens to one lane of the vehicle-level kernel: who comes, who goes, who waits for room on it."""

from __future__ import annotations

import numpy as np

from optimizers.kernels.compiled import inlined
from optimizers.kernels.queue_state import DELAY_S, EASE, LEFT, NEVER_S, Day, State, StreetArrays


@inlined
def schedule(x: State, item: int, at_s: float, t: int) -> None:
    """Look at a lane or entry again in the second of `at_s`; what comes after the end is left out."""
    second = max(t, int(at_s))
    if second < len(x.bucket):
        x.after[item] = x.bucket[second]
        x.bucket[second] = item


@inlined
def join(x: State, d: int, v: int, ready_s: float, t: int) -> None:
    """Vehicle v becomes the last on lane d, at whose end it is at `ready_s`.

    There is room for the next one as soon as the exit is known that makes it: a whole lane before in the memory.
    """
    lane = x.lane[d]
    x.vehicle[v].ready_s = ready_s
    following = lane.next_entry + 1
    if following == lane.exit_start + lane.storage:
        following = lane.exit_start
    lane.next_entry = following
    lane.holds += 1
    lane.room_s = x.exits_s[following] + lane.wave_s if lane.holds < lane.storage else NEVER_S
    if lane.head < 0:
        lane.head = v
        if not lane.sink:
            schedule(x, d, ready_s, t)
    else:
        x.vehicle[lane.tail].behind = v
    lane.tail = v


@inlined
def part(x: State, d: int, at_s: float, t: int) -> None:
    """The head of lane d leaves it; where the lane was full, those who wait for room look again."""
    lane = x.lane[d]
    v = lane.head
    place = lane.next_entry - lane.holds
    if place < lane.exit_start:
        place += lane.storage
    x.exits_s[place] = at_s
    if lane.holds == lane.storage:
        lane.room_s = at_s + lane.wave_s
    if x.gate[lane.gate] >= 0:
        open_gate(x, lane.gate, at_s + lane.wave_s, t)
    lane.holds -= 1
    lane.vehicles += 1
    lane.head = x.vehicle[v].behind
    x.vehicle[v].behind = -1


@inlined
def wait_for_room(x: State, item: int, gate: int) -> None:
    """A lane or entry is looked at again as soon as somebody leaves a full lane of this gate."""
    x.after[item] = x.gate[gate]
    x.gate[gate] = item


@inlined
def open_gate(x: State, gate: int, room_s: float, t: int) -> None:
    """Look again at all who wait at a gate when there is room; who has waited longest comes first."""
    item = x.gate[gate]
    x.gate[gate] = -1
    while item >= 0:
        following = x.after[item]
        if item < len(x.lane):
            x.lane[item].blocked = t
            x.lane[item].free_s = max(x.lane[item].free_s, room_s)
        schedule(x, item, room_s, t)
        item = following


@inlined
def see_off(day: Day, x: State, d: int, until_s: float, t: int) -> None:
    """Who has reached the end of a lane from which nothing leads on is gone: seen when somebody asks."""
    lane = x.lane[d]
    while lane.head >= 0 and x.vehicle[lane.head].ready_s <= until_s:
        arrive(day, x, d, t)


@inlined
def arrive(day: Day, x: State, d: int, t: int) -> None:
    """The head of lane d is at the end of its path."""
    v = x.lane[d].head
    vehicle = x.vehicle[v]
    x.totals[DELAY_S] += vehicle.ready_s - day.trip[v].depart_s - day.leg[vehicle.place].free_s * vehicle.pace
    x.totals[LEFT] += 1
    part(x, d, vehicle.ready_s, t)


@inlined
def accelerate(s: StreetArrays, x: State, d: int, v: int) -> float:
    """Seconds that vehicle v loses on lane d by reaching its speed; what it reaches there is remembered."""
    lane = x.lane[d]
    begin = min(x.vehicle[v].speed_m_per_s, lane.speed_m_per_s)
    end = min(np.sqrt(begin * begin + lane.gain_m2_per_s2), lane.speed_m_per_s)
    x.vehicle[v].speed_m_per_s = end
    return float((end - begin) * s.driver[EASE] * (1.0 - (begin + end) * lane.half_pace_s_per_m))
