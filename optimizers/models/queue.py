"""Vehicles one by one through lanes with finite room: what a plan does to every vehicle that wants to depart.

The kernel is `kernels.queue`. Delay is that of whole trips, waiting to enter included; it is told per junction by the
lanes that lead to it, so what a queue holds back upstream counts upstream.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from statistics import NormalDist

import numpy as np

from optimizers.evaluation import TrafficEvaluation
from optimizers.faults import ArrayError, ArrayFault
from optimizers.kernels import queue as kernel
from optimizers.kernels import queue_state as places
from optimizers.kernels.queue_signals import Signals, build_signals
from optimizers.kernels.queue_state import LANE, LEG, LINK, MOVE, TRIP, YIELD, Day, StreetArrays, empty_state, rows
from optimizers.kinds import Floats, Integers, Small
from optimizers.problem import TimingProblem
from optimizers.solution import TimingSolution
from optimizers.traffic import Lanes, Vehicles, allowed_lanes

NEEDS_TRAFFIC = True
GRIDLOCK_S = 600.0
_VEHICLE_M = 5.0
_LEEWAY_M = 1.5  # the last vehicle needs no gap behind it, the first stands a metre before the line
_CLOSE_S = 1.9  # between two that drive one behind the other
_GOLDEN = (5.0**0.5 - 1.0) / 2.0  # its multiples fall evenly between 0 and 1
_SLOWEST, _FASTEST = 0.7, 1.3  # speeds wanted, over the limit


@dataclass(frozen=True, slots=True)
class Run:
    """What one realisation did under a timing."""

    delay_s: float  # all vehicles together, waiting to enter included
    vehicles: int
    stops: int
    entered: int
    left: int
    longest_wait_s: float  # at the head of a queue
    lane_delay_s: Floats  # [N] of `Lanes`
    lane_vehicles: Small  # [N]

    @property
    def delay_s_per_veh(self) -> float:
        return self.delay_s / self.vehicles if self.vehicles else 0.0

    @property
    def gridlocked(self) -> bool:
        return self.longest_wait_s > GRIDLOCK_S


class QueueModel:
    """A timing problem with traffic, ready to be run many times."""

    def __init__(self, problem: TimingProblem) -> None:
        if problem.traffic is None:
            raise ArrayError([ArrayFault("traffic", "problem", "none", "lanes and vehicles (`traffic`)")])
        self._problem = problem
        self._use_junction = _small(problem.use_junction)
        self._street = street_arrays(problem.traffic.lanes)
        self._seconds = int(problem.traffic.duration_s)
        self._days = [_day(problem.traffic.lanes, v) for v in problem.traffic.realisations]

    @property
    def realisations(self) -> int:
        return len(self._days)

    def signals(self, solution: TimingSolution) -> Signals:
        """The tables of a timing."""
        p = self._problem
        width = int(np.ceil(solution.cycle_s.max())) + 1
        tables = Signals(
            cycle=np.empty(p.junctions, dtype=np.int32),
            offset=np.empty(p.junctions, dtype=np.int32),
            use_junction=self._use_junction,
            shown=np.zeros((p.uses, width), dtype=np.int32),
            wait=np.zeros((p.uses, width), dtype=np.int32),
        )
        build_signals(p.first_step, solution.step_s, solution.cycle_s, solution.offset_s, p.use_display, tables)
        return tables

    def run(self, signals: Signals, realisation: int) -> Run:
        """One realisation under a timing's tables."""
        day = self._days[realisation]
        state = empty_state(self._street, len(day.trip), self._seconds, self._problem.junctions)
        kernel.drive(self._street, signals, day, state)
        totals = state.totals
        return Run(
            delay_s=float(totals[places.DELAY_S]),
            vehicles=len(day.trip),
            stops=int(totals[places.STOPS]),
            entered=int(totals[places.ENTERED]),
            left=int(totals[places.LEFT]),
            longest_wait_s=float(totals[places.LONGEST_WAIT_S]),
            lane_delay_s=state.lane["delay_s"].copy(),
            lane_vehicles=state.lane["vehicles"].copy(),
        )

    def runs(
        self, solution: TimingSolution, realisations: Sequence[int], pool: ThreadPoolExecutor | None = None
    ) -> list[Run]:
        """Several realisations, side by side where a pool is given; the answer does not depend on it."""
        signals = self.signals(solution)
        if pool is None or len(realisations) < 2:
            return [self.run(signals, r) for r in realisations]
        return list(pool.map(lambda r: self.run(signals, r), realisations))


def evaluate(
    problem: TimingProblem, solution: TimingSolution, realisations: Sequence[int] | None = None
) -> TrafficEvaluation:
    """Evaluate a timing under the traffic of the problem (`realisations`: which of them; all). Raises `ArrayError`
    without traffic."""
    model = QueueModel(problem)
    assert problem.traffic is not None
    hours = problem.traffic.duration_s / 3600.0
    runs = model.runs(solution, range(model.realisations) if realisations is None else realisations)
    delay_h = float(np.mean([run.delay_s for run in runs])) / 3600.0
    stops = float(np.mean([run.stops for run in runs]))
    return TrafficEvaluation(
        model="queue",
        objective_veh_h_per_h=(delay_h + problem.constants.stop_weight_s * stops / 3600.0) / hours,
        delay_veh_h_per_h=delay_h / hours,
        delay_s_per_veh=float(np.mean([run.delay_s_per_veh for run in runs])),
        stops_per_veh=float(np.mean([run.stops / max(1, run.vehicles) for run in runs])),
        gridlocked_share=float(np.mean([run.gridlocked for run in runs])),
    )


def street_arrays(lanes: Lanes) -> StreetArrays:
    """`Lanes` for the kernel."""
    storage = _storage(lanes)
    fast_m_per_s = np.maximum(0.0, lanes.move_speed_m_per_s - lanes.driver.easy_m_per_s)
    return StreetArrays(
        link=rows(
            LINK,
            lanes.links + 1,
            first_lane=lanes.link_first_lane,
            changes=np.append(lanes.link_changes, False),
            entry_headway_s=np.append(lanes.entry_headway_s, 0.0),
        ),
        lane=rows(
            LANE,
            lanes.lanes,
            length_m=lanes.lane_length_m,
            travel_s=lanes.lane_length_m / np.maximum(1.0, lanes.lane_speed_m_per_s - lanes.driver.dawdle_m_per_s),
            speed_m_per_s=lanes.lane_speed_m_per_s,
            wave_s=lanes.lane_length_m / lanes.driver.wave_m_per_s,
            storage=storage,
            exit_start=np.cumsum(storage) - storage,
            move_start=lanes.move_start[:-1],
            move_end=lanes.move_start[1:],
        ),
        move=rows(
            MOVE,
            lanes.moves,
            from_lane=lanes.move_from_lane,
            to_lane=lanes.move_to_lane,
            to_link=lanes.move_to_link,
            use=lanes.move_use,
            speed_m_per_s=lanes.move_speed_m_per_s,
            headway_s=lanes.move_headway_s,
            start_extra_s=lanes.driver.start_extra_s * fast_m_per_s,
            travel_s=lanes.move_travel_s,
            yields_start=lanes.yields_start[:-1],
            yields_end=lanes.yields_start[1:],
        ),
        yields=rows(YIELD, len(lanes.yields_to), to=lanes.yields_to, gap_s=_gaps_s(lanes)),
        driver=np.array(astuple(lanes.driver)),
    )


def _small(values: Integers) -> Small:
    return values.astype(np.int32)


def _storage(lanes: Lanes) -> Integers:
    """[N] vehicles that may be on the way to a lane and on it: standing ones, or those that drive one behind another.

    Where nobody gives way to anybody vehicles may stand on the way to the lane too.
    """
    plain = (lanes.move_use < 0) & (np.diff(lanes.yields_start) == 0)
    plain[lanes.yields_to] = False
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
    return np.maximum(1, np.maximum(np.floor(standing), np.ceil(driving))).astype(np.int64)


def _gaps_s(lanes: Lanes) -> Floats:
    """[yields] gap needed: the time to be across from rest with the whole vehicle; farther than that nobody looks."""
    begin = lanes.driver.acceleration_m_per_s2 / 2.0
    way_m = lanes.move_travel_s * lanes.move_speed_m_per_s
    end = np.minimum(lanes.move_speed_m_per_s, np.sqrt(begin**2 + 2.0 * lanes.driver.acceleration_m_per_s2 * way_m))
    across_s = (way_m + _VEHICLE_M) / (0.5 * (begin + end))
    return np.repeat(np.minimum(across_s, lanes.driver.gap_s), np.diff(lanes.yields_start))


def _day(lanes: Lanes, vehicles: Vehicles) -> Day:
    """A realisation with the allowed lanes and the free times of its paths."""
    first = lanes.link_first_lane
    travel = lanes.lane_length_m / lanes.lane_speed_m_per_s
    link_s = np.array([travel[first[e] : first[e + 1]].mean() for e in range(lanes.links)])
    link_of = np.repeat(np.arange(lanes.links), np.diff(first))
    via_s: dict[tuple[int, int], float] = {}
    for m in range(lanes.moves):
        origin, target = int(lanes.move_from_lane[m]), int(lanes.move_to_lane[m])
        if origin < first[-1]:
            time_s = float(lanes.move_travel_s[m])
            if target >= first[-1]:
                time_s += float(lanes.move_travel_s[lanes.move_start[target]])
            via_s.setdefault((int(link_of[origin]), int(lanes.move_to_link[m])), time_s)
    free_s = np.zeros(len(vehicles.path_links))
    for p in range(len(vehicles.path_start) - 1):
        total = 0.0
        for at in range(vehicles.path_start[p], vehicles.path_start[p + 1]):
            link = int(vehicles.path_links[at])
            if at > vehicles.path_start[p]:
                total += via_s.get((int(vehicles.path_links[at - 1]), link), 0.0)
            total += link_s[link]
            free_s[at] = total
    vehicles_due = len(vehicles.depart_s)
    return Day(
        trip=rows(
            TRIP,
            vehicles_due,
            depart_s=vehicles.depart_s,
            path=vehicles.path,
            pace=_paces(vehicles_due, lanes.driver.speed_spread),
        ),
        path_start=_small(vehicles.path_start),
        leg=rows(
            LEG, len(vehicles.path_links), link=vehicles.path_links, lanes=allowed_lanes(lanes, vehicles), free_s=free_s
        ),
    )


def _paces(vehicles: int, spread: float) -> Floats:
    """[V] time that each driver wants for a way, over the time at the speed limit: normal speeds, evenly spread."""
    normal = NormalDist()
    draws = np.array([normal.inv_cdf(((v + 0.5) * _GOLDEN) % 1.0) for v in range(vehicles)])
    return 1.0 / np.clip(1.0 + spread * draws, _SLOWEST, _FASTEST)
