"""The street of the queue model as rows for its kernel."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np

from optimizers.kernels.queue_state import LANE, LINK, MOVE, NEVER_S, YIELD, StreetArrays, rows
from optimizers.kinds import Booleans, Floats, Integers
from optimizers.traffic import Lanes

_VEHICLE_M = 5.0
_LEEWAY_M = 1.5  # the last vehicle needs no gap behind it, the first stands a metre before the line
_CLOSE_S = 1.9  # between two that drive one behind the other
_MOST_STARTED = 9  # who comes later has the speed of the road


def street_arrays(lanes: Lanes) -> StreetArrays:
    """`Lanes` for the kernel."""
    driver = lanes.driver
    standing, storage = _storage(lanes)
    start = np.cumsum(storage) - storage
    wave_s = lanes.lane_length_m / driver.wave_m_per_s
    fast_m_per_s = np.maximum(0.0, lanes.move_speed_m_per_s - driver.easy_m_per_s)
    return StreetArrays(
        link=rows(
            LINK,
            lanes.links + 1,
            first_lane=lanes.link_first_lane,
            entry_headway_s=np.append(lanes.entry_headway_s, 0.0),
        ),
        lane=rows(
            LANE,
            lanes.lanes,
            room_s=-NEVER_S,
            entry_s=-NEVER_S,
            head=-1,
            tail=-1,
            started=_MOST_STARTED,
            blocked=-10,
            next_entry=start,
            travel_s=lanes.lane_length_m / np.maximum(1.0, lanes.lane_speed_m_per_s - driver.dawdle_m_per_s),
            speed_m_per_s=lanes.lane_speed_m_per_s,
            half_pace_s_per_m=0.5 / lanes.lane_speed_m_per_s,
            gain_m2_per_s2=2.0 * driver.acceleration_m_per_s2 * lanes.lane_length_m,
            wave_s=wave_s,
            storage=storage,
            standing=standing,
            exit_start=start,
            slot=slots(lanes),
            gate=_gates(lanes),
            move_start=lanes.move_start[:-1],
            move_end=lanes.move_start[1:],
            in_way=_in_way(lanes),
            inside=np.arange(lanes.lanes) >= lanes.link_first_lane[-1],
            sink=np.diff(lanes.move_start) == 0,
        ),
        move=rows(
            MOVE,
            lanes.moves,
            to_lane=lanes.move_to_lane,
            use=lanes.move_use,
            speed_m_per_s=lanes.move_speed_m_per_s,
            headway_s=lanes.move_headway_s,
            start_extra_s=driver.start_extra_s * fast_m_per_s,
            travel_s=lanes.move_travel_s,
            yields_start=lanes.yields_start[:-1],
            yields_end=lanes.yields_start[1:],
        ),
        yields=rows(
            YIELD,
            len(lanes.yields_to),
            to=lanes.yields_to,
            gap_s=_gaps_s(lanes),
            use=lanes.move_use[lanes.yields_to],
            from_lane=lanes.move_from_lane[lanes.yields_to],
            to_link=lanes.move_to_link[lanes.yields_to],
            to_lane=lanes.move_to_lane[lanes.yields_to],
            back=_both_ways(lanes),
        ),
        queue_speed_m_per_s=np.sqrt(2.0 * driver.acceleration_m_per_s2 * driver.space_m * np.arange(_MOST_STARTED + 1)),
        driver=np.array([*astuple(driver), 1.0 / driver.acceleration_m_per_s2]),
    )


def slots(lanes: Lanes) -> Integers:
    """[N] the number of each lane among those of its link; places inside a junction follow those of the link that
    leads to them."""
    first = lanes.link_first_lane
    widths = np.diff(first)
    taken = widths.copy()
    found: Integers = np.arange(lanes.lanes) - np.append(
        np.repeat(first[:-1], widths), np.zeros(lanes.lanes - first[-1])
    )
    link_of = np.repeat(np.arange(lanes.links), widths)
    for m in np.flatnonzero(lanes.move_to_lane >= first[-1]):
        link = link_of[lanes.move_from_lane[m]]
        found[lanes.move_to_lane[m]] = taken[link]
        taken[link] += 1
    return found.astype(np.int64)


def _gates(lanes: Lanes) -> Integers:
    """[N] the link of a lane; each place inside a junction has its own."""
    places = lanes.lanes - int(lanes.link_first_lane[-1])
    gates = np.concatenate(
        (np.repeat(np.arange(lanes.links), np.diff(lanes.link_first_lane)), np.arange(places) + lanes.links)
    )
    return gates.astype(np.int64)


def _in_way(lanes: Lanes) -> Booleans:
    """[N] places where who waits is in the way of those behind, and lanes that lead to one."""
    found = np.zeros(lanes.lanes, dtype=np.bool_)
    near = (lanes.move_to_lane >= lanes.link_first_lane[-1]) & (
        lanes.lane_length_m[lanes.move_to_lane] < lanes.driver.aside_m
    )
    found[lanes.move_from_lane[near]] = True
    found[lanes.move_to_lane[near]] = True
    return found


def _both_ways(lanes: Lanes) -> Booleans:
    """[yields] whether the other stream gives way to this one too."""
    one = np.repeat(np.arange(lanes.moves), np.diff(lanes.yields_start))
    pairs = set(zip(one.tolist(), lanes.yields_to.tolist(), strict=True))
    return np.array(
        [(b, a) in pairs for a, b in zip(one.tolist(), lanes.yields_to.tolist(), strict=True)], dtype=np.bool_
    )


def _storage(lanes: Lanes) -> tuple[Integers, Integers]:
    """[N] vehicles that may be on the way to a lane and on it: standing ones, or those that drive one behind another.

    Where nobody gives way to anybody vehicles may stand on the way to the lane too, unless other ways begin beside it:
    who stands there holds back who goes elsewhere. First who has room while the lane stands, then while it moves.
    """
    plain = (lanes.move_use < 0) & (np.diff(lanes.yields_start) == 0)
    plain[lanes.yields_to] = False
    plain &= np.bincount(lanes.move_from_lane, minlength=lanes.lanes)[lanes.move_from_lane] == 1
    way_m = np.full(lanes.lanes, np.inf)
    np.minimum.at(
        way_m, lanes.move_to_lane, np.where(plain, lanes.move_travel_s * lanes.move_speed_m_per_s + _VEHICLE_M, 0.0)
    )
    way_s = np.zeros(lanes.lanes)
    np.maximum.at(way_s, lanes.move_to_lane, lanes.move_travel_s)
    standing = (lanes.lane_length_m + np.where(np.isfinite(way_m), way_m, 0.0) + _LEEWAY_M) / lanes.driver.space_m
    driving = (
        way_s + lanes.lane_length_m * (1.0 / lanes.lane_speed_m_per_s + 1.0 / lanes.driver.wave_m_per_s)
    ) / _CLOSE_S
    driving[lanes.link_first_lane[-1] :] = 0.0
    stand = np.maximum(1, np.floor(standing)).astype(np.int64)
    return stand, np.maximum(stand, np.ceil(driving).astype(np.int64))


def _gaps_s(lanes: Lanes) -> Floats:
    """[yields] gap needed: the time to be across from rest with the whole vehicle; farther than that nobody looks."""
    begin = lanes.driver.acceleration_m_per_s2 / 2.0
    way_m = lanes.move_travel_s * lanes.move_speed_m_per_s
    end = np.minimum(lanes.move_speed_m_per_s, np.sqrt(begin**2 + 2.0 * lanes.driver.acceleration_m_per_s2 * way_m))
    across_s = (way_m + _VEHICLE_M) / (0.5 * (begin + end))
    return np.repeat(np.minimum(across_s, lanes.driver.gap_s), np.diff(lanes.yields_start))
