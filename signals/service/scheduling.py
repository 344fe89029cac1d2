"""Is a schedule fit to run? Its plans, every transition that it makes, the controllers that have to hold it, and the
instants at which clocks jump. Each plan is judged by what it was made by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from networks.faults import Fault, refuse_if_any
from signals.control.named_methods import against
from signals.control.transitions import Method
from signals.plan import (
    Change,
    Jump,
    Schedule,
    TimingPlan,
    across_sync,
    changes,
    clock_ds,
    hurried,
    jumps_of,
)
from signals.safety import Violation, check, crowded, unrunnable
from signals.service.judged_by import JudgedBy, controllers_of
from signals.service.second_switching import SecondSwitch, second_switches_of
from signals.service.ways import Methods, Setting, Way, closed, longest_s, settings_of, ways_between

LONGEST_CYCLES = 3  # of the new plan; a longer transition is worth a second look
_WEEK = 7


@dataclass(frozen=True, slots=True)
class ScheduleReport:
    """What was found. `week` are the changes of its first seven days, `jumps` the first of each kind; `controllers`
    says what those that stand there cannot do, `settings` to which methods they have to be set."""

    week: tuple[Change, ...]
    jumps: tuple[Jump, ...]
    ways: tuple[Way, ...]
    settings: tuple[Setting, ...]
    second: tuple[SecondSwitch, ...]
    plans: Mapping[str, tuple[Violation, ...]]
    controllers: tuple[Violation, ...]
    crossing: tuple[Fault, ...]
    flags: tuple[Fault, ...]

    @property
    def unpassable(self) -> tuple[tuple[str, str], ...]:
        """Consecutive plans between which no method leads that may be taken."""
        return tuple(dict.fromkeys((one.before, one.after) for one in closed(self.ways)))

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not fit, but for violations of plans and for what lies across a jump; none where it is fit."""
        shut = closed(self.ways)
        found = [*map(str, self.controllers), *map(str, shut)]
        told = {name for one in shut for name in one.intersection_ids}
        found += [
            f"no one method leads over every change at {', '.join(names)} ({setting.said_by})"
            for setting in self.settings
            if not setting.methods and (names := [name for name in setting.intersection_ids if name not in told])
        ]
        found += [
            f"{second.middle!r} is left for {second.after!r} before the way from {second.before!r} is over"
            for second in self.second
            if second.happens and not second.passable
        ]
        return tuple(found)

    @property
    def fit(self) -> bool:
        """Whether every plan is safe and can be run, the methods lead over every change, also where the next one comes
        before the first is over, and none lies across a jump."""
        return not (self.reasons or self.crossing or any(self.plans.values()))


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
    schedule: Schedule, plans: Mapping[str, TimingPlan], by: Mapping[str, JudgedBy], asked: Method | None = None
) -> ScheduleReport:
    """The whole account; plans, and what each is judged by, by the schedule's names. `asked`: the method of all
    controllers, where the engineer says so."""
    controllers, contradictions = controllers_of(by)
    methods = Methods(asked, controllers)
    moments_ds: dict[tuple[str, str], set[int]] = {}  # of the clock, at which a pair changes
    for day in schedule.days():
        for change in changes(schedule, day):
            at_ds = clock_ds(plans[change.after.name], schedule.zone, change.at)
            moments_ds.setdefault((change.before.name, change.after.name), set()).add(at_ds)
    ways = [
        way for pair, found_ds in moments_ds.items() for way in ways_between(pair, plans, sorted(found_ds), by, methods)
    ]
    longest: dict[tuple[str, str], float | None] = dict.fromkeys(moments_ds, 0.0)
    for way in ways:
        known_s = longest[way.before, way.after]
        longest[way.before, way.after] = (
            None if way.longest_s is None or known_s is None else max(way.longest_s, known_s)
        )
    jumps = _jumps(schedule, plans)
    lengths = _lengths(plans, moments_ds, ways, jumps, by, methods)
    second, settings = second_switches_of(schedule, plans, by, methods, longest, settings_of(ways))
    days = islice(schedule.days(), _WEEK)
    judged = {
        name: (*check(plan, by[name].network, by[name].rules), *unrunnable(plan, controllers))
        for name, plan in plans.items()
    }
    return ScheduleReport(
        tuple(change for day in days for change in changes(schedule, day)),
        tuple(jump for _, jump in jumps.values()),
        tuple(ways),
        settings,
        second,
        judged,
        (*contradictions, *crowded(plans, controllers), *_against(plans, methods)),
        _first_of_each(across_sync(schedule, plans, lengths, schedule.days())),
        (*hurried(schedule), *_long(ways)),
    )


def _against(plans: Mapping[str, TimingPlan], methods: Methods) -> Iterator[Violation]:
    """Where the method asked for is none of the controller's, or another than a plan names."""
    timings = [timing for plan in plans.values() for timing in plan.intersections]
    found = dict[Violation, None]()
    for timing in timings:
        for needed in against(timing, methods.family(timing.intersection_id), methods.asked):
            where = f"intersection {timing.intersection_id!r}"
            found[Violation("controller", where, f"method {methods.asked}", needed)] = None
    yield from found


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
    pairs: Iterable[tuple[str, str]],
    ways: Sequence[Way],
    jumps: Mapping[tuple[str, str, int], tuple[str, Jump]],
    by: Mapping[str, JudgedBy],
    methods: Methods,
) -> dict[tuple[str, str], float]:
    """The longest time to be in step: from plan to plan, and for a plan to itself after a jump of its clock."""
    lengths = dict.fromkeys(pairs, 0.0) | {(name, name): 0.0 for name in plans}  # also where two names run the same
    for way in ways:
        # What has no bound shows nothing else after a jump, and that is judged.
        lengths[way.before, way.after] = max(way.longest_s or 0.0, lengths.get((way.before, way.after), 0.0))
    for name, jump in jumps.values():
        after, rules = plans[name].intersection(jump.intersection_id), by[name].rules
        before = after.model_copy(update={"offset_ds": (after.offset_ds + jump.by_ds) % jump.cycle_ds})
        ways_s = [longest_s(before, after, rules, method) or 0.0 for method in methods.choice(after).methods]
        lengths[name, name] = max(*ways_s, lengths[name, name])
    return lengths


def _first_of_each(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    kinds: dict[tuple[str, str, str], Fault] = {}
    for fault in faults:
        kinds.setdefault((fault.where.rpartition(" on ")[0], fault.found, fault.needed), fault)
    return tuple(kinds.values())


def _long(ways: Sequence[Way]) -> Iterator[Fault]:
    for way in ways:
        where = f"{way.before!r} to {way.after!r}, {way.method}, intersection {way.slowest_id!r}"
        if way.violations:
            continue
        if way.longest_s is None:
            yield Fault("transition", where, "as long as traffic has it", "an end that is known")
        elif way.cycles is not None and way.cycles > LONGEST_CYCLES:  # who runs free has nothing to get in step with
            found = f"{way.longest_s:g} s, {way.cycles} cycles"
            yield Fault("transition", where, found, f"at most {LONGEST_CYCLES} cycles")


def week_of(schedule: Schedule) -> tuple[date, date]:
    """The days that a report shows the changes of."""
    return schedule.valid_from, min(schedule.valid_to, schedule.valid_from + timedelta(days=_WEEK - 1))
