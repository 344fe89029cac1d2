"""HiGHS on a program of PuLP: one thread, limits in nodes, a stop from outside, and the bound that was proven."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import highspy
import pulp

from optimizers.method import Stop, never

_STOPPED = (
    highspy.HighsModelStatus.kSolutionLimit,  # nodes
    highspy.HighsModelStatus.kInterrupt,
    highspy.HighsModelStatus.kTimeLimit,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a maximisation ended: the best value found and the proven bound on any, both None where nothing was found;
    branch-and-bound nodes spent; whether the gap asked for was reached. Values of variables stand in the program."""

    value: float | None
    bound: float | None
    nodes: int
    proven: bool


class _Quiet(highspy.Highs):
    """HiGHS, silent from its first line on, which it prints before options can be set otherwise."""

    def enableCallbacks(self) -> None:  # noqa: N802
        self.silent()
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def maximise(
    program: pulp.LpProblem,
    *,
    nodes: int,
    gap_share: float,
    hints: Mapping[str, float] | None = None,
    seed: int = 0,
    stop: Stop = never,
) -> Outcome:
    """Solve, within `nodes` nodes of branch and bound and until the gap is `gap_share` of the value.

    `hints`: values of some variables by name, from which HiGHS completes a first solution. The same arguments give
    the same answer on any machine, unless `stop()` turns true. Raises `RuntimeError` where HiGHS fails.
    """
    solver = _Quiet()  # type: ignore[no-untyped-call]
    # In shares of a cycle, of which a ten-thousandth is no second; where all bands are 0, no relative gap closes.
    options = {"threads": 1, "random_seed": seed, "mip_rel_gap": gap_share, "mip_abs_gap": 1e-4, "mip_max_nodes": nodes}
    for name, value in options.items():
        solver.setOptionValue(name, value)
    program.solverModel = solver
    pulp.HiGHS().buildSolverModel(program)
    if hints:
        named = {variable.name: variable.index for variable in program.variables()}
        known = [(named[name], value) for name, value in hints.items() if name in named]
        solver.setSolution(len(known), [index for index, _ in known], [value for _, value in known])

    def interrupt(event: highspy.highs.HighsCallbackEvent) -> None:
        if stop():
            event.interrupt()

    if stop is not never:
        solver.cbMipInterrupt += interrupt
        solver.cbSimplexInterrupt += interrupt
    solver.run()
    status, info = solver.getModelStatus(), solver.getInfo()
    optimal = status == highspy.HighsModelStatus.kOptimal
    if not optimal and status not in _STOPPED:
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return Outcome(None, None, max(0, info.mip_node_count), True)
        raise RuntimeError(f"HiGHS: found {solver.modelStatusToString(status)}, needed a solution or a limit reached")
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    if found:
        values = solver.getSolution().col_value
        for variable in program.variables():
            variable.varValue = values[variable.index]
    bound = -info.mip_dual_bound if program.isMIP() else -info.objective_function_value
    return Outcome(
        value=-info.objective_function_value if found else None,
        bound=bound if abs(bound) < highspy.kHighsInf else None,
        nodes=max(0, info.mip_node_count),
        proven=optimal,
    )
