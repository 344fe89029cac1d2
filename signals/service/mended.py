"""Running programs whose yellows or intergreens are too short: timed anew where longer ones make them safe."""

from __future__ import annotations

from networks.junction import Intersection
from networks.network import Network
from signals.plan import ControlMode, IntersectionPlan, RingsBody, TimingPlan
from signals.rules import Rules
from signals.safety import check
from signals.service.untouched import leave_faulty_untouched, with_lawful_interstages
from signals.timing.lengthened import lengthened
from signals.timing.lengthened_response import lengthened_response
from signals.timing.rings.forms import lawful_rings

MENDED = frozenset({"short-yellow", "short-intergreen"})  # faults of running programs that longer times mend


def open_to_timing(network: Network, rules: Rules, plan: TimingPlan) -> TimingPlan:
    """`plan` with every intersection marked untouched that cannot be timed anew. One that is at fault for short times
    alone can be where it is safe once they are as long as the rules ask."""
    base = leave_faulty_untouched(network, rules, plan)
    wider = leave_faulty_untouched(network, rules, plan, MENDED)
    if wider == base:
        return base
    lawful = with_lawful_interstages(network, rules, wider)
    raised = [
        raised_timing(opened, longer, network.intersection(opened.intersection_id), rules)
        for opened, longer in zip(wider.intersections, lawful.intersections, strict=True)
    ]
    longest = wider.model_copy(update={"intersections": tuple(raised)})
    unsafe = {violation.where for violation in check(longest, network, rules)}
    timings = [
        before if f"intersection {before.intersection_id!r}" in unsafe else after
        for before, after in zip(base.intersections, wider.intersections, strict=True)
    ]
    return base.model_copy(update={"intersections": tuple(timings)})


def raised_timing(
    before: IntersectionPlan, lawful: IntersectionPlan, intersection: Intersection, rules: Rules
) -> IntersectionPlan:
    """A running timing as long as the rules ask, in the control that it has; `lawful`: with lawful interstages."""
    if before.untouched:
        return before
    if isinstance(before.body, RingsBody):
        return lawful_rings(before, intersection, rules)
    if before.control_mode is not ControlMode.FIXED:
        return lengthened_response(before, intersection, rules)
    return lengthened(lawful, intersection, rules)
