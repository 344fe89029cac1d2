"""Changes of a schedule that come while the one before is still under way: what if a third plan is switched to then?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from networks.network import Network
from signals.control.transitions import Method
from signals.plan import Change, IntersectionPlan, Schedule, TimingPlan, changes
from signals.rules import Rules
from signals.safety import Violation, check_second_switch


@dataclass(frozen=True, slots=True)
class SecondSwitch:
    """Three plans that follow each other: what is broken by each method where the third is switched to at any second of
    the first transition. `happens`: the schedule itself leaves the second plan less time than that takes."""

    before: str
    middle: str
    after: str
    happens: bool
    broken: Mapping[Method, tuple[Violation, ...]]

    @property
    def passable(self) -> bool:
        """Whether some method breaks nothing."""
        return not all(self.broken.values())


def second_switches_of(
    schedule: Schedule,
    plans: Mapping[str, TimingPlan],
    network: Network,
    rules: Rules,
    methods: Sequence[Method],
    longest_s: Mapping[tuple[str, str], float | None],
) -> tuple[SecondSwitch, ...]:
    """All threes of a schedule; `longest_s` of each pair of plans how long its transition takes (None: no bound)."""
    stays_s: dict[tuple[str, str, str], float] = {}
    for first, second in _pairs(schedule):
        three = (first.before.name, first.after.name, second.after.name)
        stays_s[three] = min((second.at - first.at).total_seconds(), stays_s.get(three, math.inf))
    found = []
    for three, stay_s in stays_s.items():
        takes_s = longest_s[three[:2]]
        chosen = [plans[name] for name in three]
        broken = {method: tuple(_broken(chosen, network, rules, method)) for method in methods}
        found.append(SecondSwitch(*three, happens=takes_s is None or stay_s < takes_s, broken=broken))
    return tuple(found)


def _pairs(schedule: Schedule) -> Iterator[tuple[Change, Change]]:
    last: Change | None = None
    for day in schedule.days():
        for change in changes(schedule, day):
            if last is not None:
                yield last, change
            last = change


def _broken(plans: Sequence[TimingPlan], network: Network, rules: Rules, method: Method) -> Iterator[Violation]:
    for old, middle, new in _threes(plans, network):
        yield from check_second_switch(old, middle, new, network, rules, method)


def _threes(plans: Sequence[TimingPlan], network: Network) -> Iterator[tuple[IntersectionPlan, ...]]:
    """The timings that change twice; what is missing or of another street is left to the check of the plan."""
    groups = {street.id: tuple(group.id for group in street.groups) for street in network.intersections}
    known = [{timing.intersection_id: timing for timing in plan.intersections} for plan in plans]
    for name in known[0]:
        timings = tuple(plan[name] for plan in known if name in plan)
        fitting = len(timings) == len(plans) and all(timing.group_ids == groups.get(name) for timing in timings)
        if fitting and timings[0] != timings[1] != timings[2]:
            yield timings
