"""The common clock: its zero, and where a local clock jumps because its cycle does not divide the time between zeros.

Zero is local midnight, or `sync_reference_s` after it; the clock counts true seconds from the last zero, so that the
days on which clocks change have 82 800 or 90 000 s. At each zero a local clock starts anew from its offset: a cycle in
the middle of its course then jumps (signal timing practice, local clock).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from networks.faults import Fault
from signals.plan.schedule import Change, Schedule, changes, instant_of, plan_at
from signals.plan.types import TimingPlan

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Jump:
    """At `at` (UTC) the local clock of an intersection leaps forward by `by_ds`, or back by the rest of its cycle."""

    at: datetime
    intersection_id: str
    cycle_ds: int
    by_ds: int


def zero_of(plan: TimingPlan, zone: str, day: date) -> datetime:
    """The instant (UTC) at which the plan's common clock begins on a day."""
    hours, seconds = divmod(plan.sync_reference_s, 3600)
    return instant_of(zone, day, time(hours, seconds // 60, seconds % 60))


def clock_ds(plan: TimingPlan, zone: str, instant: datetime) -> int:
    """The common clock at an instant [ds]: true time since the last zero."""
    day = instant.astimezone(ZoneInfo(zone)).date()
    zero = zero_of(plan, zone, day)
    if zero > instant:
        zero = zero_of(plan, zone, day - _DAY)
    return round((instant - zero).total_seconds() * 10)


def jumps(plan: TimingPlan, zone: str, day: date) -> tuple[Jump, ...]:
    """The jumps at the day's zero, one per intersection whose cycle does not divide the time since the last one."""
    at = zero_of(plan, zone, day)
    passed_ds = round((at - zero_of(plan, zone, day - _DAY)).total_seconds() * 10)
    return tuple(
        Jump(at, timing.intersection_id, timing.cycle_ds, -passed_ds % timing.cycle_ds)
        for timing in plan.intersections
        if timing.cycle_ds is not None and passed_ds % timing.cycle_ds
    )


def jumps_of(schedule: Schedule, plans: Mapping[str, TimingPlan], day: date) -> tuple[Jump, ...]:
    """The jumps that a day of the schedule shows: those of the plan that runs at its zero, before and after it."""
    found: list[Jump] = []
    for name, plan in plans.items():
        at = zero_of(plan, schedule.zone, day)
        if schedule.begin < at < schedule.end:
            before = plan_at(schedule, at - timedelta(seconds=1)).name
            if before == name == plan_at(schedule, at).name:
                found += jumps(plan, schedule.zone, day)
    return tuple(found)


def across_sync(
    schedule: Schedule, plans: Mapping[str, TimingPlan], length_s: Mapping[tuple[str, str], float], days: Iterable[date]
) -> tuple[Fault, ...]:
    """Switches whose transition a jump would fall into, or that fall into the time in which a jump is made good.

    `length_s` has the longest transition for each pair of plan names (before, after); for a plan to itself, that after
    a jump. A switch at the very zero is none: the new plan begins on its own clock.
    """
    found: list[Fault] = []
    for day in days:
        for change in changes(schedule, day):
            for jump, who, span_s in _jumps_about(schedule, plans, length_s, change, day):
                apart_s = (jump - change.at).total_seconds()
                where = f"{change.before.name!r} to {change.after.name!r} on {day}"
                told = f"{abs(apart_s):g} s {'before' if apart_s > 0 else 'after'} plan {who!r} jumps"
                needed = f"at least {span_s:g} s from the sync instant, or just at it"
                found.append(Fault("switch across the sync instant", where, told, needed))
    return tuple(found)


def _jumps_about(
    schedule: Schedule,
    plans: Mapping[str, TimingPlan],
    length_s: Mapping[tuple[str, str], float],
    change: Change,
    day: date,
) -> Iterator[tuple[datetime, str, float]]:
    """The jumps that are too near to a change, with the plan that jumps and the time to keep."""
    before, after = change.before.name, change.after.name
    for near in (day, day + _DAY):
        for jump in {jump.at for jump in jumps(plans[after], schedule.zone, near)}:
            if timedelta() < jump - change.at < timedelta(seconds=length_s[before, after]):
                yield jump, after, length_s[before, after]
    for jump in {jump.at for jump in jumps(plans[before], schedule.zone, day)}:
        if timedelta() < change.at - jump < timedelta(seconds=length_s[before, before]):
            yield jump, before, length_s[before, before]
