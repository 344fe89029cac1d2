"""What a timing is worth over several realisations of the demand: delay of every vehicle, bad days, bad approaches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from optimizers.kinds import Floats, Integers
from optimizers.models.queue import GRIDLOCK_S, QueueModel, Run
from optimizers.problem import TimingProblem
from optimizers.solution import TimingSolution, given_solution
from optimizers.traffic import Lanes

_STOP_S = 10.0  # as Synchro's performance index weighs a stop (Synchro Studio user guide, Optimizations)
_TAIL_WEIGHT = 0.3
_JAM_SHARE = 0.3
_WORSE_S, _WORSE_SHARE, _FLOOR_S = 4.0, 0.06, 15.0  # tighter than the usual margins of a judge: the model errs
_WORSE_WEIGHT = 2.0
_FEW_VEHICLES = 30
_SURE = 1.5  # standard deviations


@dataclass(frozen=True, slots=True)
class Worth:
    """`value` [veh h per h] is minimised; `days` [R] what each realisation contributed; `delay_s_per_veh` the plain
    delay, mean of the realisations."""

    value: float
    days: Floats
    delay_s_per_veh: float


class Objective:
    """Worth of timings of one problem with traffic.

    A realisation costs delay of all vehicles + 10 s per stop + twice what each approach is worse than under the given
    timing beyond 4 s, 6 % and a floor of 15 s per vehicle, + a share of the given timing's delay where a vehicle stands
    longer than 600 s. The worth is the mean over the realisations + 0.3 of the distance from the mean to the worst one.
    `against`: the objective whose given timing is meant, of a problem with the same traffic (others stages, perhaps).
    """

    def __init__(self, problem: TimingProblem, *, against: Objective | None = None) -> None:
        assert problem.traffic is not None
        self._model = QueueModel(problem)
        lanes = problem.traffic.lanes
        first = lanes.link_first_lane
        inside = np.zeros(lanes.lanes - first[-1], dtype=np.int64)
        link_of = np.concatenate((np.repeat(np.arange(lanes.links), np.diff(first)), inside))
        # A place inside a junction belongs to the link that leads into it.
        for m in np.flatnonzero(lanes.move_to_lane >= first[-1]):
            link_of[lanes.move_to_lane[m]] = link_of[lanes.move_from_lane[m]]
        self._approach_of: Integers = _approaches(lanes)[link_of]
        self._links, self._real = lanes.links, int(first[-1])
        self._links_per_approach = np.maximum(1, np.bincount(_approaches(lanes), minlength=lanes.links))
        self._hours = problem.traffic.duration_s / 3600.0
        if against is None:
            given = self._model.runs(given_solution(problem), range(self.days))
            self._given_s_per_veh = [self._per_approach(run)[0] for run in given]
            self._given_delay_s = [run.delay_s for run in given]
        else:
            self._given_s_per_veh, self._given_delay_s = against._given_s_per_veh, against._given_delay_s

    @property
    def days(self) -> int:
        return self._model.realisations

    def worth(self, solution: TimingSolution) -> Worth:
        """Worth over all realisations."""
        signals = self._model.signals(solution)
        runs = [self._model.run(signals, day) for day in range(self.days)]
        return _worth(np.array([self._cost(run, day) for day, run in enumerate(runs)]), runs)

    def worth_unless_hopeless(
        self, solution: TimingSolution, now: Worth, hopeless_share: float
    ) -> tuple[Worth | None, int]:
        """Worth and realisations used; None as soon as one day costs that share of the worth more than now."""

        def hopeless(days: Floats) -> bool:
            return bool(days[-1] > now.days[len(days) - 1] + hopeless_share * now.value)

        return self._worth_unless(solution, hopeless)

    def worth_unless_unlikely(
        self, solution: TimingSolution, now: Worth, *, rise: float, spread: float
    ) -> tuple[Worth | None, int]:
        """Worth and realisations used; None as soon as those so far say that it is hardly within `rise` of `now`.
        `spread` is the standard deviation of what single realisations add to what all of them say."""

        def unlikely(days: Floats) -> bool:
            seen, left = len(days), self.days - len(days)
            doubt = _SURE * spread * (left / (self.days * seen)) ** 0.5  # of a mean of some out of a few
            return left > 0 and float((days - now.days[:seen]).mean()) > rise + doubt

        return self._worth_unless(solution, unlikely)

    def _worth_unless(self, solution: TimingSolution, ends: Callable[[Floats], bool]) -> tuple[Worth | None, int]:
        """Worth and realisations used; None where the costs of the realisations so far end the trial."""
        signals = self._model.signals(solution)
        days, runs = np.zeros(self.days), list[Run]()
        for day in range(self.days):
            runs.append(self._model.run(signals, day))
            days[day] = self._cost(runs[day], day)
            if ends(days[: day + 1]):
                return None, day + 1
        return _worth(days, runs), self.days

    def _cost(self, run: Run, day: int) -> float:
        """[veh h per h]"""
        here, vehicles = self._per_approach(run)
        before = self._given_s_per_veh[day]
        allowed = np.maximum(before + np.maximum(_WORSE_S, _WORSE_SHARE * before), _FLOOR_S)
        excess_s = float(np.sum(np.where(vehicles >= _FEW_VEHICLES, np.maximum(0.0, here - allowed) * vehicles, 0.0)))
        jam_s = _JAM_SHARE * self._given_delay_s[day] * (run.longest_wait_s > GRIDLOCK_S)
        return (run.delay_s + _STOP_S * run.stops + _WORSE_WEIGHT * excess_s + jam_s) / 3600.0 / self._hours

    def _per_approach(self, run: Run) -> tuple[Floats, Floats]:
        """[links] delay per vehicle [s] and vehicles of each approach, by its last link; vehicles are the mean of its
        links."""
        delay_s = np.bincount(self._approach_of, weights=run.lane_delay_s, minlength=self._links)
        counted = np.bincount(self._approach_of[: self._real], run.lane_vehicles[: self._real], minlength=self._links)
        vehicles = counted.astype(np.float64) / self._links_per_approach
        return delay_s / np.maximum(vehicles, 1.0), vehicles


def _approaches(lanes: Lanes) -> Integers:
    """[E] the last link of the approach that each link belongs to: links that lead to one other link only, without a
    signal, belong to the approach that they lead to."""
    onward: Integers = np.full(lanes.links, -1, dtype=np.int64)  # -2: several, or a signal
    link_of = np.repeat(np.arange(lanes.links), np.diff(lanes.link_first_lane))
    for m in np.flatnonzero(lanes.move_from_lane < lanes.link_first_lane[-1]):
        here, there = link_of[lanes.move_from_lane[m]], lanes.move_to_link[m]
        alone = lanes.move_use[m] < 0 and onward[here] in (-1, there)
        onward[here] = there if alone else -2
    ends: Integers = np.arange(lanes.links, dtype=np.int64)
    for link in range(lanes.links):
        seen = {link}
        while onward[ends[link]] >= 0 and int(onward[ends[link]]) not in seen:
            ends[link] = onward[ends[link]]
            seen.add(int(ends[link]))
    return ends


def _worth(days: Floats, runs: list[Run]) -> Worth:
    mean = float(days.mean())
    delay_s_per_veh = float(np.mean([run.delay_s_per_veh for run in runs]))
    return Worth(mean + _TAIL_WEIGHT * (float(days.max()) - mean), days, delay_s_per_veh)
