"""What is safe, and still has to be known by whoever signs: it changes no verdict."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from networks.junction import Intersection
from networks.network import Network
from signals.control.transition_shares import Limits
from signals.plan import ControlMode, IntersectionPlan, RingPhase, RingsBody, TimingPlan, seconds
from signals.rules import IntersectionRules, Rules, Sourced
from signals.safety.claims import families_left_out
from signals.safety.going_back import trapped
from signals.safety.systems import apart
from signals.safety.violation import Violation

SLOW_M_PER_S = 0.91  # 3.0 ft/s: walk and clearance together are for those who walk so (MUTCD 11th ed., 4I.06)

USUAL_YELLOW_DS = (30, 60)  # MUTCD: yellows last from 3 to 6 s


def flags(plan: TimingPlan, network: Network, rules: Rules) -> tuple[Violation, ...]:
    """What is to be known of a plan for a street under its rules.

    `ped-exceeds-split` (signal timing, I5): people on foot who are served on call need more than the green of their
    split, so that each call runs over it; with the time until the signal is in step again, and the calls an hour where
    the engineer's file says them. `tenths`: times that are no whole seconds, which many controllers do not take.
    `crossing-not-served`: a crossing that the rules know of and at which nobody can walk, for no green holds the
    traffic over its leg, also where it runs on. `slow-walkers`: walk and clearance together are too short for who walks
    slowly, at `SLOW_M_PER_S` or the engineer's walking speed where that is less. `long-yellow`, `short-yellow` (I7):
    yellows out of `USUAL_YELLOW_DS`. `cycles-apart` (I16): near signals whose cycles never stay in step. `families`:
    families that can run a timing, and are not among those that the plan names. `backup-prevention`: a left of
    coordinated rings that a controller without it would trap.
    """
    street = {intersection.id: intersection for intersection in network.intersections}
    timed = [timing for timing in plan.intersections if not timing.untouched]
    found = [flag for timing in timed for flag in _flags(timing, rules if timing.intersection_id in street else None)]
    for timing in plan.intersections:
        if timing.intersection_id in street:
            found += _not_served(rules.intersection(timing.intersection_id))
            found += _unusual_yellows(rules.intersection(timing.intersection_id))
    for timing in timed:
        if timing.intersection_id in street:
            intersection = street[timing.intersection_id]
            found += _slow_walkers(intersection, rules.intersection(timing.intersection_id))
            found += trapped(timing, intersection, left_hand=network.left_hand_traffic)
    return (*found, *apart(plan, network), *families_left_out(plan, network))


def _flags(timing: IntersectionPlan, rules: Rules | None) -> Iterator[Violation]:
    body = timing.body
    if isinstance(body, RingsBody):
        if timing.control_mode is ControlMode.COORDINATED:
            yield from (_over(timing, phase, rules) for phase in body.ring_phases if _exceeds(phase))
        times_ds = [phase.split_ds for phase in body.ring_phases]
    else:
        times_ds = [stage.duration_ds for stage in body.sequence]
    odd = sorted({time_ds for time_ds in (*times_ds, timing.offset_ds) if time_ds % 10})
    if odd:
        found = ", ".join(map(seconds, odd[:3])) + (", ..." if len(odd) > 3 else "")
        yield Violation("tenths", timing.intersection_id, found, "whole seconds, for controllers that take no others")


def _not_served(rules: IntersectionRules) -> Iterator[Violation]:
    for crossing in rules.crossings:
        if crossing.not_served:
            needed = "a stage that holds them; else --pedestrians FILE with the crossings that there are"
            yield Violation("crossing-not-served", rules.intersection_id, crossing.not_served, needed, crossing.source)


def _unusual_yellows(rules: IntersectionRules) -> Iterator[Violation]:
    """One flag for all groups with the same yellow. It is the rules' own, as the check has every other one a fault."""
    least_ds, most_ds = USUAL_YELLOW_DS
    group_ids: defaultdict[Sourced, list[str]] = defaultdict(list)
    for group in rules.groups:
        if group.yellow_ds and not least_ds <= group.yellow_ds <= most_ds:
            group_ids[group.yellow].append(group.group_id)
    for yellow, names in group_ids.items():
        rule = "short-yellow" if yellow.value_ds < least_ds else "long-yellow"
        found = f"a yellow of {seconds(yellow.value_ds)} ({yellow.source})"
        needed = f"a second look: {least_ds / 10:g} to {most_ds / 10:g} s are usual"
        place = f"signal group{'s' if len(names) > 1 else ''} {', '.join(names)}"
        yield Violation(rule, rules.intersection_id, found, needed, place)


def _slow_walkers(intersection: Intersection, rules: IntersectionRules) -> Iterator[Violation]:
    """The second look at walk and clearance: (walk + clearance) times a slow walking speed, against the crossing."""
    said = rules.walking_speed
    slow_m_per_s = SLOW_M_PER_S if said is None else min(SLOW_M_PER_S, said.value_m_per_s)
    needs = [
        (
            f"signal group {group.group_id}",
            intersection.crossed_m(intersection.group(group.group_id)),
            group.walk_ds + group.pedestrian_clearance_ds,
        )
        for group in rules.groups
        if group.walk_ds is not None and group.pedestrian_clearance_ds is not None
    ]
    needs += [(one.source, one.length_m, one.need_ds) for one in rules.crossings if not one.not_served]
    for place, length_m, time_ds in needs:
        if time_ds / 10 * slow_m_per_s < length_m - 1e-6:
            found = f"walk and clearance of {seconds(time_ds)} over {length_m:.1f} m"
            needed = f"{length_m / slow_m_per_s:.1f} s for who walks at {slow_m_per_s:g} m/s"
            yield Violation("slow-walkers", intersection.id, found, needed, place)


def _exceeds(phase: RingPhase) -> bool:
    return not phase.omitted and phase.pedestrian_mode == "actuated" and phase.pedestrian_need_ds > phase.green_ds


def _over(timing: IntersectionPlan, phase: RingPhase, rules: Rules | None) -> Violation:
    over_ds = phase.pedestrian_need_ds - phase.green_ds
    found = f"a green of {seconds(phase.green_ds)}; each call on foot runs {seconds(over_ds)} over the split"
    needed = f"{seconds(phase.pedestrian_need_ds)}, or a controller that gets back in step after each call"
    found = f"{found}; {_recovered(timing, phase, over_ds)}; {_calls(timing, phase, rules)}"
    return Violation("ped-exceeds-split", timing.intersection_id, found, needed, f"ring phase {phase.number}")


def _recovered(timing: IntersectionPlan, phase: RingPhase, over_ds: int) -> str:
    """How long it takes to be back in step after a call. The ring phases up to the end of the coordinated one give what
    they have above their least greens; what is left is made up by the method of correction, its share of each cycle."""
    body, cycle_ds = timing.body, timing.cycle_ds or timing.body.length_ds
    assert isinstance(body, RingsBody)
    ring = body.place_of(phase.number)[0]
    order = [one for group in range(body.barrier_count) for one in body.served(ring, group)]
    turned = [order[(order.index(phase) + n) % len(order)] for n in range(1, len(order))]
    main = next((at for at, one in enumerate(turned) if one.number in body.coordinated), len(turned) - 1)
    giving = turned[: main + 1]
    left_ds = over_ds - sum(one.split_ds - one.min_split_ds for one in giving)
    if giving and left_ds <= 0:
        until_ds = sum(one.split_ds for one in giving)
        return f"in step again when ring phase {giving[-1].number} ends, {seconds(until_ds)} after the split"
    share, late = Limits(), max(left_ds, 0)
    adding = math.ceil((cycle_ds - late % cycle_ds) / (share.add_share * cycle_ds))
    cycles = {
        "dwell": 1,
        "add only": adding,
        "short way": min(adding, math.ceil(late / (share.subtract_share * cycle_ds))),
    }[body.correction]
    return f"in step again after {cycles} cycle{'' if cycles == 1 else 's'} by {body.correction}"


def _calls(timing: IntersectionPlan, phase: RingPhase, rules: Rules | None) -> str:
    """The calls an hour of all groups on foot that a ring phase drives; no more are served than there are cycles."""
    of_street = () if rules is None else rules.intersection(timing.intersection_id).groups
    asked = {group.group_id: group.pedestrian_calls for group in of_street}
    by_group = {name: asked[name] for name in phase.pedestrian_group_ids if name in asked}  # others are no groups here
    known = [calls for calls in by_group.values() if calls is not None]
    if not known or len(known) < len(by_group):
        of_these = f" of group {', '.join(n for n, c in by_group.items() if c is None)}" if known else ""
        return f"calls an hour{of_these} not known (pedestrian_calls_per_h in the engineer's file)"
    per_h, cycles_per_h = sum(calls.per_h for calls in known), 36_000 / (timing.cycle_ds or timing.body.length_ds)
    told = f"{per_h:g} calls an hour ({', '.join(dict.fromkeys(calls.source for calls in known))})"
    return told if per_h < cycles_per_h else f"{told}, which is every one of {cycles_per_h:.0f} cycles"
