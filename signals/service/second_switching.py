"""Changes of a schedule that come while the one before is still under way: what if a third plan is switched to then?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from networks.network import Network
from signals.control.named_methods import Choice
from signals.control.transitions import Method
from signals.plan import Change, IntersectionPlan, Schedule, TimingPlan, changes
from signals.safety import Violation, check_second_switch
from signals.service.judged_by import JudgedBy, rules_of_all, streets_of
from signals.service.ways import Methods, Setting


@dataclass(frozen=True, slots=True)
class SecondSwitch:
    """Three plans that follow each other: what is broken by each method (or by one to the second plan and one to the
    third, in words) where the third is switched to at any second of the first transition. `happens`: the schedule
    itself leaves the second plan less time than that takes. `broken_at`: where no method leads that may be taken."""

    before: str
    middle: str
    after: str
    happens: bool
    broken: Mapping[str, tuple[Violation, ...]]
    broken_at: tuple[str, ...]

    @property
    def passable(self) -> bool:
        """Whether methods lead everywhere that may be taken."""
        return not self.broken_at


def second_switches_of(
    schedule: Schedule,
    plans: Mapping[str, TimingPlan],
    by: Mapping[str, JudgedBy],
    methods: Methods,
    longest_s: Mapping[tuple[str, str], float | None],
    settings: Sequence[Setting],
) -> tuple[tuple[SecondSwitch, ...], tuple[Setting, ...]]:
    """All threes of a schedule, and the settings with what is left of them: a controller is set to one method, which
    has to lead over every change and every second switch that happens. `longest_s` of each pair of plans how long its
    transition takes (None: no bound)."""
    stays_s: dict[tuple[str, str, str], float] = {}
    for first, second in _pairs(schedule):
        three = (first.before.name, first.after.name, second.after.name)
        stays_s[three] = min((second.at - first.at).total_seconds(), stays_s.get(three, math.inf))
    tried = {three: _tried([plans[name] for name in three], [by[name] for name in three], methods) for three in stays_s}
    happens = {
        three for three, stay_s in stays_s.items() if (takes_s := longest_s[three[:2]]) is None or stay_s < takes_s
    }
    leading = {name: one.methods for one in settings for name in one.intersection_ids if one.methods}
    left = _left(leading, [tried[three] for three in happens])
    found = []
    for three, one in tried.items():
        broken_at = list(one.shut)
        for name, fit in one.fit.items():
            allowed = left.get(name, fit)
            if not allowed and three not in happens:  # what keeps others apart is not told of this one
                allowed = leading.get(name, ())
            if not {*allowed} & {*fit}:
                broken_at.append(name)
        found.append(SecondSwitch(*three, three in happens, one.broken, tuple(broken_at)))
    return tuple(found), tuple(_set(settings, left))


def _left(leading: Mapping[str, tuple[Method, ...]], tried: Sequence[_Tried]) -> dict[str, tuple[Method, ...]]:
    """Of the methods that lead over every change of an intersection those that lead over second switches as well."""
    fits = {name: [one.fit[name] for one in tried if name in one.fit] for name in leading}
    return {name: tuple(m for m in own if all(m in fit for fit in fits[name])) for name, own in leading.items()}


def _set(settings: Sequence[Setting], left: Mapping[str, tuple[Method, ...]]) -> Iterator[Setting]:
    for setting in settings:
        alike: dict[tuple[Method, ...], list[str]] = {}
        for name in setting.intersection_ids:
            alike.setdefault(left.get(name, ()), []).append(name)
        yield from (Setting(tuple(names), methods, setting.said_by) for methods, names in alike.items())


def _pairs(schedule: Schedule) -> Iterator[tuple[Change, Change]]:
    last: Change | None = None
    for day in schedule.days():
        for change in changes(schedule, day):
            if last is not None:
                yield last, change
            last = change


_Two = tuple[Method, Method]


@dataclass(frozen=True, slots=True)
class _Tried:
    """Three plans: what is broken by each choice of methods, in words. `fit`: at each intersection whose controller has
    to be set to a method, those with which nothing is broken. `shut`: others, where something is."""

    broken: Mapping[str, tuple[Violation, ...]]
    fit: Mapping[str, tuple[Method, ...]]
    shut: tuple[str, ...]


def _tried(plans: Sequence[TimingPlan], by: Sequence[JudgedBy], methods: Methods) -> _Tried:
    rules = rules_of_all(by)
    broken: dict[str, list[Violation]] = {}
    fit: dict[str, tuple[Method, ...]] = {}
    shut: list[str] = []
    for timings in _threes(plans, by[0].network):
        name, old, middle, new = timings[0].intersection_id, *timings
        choices = (methods.choice(middle), methods.choice(new))
        clean: set[_Two] = set()
        for two in _twos(*choices):
            one = two[0] if two[0] == two[1] else two
            found = [
                violation
                for street in streets_of(by, name)
                for violation in check_second_switch(old, middle, new, street, rules, one)
            ]
            broken.setdefault(", then ".join(dict.fromkeys(two)), []).extend(found)
            if not found:
                clean.add(two)
        if any(map(_to_be_set, choices)):
            fit[name] = _fit(*choices, clean)
        elif not clean.issuperset(_twos(*choices)):
            shut.append(name)
    return _Tried({words: tuple(dict.fromkeys(found)) for words, found in broken.items()}, fit, tuple(shut))


def _to_be_set(choice: Choice) -> bool:
    """Whether one of several methods is what a controller is set to."""
    return len(choice.methods) > 1 and not choice.every


def _twos(first: Choice, second: Choice) -> list[_Two]:
    """A controller that is set to one of several methods takes it both times."""
    if {*first.methods} == {*second.methods}:
        return [(method, method) for method in first.methods]
    if _to_be_set(first) and _to_be_set(second):
        return [(method, method) for method in first.methods if method in second.methods]
    return [*product(first.methods, second.methods)]


def _fit(first: Choice, second: Choice, clean: set[_Two]) -> tuple[Method, ...]:
    """The methods that a controller may be set to: nothing is broken by any two that can happen then."""

    def happen(method: Method) -> list[_Two]:
        own = [{method} & {*one.methods} if _to_be_set(one) else one.methods for one in (first, second)]
        return [(one, other) for one, other in product(*own)]

    options = first.methods if _to_be_set(first) else second.methods
    return tuple(method for method in options if (twos := happen(method)) and clean.issuperset(twos))


def _threes(plans: Sequence[TimingPlan], network: Network) -> Iterator[tuple[IntersectionPlan, ...]]:
    """The timings that change twice; what is missing or of another street is left to the check of the plan."""
    groups = {street.id: tuple(group.id for group in street.groups) for street in network.intersections}
    known = [{timing.intersection_id: timing for timing in plan.intersections} for plan in plans]
    for name in known[0]:
        timings = tuple(plan[name] for plan in known if name in plan)
        fitting = len(timings) == len(plans) and all(timing.group_ids == groups.get(name) for timing in timings)
        if fitting and timings[0] != timings[1] != timings[2]:
            yield timings
