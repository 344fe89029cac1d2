"""A timing that responds to traffic: controllers of junctions beside the fixed timing of all others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from optimizers.faults import ArrayError, ArrayFault
from optimizers.kinds import Booleans, Displays, Integers
from optimizers.solution import TimingSolution


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop in a lane (of `traffic.Lanes`), so far before the stop line, and the steps that it holds and calls.

    A step goes on while the loop was passed less than `gap_s` ago; where it is occupied for `jam_s` or longer it does
    not count (None: however long).
    """

    lane: int
    distance_m: float
    gap_s: float
    steps: tuple[int, ...]
    jam_s: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Controller:
    """The steps of one junction, stages and those between them, S of them; U uses of the junction in their order.

    `min_s`, `max_s` [S]; `planned_s` [S]: where in them the run begins, at -`offset_s`; `earliest_s`, `latest_s` [S]
    bound the end of a step in the cycle of `cycle_s` seconds (-1: not at all; `cycle_s` None: no clock). `green` [S]:
    somebody has green and nobody yellow, so that loops hold the step. `display` [U, S] as `TimingProblem.use_display`.
    `ways` [S] are the steps that can follow each, the one that comes where nobody calls first. Whoever was seen by a
    loop is given `pass_s` to pass; where there is a choice, who has called for longer than `call_limit_s` comes before
    all who have not. All times are whole seconds. Raises `ArrayError` with all faults.
    """

    min_s: Integers
    max_s: Integers
    planned_s: Integers
    earliest_s: Integers
    latest_s: Integers
    green: Booleans
    display: Displays
    ways: tuple[tuple[int, ...], ...]
    loops: tuple[Loop, ...] = ()
    cycle_s: int | None = None
    offset_s: int = 0
    pass_s: float = 2.0
    call_limit_s: float = 180.0

    def __post_init__(self) -> None:
        for name in ("min_s", "max_s", "planned_s", "earliest_s", "latest_s"):
            _set(self, name, np.array(getattr(self, name), dtype=np.int64))
        _set(self, "green", np.array(self.green, dtype=np.bool_))
        _set(self, "display", np.array(self.display, dtype=np.int8))
        faults = _shape_faults(self) or _value_faults(self)
        if faults:
            raise ArrayError(faults)

    @property
    def steps(self) -> int:
        return len(self.min_s)


@dataclass(frozen=True, slots=True, eq=False)
class ResponsiveTiming:
    """A timing in which some junctions, by number, have a controller; what `fixed` says of these does not count."""

    fixed: TimingSolution
    controllers: Mapping[int, Controller]

    def __post_init__(self) -> None:
        junctions = len(self.fixed.cycle_s)
        faults = [
            ArrayFault("index", "controllers", str(j), f"0 to {junctions - 1}")
            for j in self.controllers
            if not 0 <= j < junctions
        ]
        if faults:
            raise ArrayError(faults)


def _set(controller: Controller, name: str, array: np.ndarray[Any, Any]) -> None:
    array.setflags(write=False)
    object.__setattr__(controller, name, array)


def _shape_faults(one: Controller) -> list[ArrayFault]:
    faults = []
    for name in ("min_s", "max_s", "planned_s", "earliest_s", "latest_s", "green"):
        if getattr(one, name).shape != (one.steps,):
            faults.append(ArrayFault("shape", name, str(getattr(one, name).shape), f"({one.steps},)"))
    if one.display.ndim != 2 or one.display.shape[1] != one.steps:
        faults.append(ArrayFault("shape", "display", str(one.display.shape), f"(uses, {one.steps})"))
    if len(one.ways) != one.steps or one.steps == 0:
        faults.append(ArrayFault("shape", "ways", f"{len(one.ways)}", f"{one.steps}, at least one"))
    return faults


def _value_faults(one: Controller) -> list[ArrayFault]:
    faults = []
    for k in range(one.steps):
        if not 0 <= one.min_s[k] <= one.max_s[k]:
            found = f"{one.min_s[k]} to {one.max_s[k]} s"
            faults.append(ArrayFault("bounds", f"step {k}", found, "0 <= minimum <= maximum"))
        if not one.ways[k] or any(not 0 <= to < one.steps for to in one.ways[k]):
            faults.append(ArrayFault("index", f"ways[{k}]", str(one.ways[k]), f"steps 0 to {one.steps - 1}"))
        if one.max_s[k] < 1 or one.planned_s[k] < 0:
            faults.append(ArrayFault("value", f"step {k}", "no time", "a maximum of at least 1 s, a planned time"))
    if one.cycle_s is not None and one.cycle_s < 1:
        faults.append(ArrayFault("value", "cycle_s", f"{one.cycle_s} s", "at least 1 s"))
    if one.planned_s.sum() < 1:
        faults.append(ArrayFault("value", "planned_s", "0 s in all", "at least 1 s"))
    for number, loop in enumerate(one.loops):
        if any(not 0 <= k < one.steps for k in loop.steps):
            faults.append(ArrayFault("index", f"loop {number}", str(loop.steps), f"steps 0 to {one.steps - 1}"))
        if not (loop.distance_m >= 0.0 and loop.gap_s >= 0.0 and (loop.jam_s is None or loop.jam_s > 0.0)):
            faults.append(ArrayFault("value", f"loop {number}", str(loop), "a distance and times, not negative"))
    return faults
