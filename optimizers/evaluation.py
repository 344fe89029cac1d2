"""What a model says about a timing; level of service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from optimizers.kinds import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """A model's answer. U uses, L lanes, J junctions; mean over the realisations when several were given.

    `objective_veh_h_per_h` is what methods minimise: weighted delay + stops + spillback. `delay_veh_h_per_h` is plain
    delay of all vehicles. `uniform_s`, `incremental_s` and `delay_s` are d1, d2 and their sum [s/veh]; `queue_veh`
    [L] the 95 % back of queue; `stops` [U] stops per vehicle.
    """

    model: str
    objective_veh_h_per_h: float
    delay_veh_h_per_h: float
    capacity_veh_per_h: Floats  # [U], the use's part of its lane
    saturation: Floats  # [L] v/c
    uniform_s: Floats  # [U]
    incremental_s: Floats  # [U]
    delay_s: Floats  # [U]
    stops: Floats  # [U]
    queue_veh: Floats  # [L]
    junction_objective_veh_h_per_h: Floats  # [J]
    junction_delay_s: Floats  # [J] flow-weighted mean


@dataclass(frozen=True, slots=True, eq=False)
class TrafficEvaluation:
    """Answer of a model that follows each vehicle; mean over the realisations.

    `objective_veh_h_per_h` is delay + stops; `delay_s_per_veh` counts all vehicles that wanted to depart, waiting to
    enter included; `gridlocked_share` is the share of realisations in which a vehicle stands longer than 600 s.
    """

    model: str
    objective_veh_h_per_h: float
    delay_veh_h_per_h: float
    delay_s_per_veh: float
    stops_per_veh: float
    gridlocked_share: float


def level_of_service(delay_s: float, saturation: float | None = None) -> str:
    """LOS A to F by control delay: 10, 20, 35, 55, 80 s; F above capacity when `saturation` is given (HCM 7, ch.
    19)."""
    if saturation is not None and saturation > 1.0:
        return "F"
    return "ABCDEF"[int(np.searchsorted([10.0, 20.0, 35.0, 55.0, 80.0], delay_s, side="left"))]


def mean_evaluation(evaluations: list[Evaluation]) -> Evaluation:
    """The mean of several evaluations of the same problem and model, number by number."""
    if len(evaluations) == 1:
        return evaluations[0]
    names = [name for name in Evaluation.__dataclass_fields__ if name != "model"]
    means: dict[str, Any] = {name: np.mean([getattr(e, name) for e in evaluations], axis=0) for name in names}
    scalars = ("objective_veh_h_per_h", "delay_veh_h_per_h")
    numbers: dict[str, Any] = {n: float(m) if n in scalars else m for n, m in means.items()}
    return Evaluation(model=evaluations[0].model, **numbers)


def gather(
    model: str,
    flow_veh_per_h: Floats,
    uniform_s: Floats,
    incremental_s: Floats,
    stops: Floats,
    capacity_veh_per_h: Floats,
    lane_values: tuple[Floats, Floats, Floats],
    use_lane: np.ndarray[tuple[int], np.dtype[np.int64]],
    lane_junction: np.ndarray[tuple[int], np.dtype[np.int64]],
    junctions: int,
) -> Evaluation:
    """An evaluation from values per use and, per lane, (saturation, queue [veh], cost [veh h per h])."""
    saturation, queue_veh, cost = (np.array(values) for values in lane_values)
    delay_s = uniform_s + incremental_s
    junction = lane_junction[use_lane]
    flow = np.bincount(junction, weights=flow_veh_per_h, minlength=junctions)
    total = np.bincount(junction, weights=flow_veh_per_h * delay_s, minlength=junctions)
    return Evaluation(
        model=model,
        objective_veh_h_per_h=float(cost.sum()),
        delay_veh_h_per_h=float(total.sum() / 3600.0),
        capacity_veh_per_h=capacity_veh_per_h,
        saturation=saturation,
        uniform_s=uniform_s,
        incremental_s=incremental_s,
        delay_s=delay_s,
        stops=stops,
        queue_veh=queue_veh,
        junction_objective_veh_h_per_h=np.bincount(lane_junction, weights=cost, minlength=junctions).astype(np.float64),
        junction_delay_s=np.divide(total, flow, out=np.zeros(junctions), where=flow > 0),
    )
