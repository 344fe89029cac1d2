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
from functools import cached_property

from pydantic import ValidationError

from networks.faults import InputError
from networks.junction import Intersection
from networks.network import Network
from signals.control import timing_of
from signals.plan import InputsAt, TimingPlan
from signals.rules import Rules, inputs_of
from signals.safety.claims import false_claims
from signals.safety.judging import IntersectionJudge
from signals.safety.systems import system_violations
from signals.safety.violation import Violation


def check(
    plan: TimingPlan, network: Network, rules: Rules, *, allow_inherited: str | None = None
) -> tuple[Violation, ...]:
    """All violations of a plan, sorted; none means safe. Many plans for one street: `Checker`.

    Intersections marked untouched must be exactly what runs today; their own faults are `inherited(...)`, not
    violations. `allow_inherited`: the digest of `inherited(network, rules)`; then the very faults that run today are
    allowed in touched intersections too.
    """
    return Checker(network, rules).check(plan, allow_inherited=allow_inherited)


class Checker:
    """Checks any number of plans for one street under one set of rules; neither changes, and what follows from them
    alone is worked out once."""

    def __init__(self, network: Network, rules: Rules) -> None:
        self._network, self._rules = network, rules
        self._judges: dict[str, IntersectionJudge] = {}
        self._street = {intersection.id: intersection for intersection in network.intersections}

    def check(self, plan: TimingPlan, *, allow_inherited: str | None = None) -> tuple[Violation, ...]:
        """All violations of a plan, as `check` says."""
        found = list(self._of_whole(plan))
        if self._rules.network_digest != self._network.digest:
            return tuple(sorted(found))
        try:
            TimingPlan.model_validate(plan.claiming((), ()).model_dump())
        except ValidationError as error:
            faults = "; ".join(f"{item['loc']}: {item['msg']}" for item in error.errors(include_url=False))
            return tuple(sorted([*found, Violation("plan", "plan", faults, "a plan that does not contradict itself")]))
        known = plan.rules_digest in ("", self._rules_digest)  # else it was made by values that are not at hand
        found += false_claims(plan, self._network, self._inputs if known else plan.inputs)
        for timing in plan.intersections:
            if timing.intersection_id in self._street:
                preempted = self._rules.intersection(timing.intersection_id).untouched
                if preempted and not timing.untouched:
                    where = f"intersection {timing.intersection_id!r}"
                    found.append(Violation("preempted", where, "timed anew", f"exactly what runs today: {preempted}"))
                found += self._judge(timing.intersection_id).violations(timing)
        if allow_inherited is not None:
            if self._inherited_digest == allow_inherited:
                found = [violation for violation in found if violation not in self.inherited]
            else:
                needed = f"digest {self._inherited_digest}"
                found.append(Violation("inherited", "plan", f"digest {allow_inherited}", needed))
        return tuple(sorted(found))

    @cached_property
    def inherited(self) -> tuple[Violation, ...]:
        """The violations of the programs that run today, sorted."""
        return tuple(sorted(one for place in self._network.intersections for one in self._of_running(place)))

    def run_on(self, plan: TimingPlan) -> tuple[Violation, ...]:
        """Those of the programs that run on under a plan: of intersections that it leaves untouched. Sorted."""
        left = {timing.intersection_id for timing in plan.intersections if timing.untouched}
        places = (place for place in self._network.intersections if place.id in left)
        return tuple(sorted(one for place in places for one in self._of_running(place)))

    def _of_running(self, intersection: Intersection) -> Iterator[Violation]:
        try:
            timing = timing_of(intersection.running, intersection)
        except InputError as error:
            for fault in error.faults:
                yield Violation("program", fault.where, f"{fault.what}: {fault.found}", fault.needed)
        except ValidationError as error:
            yield Violation("program", f"intersection {intersection.id!r}", str(error), "a sound program")
        else:
            yield from self._judge(intersection.id).violations(timing)

    @cached_property
    def _inherited_digest(self) -> str:
        return _digest(self.inherited)

    def _judge(self, intersection_id: str) -> IntersectionJudge:
        if intersection_id not in self._judges:
            judge = IntersectionJudge(self._street[intersection_id], self._network, self._rules)
            self._judges[intersection_id] = judge
        return self._judges[intersection_id]

    def _of_whole(self, plan: TimingPlan) -> Iterator[Violation]:
        network, rules = self._network, self._rules
        if plan.network_digest != network.digest:
            yield Violation("network", "plan", f"made for network {plan.network_digest}", f"network {network.digest}")
        if rules.network_digest != network.digest:
            yield Violation("rules", "rules", f"made for network {rules.network_digest}", f"network {network.digest}")
        if plan.rules_digest and plan.rules_digest != self._rules_digest:
            needed = f"rules {self._rules_digest} (give --profile, --rules and --incumbent as when it was made)"
            yield Violation("rules", "plan", f"made under rules {plan.rules_digest}", needed)
        yield from system_violations(plan, rules)
        timed = {timing.intersection_id for timing in plan.intersections}
        for name in sorted(self._street.keys() - timed):
            yield Violation("intersections", f"intersection {name!r}", "no timing", "a timing for each intersection")
        for name in sorted(timed - self._street.keys()):
            yield Violation("intersections", f"intersection {name!r}", "a timing", "an intersection of the network")

    @cached_property
    def _rules_digest(self) -> str:
        return self._rules.digest()

    @cached_property
    def _inputs(self) -> tuple[InputsAt, ...]:
        return inputs_of(self._rules)


def inherited(network: Network, rules: Rules) -> tuple[Violation, ...]:
    """The violations of the programs that run today, sorted."""
    return Checker(network, rules).inherited


def run_on(plan: TimingPlan, network: Network, rules: Rules) -> tuple[Violation, ...]:
    """Faults of the programs that run today, of all intersections that a plan leaves as they run; sorted."""
    return Checker(network, rules).run_on(plan)


def inherited_digest(network: Network, rules: Rules) -> str:
    """Names today's violations by content: who allows them has seen these and no others."""
    return _digest(inherited(network, rules))


def _digest(violations: tuple[Violation, ...]) -> str:
    rows = [[v.rule, v.where, v.found, v.needed] for v in violations]
    return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()
