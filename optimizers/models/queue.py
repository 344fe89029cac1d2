"""Vehicles one by one through lanes with finite room: what a plan does to every vehicle that wants to depart.

The kernel is `kernels.queue`. Delay is that of whole trips, waiting to enter included; it is told per junction by the
lanes that lead to it, so what a queue holds back upstream counts upstream.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from optimizers.evaluation import TrafficEvaluation
from optimizers.faults import ArrayError, ArrayFault
from optimizers.kernels import queue as kernel
from optimizers.kernels import queue_state as places
from optimizers.kernels.queue_control_state import Control
from optimizers.kernels.queue_signals import Signals, build_signals
from optimizers.kernels.queue_state import empty_state
from optimizers.kinds import Floats, Small
from optimizers.models._queue_control import Begin, control_of, standing_control
from optimizers.models._queue_days import Ways, day_of
from optimizers.models._queue_street import street_arrays
from optimizers.problem import TimingProblem
from optimizers.responsive import ResponsiveTiming
from optimizers.solution import TimingSolution

NEEDS_TRAFFIC = True
GRIDLOCK_S = 600.0


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


@dataclass(frozen=True, slots=True)
class Hosted:
    """A timing with its controllers, ready to be run many times; others keep to their tables."""

    signals: Signals
    control: Control
    begin: Begin


@dataclass(frozen=True, slots=True)
class Change:
    """A controller begins a step."""

    at_s: int
    junction: int
    step: int


class QueueModel:
    """A timing problem with traffic, ready to be run many times."""

    def __init__(self, problem: TimingProblem) -> None:
        if problem.traffic is None:
            raise ArrayError([ArrayFault("traffic", "problem", "none", "lanes and vehicles (`traffic`)")])
        self._problem = problem
        self._use_junction = problem.use_junction.astype(np.int32)
        self._street = street_arrays(problem.traffic.lanes)
        self._seconds = int(problem.traffic.duration_s)
        ways = Ways(problem.traffic.lanes)
        self._days = [day_of(ways, vehicles) for vehicles in problem.traffic.realisations]

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
            shown=np.zeros((p.uses, width), dtype=np.int8),
            wait=np.zeros((p.uses, width), dtype=np.int16),
        )
        build_signals(p.first_step, solution.step_s, solution.cycle_s, solution.offset_s, p.use_display, tables)
        return tables

    def hosted(self, timing: ResponsiveTiming) -> Hosted:
        """The controllers of a timing, and tables for all others."""
        problem = self._problem
        assert problem.traffic is not None
        control, begin = control_of(timing.controllers, self._use_junction, problem.traffic.lanes, self._street)
        return Hosted(self.signals(timing.fixed), control, begin)

    def ready(self, timing: TimingSolution | ResponsiveTiming) -> Signals | Hosted:
        """What `run` wants of a timing."""
        return self.signals(timing) if isinstance(timing, TimingSolution) else self.hosted(timing)

    def run(self, signals: Signals | Hosted, realisation: int) -> Run:
        """One realisation under a timing's tables or controllers."""
        return self._run(signals, realisation, 0)[0]

    def watched(self, hosted: Hosted, realisation: int) -> tuple[Run, list[Change]]:
        """One realisation, and when controllers began which step, in order; steps of second 0 are not among them."""
        run, log = self._run(hosted, realisation, self._seconds * max(1, len(hosted.control.controller)))
        return run, [Change(*row) for row in log.tolist()]

    def _run(self, signals: Signals | Hosted, realisation: int, logged: int) -> tuple[Run, Small]:
        day = self._days[realisation]
        state = empty_state(self._street, len(day.trip), self._seconds)
        log = np.zeros((0, 3), dtype=np.int32)
        if isinstance(signals, Hosted):
            standing = standing_control(signals.control, signals.begin, self._seconds, logged=logged)
            kernel.drive_responding(self._street, signals.signals, day, state, signals.control, standing)
            log = standing.log[: standing.logged[0]]
        else:
            kernel.drive(self._street, signals, day, state)
        return self._told(state, len(day.trip)), log

    def _told(self, state: places.State, vehicles: int) -> Run:
        totals = state.totals
        return Run(
            delay_s=float(totals[places.DELAY_S]),
            vehicles=vehicles,
            stops=int(totals[places.STOPS]),
            entered=int(totals[places.ENTERED]),
            left=int(totals[places.LEFT]),
            longest_wait_s=float(totals[places.LONGEST_WAIT_S]),
            lane_delay_s=state.lane["delay_s"].copy(),
            lane_vehicles=state.lane["vehicles"].copy(),
        )

    def runs(
        self,
        timing: TimingSolution | ResponsiveTiming,
        realisations: Sequence[int],
        pool: ThreadPoolExecutor | None = None,
    ) -> list[Run]:
        """Several realisations, side by side where a pool is given; the answer does not depend on it."""
        signals = self.ready(timing)
        if pool is None or len(realisations) < 2:
            return [self.run(signals, r) for r in realisations]
        return list(pool.map(lambda r: self.run(signals, r), realisations))


def evaluate(
    problem: TimingProblem,
    solution: TimingSolution | ResponsiveTiming,
    realisations: Sequence[int] | None = None,
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
