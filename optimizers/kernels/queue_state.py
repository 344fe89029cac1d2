"""What the vehicle-level kernel reads and writes: the street, a day's vehicles, and the street at one moment.

Rows, not columns: what is needed of a lane at once lies side by side in memory, and the compiler carries a dozen arrays
through the kernel where it was three score (measured: see `benchmarks/README.md`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from optimizers.kinds import Floats, Small

# Places in the row of totals.
DELAY_S, STOPS, ENTERED, LEFT, LONGEST_WAIT_S, MOVES_MADE = range(6)
TOTALS = 6

# Places in `StreetArrays.driver`: the fields of `traffic.Driver`, in order, and seconds that each m/s takes.
START, START_EXTRA, EASY, YELLOW, MERGE, CLEAR, GAP, PATIENCE, ACCELERATION, SPACE, LATE, ASIDE = range(12)
EASE = 15  # seconds per m/s
NEVER_S = 1e18
SEVERAL = -2  # signals

Rows = npt.NDArray[np.void]


def row_kind(**fields: str) -> np.dtype[np.void]:
    """The kind of a row, its fields where the processor likes them."""
    return np.dtype(list(fields.items()), align=True)


LINK = row_kind(entry_headway_s="f8", first_lane="i4")
LANE = row_kind(
    # what moves
    free_s="f8",  # the head cannot leave before
    room_s="f8",  # since when there is room for one more; far away while the lane is full
    entry_s="f8",  # last entry
    delay_s="f8",
    head="i4",
    tail="i4",
    holds="i4",  # vehicles
    started="i4",  # vehicles since the queue began to move
    next_entry="i4",  # place in the memory of exits of the one that makes room for the next
    blocked="i4",  # last second in which the head found no room
    vehicles="i4",  # that have left, or are there at the end
    # what stands
    travel_s="f8",
    wave_s="f8",
    speed_m_per_s="f8",
    gain_m2_per_s2="f8",  # what the square of the speed grows by along the lane
    half_pace_s_per_m="f8",  # half the time a metre takes at the speed limit
    storage="i4",
    standing="i4",  # of these, who has room while the lane stands
    exit_start="i4",  # its part of the memory of exits
    slot="i4",  # among the lanes of its link, places that they lead to included
    gate="i4",  # where those wait that find no room: one for each link, then one for each place
    move_start="i4",
    move_end="i4",
    inside="?",
    in_way="?",  # who waits here, or where this lane leads to, is in the way of those behind
    sink="?",  # nothing leads on
)
MOVE = row_kind(
    headway_s="f8",
    travel_s="f8",
    speed_m_per_s="f8",
    start_extra_s="f8",
    to_lane="i4",
    use="i4",
    yields_start="i4",
    yields_end="i4",
)
# `back`: the other stream gives way to this one too; `from_lane`, `to_link`: of the other stream.
YIELD = row_kind(gap_s="f8", to="i4", use="i4", from_lane="i4", to_link="i4", to_lane="i4", back="?")
TRIP = row_kind(depart_s="f8", pace="f8", start="i4")  # pace: times of this driver, over those at the speed limit
LEG = row_kind(lanes="i8", free_s="f8", link="i4", to_link="i4", choice="i4")  # choice: -1 where the path ends
# The only move and lane, or options from `first` up to `end`; `move` -1 where the path does not go on; `use` of all.
CHOICE = row_kind(move="i4", lane="i4", first="i4", end="i4", use="i4")
OPTION = row_kind(cost="i8", move="i4", lane="i4")  # costs are fifths of a vehicle

VEHICLE_STATE = row_kind(
    ready_s="f8",  # at the end of its lane
    speed_m_per_s="f8",  # there, unless it stops
    pace="f8",
    behind="i4",
    place="i4",  # in `Day.leg`
)
ENTRY_STATE = row_kind(free_s="f8", head="i4")  # vehicles waiting to enter


class StreetArrays(NamedTuple):
    """`traffic.Lanes` for the kernel, with what follows from it."""

    link: Rows  # [E + 1] of LINK; the last says where the places inside junctions begin
    lane: Rows  # [N] of LANE, without anybody
    move: Rows  # [M] of MOVE
    yields: Rows  # of YIELD
    queue_speed_m_per_s: Floats  # at the stop line, by how many have started before
    driver: Floats


class Day(NamedTuple):
    """One realisation: `traffic.Vehicles`, the lanes from which each path goes on (bits), and the time at free speed
    from the start of a path to the end of each of its links."""

    trip: Rows  # [V] of TRIP
    leg: Rows  # of LEG, the links of all paths
    choice: Rows  # of CHOICE: from each slot of a link, see `LANE`
    option: Rows  # of OPTION


class State(NamedTuple):
    """The street at one moment. V vehicles, N lanes, E links, M moves; -1 is nobody."""

    bucket: Small  # [seconds] first lane or entry that something can happen to; entries are N + link
    after: Small  # [N + E] the next one in the same bucket, or at the same gate
    gate: Small  # first lane or entry that waits for room
    lane: Rows  # [N] of LANE
    vehicle: Rows  # [V] of VEHICLE_STATE
    entry: Rows  # [E] of ENTRY_STATE
    exits_s: Floats  # rings of the last exits
    passed_s: Floats  # [M] last passage
    totals: Floats


def rows(kind: np.dtype[np.void], count: int, **fields: npt.ArrayLike) -> Rows:
    """So many rows of a kind; fields that are not given are zero."""
    made = np.zeros(count, dtype=kind)
    for name, values in fields.items():
        made[name] = values
    return made


def empty_state(street: StreetArrays, vehicles: int, seconds: int) -> State:
    """A street without anybody on it. Vehicles are written as they are put in line to enter."""
    lanes, links = len(street.lane), len(street.link) - 1
    return State(
        bucket=np.full(seconds, -1, dtype=np.int32),
        after=np.empty(lanes + links, dtype=np.int32),
        gate=np.full(int(street.lane["gate"].max(initial=0)) + 1, -1, dtype=np.int32),
        lane=street.lane.copy(),
        vehicle=np.empty(vehicles, dtype=VEHICLE_STATE),
        entry=rows(ENTRY_STATE, links, head=-1),
        exits_s=np.full(int(street.lane["storage"].sum()), -NEVER_S),
        passed_s=np.full(len(street.move), -NEVER_S),
        totals=np.zeros(TOTALS),
    )
