"""Which intersections run on exactly as today, and why; of the others, what the rules make longer."""

from __future__ import annotations

from collections.abc import Container

from networks.faults import InputError
from networks.junction import Intersection
from networks.network import Network
from signals.control import timing_of
from signals.plan import IntersectionPlan, RingsBody, StagesBody, TimingPlan
from signals.rules import Rules
from signals.timing.bounds import stage_maximums_ds, stage_minimums_ds
from signals.timing.lawful import lawful, on_a_clock
from signals.timing.rings.forms import fixed_rings
from signals.timing.rings.slices import slices_of
from signals.timing.rings.splits import least_cycle_ds, least_splits_ds, longest_splits_ds


def leave_faulty_untouched(network: Network, rules: Rules, plan: TimingPlan, mended: Container[str] = ()) -> TimingPlan:
    """`plan` with every intersection marked untouched whose timing cannot be made safe by re-timing its stages; faults
    of the running programs of the kinds `mended` are none."""
    timings = tuple(
        timing.model_copy(
            update={
                "untouched": bool(why_untouched(timing, network.intersection(timing.intersection_id), rules, mended))
            }
        )
        for timing in plan.intersections
    )
    return plan.model_copy(update={"name": "candidate", "intersections": timings, "rules_digest": rules.digest()})


def with_lawful_interstages(network: Network, rules: Rules, plan: TimingPlan) -> TimingPlan:
    """`plan` with yellow, red-amber and intergreens as the rules have them: longer where the engineer asks for more.

    What runs free today begins with the cycle that its stages have as long as they are meant to be.
    """
    timings = (
        lawful(on_a_clock(timing), network.intersection(timing.intersection_id), rules) for timing in plan.intersections
    )
    return plan.model_copy(update={"intersections": tuple(timings)})


def why_untouched(
    timing: IntersectionPlan, intersection: Intersection, rules: Rules, mended: Container[str] = ()
) -> str:
    """Why an intersection runs on exactly as today; nothing where its stages can be timed anew."""
    program = intersection.running
    preempted = rules.intersection(intersection.id).untouched
    if preempted:
        return f"it is preempted: {preempted}"
    if program.in_rings is None and program.kind not in ("static", "actuated"):
        why = f" ({', '.join(program.unmodelled)})" if program.unmodelled else ""
        return f"its program is of the kind {program.kind}, which cannot be planned, and is kept word for word{why}"
    faults = [fault for fault in intersection.inherited_faults if fault.rule not in mended]
    if faults:
        return f"the running program has {len(faults)} safety faults of its own (see Safety)"
    if program.unmodelled:
        return (
            f"its program says what stages cannot express ({', '.join(program.unmodelled)}) and is kept word for word"
        )
    if isinstance(timing.body, RingsBody):
        return _no_cycle_in_rings(timing, intersection, rules)
    if len(timing.body.sequence) < 2:
        return "its program has no stages that could share the cycle in another way"
    try:
        timing_of(program, intersection)
    except InputError as error:
        return f"its program cannot be read as stages ({error.faults[0]})"
    return _no_cycle(timing, intersection, rules)


def _no_cycle(timing: IntersectionPlan, intersection: Intersection, rules: Rules) -> str:
    """Why no cycle is left for these stages by their shortest and longest greens; nothing where there is one."""
    start = lawful(on_a_clock(timing.model_copy(update={"untouched": False})), intersection, rules)
    assert isinstance(start.body, StagesBody)
    lows_ds = stage_minimums_ds(start, intersection, rules)
    highs_ds = stage_maximums_ds(start, intersection, rules, lows_ds)
    lost_ds = sum(step.duration_ds for stage in start.body.sequence for step in stage.interstage)
    low_ds, high_ds = rules.cycle_bounds_ds(intersection.id)
    shortest_ds = lost_ds + sum(lows_ds)
    longest_ds = high_ds if None in highs_ds else lost_ds + sum(high for high in highs_ds if high is not None)
    if max(low_ds, shortest_ds) <= min(high_ds, longest_ds):
        return ""
    return (
        f"the rules leave it no cycle: its stages take from {shortest_ds / 10:g} to {longest_ds / 10:g} s,"
        f" allowed are {low_ds / 10:g} to {high_ds / 10:g} s"
    )


def _no_cycle_in_rings(timing: IntersectionPlan, intersection: Intersection, rules: Rules) -> str:
    """Why no cycle is left for these rings; nothing where there is one."""
    start = fixed_rings(timing, intersection, rules)
    assert isinstance(start.body, RingsBody)
    if sum(one.variable for one in slices_of(start)) < 2:
        return "its rings have no greens that could share the cycle in another way"
    least_ds, (_, high_ds) = least_splits_ds(start), rules.cycle_bounds_ds(intersection.id)
    shortest_ds = least_cycle_ds(start.body, least_ds)
    longest_ds = longest_splits_ds(start, intersection, rules)
    short = [number for number, limit_ds in longest_ds.items() if limit_ds < least_ds[number]]
    if shortest_ds > high_ds:
        needed = f"its rings take at least {shortest_ds / 10:g} s, at most {high_ds / 10:g} s are allowed"
        return f"the rules leave it no cycle: {needed}"
    return f"the rules leave ring phases {short} no split: their longest are below their shortest" if short else ""
