"""From one plan of a schedule to the next: by which methods the controllers get there, how long it takes, what it
breaks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from networks.network import Network
from signals.control.between import depends_on_traffic, way_between
from signals.control.lengths import longest_ds
from signals.control.named_methods import Choice, choice_at
from signals.control.sweeps import sweep
from signals.control.transitions import Handover, Method, NotTransferable, transition
from signals.controllers import Controllers, Family, family
from signals.plan import IntersectionPlan, TimingPlan
from signals.rules import Rules
from signals.safety import Violation, check_transition
from signals.service.judged_by import JudgedBy, rules_of_all, streets_of

WHATEVER = "whatever the traffic and the moment"
EVERY_SECOND = "every second at which the two cycles can stand to each other"
ONE_CYCLE = "every second of one old cycle from each moment of the schedule on"


@dataclass(frozen=True, slots=True)
class Way:
    """From one plan to the next by one method: the longest at any intersection and second, and what it breaks.

    `longest_s` None: some intersection takes as long as traffic has it. `cycles` of the new plan; None where that runs
    free at the slowest intersection, and has none. `judged` says in words at which moments,
    `leads` by which kinds of ways. `said_by`: who names the method at these intersections; where others come into
    question as well, `every` says whether all have to lead or one. `broken_at` are those where it breaks a rule.
    """

    before: str
    after: str
    method: Method
    longest_s: float | None
    cycles: int | None
    slowest_id: str
    judged: str
    violations: tuple[Violation, ...]
    leads: str
    said_by: str
    every: bool
    intersection_ids: tuple[str, ...]
    broken_at: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """Intersections of which nobody says which method their controllers take, and the methods that lead over all of
    their changes: one of them has to be set. None: the schedule is not fit."""

    intersection_ids: tuple[str, ...]
    methods: tuple[Method, ...]
    said_by: str


@dataclass(frozen=True, slots=True)
class Methods:
    """Who says at an intersection by which method it gets in step: the engineer for all, plans, controllers."""

    asked: Method | None
    controllers: Controllers

    def choice(self, new: IntersectionPlan) -> Choice:
        return choice_at(new, self.family(new.intersection_id), self.asked)

    def family(self, intersection_id: str) -> Family | None:
        name = self.controllers.name_at(intersection_id)
        return None if name is None else family(name)


def ways_between(
    names: tuple[str, str],
    plans: Mapping[str, TimingPlan],
    moments_ds: Sequence[int],
    by: Mapping[str, JudgedBy],
    methods: Methods,
) -> Iterator[Way]:
    """All ways of one pair of plans at the moments of the clock at which it changes: how the two cycles then stand to
    each other decides how far there is to go. One for each method that comes into question somewhere."""
    both = [by[name] for name in names]
    rules, chosen = rules_of_all(both), dict[Choice, list[tuple[IntersectionPlan, IntersectionPlan]]]()
    for before, after in changing(plans[names[0]], plans[names[1]], both[0].network):
        chosen.setdefault(methods.choice(after), []).append((before, after))
    for choice, timings in chosen.items():
        for method in choice.methods:
            judged = [_judged(before, after, moments_ds, both, rules, method) for before, after in timings]
            yield _way(names, choice, method, [after.intersection_id for _, after in timings], judged)


@dataclass(frozen=True, slots=True)
class _Judged:
    """One intersection by one method: the longest transition, at which moments, by which way, what it breaks."""

    longest_s: float | None
    cycles: int | None
    moments: str
    leads: str
    violations: tuple[Violation, ...]


def _way(names: tuple[str, str], choice: Choice, method: Method, ids: Sequence[str], judged: Sequence[_Judged]) -> Way:
    slowest = max(range(len(ids)), key=lambda at: math.inf if (length_s := judged[at].longest_s) is None else length_s)
    return Way(
        *names,
        method,
        judged[slowest].longest_s,
        judged[slowest].cycles,
        ids[slowest],
        ", ".join(sorted({one.moments for one in judged})),
        tuple(dict.fromkeys(violation for one in judged for violation in one.violations)),
        ", ".join(sorted({one.leads for one in judged} - {""})),
        choice.said_by,
        choice.every,
        tuple(ids),
        tuple(name for name, one in zip(ids, judged, strict=True) if one.violations),
    )


def _judged(
    before: IntersectionPlan,
    after: IntersectionPlan,
    moments_ds: Sequence[int],
    by: Sequence[JudgedBy],
    rules: Rules,
    method: Method,
) -> _Judged:
    leads, violations = "", list[Violation]()
    streets = streets_of(by, after.intersection_id)
    with suppress(NotTransferable):  # then that is the violation
        leads = way_between(before, after, method)
    if depends_on_traffic(before, after):
        for street in streets:
            violations += check_transition(before, after, street, rules, method)
        length_s = longest_s(before, after, rules, method)
        cycles = None if after.cycle_ds is None else math.ceil(10 * (length_s or 0) / after.cycle_ds)
        return _Judged(length_s, cycles, WHATEVER, leads, tuple(violations))
    made: list[Handover] = []

    def noted(one: IntersectionPlan, other: IntersectionPlan, at_ds: int, how: Method, given: Rules) -> Handover:
        made.append(transition(one, other, at_ds, how, given))
        return made[-1]

    seconds = sweep(before, after, moments_ds=moments_ds)
    for street in streets:
        given_ds = seconds.switches_ds
        violations += check_transition(before, after, street, rules, method, switches_ds=given_ds, simulate=noted)
    longest = max(made, key=lambda way: way.duration_ds, default=None)
    took_s, cycles = (0.0, 0) if longest is None else (longest.duration_ds / 10, longest.cycles)
    return _Judged(took_s, cycles, EVERY_SECOND if seconds.whole else ONE_CYCLE, leads, tuple(violations))


def changing(old: TimingPlan, new: TimingPlan, network: Network) -> Iterator[tuple[IntersectionPlan, IntersectionPlan]]:
    """The timings that differ; what is missing or of another street is left to the check of the plan."""
    groups = {street.id: tuple(group.id for group in street.groups) for street in network.intersections}
    known = {timing.intersection_id: timing for timing in old.intersections}
    for after in new.intersections:
        before = known.get(after.intersection_id, after)
        if before != after and groups.get(after.intersection_id) == before.group_ids == after.group_ids:
            yield before, after


def longest_s(before: IntersectionPlan, after: IntersectionPlan, rules: Rules, method: Method) -> float | None:
    """The longest transition over all seconds of the old cycle; 0 where no way is known. Under traffic a bound, None
    where there is none."""
    try:
        if depends_on_traffic(before, after):
            bound_ds = longest_ds(before, after, method, rules)
            return None if bound_ds is None else bound_ds / 10
        seconds = range(0, before.body.length_ds, 10)
        return max(transition(before, after, at, method, rules).duration_ds for at in seconds) / 10
    except NotTransferable:
        return 0.0


@dataclass(frozen=True, slots=True)
class Closed:
    """Consecutive plans between which the methods do not lead as they have to: in words which, and where."""

    before: str
    after: str
    words: str
    intersection_ids: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.words} from {self.before!r} to {self.after!r} at {', '.join(map(repr, self.intersection_ids))}"


def closed(ways: Iterable[Way]) -> tuple[Closed, ...]:
    """All changes over which nothing leads, or not everything that has to."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for (pair, name), own in _at_each(ways).items():
        broken = [way.method for way in own if name in way.broken_at]
        if broken if own[0].every else len(broken) == len(own):
            one = len(own) == 1 or own[0].every
            words = f"{', '.join(broken)} does not lead" if one else "no method leads"
            found.setdefault((*pair, f"{words} ({own[0].said_by})"), []).append(name)
    return tuple(Closed(*key, tuple(names)) for key, names in found.items())


def settings_of(ways: Iterable[Way]) -> tuple[Setting, ...]:
    """The methods of which one has to be set, at intersections where several come into question."""
    leading: dict[str, list[Method]] = {}
    said: dict[str, dict[str, None]] = {}
    for (_, name), own in _at_each(ways).items():
        if len(own) == 1 or own[0].every:
            continue
        passable = [way.method for way in own if name not in way.broken_at]
        leading[name] = [method for method in leading.get(name, passable) if method in passable]
        said.setdefault(name, {})[own[0].said_by] = None
    alike: dict[tuple[tuple[Method, ...], str], list[str]] = {}
    for name, methods in leading.items():
        alike.setdefault((tuple(methods), "; ".join(said[name])), []).append(name)
    return tuple(Setting(tuple(names), *told) for told, names in alike.items())


def _at_each(ways: Iterable[Way]) -> dict[tuple[tuple[str, str], str], list[Way]]:
    """The ways of each pair of plans at each intersection."""
    found: dict[tuple[tuple[str, str], str], list[Way]] = {}
    for way in ways:
        for name in way.intersection_ids:
            found.setdefault(((way.before, way.after), name), []).append(way)
    return found
