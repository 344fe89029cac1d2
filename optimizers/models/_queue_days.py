"""The vehicles of a day of the queue model as rows for its kernel."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from optimizers.kernels.queue_state import CHOICE, LEG, OPTION, SEVERAL, TRIP, Day, rows
from optimizers.kinds import Floats
from optimizers.models._queue_street import slots
from optimizers.traffic import Lanes, Vehicles, allowed_lanes

_GOLDEN = (5.0**0.5 - 1.0) / 2.0  # its multiples fall evenly between 0 and 1
_SLOWEST, _FASTEST = 0.7, 1.3  # speeds wanted, over the limit
_SIDEWAYS = 2  # what a lane aside costs, in fifths of a vehicle


class Ways:
    """What the paths of all days of one street have in common: the ways from link to link."""

    def __init__(self, lanes: Lanes) -> None:
        self.lanes = lanes
        first = lanes.link_first_lane
        travel_s = lanes.lane_length_m / lanes.lane_speed_m_per_s
        self.link_s = [float(travel_s[first[e] : first[e + 1]].mean()) for e in range(lanes.links)]
        self.link_of = np.repeat(np.arange(lanes.links), np.diff(first))
        self.via_s: dict[tuple[int, int], float] = {}
        self._places: list[list[int]] = [[] for _ in range(lanes.links)]
        for m in range(lanes.moves):
            origin, target = int(lanes.move_from_lane[m]), int(lanes.move_to_lane[m])
            if origin < first[-1]:
                time_s = float(lanes.move_travel_s[m])
                if target >= first[-1]:
                    time_s += float(lanes.move_travel_s[lanes.move_start[target]])
                    self._places[self.link_of[origin]].append(target)
                self.via_s.setdefault((int(self.link_of[origin]), int(lanes.move_to_link[m])), time_s)
        self._slots = slots(lanes)

    def choices(self, link: int, to_link: int, allowed: int) -> list[list[tuple[int, int, int]]]:
        """(cost, move, lane) of all that may be chosen from each slot of a link; `allowed`: bits of lanes there.

        From a lane with no way to the next link the vehicle goes over to the nearest lane that has one.
        """
        first, last = int(self.lanes.link_first_lane[link]), int(self.lanes.link_first_lane[link + 1])
        found = []
        for lane in range(first, last):
            near = sorted(range(first, last), key=lambda other: (abs(other - lane), lane - other))
            ways = (self._options(origin, to_link, allowed) for origin in near)
            found.append(next((options for options in ways if options), []))
        places = sorted(self._places[link], key=lambda place: int(self._slots[place]))
        return found + [self._options(place, to_link, allowed) for place in places]

    def _options(self, origin: int, to_link: int, allowed: int) -> list[tuple[int, int, int]]:
        lanes = self.lanes
        base, after = int(lanes.link_first_lane[to_link]), int(lanes.link_first_lane[to_link + 1])
        best: dict[int, tuple[int, int, int]] = {}  # of several ways to a lane the nearest
        for m in range(int(lanes.move_start[origin]), int(lanes.move_start[origin + 1])):
            if lanes.move_to_link[m] != to_link:
                continue
            nearest = int(lanes.move_to_lane[m])
            if nearest >= lanes.link_first_lane[-1]:
                return [(0, m, nearest)]
            for d in range(base, after) if lanes.link_changes[to_link] else (nearest,):
                aside = _SIDEWAYS * abs(d - nearest)
                if d not in best or aside < best[d][0]:
                    best[d] = (aside, m, d)
        on_path = [option for option in best.values() if allowed >> (option[2] - base) & 1]
        return sorted(on_path or best.values(), key=lambda option: option[1:])


def day_of(ways: Ways, vehicles: Vehicles) -> Day:
    """A realisation with the allowed lanes, the choices and the free times of its paths."""
    allowed = allowed_lanes(ways.lanes, vehicles)
    links = vehicles.path_links
    free_s = np.zeros(len(links))
    to_link, choice = np.full(len(links), -1), np.full(len(links), -1)
    tables = _Choices(ways)
    for p in range(len(vehicles.path_start) - 1):
        total_s = 0.0
        first, last = int(vehicles.path_start[p]), int(vehicles.path_start[p + 1])
        for at in range(first, last):
            link = int(links[at])
            if at > first:
                total_s += ways.via_s.get((int(links[at - 1]), link), 0.0)
            total_s += ways.link_s[link]
            free_s[at] = total_s
            if at + 1 < last:
                to_link[at] = links[at + 1]
                choice[at] = tables.first_row(link, int(links[at + 1]), int(allowed[at + 1]))
    return Day(
        trip=rows(
            TRIP,
            len(vehicles.depart_s),
            depart_s=vehicles.depart_s,
            start=vehicles.path_start[vehicles.path],
            pace=_paces(len(vehicles.depart_s), ways.lanes.driver.speed_spread),
        ),
        leg=rows(LEG, len(links), link=links, lanes=allowed, free_s=free_s, to_link=to_link, choice=choice),
        choice=tables.choice_rows(),
        option=tables.option_rows(),
    )


class _Choices:
    """Tables of choices, one block of rows for all legs that are alike."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways
        self._known: dict[tuple[int, int, int], int] = {}
        self._rows: list[tuple[int, int, int, int, int]] = []
        self._options: list[tuple[int, int, int]] = []

    def first_row(self, link: int, to_link: int, allowed: int) -> int:
        """Where the rows of all slots of the link begin."""
        key = (link, to_link, allowed)
        if key not in self._known:
            self._known[key] = len(self._rows)
            for options in self._ways.choices(*key):
                begin = len(self._options)
                if len(options) == 1:
                    self._rows.append((options[0][1], options[0][2], begin, begin, self._use(options)))
                    continue
                self._options += options
                self._rows.append((-1, -1, begin, len(self._options), self._use(options)))
        return self._known[key]

    def _use(self, options: list[tuple[int, int, int]]) -> int:
        """The signal that all of them obey (-1: none)."""
        uses = {int(self._ways.lanes.move_use[move]) for _, move, _ in options}
        return SEVERAL if len(uses) > 1 else uses.pop() if uses else -1

    def choice_rows(self) -> np.ndarray[tuple[int], np.dtype[np.void]]:
        return np.array(self._rows, dtype=CHOICE)

    def option_rows(self) -> np.ndarray[tuple[int], np.dtype[np.void]]:
        return np.array(self._options, dtype=OPTION)


def _paces(vehicles: int, spread: float) -> Floats:
    """[V] time that each driver wants for a way, over the time at the speed limit: normal speeds, evenly spread."""
    normal = NormalDist()
    draws = np.array([normal.inv_cdf(((v + 0.5) * _GOLDEN) % 1.0) for v in range(vehicles)])
    return 1.0 / np.clip(1.0 + spread * draws, _SLOWEST, _FASTEST)
