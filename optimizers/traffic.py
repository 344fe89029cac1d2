"""Lanes, moves between them, and vehicles: what a vehicle-level model needs beside the timing problem."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from optimizers.faults import ArrayError, ArrayFault
from optimizers.kinds import Booleans, Floats, Integers

_FLOATS = (
    "lane_length_m",
    "lane_speed_m_per_s",
    "move_headway_s",
    "move_travel_s",
    "entry_headway_s",
    "move_speed_m_per_s",
)
_MOVES = ("move_from_lane", "move_to_lane", "move_to_link", "move_use")
_INTEGERS = ("link_first_lane", *_MOVES, "yields_start", "yields_to")
_LEAST = {
    "lane_length_m": 0.0,
    "lane_speed_m_per_s": 0.1,
    "entry_headway_s": 0.0,
    "move_headway_s": 0.1,
    "move_travel_s": 0.0,
    "move_speed_m_per_s": 0.1,
}
_MOST_LANES = 62  # of a link: they are bits of a number


@dataclass(frozen=True, slots=True)
class Driver:
    """How vehicles drive, times in seconds. Calibrated against SUMO's default car at steps of 1 s.

    `start_s`: from green to the first vehicle over the line; the next three follow by 3, 2 and 1 `start_extra_s` later
    than at saturation for every m/s by which their way is faster than `easy_m_per_s`. `yellow_s`: how long vehicles on
    the move still pass. `merge_s`: between two that enter one lane. A gap begins `clear_s` after the last vehicle with
    the right of way; the next must be away by the time to get across, at most `gap_s`. After `patience_s` a vehicle
    without a signal pushes in. `late_s`: who leaves so much later than at free speed has stopped. Who waits inside a
    junction less than `aside_m` past the stop line is in the way of those behind. `wave_m_per_s`: how fast a gap
    travels back. `dawdle_m_per_s`: how much slower than they want they drive on a free lane. `speed_spread`: standard
    deviation of the speeds wanted, as a share of the limit; nobody overtakes.
    """

    start_s: float = 1.3
    start_extra_s: float = 0.042
    easy_m_per_s: float = 8.0
    yellow_s: float = 0.9
    merge_s: float = 1.7
    clear_s: float = 1.0
    gap_s: float = 3.0
    patience_s: float = 120.0
    acceleration_m_per_s2: float = 2.6
    space_m: float = 7.5
    late_s: float = 0.5
    aside_m: float = 12.0
    wave_m_per_s: float = 8.0
    dawdle_m_per_s: float = 0.65
    speed_spread: float = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """The street as vehicles see it. E links, N lanes, M moves from lane to lane.

    `link_first_lane` [E + 1]: the lanes of link e are `link_first_lane[e]` up to `link_first_lane[e + 1]`, outermost
    first. Lanes from `link_first_lane[E]` on are places inside a junction where turning vehicles wait for a gap; each
    has one move out. `lane_length_m`, `lane_speed_m_per_s` [N]; `link_changes` [E] (True: long enough to change lanes
    on it); `entry_headway_s` [E] (between two vehicles that enter the street on this link).
    Moves are ordered by `move_from_lane`; `move_to_lane`, `move_to_link` [M] (the link it leads to, also where it
    first leads to a place inside), `move_headway_s` (discharge), `move_travel_s`, `move_use` (use of the timing problem
    whose signal it obeys, -1: none). Move m gives way to `yields_to[yields_start[m]:yields_start[m + 1]]` where its
    signal shows yielding green or where it has none. `move_speed_m_per_s` [M]: through the junction (empty: the speed
    of the lane left). Raises `ArrayError` with all faults; arrays become read-only.
    """

    link_first_lane: Integers
    link_changes: Booleans
    lane_length_m: Floats
    lane_speed_m_per_s: Floats
    entry_headway_s: Floats
    move_from_lane: Integers
    move_to_lane: Integers
    move_to_link: Integers
    move_headway_s: Floats
    move_travel_s: Floats
    move_use: Integers
    yields_start: Integers
    yields_to: Integers
    driver: Driver = Driver()
    move_speed_m_per_s: Floats = field(default_factory=lambda: np.zeros(0))
    move_start: Integers = field(init=False)  # [N + 1] moves by lane

    def __post_init__(self) -> None:
        for item in fields(self):
            if item.init and item.name != "driver":
                kind = np.float64 if item.name in _FLOATS else np.int64 if item.name in _INTEGERS else np.bool_
                _set(self, item.name, np.array(getattr(self, item.name), dtype=kind, order="C", copy=True))
        if self.move_speed_m_per_s.shape == (0,) and self.move_from_lane.max(initial=-1) < self.lanes:
            _set(self, "move_speed_m_per_s", self.lane_speed_m_per_s[self.move_from_lane])
        faults = _lane_faults(self)
        if faults:
            raise ArrayError(faults)
        counts = np.bincount(self.move_from_lane, minlength=self.lanes)
        _set(self, "move_start", np.concatenate(([0], np.cumsum(counts))).astype(np.int64))

    @property
    def lanes(self) -> int:
        return len(self.lane_length_m)

    @property
    def links(self) -> int:
        return len(self.link_changes)

    @property
    def moves(self) -> int:
        return len(self.move_from_lane)


@dataclass(frozen=True, slots=True, eq=False)
class Vehicles:
    """One realisation of the demand: V vehicles in order of `depart_s` [V] (from the beginning of the period), each on
    path `path` [V]; path p has the links `path_links[path_start[p]:path_start[p + 1]]`.
    """

    depart_s: Floats
    path: Integers
    path_start: Integers
    path_links: Integers

    def __post_init__(self) -> None:
        _set(self, "depart_s", np.array(self.depart_s, dtype=np.float64))
        for name in ("path", "path_start", "path_links"):
            _set(self, name, np.array(getattr(self, name), dtype=np.int64))
        faults = []
        if len(self.path) != len(self.depart_s):
            faults.append(ArrayFault("shape", "path", str(self.path.shape), str(self.depart_s.shape)))
        if np.any(np.diff(self.depart_s) < 0) or not np.all(np.isfinite(self.depart_s)):
            faults.append(ArrayFault("order", "depart_s", "a decrease, or no number", "rising finite times"))
        paths = len(self.path_start) - 1
        if paths < 0 or self.path_start[0] != 0 or self.path_start[-1] != len(self.path_links):
            faults.append(ArrayFault("row pointers", "path_start", "no rows", f"0 to {len(self.path_links)}"))
        elif np.any(np.diff(self.path_start) < 1):
            faults.append(ArrayFault("path", "path_start", "a path without links", "at least one link"))
        if np.any((self.path < 0) | (self.path >= paths)):
            faults.append(ArrayFault("index", "path", "out of range", f"0 to {paths - 1}"))
        if faults:
            raise ArrayError(faults)


@dataclass(frozen=True, slots=True, eq=False)
class Traffic:
    """The street's lanes and the realisations of the demand that drive on them for `duration_s`."""

    lanes: Lanes
    realisations: tuple[Vehicles, ...]
    duration_s: float

    def __post_init__(self) -> None:
        faults = []
        if not 0 < self.duration_s <= 1e6:
            faults.append(ArrayFault("duration", "traffic", f"{self.duration_s} s", "more than 0"))
        if not self.realisations:
            faults.append(ArrayFault("realisations", "traffic", "none", "at least one"))
        for number, vehicles in enumerate(self.realisations):
            links = vehicles.path_links
            if np.any((links < 0) | (links >= self.lanes.links)):
                faults.append(ArrayFault("index", f"path links of realisation {number}", "out of range", "links"))
        if faults:
            raise ArrayError(faults)


def allowed_lanes(lanes: Lanes, vehicles: Vehicles) -> Integers:
    """[length of `path_links`] lanes of each link of each path from which the path goes on, as bits of a number.

    A lane is allowed if a move leads from it to the next link, onto a lane that is allowed there or, where that link
    is long enough to change lanes, onto any. Where no lane is, all with a move to the next link are.
    """
    by_pair: dict[tuple[int, int], list[tuple[int, int]]] = {}
    link_of = np.repeat(np.arange(lanes.links), np.diff(lanes.link_first_lane))
    real = lanes.link_first_lane[-1]
    for m in range(lanes.moves):
        origin, target = int(lanes.move_from_lane[m]), int(lanes.move_to_lane[m])
        if origin >= real:
            continue
        if target >= real:
            target = int(lanes.move_to_lane[lanes.move_start[target]])
        here, there = int(link_of[origin]), int(lanes.move_to_link[m])
        bits = (origin - int(lanes.link_first_lane[here]), target - int(lanes.link_first_lane[there]))
        by_pair.setdefault((here, there), []).append(bits)
    masks = np.zeros(len(vehicles.path_links), dtype=np.int64)
    for p in range(len(vehicles.path_start) - 1):
        first, last = int(vehicles.path_start[p]), int(vehicles.path_start[p + 1])
        for at in range(last - 1, first - 1, -1):
            link = int(vehicles.path_links[at])
            if at == last - 1:
                masks[at] = (1 << int(lanes.link_first_lane[link + 1] - lanes.link_first_lane[link])) - 1
                continue
            onward = int(vehicles.path_links[at + 1])
            bits_of = by_pair.get((link, onward), [])
            free = bool(lanes.link_changes[onward])
            good = {a for a, b in bits_of if free or masks[at + 1] >> b & 1} or {a for a, _ in bits_of}
            masks[at] = sum(1 << a for a in good)
    return masks


def _set(value: object, name: str, array: np.ndarray[Any, Any]) -> None:
    array.setflags(write=False)
    object.__setattr__(value, name, array)


def _lane_faults(lanes: Lanes) -> list[ArrayFault]:
    faults = []
    shapes = {"lane_speed_m_per_s": lanes.lanes, "entry_headway_s": lanes.links, "link_first_lane": lanes.links + 1}
    shapes |= dict.fromkeys((*_MOVES, "move_headway_s", "move_travel_s", "move_speed_m_per_s"), lanes.moves)
    shapes["yields_start"] = lanes.moves + 1
    for name, length in shapes.items():
        if getattr(lanes, name).shape != (length,):
            faults.append(ArrayFault("shape", name, str(getattr(lanes, name).shape), f"({length},)"))
    if faults:
        return faults
    for name, upper in (
        ("move_from_lane", lanes.lanes),
        ("move_to_lane", lanes.lanes),
        ("move_to_link", lanes.links),
        ("yields_to", lanes.moves),
    ):
        values = getattr(lanes, name)
        for i in np.flatnonzero((values < 0) | (values >= upper))[:20]:
            faults.append(ArrayFault("index", f"{name}[{i}]", str(values[i]), f"0 to {upper - 1}"))
    for name, low in _LEAST.items():
        values = getattr(lanes, name)
        for i in np.flatnonzero(~((values >= low) & np.isfinite(values)))[:20]:
            faults.append(ArrayFault("value", f"{name}[{i}]", str(values[i]), f"at least {low}, finite"))
    widths = np.diff(lanes.link_first_lane)
    if lanes.link_first_lane[0] != 0 or np.any(widths < 1) or np.any(widths > _MOST_LANES):
        faults.append(ArrayFault("lanes of a link", "link_first_lane", "none, or too many", f"1 to {_MOST_LANES}"))
    if np.any(np.diff(lanes.move_from_lane) < 0):
        faults.append(ArrayFault("order", "move_from_lane", "a decrease", "moves in order of the lane they leave"))
    inside = np.arange(lanes.link_first_lane[-1], lanes.lanes)
    counts = np.bincount(lanes.move_from_lane, minlength=lanes.lanes) if not faults else np.zeros(lanes.lanes)
    if not faults and np.any(counts[inside] != 1):
        faults.append(ArrayFault("moves", "places inside junctions", "none, or several", "one move out of each"))
    start = lanes.yields_start
    if start[0] != 0 or start[-1] != len(lanes.yields_to) or np.any(np.diff(start) < 0):
        faults.append(ArrayFault("row pointers", "yields_start", "not rising", f"0 to {len(lanes.yields_to)}"))
    return faults
