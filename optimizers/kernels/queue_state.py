"""What the vehicle-level kernel reads and writes: the street, a day's vehicles, and the street at one moment."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optimizers.kinds import Booleans, Floats, Integers, Small

# Places in the row of totals.
DELAY_S, STOPS, ENTERED, LEFT, LONGEST_WAIT_S, MOVES_MADE = range(6)
TOTALS = 6

# Places in `StreetArrays.driver`: the fields of `traffic.Driver`, in order.
START, START_EXTRA, EASY, YELLOW, MERGE, CLEAR, GAP, PATIENCE, ACCELERATION, SPACE, LATE, ASIDE = range(12)
NEVER_S = 1e18


class StreetArrays(NamedTuple):
    """`traffic.Lanes` for the kernel, with what follows from it."""

    link_first_lane: Small
    link_changes: Booleans
    entry_headway_s: Floats
    lane_travel_s: Floats
    lane_length_m: Floats
    lane_speed_m_per_s: Floats
    lane_wave_s: Floats
    lane_storage: Small
    exit_start: Small  # [N + 1] into the memory of the last exits of each lane
    move_start: Small
    move_from_lane: Small
    move_to_lane: Small
    move_to_link: Small
    move_speed_m_per_s: Floats
    move_headway_s: Floats
    move_start_extra_s: Floats
    move_travel_s: Floats
    move_use: Small
    yields_start: Small
    yields_to: Small
    yields_gap_s: Floats
    driver: Floats


class Day(NamedTuple):
    """One realisation: `traffic.Vehicles`, the lanes from which each path goes on (bits), and the time at free speed
    from the start of a path to the end of each of its links."""

    depart_s: Floats
    path: Small
    path_start: Small
    path_links: Small
    path_lanes: Integers
    free_s: Floats
    pace: Floats  # [V] times of each driver, over those at the speed limit


class State(NamedTuple):
    """The street at one moment. V vehicles, N lanes, E links, M moves; -1 is nobody."""

    second: Small  # [J] of the cycle of each junction, now
    bucket: Small  # [seconds] first lane or entry that something can happen to; entries are N + link
    after: Small  # [N + E] the next one in the same bucket
    head: Small  # [N]
    tail: Small  # [N]
    behind: Small  # [V]
    holds: Small  # [N] vehicles
    next_entry: Small  # [N] places in the lane's ring of exits
    next_exit: Small  # [N]
    exits_s: Floats  # rings of the last exits
    lane_free_s: Floats  # [N] the head cannot leave before
    lane_entry_s: Floats  # [N] last entry
    started: Small  # [N] vehicles since the queue began to move
    blocked: Small  # [N] last second in which the head found no room
    passed_s: Floats  # [M] last passage
    ready_s: Floats  # [V] at the end of its lane
    speed_m_per_s: Floats  # [V] there, unless it stops
    place: Small  # [V] position in path_links
    entry_head: Small  # [E] vehicles waiting to enter
    entry_free_s: Floats  # [E]
    totals: Floats
    lane_delay_s: Floats  # [N]
    lane_vehicles: Small  # [N]


def empty_state(street: StreetArrays, vehicles: int, seconds: int, junctions: int) -> State:
    """A street without anybody on it."""
    lanes, links, moves = len(street.lane_travel_s), len(street.link_changes), len(street.move_to_lane)

    def nobody(count: int) -> Small:
        return np.full(count, -1, dtype=np.int32)

    def none(count: int) -> Small:
        return np.zeros(count, dtype=np.int32)

    return State(
        second=none(junctions),
        bucket=nobody(seconds),
        after=nobody(lanes + links),
        head=nobody(lanes),
        tail=nobody(lanes),
        behind=nobody(vehicles),
        holds=none(lanes),
        next_entry=none(lanes),
        next_exit=none(lanes),
        exits_s=np.full(int(street.exit_start[-1]), -NEVER_S),
        lane_free_s=np.zeros(lanes),
        lane_entry_s=np.full(lanes, -NEVER_S),
        started=np.full(lanes, 9, dtype=np.int32),
        blocked=np.full(lanes, -10, dtype=np.int32),
        passed_s=np.full(moves, -NEVER_S),
        ready_s=np.zeros(vehicles),
        speed_m_per_s=np.zeros(vehicles),
        place=none(vehicles),
        entry_head=nobody(links),
        entry_free_s=np.zeros(links),
        totals=np.zeros(TOTALS),
        lane_delay_s=np.zeros(lanes),
        lane_vehicles=none(lanes),
    )
