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

# Places in `StreetArrays.driver`: the fields of `traffic.Driver`, in order.
START, START_EXTRA, EASY, YELLOW, MERGE, CLEAR, GAP, PATIENCE, ACCELERATION, SPACE, LATE, ASIDE = range(12)
NEVER_S = 1e18

Rows = npt.NDArray[np.void]


def _row(**fields: str) -> np.dtype[np.void]:
    """The kind of a row, its fields where the processor likes them."""
    return np.dtype(list(fields.items()), align=True)


LINK = _row(entry_headway_s="f8", first_lane="i4", changes="?")
LANE = _row(
    travel_s="f8",
    length_m="f8",
    speed_m_per_s="f8",
    wave_s="f8",
    storage="i4",
    exit_start="i4",  # into the memory of the last exits of each lane
    move_start="i4",
    move_end="i4",
)
MOVE = _row(
    headway_s="f8",
    travel_s="f8",
    speed_m_per_s="f8",
    start_extra_s="f8",
    from_lane="i4",
    to_lane="i4",
    to_link="i4",
    use="i4",
    yields_start="i4",
    yields_end="i4",
)
YIELD = _row(gap_s="f8", to="i4")
TRIP = _row(depart_s="f8", pace="f8", path="i4")  # pace: times of this driver, over those at the speed limit
LEG = _row(lanes="i8", free_s="f8", link="i4")

LANE_STATE = _row(
    free_s="f8",  # the head cannot leave before
    entry_s="f8",  # last entry
    delay_s="f8",
    head="i4",
    tail="i4",
    holds="i4",  # vehicles
    next_entry="i4",  # places in the lane's ring of exits
    next_exit="i4",
    started="i4",  # vehicles since the queue began to move
    blocked="i4",  # last second in which the head found no room
    vehicles="i4",  # that have left, or are there at the end
)
VEHICLE_STATE = _row(
    ready_s="f8",  # at the end of its lane
    speed_m_per_s="f8",  # there, unless it stops
    behind="i4",
    place="i4",  # in `Day.leg`
)
ENTRY_STATE = _row(free_s="f8", head="i4")  # vehicles waiting to enter


class StreetArrays(NamedTuple):
    """`traffic.Lanes` for the kernel, with what follows from it."""

    link: Rows  # [E + 1] of LINK; the last says where the places inside junctions begin
    lane: Rows  # [N] of LANE
    move: Rows  # [M] of MOVE
    yields: Rows  # of YIELD
    driver: Floats


class Day(NamedTuple):
    """One realisation: `traffic.Vehicles`, the lanes from which each path goes on (bits), and the time at free speed
    from the start of a path to the end of each of its links."""

    trip: Rows  # [V] of TRIP
    path_start: Small
    leg: Rows  # of LEG, the links of all paths


class State(NamedTuple):
    """The street at one moment. V vehicles, N lanes, E links, M moves; -1 is nobody."""

    second: Small  # [J] of the cycle of each junction, now
    bucket: Small  # [seconds] first lane or entry that something can happen to; entries are N + link
    after: Small  # [N + E] the next one in the same bucket
    lane: Rows  # [N] of LANE_STATE
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


def empty_state(street: StreetArrays, vehicles: int, seconds: int, junctions: int) -> State:
    """A street without anybody on it."""
    lanes, links = len(street.lane), len(street.link) - 1
    return State(
        second=np.zeros(junctions, dtype=np.int32),
        bucket=np.full(seconds, -1, dtype=np.int32),
        after=np.full(lanes + links, -1, dtype=np.int32),
        lane=rows(LANE_STATE, lanes, entry_s=-NEVER_S, head=-1, tail=-1, started=9, blocked=-10),
        vehicle=rows(VEHICLE_STATE, vehicles, behind=-1),
        entry=rows(ENTRY_STATE, links, head=-1),
        exits_s=np.full(int(street.lane["storage"].sum()), -NEVER_S),
        passed_s=np.full(len(street.move), -NEVER_S),
        totals=np.zeros(TOTALS),
    )
