"""The guard that no run can hold: no movement is newly loaded beyond its capacity, by the HCM terms."""

from __future__ import annotations

from networks.demand import Demand
from signals.plan import ControlMode, TimingPlan
from signals.service.estimate import Street
from signals.service.sides import NO_FLOW_VEH_PER_H, service_of, side_of
from signals.timing.problem import problem_of
from signals.validation import Guard

NO_FLOWS = "movements against their capacity: no flows were given"


def capacity_guards(
    street: Street, demand: Demand, candidate: TimingPlan, running: TimingPlan
) -> tuple[list[Guard], list[str]]:
    """A guard for every movement with traffic, and what cannot be said of the candidate.

    The capacity is that of the planned times. A signal that runs free has none: its greens follow the traffic.
    """
    sides = [side_of(problem_of(street.network, demand, street.rules, plan)) for plan in (candidate, running)]
    flow = {(m.from_link_id, m.to_link_id): m.flow_veh_per_h for m in demand.movements}
    guards, free = [], []
    for intersection in street.network.intersections:
        timing = candidate.intersection(intersection.id)
        if timing.untouched:
            continue
        if timing.control_mode is ControlMode.ACTUATED:
            free.append(intersection.id)
            continue
        for movement in intersection.movements:
            if flow.get((movement.from_link_id, movement.to_link_id), 0.0) >= NO_FLOW_VEH_PER_H:
                where = f"{intersection.id}, {movement.from_link_id} → {movement.to_link_id}"
                own, base = (service_of(side, street.network, intersection, movement) for side in sides)
                if own is not None:
                    before = None if base is None else base.saturation
                    guards.append(_guard(where, own.saturation, before, street.rules.margins.saturation_share))
    said = f"movements against their capacity at {', '.join(free[:5])}: they run free, and greens follow the traffic"
    return guards, [said] if free else []


def _guard(where: str, own: float, base: float | None, most: float) -> Guard:
    before = "not served" if base is None else f"{base:.2f}"
    over = own > most and (base is None or base <= most)
    return Guard(
        "movement not newly over capacity",
        where,
        f"v/c {own:.2f} (incumbent {before})",
        f"at most {most:.2f}, or as before",
        over,
    )
