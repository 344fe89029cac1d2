"""All judges of one intersection together: a timing against the street and the rules."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from networks.junction import Intersection
from networks.network import Network
from signals.control import NotModelled, Reach, reach, timing_of
from signals.plan import IntersectionPlan, RingsBody, seconds
from signals.rules import Rules
from signals.safety.conflicts import ConflictJudge
from signals.safety.coordination import coordination_violations
from signals.safety.courses import Courses
from signals.safety.crossings import CrossingJudge
from signals.safety.displays import DisplayJudge
from signals.safety.giving_way import GivingWayJudge
from signals.safety.green_flash import flash_violations
from signals.safety.policy import PolicyJudge
from signals.safety.resolution import resolution_violations
from signals.safety.ring_inputs import ring_input_violations
from signals.safety.today import today_of
from signals.safety.traps import TrapJudge
from signals.safety.violation import Violation
from signals.safety.waiting import WaitingJudge


class CourseJudge:
    """Judges every display that can be reached at one intersection, whatever it comes from."""

    def __init__(self, intersection: Intersection, network: Network, rules: Rules) -> None:
        left_hand = network.left_hand_traffic
        self.today = today_of(intersection)
        self._displays = DisplayJudge(intersection, rules, self.today, left_hand=left_hand)
        self._conflicts = ConflictJudge(intersection, rules)
        self._giving_way = GivingWayJudge(intersection, rules, self.today)
        self._crossings = CrossingJudge(intersection, network, rules)
        self._traps = TrapJudge(intersection, self.today, left_hand=left_hand)

    def violations(self, courses: Courses) -> Iterator[Violation]:
        """All violations of single groups and of pairs."""
        yield from self._displays.violations(courses)
        yield from self._conflicts.violations(courses)
        yield from self._giving_way.violations(courses)
        yield from self._crossings.violations(courses)
        traps = self._traps.by_plans(courses.reach.order)
        yield from (violation for violation, plans in traps if not courses.is_own(violation, plans))


class IntersectionJudge:
    """Judges timings of one intersection; what follows from street and rules alone is worked out once."""

    def __init__(self, intersection: Intersection, network: Network, rules: Rules) -> None:
        self._intersection, self._network, self._rules = intersection, network, rules
        self._where = f"intersection {intersection.id!r}"
        self._group_ids = tuple(group.id for group in intersection.groups)

    def violations(self, timing: IntersectionPlan) -> list[Violation]:
        """All violations of a timing, each once. What is marked untouched must be exactly what runs today."""
        if timing.untouched:
            if timing == self._running:
                return []
            return [
                Violation("untouched", self._where, "another timing than runs today", "exactly the running program")
            ]
        if timing.group_ids != self._group_ids:
            found, needed = (", ".join(ids) for ids in (timing.group_ids, self._group_ids))
            return [Violation("signal-groups", self._where, found, needed)]
        try:
            reached = reach(timing)
        except NotModelled as error:
            return [Violation("control", self._where, str(error), "a control whose successions are known")]
        return list(dict.fromkeys([*self._of_body(timing), *self._of_reach(timing, reached)]))

    def _of_reach(self, timing: IntersectionPlan, reached: Reach) -> Iterator[Violation]:
        courses = Courses(reached)
        yield from self._courses.violations(courses)
        yield from flash_violations(timing, self._intersection, self._rules)
        yield from self._policies.violations(timing, courses.order)
        yield from self._waiting.violations(timing)

    def _of_body(self, timing: IntersectionPlan) -> Iterator[Violation]:
        shortest_ds, longest_ds = self._rules.cycle_bounds_ds(timing.intersection_id)
        if timing.cycle_ds is not None and not shortest_ds <= timing.cycle_ds <= longest_ds:
            needed = f"{seconds(shortest_ds)} to {seconds(longest_ds)}"
            yield Violation("cycle", self._where, seconds(timing.cycle_ds), needed)
        yield from resolution_violations(timing, self._rules.intersection(timing.intersection_id))
        if isinstance(timing.body, RingsBody):
            yield from ring_input_violations(timing, timing.body, self._rules)
            return
        yield from coordination_violations(timing)
        stages, limit = len(timing.body.sequence), self._rules.intersection(timing.intersection_id).max_stages
        if stages > limit:
            yield Violation("stages", self._where, f"{stages} stages", f"at most {limit}")

    @cached_property
    def _running(self) -> IntersectionPlan:
        return timing_of(self._intersection.running, self._intersection, untouched=True)

    @cached_property
    def _courses(self) -> CourseJudge:
        return CourseJudge(self._intersection, self._network, self._rules)

    @cached_property
    def _waiting(self) -> WaitingJudge:
        return WaitingJudge(self._intersection, self._network, self._rules)

    @cached_property
    def _policies(self) -> PolicyJudge:
        return PolicyJudge(self._intersection, self._network, self._rules, self._courses.today)
