"""The timing solution: cycle, offset and step lengths; whether it keeps a bound; its score under a named model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from optimizers.faults import ArrayError, ArrayFault
from optimizers.kinds import Floats
from optimizers.problem import TimingProblem

TOLERANCE_S = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class TimingSolution:
    """A timing of all junctions of a problem.

    `cycle_s`, `offset_s` [J] (offset in [0, cycle): local zero is the start of the junction's first step), `step_s`
    [K]. `status` says how the method ended, `origin` what kind of candidate it is (for people), `bound` is a proven
    lower bound of the method's objective, or None. Raises `ArrayError` with all faults; `feasible` tells whether it
    fits a problem.
    """

    cycle_s: Floats
    offset_s: Floats
    step_s: Floats
    status: str = "feasible"
    origin: str = ""
    bound: float | None = None

    def __post_init__(self) -> None:
        faults = []
        for name in ("cycle_s", "offset_s", "step_s"):
            array = np.array(getattr(self, name), dtype=np.float64, order="C", copy=True)
            low = np.nextafter(0.0, 1.0) if name == "cycle_s" else 0.0
            for i in np.flatnonzero(~((array >= low) & np.isfinite(array))) if array.ndim == 1 else ():
                faults.append(ArrayFault("value", f"{name}[{i}]", str(array[i]), "a finite time, not negative"))
            if array.ndim != 1:
                faults.append(ArrayFault("shape", name, str(array.shape), "one dimension"))
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        if not faults and self.cycle_s.shape != self.offset_s.shape:
            faults.append(ArrayFault("shape", "offset_s", str(self.offset_s.shape), str(self.cycle_s.shape)))
        if faults:
            raise ArrayError(faults)
        wrapped = np.mod(self.offset_s, self.cycle_s)
        wrapped.setflags(write=False)
        object.__setattr__(self, "offset_s", wrapped)

    def replace(self, **changes: Any) -> TimingSolution:
        """A copy with some fields changed, checked again."""
        return replace(self, **changes)


def given_solution(problem: TimingProblem) -> TimingSolution:
    """The timing that runs now, exactly as given (it may break bounds that were set later)."""
    cycle_s = np.add.reduceat(problem.step_given_s, problem.first_step[:-1])
    offset_s = np.mod(problem.offset_given_s, cycle_s)
    return TimingSolution(cycle_s, offset_s, problem.step_given_s, status="given", origin="given plan")


def solution_faults(problem: TimingProblem, solution: TimingSolution) -> list[ArrayFault]:
    """Everything in which a solution breaks its problem: sums, cycle and step bounds, fixed junctions, interstages."""
    if solution.cycle_s.shape != (problem.junctions,) or solution.step_s.shape != (problem.steps,):
        found = f"{solution.cycle_s.shape[0]} junctions, {solution.step_s.shape[0]} steps"
        return [ArrayFault("shape", "solution", found, f"{problem.junctions} junctions, {problem.steps} steps")]
    faults = []
    sums = np.add.reduceat(solution.step_s, problem.first_step[:-1])
    given = given_solution(problem)
    for j in range(problem.junctions):
        where, cycle = f"junction {j}", solution.cycle_s[j]
        if abs(sums[j] - cycle) > 1e-6:
            faults.append(ArrayFault("sum of the steps", where, f"{sums[j]:.3f} s", f"its cycle, {cycle:.3f} s"))
        if problem.fixed[j]:
            if abs(cycle - given.cycle_s[j]) > 1e-6 or abs(solution.offset_s[j] - given.offset_s[j]) > 1e-6:
                faults.append(ArrayFault("fixed junction", where, "other cycle or offset", "as given"))
        elif not problem.cycle_min_s[j] - TOLERANCE_S <= cycle <= problem.cycle_max_s[j] + TOLERANCE_S:
            bounds = f"{problem.cycle_min_s[j]} to {problem.cycle_max_s[j]} s"
            faults.append(ArrayFault("cycle", where, f"{cycle:.2f} s", bounds))
    held = problem.fixed[problem.step_junction] | ~problem.step_variable
    changed = held & (np.abs(solution.step_s - problem.step_given_s) > 1e-6)
    below = ~held & (solution.step_s < problem.step_min_s - 1e-6)
    above = ~held & (solution.step_s > problem.step_max_s + 1e-6)
    for k in np.flatnonzero(changed | below | above):
        needed = f"{problem.step_given_s[k]} s" if held[k] else f"{problem.step_min_s[k]} to {problem.step_max_s[k]} s"
        faults.append(ArrayFault("step length", f"step {k}", f"{solution.step_s[k]:.3f} s", needed))
    return faults


def feasible(problem: TimingProblem, solution: TimingSolution) -> bool:
    """True when the solution keeps every bound of the problem."""
    return not solution_faults(problem, solution)


def check_solution(problem: TimingProblem, solution: TimingSolution) -> TimingSolution:
    """The solution itself; raises `ArrayError` with all faults when it breaks the problem."""
    faults = solution_faults(problem, solution)
    if faults:
        raise ArrayError(faults)
    return solution


def score(problem: TimingProblem, solution: TimingSolution, *, model: str = "profile") -> float:
    """Objective [veh h per h] of a solution under one named model (a file in `optimizers/models`); smaller is
    better."""
    import importlib

    if not model.isidentifier():
        raise ArrayError([ArrayFault("model", "score", repr(model), "the name of a file in optimizers/models")])
    evaluation = importlib.import_module(f"optimizers.models.{model}").evaluate(problem, solution)
    return float(evaluation.objective_veh_h_per_h)
