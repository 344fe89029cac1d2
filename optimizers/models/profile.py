"""Cyclic flow profiles: platoons along the links, uniform delay from profiles, HCM d2, stops, spillback.

After Robertson 1969 (TRANSYT); d2 is HCM 7, 19-26. Between junctions whose cycles are not equal, half or double the
arrivals are taken as uniform.
"""

from __future__ import annotations

import numpy as np

from optimizers.evaluation import Evaluation, gather, mean_evaluation
from optimizers.kernels.arrays import Arrays, State, arrays_of, state_of
from optimizers.kernels.profile import evaluate_profile
from optimizers.kinds import Floats
from optimizers.problem import TimingProblem
from optimizers.solution import TimingSolution

TIME_STEP_S = 1.0
MOST_SWEEPS = 8
TOLERANCE = 1e-4


def evaluate(problem: TimingProblem, solution: TimingSolution, realisations: Floats | None = None) -> Evaluation:
    """Evaluate a timing. `realisations` [R, U] flows [veh/h] instead of the problem's; the answer is then their
    mean."""
    flows = problem.use_flow_veh_per_h[None, :] if realisations is None else np.atleast_2d(realisations)
    found = []
    for flow in flows:
        arrays = arrays_of(problem, flow)
        state = state_of(arrays, solution, TIME_STEP_S)
        evaluate_profile(arrays, state, MOST_SWEEPS, TOLERANCE)
        found.append(evaluation_of(problem, arrays, state))
    return mean_evaluation(found)


def evaluation_of(problem: TimingProblem, arrays: Arrays, state: State) -> Evaluation:
    """The numbers of a solved state."""
    flow = arrays.flow_veh_per_s
    per_vehicle = np.divide(1.0, flow, out=np.zeros_like(flow), where=flow > 0)
    incremental_s = np.where(flow > 0, state.d2_s[problem.use_lane], 0.0)
    return gather(
        "profile",
        flow * 3600.0,
        state.use_queue_veh * per_vehicle,
        incremental_s,
        state.use_stops_per_s * per_vehicle,
        state.capacity_veh_per_s * state.part * 3600.0,
        (state.saturation, state.queue_veh, state.lane_cost),
        problem.use_lane,
        problem.lane_junction,
        problem.junctions,
    )
