"""The timing problem: arrays only, with shapes and units; checked when it is built."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from optimizers.faults import ArrayError, ArrayFault
from optimizers.kinds import Booleans, Displays, Floats, Integers
from optimizers.traffic import Traffic

RED, YELLOW, GREEN_YIELDING, GREEN = 0, 1, 2, 3

_TIME_TOLERANCE_S = 0.05


@dataclass(frozen=True, slots=True)
class Constants:
    """Numbers that every model shares.

    Start loss and usable yellow turn displayed into effective green (effective green = green - start loss + usable
    yellow). Critical gap, follow-up time and sneakers are those of permitted turns (HCM 7, 31-100 and 31-119). A stop
    is worth `stop_weight_s` of delay. `spillback_weight_veh_h_per_h` is charged per squared vehicle of the 95 % queue
    beyond the storage of a lane (linear beyond 10 vehicles).
    """

    start_loss_s: float = 2.0
    yellow_usable_s: float = 2.0
    critical_gap_s: float = 4.5
    follow_up_s: float = 2.5
    sneakers_veh: float = 2.0
    period_h: float = 0.25
    stop_weight_s: float = 10.0
    spillback_weight_veh_h_per_h: float = 0.05
    dispersion_alpha: float = 0.35
    dispersion_beta: float = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class TimingProblem:
    """What is to be timed. J junctions, K steps, L lanes at stop lines, U uses (a lane used by a signal group), F
    feeds.

    A junction runs its steps in order and repeats; its local clock is (t - offset) mod cycle, zero at the start of its
    first step. Steps of one junction are neighbours and junctions come in order, so `step_junction` is non-decreasing.

    Junctions:  `cycle_given_s`, `offset_given_s`, `cycle_min_s`, `cycle_max_s` [J], `fixed` [J] (must stay exactly as
                given), `area` [J] (junctions with the same number may be coordinated with each other).
    Steps:      `step_junction` [K], `step_variable` [K] (True: green of a stage; False: interstage, keeps its length),
                `step_given_s`, `step_min_s`, `step_max_s` [K] (the maximum may be inf; bounds count for variable
                steps only).
    Lanes:      `lane_junction` [L], `lane_storage_veh` [L] (vehicles that fit; may be inf).
    Uses:       `use_lane`, `use_group` [U] (group numbers are free, unique in the problem), `use_flow_veh_per_h`,
                `use_saturation_veh_per_h` [U] (of this lane if it served this use alone),
                `use_display` int8 (0 red, 1 yellow, 2 green that yields, 3 green). Handed in as [U, K] over all
                steps, or as [U, S] over the steps of the use's own junction counted from its first (S: most steps of
                any junction);
                **stored as [U, S]**, so that a city fits in memory.
                `yields_start` [U + 1], `yields_to` [Y]: use u yields to `yields_to[yields_start[u]:yields_start[u +
                1]]`, all of the same junction (only counts while u shows 2).
    Feeds:      `feed_from_use`, `feed_to_use` [F], `feed_share` [F] (share of the *downstream* use's flow that comes
                from the upstream use), `feed_travel_s` [F] (free travel from stop line to stop line). What no feed
                brings arrives uniformly.
    `traffic`: lanes and vehicles for models that follow each vehicle; its moves obey the signals of uses.
    `use_weight` [U]: worth of one second of delay of one vehicle of this use (1 for cars).
    Raises `ArrayError` with all faults. Arrays are copied and read-only.
    """

    cycle_given_s: Floats
    offset_given_s: Floats
    cycle_min_s: Floats
    cycle_max_s: Floats
    fixed: Booleans
    area: Integers
    step_junction: Integers
    step_variable: Booleans
    step_given_s: Floats
    step_min_s: Floats
    step_max_s: Floats
    lane_junction: Integers
    lane_storage_veh: Floats
    use_lane: Integers
    use_group: Integers
    use_flow_veh_per_h: Floats
    use_saturation_veh_per_h: Floats
    use_display: Displays
    yields_start: Integers
    yields_to: Integers
    feed_from_use: Integers
    feed_to_use: Integers
    feed_share: Floats
    feed_travel_s: Floats
    use_weight: Floats | None = None
    constants: Constants = Constants()
    traffic: Traffic | None = None
    first_step: Integers = field(init=False)

    def __post_init__(self) -> None:
        if self.use_weight is None:
            object.__setattr__(self, "use_weight", np.ones(np.shape(self.use_lane)))
        faults = _conversion_faults(self)
        if not faults:
            faults = _shape_faults(self)
        if not faults:
            faults = _index_faults(self)
        if not faults:
            counts = np.bincount(self.step_junction, minlength=self.junctions)
            _set(self, "first_step", np.concatenate(([0], np.cumsum(counts))).astype(np.int64))
            faults = _value_faults(self, counts)
        if faults:
            raise ArrayError(faults)
        _set(self, "use_display", _local_displays(self))

    @property
    def junctions(self) -> int:
        return len(self.cycle_given_s)

    @property
    def steps(self) -> int:
        return len(self.step_junction)

    @property
    def lanes(self) -> int:
        return len(self.lane_junction)

    @property
    def uses(self) -> int:
        return len(self.use_lane)

    @property
    def use_junction(self) -> Integers:
        """[U] junction of each use."""
        return self.lane_junction[self.use_lane]

    @property
    def weight(self) -> Floats:
        """[U] `use_weight`, never None."""
        assert self.use_weight is not None
        return self.use_weight

    def replace(self, **changes: Any) -> TimingProblem:
        """A copy with some fields changed, checked again."""
        return replace(self, **changes)


_DTYPES: dict[str, type[np.generic]] = {
    "Floats": np.float64,
    "Floats | None": np.float64,
    "Integers": np.int64,
    "Booleans": np.bool_,
    "Displays": np.int8,
}
_JUNCTION = ("cycle_given_s", "offset_given_s", "cycle_min_s", "cycle_max_s", "fixed", "area")
_STEP = ("step_junction", "step_variable", "step_given_s", "step_min_s", "step_max_s")
_LANE = ("lane_junction", "lane_storage_veh")
_USE = ("use_lane", "use_group", "use_flow_veh_per_h", "use_saturation_veh_per_h", "use_weight")
_FEED = ("feed_from_use", "feed_to_use", "feed_share", "feed_travel_s")
_MAY_BE_INFINITE = ("step_max_s", "lane_storage_veh", "cycle_max_s")


def _set(problem: TimingProblem, name: str, array: npt.NDArray[Any]) -> None:
    array.setflags(write=False)
    object.__setattr__(problem, name, array)


def _conversion_faults(problem: TimingProblem) -> list[ArrayFault]:
    faults = []
    for item in fields(problem):
        dtype = _DTYPES.get(str(item.type))
        if dtype is None or not item.init:
            continue
        value = getattr(problem, item.name)
        try:
            array = np.asarray(value)
            if array.size == 0:
                array = array.astype(dtype)
            kinds = {np.float64: "fiub", np.int64: "iu", np.bool_: "b", np.int8: "iu"}[dtype]
            if array.dtype.kind not in kinds:
                raise TypeError
            _set(problem, item.name, np.array(array, dtype=dtype, order="C", copy=True))
        except (TypeError, ValueError, OverflowError):
            faults.append(ArrayFault("kind of number", item.name, type(value).__name__, f"array of {dtype.__name__}"))
    return faults


def _shape_faults(problem: TimingProblem) -> list[ArrayFault]:
    faults = []

    def need(name: str, shape: tuple[int, ...]) -> None:
        found = getattr(problem, name).shape
        if found != shape:
            faults.append(ArrayFault("shape", name, str(found), str(shape)))

    groups = ((_JUNCTION, "cycle_given_s"), (_STEP, "step_junction"), (_LANE, "lane_junction"), (_USE, "use_lane"))
    for names, first in (*groups, (_FEED, "feed_from_use")):
        length = getattr(problem, first).shape[:1] or (0,)
        for name in names:
            need(name, length)
    need("yields_start", (problem.uses + 1,))
    if problem.yields_to.ndim != 1:
        faults.append(ArrayFault("shape", "yields_to", str(problem.yields_to.shape), "one dimension"))
    if problem.use_display.ndim != 2 or problem.use_display.shape[0] != problem.uses:
        faults.append(ArrayFault("shape", "use_display", str(problem.use_display.shape), f"({problem.uses}, steps)"))
    if problem.junctions == 0:
        faults.append(ArrayFault("number of junctions", "cycle_given_s", "0", "at least 1"))
    return faults


def _index_faults(problem: TimingProblem) -> list[ArrayFault]:
    faults = []

    def need(name: str, upper: int) -> None:
        values = getattr(problem, name)
        for i in np.flatnonzero((values < 0) | (values >= upper)):
            faults.append(ArrayFault("index", f"{name}[{i}]", str(values[i]), f"0 to {upper - 1}"))

    need("step_junction", problem.junctions)
    need("lane_junction", problem.junctions)
    if problem.traffic is not None and np.any(problem.traffic.lanes.move_use >= problem.uses):
        faults.append(ArrayFault("index", "traffic: move_use", "beyond the uses", f"-1 to {problem.uses - 1}"))
    need("use_lane", problem.lanes)
    for name in ("yields_to", "feed_from_use", "feed_to_use"):
        need(name, problem.uses)
    if np.any(np.diff(problem.step_junction) < 0):
        faults.append(ArrayFault("order", "step_junction", "a decrease", "steps of one junction together, in order"))
    for j in sorted(set(range(problem.junctions)) - set(problem.step_junction.tolist())):
        faults.append(ArrayFault("steps", f"junction {j}", "none", "at least one"))
    start = problem.yields_start
    if start[0] != 0 or start[-1] != len(problem.yields_to) or np.any(np.diff(start) < 0):
        faults.append(
            ArrayFault(
                "row pointers", "yields_start", "not rising from 0 to the length", f"0 to {len(problem.yields_to)}"
            )
        )
    return faults


def _value_faults(problem: TimingProblem, counts: Integers) -> list[ArrayFault]:
    faults = []

    def need(name: str, low: float, high: float, needed: str, *, infinite: bool = False) -> None:
        values = getattr(problem, name)
        bad = ~((values >= low) & (values <= high)) | (~np.isfinite(values) & (not infinite))
        for i in np.flatnonzero(bad):
            faults.append(ArrayFault("value", f"{name}[{i}]", str(values[i]), needed))

    for name in ("cycle_given_s", "cycle_min_s"):
        need(name, 1.0, 86_400.0, "1 to 86400 s")
    need("cycle_max_s", 1.0, np.inf, "at least 1 s", infinite=True)
    need("offset_given_s", -86_400.0, 86_400.0, "a finite time")
    for name in ("step_given_s", "step_min_s"):
        need(name, 0.0, 86_400.0, "0 to 86400 s")
    need("step_max_s", 0.0, np.inf, "at least 0 s", infinite=True)
    need("lane_storage_veh", 0.0, np.inf, "at least 0", infinite=True)
    need("use_flow_veh_per_h", 0.0, 1e6, "0 or more, finite")
    need("use_saturation_veh_per_h", 1.0, 1e5, "1 to 100000")
    need("use_weight", 0.0, 1e6, "0 or more, finite")
    need("feed_share", 0.0, 1.0, "a share in [0, 1]")
    need("feed_travel_s", 0.0, 86_400.0, "0 to 86400 s")
    if faults:
        return faults
    for display in sorted(set(np.unique(problem.use_display).tolist()) - {0, 1, 2, 3}):
        faults.append(ArrayFault("display", "use_display", str(display), "0, 1, 2 or 3"))
    width, most = problem.use_display.shape[1], int(counts.max())
    if width not in (problem.steps, most):
        faults.append(ArrayFault("shape", "use_display", f"{width} columns", f"{problem.steps} (all steps) or {most}"))
    faults += _feasibility_faults(problem)
    junction = problem.use_junction
    owner = np.repeat(np.arange(problem.uses), np.diff(problem.yields_start))
    for i in np.flatnonzero(junction[owner] != junction[problem.yields_to]):
        faults.append(
            ArrayFault(
                "yielding",
                f"yields_to[{i}]",
                f"junction {junction[problem.yields_to[i]]}",
                "a use of the same junction",
            )
        )
    shares = np.bincount(problem.feed_to_use, weights=problem.feed_share, minlength=problem.uses)
    for u in np.flatnonzero(shares > 1.0 + 1e-6):
        faults.append(ArrayFault("sum of feed shares", f"use {u}", f"{shares[u]:.4f}", "at most 1"))
    return faults


def _feasibility_faults(problem: TimingProblem) -> list[ArrayFault]:
    faults = []
    given = np.add.reduceat(problem.step_given_s, problem.first_step[:-1])
    low, high = cycle_limits_s(problem)
    for j in range(problem.junctions):
        if abs(given[j] - problem.cycle_given_s[j]) > _TIME_TOLERANCE_S:
            faults.append(
                ArrayFault(
                    "sum of the given steps",
                    f"junction {j}",
                    f"{given[j]:.2f} s",
                    f"its cycle, {problem.cycle_given_s[j]:.2f} s",
                )
            )
        if not problem.fixed[j] and low[j] > high[j] + _TIME_TOLERANCE_S:
            needed = "cycle and step bounds that some cycle satisfies, or the junction fixed"
            faults.append(
                ArrayFault(
                    "bounds", f"junction {j}", f"cycle at least {low[j]:.1f} s and at most {high[j]:.1f} s", needed
                )
            )
    for k in np.flatnonzero(problem.step_variable & (problem.step_min_s > problem.step_max_s)):
        if not problem.fixed[problem.step_junction[k]]:
            faults.append(
                ArrayFault(
                    "bounds",
                    f"step {k}",
                    f"minimum {problem.step_min_s[k]} s, maximum {problem.step_max_s[k]} s",
                    "minimum <= maximum",
                )
            )
    return faults


def _local_displays(problem: TimingProblem) -> Displays:
    most = int(np.diff(problem.first_step).max())
    if problem.use_display.shape[1] == most and (most != problem.steps or problem.junctions == 1):
        return np.array(problem.use_display)
    local = np.zeros((problem.uses, most), dtype=np.int8)
    for u, j in enumerate(problem.use_junction):
        first, last = problem.first_step[j], problem.first_step[j + 1]
        local[u, : last - first] = problem.use_display[u, first:last]
    return local


def cycle_limits_s(problem: TimingProblem) -> tuple[Floats, Floats]:
    """[J] shortest and longest cycle that cycle bounds and step bounds together allow."""
    lengths_low = np.where(problem.step_variable, problem.step_min_s, problem.step_given_s)
    lengths_high = np.where(problem.step_variable, problem.step_max_s, problem.step_given_s)
    first = problem.first_step[:-1]
    low = np.maximum(problem.cycle_min_s, np.add.reduceat(lengths_low, first))
    high = np.minimum(problem.cycle_max_s, np.add.reduceat(lengths_high, first))
    return low, high
