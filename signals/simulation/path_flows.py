"""How many vehicles take which path, interval by interval, so that the movements are made when they were counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from networks.demand import Demand, Period
from networks.estimation_street import street_of
from networks.faults import Fault, InputError
from networks.network import Network
from signals.flows.records import ID_PATTERN
from signals.simulation.arrivals import surge_share
from signals.simulation.paths import Movement, Path, candidate_paths, movements_of, wanted_veh

Matrix = NDArray[np.float64]

FIT_STEPS = 100
SIGNAL_WAIT_S = 20.0  # on the way: uniform delay r^2 / 2C where a third of 90 s is green (Webster 1958)
_LEAST_SPEED_M_PER_S = 1.0
_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class PathFlows:
    """Expected vehicles per path and interval of departure: `vehicles`, shape (paths, intervals).

    `passes_s` holds for each path the time from departure to each of its movements. `wanted` are the flows that the
    paths were fitted to: vehicles per movement, by the interval in which the movement is made. `surge_share`: see
    `arrivals`.
    """

    paths: tuple[Path, ...]
    periods: tuple[Period, ...]
    vehicles: Matrix
    passes_s: tuple[tuple[float, ...], ...]
    wanted: tuple[Mapping[Movement, float], ...]
    surge_share: float


def fit_paths(whole: Demand, parts: Sequence[Demand], network: Network) -> PathFlows:
    """Vehicles per path and interval that make the movements of `parts`, consecutive and equally long.

    How much a movement carries is taken from `whole`, the estimate of all of the period, and when from `parts`: short
    intervals take what is on its way for traffic that vanishes, and find too little. Who departs in one interval makes
    the movements further on in a later one. Raises `InputError` for ids that cannot stand in a file, and where no
    path carries any flow.
    """
    likely = candidate_paths(whole, network)
    _check(likely)
    paths = tuple(sorted(likely))
    street = street_of(network)
    entries = {street.link_ids[i] for i in np.flatnonzero(street.entry)}
    moves, begins = _courses(whole, parts)
    passes_s = _passes_s(paths, network)
    rows = _Rows(paths, passes_s, parts[0].period.duration_s, len(parts))
    entering = {link: begins[link] for link in sorted({path[0] for path in paths} & entries)}
    for movement in sorted({movement for path in paths for movement in movements_of(path)}):
        rows.add_movement(movement, moves.get(movement, np.zeros(len(parts))))
    for link, course in entering.items():
        rows.add_entry(link, course)
    _, trips_begin, trips_end = wanted_veh(whole)
    for end, trips in ((0, trips_begin), (-1, trips_end)):
        for link, veh in sorted(trips.items()):
            if end != 0 or link not in entries:
                rows.add_trips(link, end, veh)
    start = np.array([likely[path] * _course_of(entering.get(path[0]), len(parts)) for path in paths])
    return PathFlows(
        paths=paths,
        periods=tuple(part.period for part in parts),
        vehicles=rows.fitted(np.maximum(start, _NOTHING)),
        passes_s=passes_s,
        wanted=tuple({key: float(course[at]) for key, course in moves.items()} for at in range(len(parts))),
        surge_share=surge_share(np.array(_where_paths_part(moves)).reshape(-1, len(parts))),
    )


def _check(paths: Mapping[Path, float]) -> None:
    links = sorted({link for path in paths for link in path})
    wrong = [link for link in links if not ID_PATTERN.fullmatch(link)]
    if wrong:
        needed = "letters, digits and _ . : # - (at most 128)"
        raise InputError(Fault("link id", "routes", repr(link), needed) for link in wrong[:20])
    if not paths:
        needed = "flows that lead from an entry of the network to an exit"
        raise InputError([Fault("demand", "routes", "no vehicle on any path", needed)])


def _courses(whole: Demand, parts: Sequence[Demand]) -> tuple[dict[Movement, Matrix], dict[str, Matrix]]:
    """Vehicles per interval, shape (intervals,), of each movement and each link where trips begin."""
    moves, begins, _ = wanted_veh(whole)
    by_part: dict[Movement, list[float]] = {key: [0.0] * len(parts) for key in moves}
    begun: dict[str, list[float]] = {link: [0.0] * len(parts) for link in begins}
    for at, part in enumerate(parts):
        for row in part.movements:
            if (row.from_link_id, row.to_link_id) in by_part:
                by_part[row.from_link_id, row.to_link_id][at] = row.flow_veh_per_h * part.period.duration_s
        for link, flow in part.link_inflow_veh_per_h:
            if link in begun:
                begun[link][at] = flow * part.period.duration_s
    return (
        {key: veh * _course_of(np.array(by_part[key]), len(parts)) for key, veh in moves.items()},
        {link: veh * _course_of(np.array(begun[link]), len(parts)) for link, veh in begins.items()},
    )


def _where_paths_part(moves: Mapping[Movement, Matrix]) -> list[Matrix]:
    """Courses of the movements whose link leads elsewhere too: what a sum of many paths levels out is seen there."""
    onward = Counter(link for link, _ in moves)
    return [course for (link, _), course in moves.items() if onward[link] > 1]


def _course_of(vehicles: Matrix | None, intervals: int) -> Matrix:
    """Share of each interval; the same for all where nothing says more."""
    if vehicles is None or vehicles.sum() <= 0.0:
        return np.full(intervals, 1.0 / intervals)
    share: Matrix = vehicles / vehicles.sum()
    return share


def _passes_s(paths: Sequence[Path], network: Network) -> tuple[tuple[float, ...], ...]:
    """Per path, seconds from departure to each of its movements: links at their speed, waiting at signals."""
    signalised = {network.lane(x.from_lane_id).link_id for x in network.lane_links if x.intersection_id is not None}
    cost_s = {
        link.id: link.length_m / max(link.speed_m_per_s, _LEAST_SPEED_M_PER_S)
        + (SIGNAL_WAIT_S if link.id in signalised else 0.0)
        for link in network.links
    }
    return tuple(tuple(np.cumsum([cost_s[link] for link in path[:-1]]).tolist()) for path in paths)


class _Rows:
    """What vehicles per path and interval must sum to: movements with their delay, entries, ends of trips."""

    def __init__(
        self, paths: Sequence[Path], passes_s: Sequence[Sequence[float]], interval_s: float, intervals: int
    ) -> None:
        self._intervals = intervals
        self._passing: dict[Movement, list[tuple[int, float]]] = defaultdict(list)  # path, intervals later
        self._first: dict[str, list[int]] = defaultdict(list)
        self._last: dict[str, list[int]] = defaultdict(list)
        self._paths = len(paths)
        for at, path in enumerate(paths):
            self._first[path[0]].append(at)
            self._last[path[-1]].append(at)
            for movement, time_s in zip(movements_of(path), passes_s[at], strict=True):
                self._passing[movement].append((at, time_s / interval_s))
        self._cells: dict[int, list[tuple[int, int, float]]] = defaultdict(list)  # intervals later: row, path, share
        self._timed: list[Matrix] = []
        self._trips: list[tuple[list[int], float]] = []

    def add_movement(self, movement: Movement, course: Matrix) -> None:
        for path, later in self._passing[movement]:
            whole, part = divmod(later, 1.0)
            for shift, share in ((int(whole), 1.0 - part), (int(whole) + 1, part)):
                if share > 0.0 and shift < self._intervals:
                    self._cells[shift].append((len(self._timed), path, share))
        self._timed.append(course)

    def add_entry(self, link: str, course: Matrix) -> None:
        self._cells[0] += [(len(self._timed), path, 1.0) for path in self._first[link]]
        self._timed.append(course)

    def add_trips(self, link: str, end: int, veh: float) -> None:
        """Trips that begin (`end` 0) or end (-1) on a link, in all of the period."""
        paths = (self._first if end == 0 else self._last)[link]
        if paths:
            self._trips.append((paths, veh))

    def fitted(self, vehicles: Matrix) -> Matrix:
        """The most likely numbers near `vehicles` if counts are Poisson.

        Expectation maximisation (Shepp and Vardi 1982, "Maximum likelihood reconstruction for emission tomography"):
        every cell is multiplied by the mean, over its rows, of wanted to made. What rows want in sum is kept.
        """
        shape = (len(self._timed), self._paths)
        uses = {shift: _matrix(cells, shape) for shift, cells in sorted(self._cells.items())}
        back = {shift: sparse.csr_array(use.T) for shift, use in uses.items()}
        trip_cells = [(row, path, 1.0) for row, (paths, _) in enumerate(self._trips) for path in paths]
        trips = _matrix(trip_cells, (len(self._trips), self._paths))
        trips_back = sparse.csr_array(trips.T)
        wanted, wanted_trips = np.array(self._timed), np.array([veh for _, veh in self._trips])
        last = self._intervals

        def spread(by_row: Matrix, by_trip: Matrix) -> Matrix:
            total = np.zeros_like(vehicles)
            for shift, use in back.items():
                total[:, : last - shift] += use @ by_row[:, shift:]
            return total + (trips_back @ by_trip)[:, None]

        rows_of_cell = np.maximum(spread(np.ones_like(wanted), np.ones_like(wanted_trips)), _NOTHING)
        for _ in range(FIT_STEPS):
            made = np.full_like(wanted, _NOTHING)
            for shift, use in uses.items():
                made[:, shift:] += use @ vehicles[:, : last - shift]
            made_trips = trips @ vehicles.sum(axis=1) + _NOTHING
            vehicles = vehicles * spread(wanted / made, wanted_trips / made_trips) / rows_of_cell
        return vehicles


def _matrix(cells: Sequence[tuple[int, int, float]], shape: tuple[int, int]) -> sparse.csr_array:
    rows, columns, values = zip(*cells, strict=True) if cells else ((), (), ())
    return sparse.csr_array((np.array(values, dtype=float), (rows, columns)), shape=shape)
