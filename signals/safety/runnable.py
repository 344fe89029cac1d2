"""Can the controllers run the plan? One that cannot drops to free operation, or takes nothing at all."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from networks.faults import Fault
from networks.junction import Intersection
from networks.network import Network
from signals.control import timing_of
from signals.controllers import Controllers, families_that_run, family, not_expressible
from signals.plan import IntersectionPlan, RingsBody, TimingPlan
from signals.safety.violation import Violation

RULE = "controller"


def unrunnable(plan: TimingPlan, controllers: Controllers) -> tuple[Violation, ...]:
    """Why controllers cannot run their timings, sorted; none where they can, or where nobody said what stands there.

    What is left untouched runs on as today: nothing is sent there.
    """
    found: list[Violation] = []
    for timing in plan.intersections:
        name = controllers.name_at(timing.intersection_id)
        if name is None or timing.untouched:
            continue
        for fault in not_expressible(timing, family(name)):
            needed = f"{fault.needed} (controller family {name})"
            found.append(Violation(RULE, fault.where, f"{fault.what} {fault.found}", needed))
    return tuple(sorted(found))


def crowded(plans: Mapping[str, TimingPlan], controllers: Controllers) -> tuple[Violation, ...]:
    """Where plans that run one after the other are more than the controllers hold, sorted. Alike timings are one plan
    there; what is left as it runs today in all of them is none that is sent."""
    timings: dict[str, dict[str, IntersectionPlan]] = {}
    for name, plan in plans.items():
        for timing in plan.intersections:
            timings.setdefault(timing.intersection_id, {})[name] = timing
    found: list[Violation] = []
    for intersection_id, own in timings.items():
        able = controllers.name_at(intersection_id)
        most = None if able is None else family(able).plans
        apart: dict[str, IntersectionPlan] = {}
        for name, timing in own.items():
            if timing not in apart.values():
                apart[name] = timing
        if most is None or len(apart) <= most or all(timing.untouched for timing in own.values()):
            continue
        told, needed = f"{len(apart)} plans: {', '.join(apart)}", f"at most {most} (controller family {able})"
        found.append(Violation(RULE, f"intersection {intersection_id!r}", told, needed))
    return tuple(sorted(found))


def never_runnable(plan: TimingPlan, controllers: Controllers) -> tuple[Fault, ...]:
    """Where no re-timing of a plan can ever run: the family knows no body of that kind. One fault an intersection."""
    found = []
    for timing in plan.intersections:
        name = controllers.name_at(timing.intersection_id)
        if name is None or timing.untouched:
            continue
        able, other = family(name), "stages" if isinstance(timing.body, RingsBody) else "rings"
        if (able.rings if isinstance(timing.body, RingsBody) else able.stages) is None:
            where = f"{controllers.source}, intersection {timing.intersection_id!r}"
            needed = f"one that runs {timing.body.kind}, as this timing is made, or untouched = true for it (--rules)"
            found.append(Fault("controller family", where, f"{name}, which runs {other} only", needed))
    return tuple(found)


def families_by_intersection(plan: TimingPlan, network: Network) -> dict[str, tuple[str, ...]]:
    """For each intersection of a plan that the street has, the names of the families that can run its timing."""
    street = {intersection.id: intersection for intersection in network.intersections}
    timings = ((timing, street.get(timing.intersection_id)) for timing in plan.intersections)
    return {place.id: families_at(timing, place) for timing, place in timings if place is not None}


def families_at(timing: IntersectionPlan, intersection: Intersection) -> tuple[str, ...]:
    """Names of the families that can run a timing; one left untouched counts as what stages say of it, if they can."""
    names = {*families_that_run(timing)}
    if timing.untouched:
        with contextlib.suppress(ValueError):  # kept word for word, or unsound
            names |= {*families_that_run(timing_of(intersection.running, intersection))}
    return tuple(sorted(names))
