"""Is a schedule fit to run? Its plans, every transition that it makes, and the instants at which clocks jump."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from networks.faults import Fault, refuse_if_any
from networks.network import Network
from signals.control.between import depends_on_traffic, way_between
from signals.control.lengths import longest_ds
from signals.control.sweeps import sweep
from signals.control.transitions import Handover, Method, NotTransferable, transition
from signals.plan import (
    Change,
    IntersectionPlan,
    Jump,
    Schedule,
    TimingPlan,
    across_sync,
    changes,
    clock_ds,
    hurried,
    jumps_of,
)
from signals.rules import Rules
from signals.safety import Violation, check, check_transition
from signals.service.second_switching import SecondSwitch, second_switches_of

WHATEVER = "whatever the traffic and the moment"
EVERY_SECOND = "every second at which the two cycles can stand to each other"
ONE_CYCLE = "every second of one old cycle from each moment of the schedule on"
LONGEST_CYCLES = 3  # of the new plan; a longer transition is worth a second look
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Way:
    """From one plan to the next by one method: the longest at any intersection and second, and what it breaks.

    `longest_s` None: some intersection takes as long as traffic has it. `judged` says in words at which moments,
    `leads` by which kinds of ways.
    """

    before: str
    after: str
    method: Method
    longest_s: float | None
    cycles: int
    slowest_id: str
    judged: str
    violations: tuple[Violation, ...]
    leads: str = ""


@dataclass(frozen=True, slots=True)
class ScheduleReport:
    """What was found. `week` are the changes of its first seven days, `jumps` the first of each kind."""

    week: tuple[Change, ...]
    jumps: tuple[Jump, ...]
    ways: tuple[Way, ...]
    second: tuple[SecondSwitch, ...]
    plans: Mapping[str, tuple[Violation, ...]]
    crossing: tuple[Fault, ...]
    flags: tuple[Fault, ...]

    @property
    def unpassable(self) -> tuple[tuple[str, str], ...]:
        """Consecutive plans between which no method leads without breaking a rule."""
        pairs = dict.fromkeys((way.before, way.after) for way in self.ways)
        open_pairs = {(way.before, way.after) for way in self.ways if not way.violations}
        return tuple(pair for pair in pairs if pair not in open_pairs)

    @property
    def fit(self) -> bool:
        """Whether every plan is safe, some method leads over every change, also where the next one comes before the
        first is over, and none lies across a jump."""
        hasty = any(second.happens and not second.passable for second in self.second)
        return not (hasty or self.unpassable or self.crossing or any(self.plans.values()))


def plans_of(schedule: Schedule, files: Mapping[str, TimingPlan]) -> dict[str, TimingPlan]:
    """The plans that a schedule names, out of those found by file. Raises `InputError` for one that is missing or
    that has another clock than the schedule."""
    found = {plan.digest(): plan for plan in files.values()}
    faults = [
        Fault("plan", f"schedule, plan {use.name!r}", "in no file", f"a plan with digest {use.digest}")
        for use in schedule.plans
        if use.digest not in found
    ]
    plans = {use.name: found[use.digest] for use in schedule.plans if use.digest in found}
    syncs = sorted({plan.sync_reference_s for plan in plans.values()})
    if len(syncs) > 1:
        told = ", ".join(f"{second} s" for second in syncs)
        faults.append(Fault("sync reference", "schedule", f"plans with {told}", "one zero of the common clock"))
    for name, plan in plans.items():
        if plan.zone and plan.zone != schedule.zone:
            faults.append(Fault("zone", f"schedule, plan {name!r}", plan.zone, schedule.zone))
    refuse_if_any(faults)
    return plans


def check_schedule(
    schedule: Schedule, plans: Mapping[str, TimingPlan], network: Network, rules: Rules, methods: Sequence[Method]
) -> ScheduleReport:
    """The whole account; `plans` by the schedule's names. Every plan, each pair of consecutive ones by each method."""
    moments_ds: dict[tuple[str, str], set[int]] = {}  # of the clock, at which a pair changes
    for day in schedule.days():
        for change in changes(schedule, day):
            at_ds = clock_ds(plans[change.after.name], schedule.zone, change.at)
            moments_ds.setdefault((change.before.name, change.after.name), set()).add(at_ds)
    ways = [
        _way(plans, pair, sorted(found_ds), network, rules, method)
        for pair, found_ds in moments_ds.items()
        for method in methods
    ]
    longest_s: dict[tuple[str, str], float | None] = {}
    for way in ways:
        known_s = longest_s.get((way.before, way.after), 0.0)
        longest_s[way.before, way.after] = (
            None if way.longest_s is None or known_s is None else max(way.longest_s, known_s)
        )
    jumps = _jumps(schedule, plans)
    lengths = _lengths(plans, ways, jumps, rules, methods)
    days = islice(schedule.days(), _WEEK)
    return ScheduleReport(
        tuple(change for day in days for change in changes(schedule, day)),
        tuple(jump for _, jump in jumps.values()),
        tuple(ways),
        second_switches_of(schedule, plans, network, rules, methods, longest_s),
        {name: check(plan, network, rules) for name, plan in plans.items()},
        _first_of_each(across_sync(schedule, plans, lengths, schedule.days())),
        (*hurried(schedule), *_long(ways)),
    )


def _way(
    plans: Mapping[str, TimingPlan],
    pair: tuple[str, str],
    moments_ds: Sequence[int],
    network: Network,
    rules: Rules,
    method: Method,
) -> Way:
    """One pair of plans at all the moments of the clock at which it changes: how the two cycles then stand to each
    other decides how far there is to go."""
    old, new = (plans[name] for name in pair)
    violations, lengths, kinds = list[Violation](), list[tuple[float | None, int, str]](), set[str]()
    leads = set[str]()
    for before, after in changing(old, new, network):
        made: list[Handover] = []

        def noted(
            one: IntersectionPlan,
            other: IntersectionPlan,
            at_ds: int,
            how: Method,
            given: Rules,
            made: list[Handover] = made,
        ) -> Handover:
            made.append(transition(one, other, at_ds, how, given))
            return made[-1]

        with suppress(NotTransferable):  # then that is the violation
            leads.add(way_between(before, after, method))
        if depends_on_traffic(before, after):
            kinds.add(WHATEVER)
            violations += check_transition(before, after, network, rules, method)
            length_s = _longest_s(before, after, rules, method)
            lengths.append((length_s, math.ceil(10 * (length_s or 0) / (after.cycle_ds or 1)), after.intersection_id))
            continue
        seconds = sweep(before, after, moments_ds=moments_ds)
        kinds.add(EVERY_SECOND if seconds.whole else ONE_CYCLE)
        given_ds = seconds.switches_ds
        violations += check_transition(before, after, network, rules, method, switches_ds=given_ds, simulate=noted)
        lengths += [(way.duration_ds / 10, way.cycles, after.intersection_id) for way in made]
    longest = max(lengths, key=lambda length: math.inf if length[0] is None else length[0], default=(0.0, 0, ""))
    judged, led = (", ".join(sorted(words)) for words in (kinds, leads))
    return Way(pair[0], pair[1], method, *longest, judged, tuple(dict.fromkeys(violations)), led)


def changing(old: TimingPlan, new: TimingPlan, network: Network) -> Iterator[tuple[IntersectionPlan, IntersectionPlan]]:
    """The timings that differ; what is missing or of another street is left to the check of the plan."""
    groups = {street.id: tuple(group.id for group in street.groups) for street in network.intersections}
    known = {timing.intersection_id: timing for timing in old.intersections}
    for after in new.intersections:
        before = known.get(after.intersection_id, after)
        if before != after and groups.get(after.intersection_id) == before.group_ids == after.group_ids:
            yield before, after


def _longest_s(before: IntersectionPlan, after: IntersectionPlan, rules: Rules, method: Method) -> float | None:
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


def _jumps(schedule: Schedule, plans: Mapping[str, TimingPlan]) -> dict[tuple[str, str, int], tuple[str, Jump]]:
    """The first jump of each kind, with the plan that runs then."""
    found: dict[tuple[str, str, int], tuple[str, Jump]] = {}
    for day in schedule.days():
        for name, plan in plans.items():
            for jump in jumps_of(schedule, {name: plan}, day):
                found.setdefault((name, jump.intersection_id, jump.by_ds), (name, jump))
    return found


def _lengths(
    plans: Mapping[str, TimingPlan],
    ways: Sequence[Way],
    jumps: Mapping[tuple[str, str, int], tuple[str, Jump]],
    rules: Rules,
    methods: Sequence[Method],
) -> dict[tuple[str, str], float]:
    """The longest time to be in step: from plan to plan, and for a plan to itself after a jump of its clock."""
    lengths = {(name, name): 0.0 for name in plans}
    for way in ways:
        # What has no bound shows nothing else after a jump, and that is judged.
        lengths[way.before, way.after] = max(way.longest_s or 0.0, lengths.get((way.before, way.after), 0.0))
    for name, jump in jumps.values():
        after = plans[name].intersection(jump.intersection_id)
        before = after.model_copy(update={"offset_ds": (after.offset_ds + jump.by_ds) % jump.cycle_ds})
        longest_s = max(_longest_s(before, after, rules, method) or 0.0 for method in methods)
        lengths[name, name] = max(longest_s, lengths[name, name])
    return lengths


def _first_of_each(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    kinds: dict[tuple[str, str, str], Fault] = {}
    for fault in faults:
        kinds.setdefault((fault.where.rpartition(" on ")[0], fault.found, fault.needed), fault)
    return tuple(kinds.values())


def _long(ways: Sequence[Way]) -> Iterator[Fault]:
    for way in ways:
        if way.violations or (way.longest_s is not None and way.cycles <= LONGEST_CYCLES):
            continue
        where = f"{way.before!r} to {way.after!r}, {way.method}, intersection {way.slowest_id!r}"
        found = "as long as traffic has it" if way.longest_s is None else f"{way.longest_s:g} s"
        yield Fault("transition", where, found, f"at most {LONGEST_CYCLES} cycles")


def week_of(schedule: Schedule) -> tuple[date, date]:
    """The days that a report shows the changes of."""
    return schedule.valid_from, min(schedule.valid_to, schedule.valid_from + timedelta(days=_WEEK - 1))
