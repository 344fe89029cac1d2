"""What `greenband schedule` does: reads schedule and plans, prints the account, gives the exit code."""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

from signals.cli import wiring
from signals.control.transitions import METHODS, Method
from signals.plan import Schedule, read_schedule
from signals.service.asked import Asked, rules_of_plan
from signals.service.library import told
from signals.service.request import DONE, NOT_PROVED
from signals.service.scheduling import WHATEVER, ScheduleReport, Way, check_schedule, plans_of, week_of
from signals.service.second_switching import SecondSwitch


def check_schedule_file(
    schedule_path: Path,
    plan_paths: tuple[Path, ...],
    network_path: Path,
    asked: Asked,
    incumbent: tuple[Path, ...],
    method: Method | None,
    as_json: bool,
) -> int:
    """Faults, jumps, changes of a week, transitions between consecutive plans, violations."""
    schedule = read_schedule(schedule_path)
    network = wiring.read_street(network_path, (), incumbent)
    plans = plans_of(schedule, {str(path): wiring.read_any_plan(path, network) for path in plan_paths})
    rules = rules_of_plan(next(iter(plans.values())), network, asked, None)
    report = check_schedule(schedule, plans, network, rules, METHODS if method is None else (method,))
    if as_json:
        print(json.dumps(told.schedule(schedule, report), indent=2))
    else:
        print("\n".join(lines_of_schedule(schedule, report)))
    return DONE if report.fit else NOT_PROVED


def lines_of_schedule(schedule: Schedule, report: ScheduleReport) -> list[str]:
    """What was found, for a terminal."""
    there = ZoneInfo(schedule.zone)
    first, last = week_of(schedule)
    lines = [f"plan {name}: {violation}" for name, found in report.plans.items() for violation in found]
    lines.append(f"changes from {first} to {last} ({schedule.zone}):")
    for change in report.week:
        at = change.at.astimezone(there)
        lines.append(f"  {at:%a %Y-%m-%d %H:%M:%S}  {change.before.name} to {change.after.name}")
    for jump in report.jumps:
        at = jump.at.astimezone(there)
        by = f"{jump.by_ds / 10:g} s forward of a cycle of {jump.cycle_ds / 10:g} s"
        lines.append(f"jump: intersection {jump.intersection_id!r} by {by}, first on {at:%Y-%m-%d %H:%M:%S}")
    for way in report.ways:
        lines.append(f"transition {way.before} to {way.after}, {way.method}: {_took(way)}")
        if way.judged:
            lines.append(f"  judged: {way.judged}")
        lines += [f"  {violation}" for violation in way.violations]
    for second in report.second:
        lines += _of_second(second)
    lines += [f"not fit: {fault}" for fault in report.crossing]
    lines += [f"not fit: no method leads from {before!r} to {after!r}" for before, after in report.unpassable]
    lines += [f"worth a look: {flag}" for flag in report.flags]
    count_of = f"{len(schedule.plans)} plans, {schedule.valid_from} to {schedule.valid_to}"
    return [*lines, f"{'fit' if report.fit else 'NOT FIT'} ({count_of})", f"schedule {schedule.digest()}"]


def _took(way: Way) -> str:
    if way.violations:
        return "not passable"
    if way.longest_s is None:
        took = "as long as traffic has it"
    else:
        took = f"{'at most ' if WHATEVER in way.judged else ''}{way.longest_s:g} s, {way.cycles} cycles"
    return (
        f"{took}{f', longest at {way.slowest_id!r}' if way.slowest_id else ''}{f', {way.leads}' if way.leads else ''}"
    )


def _of_second(second: SecondSwitch) -> list[str]:
    """Whether a third plan may be switched to at any second of a transition, and where not, what it breaks."""
    where = f"{second.after} while {second.before} to {second.middle} is under way"
    told = "not fit" if second.happens and not second.passable else "second switch"
    reason = "the schedule leaves it no time to end" if second.happens else "the schedule leaves it time to end"
    passable = [method for method, broken in second.broken.items() if not broken]
    lines = [f"{told}: {where} ({reason}): passable at every second by {', '.join(passable) or 'no method'}"]
    for method, broken in second.broken.items():
        lines += [f"  {method}: {violation}" for violation in broken]
    return lines
