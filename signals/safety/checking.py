"""The whole check: a plan against the street and the rules. All violations are returned, not the first.

Works from the intersections' pairs and the rules only; trusts nothing that a method, a model or a file says of a plan.
For stages and rings in all control modes: cycle, stage count, minimum and maximum green on every reachable display,
exact yellow and red-amber, legal displays and changes, conflicts, intergreens round the cycle and with repeated
service, yielding shown, yellow traps, walk and clearance, service and protection as today.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from pydantic import ValidationError

from networks.faults import InputError
from networks.junction import Intersection
from networks.network import Network
from signals.control import NotModelled, reach, timing_of
from signals.plan import IntersectionPlan, RingsBody, TimingPlan
from signals.rules import Rules
from signals.safety.conflicts import conflict_violations
from signals.safety.displays import display_violations
from signals.safety.giving_way import giving_way_violations
from signals.safety.policy import policy_violations
from signals.safety.ring_inputs import ring_input_violations
from signals.safety.today import today_of
from signals.safety.traps import trap_violations
from signals.safety.violation import Violation, seconds


def check(
    plan: TimingPlan, network: Network, rules: Rules, *, allow_inherited: str | None = None
) -> tuple[Violation, ...]:
    """All violations of a plan, sorted; none means safe.

    Intersections marked untouched must be exactly what runs today; their own faults are `inherited(...)`, not
    violations. `allow_inherited`: the digest of `inherited(network, rules)`; then the very faults that run today are
    allowed in touched intersections too.
    """
    found = list(_of_whole(plan, network, rules))
    if rules.network_digest != network.digest:
        return tuple(sorted(found))
    try:
        TimingPlan.model_validate(plan.model_dump())
    except ValidationError as error:
        faults = "; ".join(f"{item['loc']}: {item['msg']}" for item in error.errors(include_url=False))
        return tuple(sorted([*found, Violation("plan", "plan", faults, "a plan that does not contradict itself")]))
    street = {intersection.id: intersection for intersection in network.intersections}
    for timing in plan.intersections:
        if timing.intersection_id in street:
            preempted = rules.intersection(timing.intersection_id).untouched
            if preempted and not timing.untouched:
                where = f"intersection {timing.intersection_id!r}"
                found.append(Violation("preempted", where, "timed anew", f"exactly what runs today: {preempted}"))
            left_hand = network.left_hand_traffic
            found += _of_intersection(timing, street[timing.intersection_id], rules, left_hand=left_hand)
    if allow_inherited is not None:
        known = inherited(network, rules)
        if _digest(known) == allow_inherited:
            found = [violation for violation in found if violation not in known]
        else:
            found.append(Violation("inherited", "plan", f"digest {allow_inherited}", f"digest {_digest(known)}"))
    return tuple(sorted(found))


def inherited(network: Network, rules: Rules) -> tuple[Violation, ...]:
    """The violations of the programs that run today, sorted."""
    found: list[Violation] = []
    for intersection in network.intersections:
        try:
            timing = timing_of(intersection.running, intersection)
        except InputError as error:
            for fault in error.faults:
                found.append(Violation("program", fault.where, f"{fault.what}: {fault.found}", fault.needed))
            continue
        except ValidationError as error:
            found.append(Violation("program", f"intersection {intersection.id!r}", str(error), "a sound program"))
            continue
        found += _of_intersection(timing, intersection, rules, left_hand=network.left_hand_traffic)
    return tuple(sorted(found))


def inherited_digest(network: Network, rules: Rules) -> str:
    """Names today's violations by content: who allows them has seen these and no others."""
    return _digest(inherited(network, rules))


def _digest(violations: tuple[Violation, ...]) -> str:
    rows = [[v.rule, v.where, v.found, v.needed] for v in violations]
    return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()


def _of_whole(plan: TimingPlan, network: Network, rules: Rules) -> Iterator[Violation]:
    if plan.network_digest != network.digest:
        yield Violation("network", "plan", f"made for network {plan.network_digest}", f"network {network.digest}")
    if rules.network_digest != network.digest:
        yield Violation("rules", "rules", f"made for network {rules.network_digest}", f"network {network.digest}")
    if plan.rules_digest and plan.rules_digest != rules.digest():
        needed = f"rules {rules.digest()} (give --profile, --rules and --incumbent as when it was made)"
        yield Violation("rules", "plan", f"made under rules {plan.rules_digest}", needed)
    timed = {timing.intersection_id for timing in plan.intersections}
    street = {intersection.id for intersection in network.intersections}
    for name in sorted(street - timed):
        yield Violation("intersections", f"intersection {name!r}", "no timing", "a timing for each intersection")
    for name in sorted(timed - street):
        yield Violation("intersections", f"intersection {name!r}", "a timing", "an intersection of the network")


def _of_intersection(
    timing: IntersectionPlan, intersection: Intersection, rules: Rules, *, left_hand: bool
) -> list[Violation]:
    where = f"intersection {intersection.id!r}"
    if timing.untouched:
        today = timing_of(intersection.running, intersection, untouched=True)
        if timing == today:
            return []
        return [Violation("untouched", where, "another timing than runs today", "exactly the running program")]
    if timing.group_ids != tuple(group.id for group in intersection.groups):
        found, needed = (", ".join(ids) for ids in (timing.group_ids, [group.id for group in intersection.groups]))
        return [Violation("signal-groups", where, found, needed)]
    try:
        reached = reach(timing)
    except NotModelled as error:
        return [Violation("control", where, str(error), "a control whose successions are known")]
    found_all: list[Violation] = []
    shortest_ds, longest_ds = rules.cycle_bounds_ds(intersection.id)
    if timing.cycle_ds is not None and not shortest_ds <= timing.cycle_ds <= longest_ds:
        needed = f"{seconds(shortest_ds)} to {seconds(longest_ds)}"
        found_all.append(Violation("cycle", where, seconds(timing.cycle_ds), needed))
    if isinstance(timing.body, RingsBody):
        found_all += ring_input_violations(timing, timing.body, rules)
    else:
        stages, limit = len(timing.body.sequence), rules.intersection(intersection.id).max_stages
        if stages > limit:
            found_all.append(Violation("stages", where, f"{stages} stages", f"at most {limit}"))
    today_shown = today_of(intersection)
    found_all += display_violations(reached, intersection, rules, today_shown, left_hand=left_hand)
    found_all += conflict_violations(reached, intersection, rules)
    found_all += giving_way_violations(reached, intersection, rules, today_shown)
    found_all += trap_violations(reached, intersection, today_shown, left_hand=left_hand)
    found_all += policy_violations(timing, reached, intersection, rules, today_shown, left_hand=left_hand)
    return list(dict.fromkeys(found_all))
