"""One plan under the HCM model: what it does to each movement."""

from __future__ import annotations

import math
from dataclasses import dataclass

from networks.junction import Intersection, Movement
from networks.network import Network
from networks.queueing import VEHICLE_SPACE_M
from optimizers.evaluation import Evaluation
from optimizers.models import hcm
from optimizers.solution import TimingSolution, given_solution
from signals.plan import IntersectionPlan
from signals.timing.problem import NamedProblem

NO_FLOW_VEH_PER_H = 0.5  # below it there is nobody whose delay could be told


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One plan and what the HCM model says of it. `use_at` finds a use by intersection, lane and group."""

    named: NamedProblem
    solution: TimingSolution
    hcm: Evaluation
    use_at: dict[tuple[str, str, str], int]
    junction_at: dict[str, int]

    def timing(self, intersection_id: str) -> IntersectionPlan:
        return self.named.plan.intersections[self.junction_at[intersection_id]]

    def cycle_s(self, intersection_id: str) -> float:
        """The cycle, or the sum of the planned times where the signal runs free."""
        return float(self.solution.cycle_s[self.junction_at[intersection_id]])


def side_of(named: NamedProblem) -> Side:
    """A plan as its problem gives it, scored by the HCM terms."""
    solution = given_solution(named.problem)
    return Side(
        named=named,
        solution=solution,
        hcm=hcm.evaluate(named.problem, solution),
        use_at={(use.intersection_id, use.lane_id, use.group_id): at for at, use in enumerate(named.uses)},
        junction_at={timing.intersection_id: at for at, timing in enumerate(named.plan.intersections)},
    )


@dataclass(frozen=True, slots=True)
class Service:
    """Of one movement: control delay [s/veh], v/c of its most loaded lane, and per lane the back of queue [m]."""

    delay_s_per_veh: float
    saturation: float
    queues_m: dict[str, float]


def service_of(side: Side, network: Network, intersection: Intersection, movement: Movement) -> Service | None:
    """What the HCM terms say of a movement; None where nobody is served."""
    problem, uses = side.named.problem, []
    for lane_link in (network.lane_link(lane_link_id) for lane_link_id in movement.lane_link_ids):
        at = side.use_at.get((intersection.id, lane_link.from_lane_id, lane_link.group_id or ""))
        if at is not None and problem.use_flow_veh_per_h[at] > 0:
            uses.append(at)
    if not uses:
        return None
    flows = [float(problem.use_flow_veh_per_h[at]) for at in uses]
    delay_s = sum(flow * float(side.hcm.delay_s[at]) for flow, at in zip(flows, uses, strict=True)) / sum(flows)
    queues_m = {}
    for at in uses:
        queues_m[side.named.uses[at].lane_id] = float(side.hcm.queue_veh[problem.use_lane[at]]) * VEHICLE_SPACE_M
    saturation = max(float(side.hcm.saturation[problem.use_lane[at]]) for at in uses)
    return Service(delay_s, saturation, queues_m) if math.isfinite(delay_s) else None
