"""What `greenband schedule` does: reads schedule and plans, prints the account, gives the exit code."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from networks.faults import Fault
from signals.cli import wiring
from signals.cli.desk import Document
from signals.control.transitions import METHODS, Method
from signals.plan import Schedule, read_schedule
from signals.safety import Violation
from signals.service.asked import Asked, rules_of_plan
from signals.service.library import told
from signals.service.request import DONE, NOT_PROVED
from signals.service.scheduling import WHATEVER, check_schedule, plans_of, week_of


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
    found = told.schedule(schedule, report)
    print(json.dumps(found, indent=2) if as_json else "\n".join(lines_of_schedule(schedule, found)))
    return DONE if report.fit else NOT_PROVED


def lines_of_schedule(schedule: Schedule, found: Document) -> list[str]:
    """What was found (see `told.schedule`), for a terminal."""
    there = ZoneInfo(schedule.zone)
    first, last = week_of(schedule)
    lines = [f"plan {name}: {Violation(**one)}" for name, broken in found["plans"].items() for one in broken]
    lines.append(f"changes from {first} to {last} ({schedule.zone}):")
    for change in found["week"]:
        at = datetime.fromisoformat(change["at"]).astimezone(there)
        lines.append(f"  {at:%a %Y-%m-%d %H:%M:%S}  {change['before']} to {change['after']}")
    for jump in found["jumps"]:
        at = datetime.fromisoformat(jump["at"]).astimezone(there)
        by = f"{jump['by_ds'] / 10:g} s forward of a cycle of {jump['cycle_ds'] / 10:g} s"
        lines.append(f"jump: intersection {jump['intersection_id']!r} by {by}, first on {at:%Y-%m-%d %H:%M:%S}")
    for way in found["transitions"]:
        lines.append(f"transition {way['before']} to {way['after']}, {way['method']}: {_took(way)}")
        if way["judged"]:
            lines.append(f"  judged: {way['judged']}")
        lines += [f"  {Violation(**one)}" for one in way["violations"]]
    for second in found["second_switches"]:
        lines += _of_second(second)
    lines += [f"not fit: {Fault(**one)}" for one in found["across_sync"]]
    lines += [f"not fit: no method leads from {before!r} to {after!r}" for before, after in found["not_passable"]]
    lines += [f"worth a look: {Fault(**one)}" for one in found["flags"]]
    count_of = f"{len(schedule.plans)} plans, {schedule.valid_from} to {schedule.valid_to}"
    return [*lines, f"{'fit' if found['fit'] else 'NOT FIT'} ({count_of})", f"schedule {found['schedule']}"]


def _took(way: Document) -> str:
    if way["violations"]:
        return "not passable"
    if way["longest_s"] is None:
        took = "as long as traffic has it"
    else:
        took = f"{'at most ' if WHATEVER in way['judged'] else ''}{way['longest_s']:g} s, {way['cycles']} cycles"
    slowest = f", longest at {way['slowest_id']!r}" if way["slowest_id"] else ""
    return f"{took}{slowest}{f', {leads}' if (leads := way['leads']) else ''}"


def _of_second(second: Document) -> list[str]:
    """Whether a third plan may be switched to at any second of a transition, and where not, what it breaks."""
    where = f"{second['after']} while {second['before']} to {second['middle']} is under way"
    told = "not fit" if second["happens"] and not second["passable"] else "second switch"
    reason = f"the schedule leaves it {'no ' if second['happens'] else ''}time to end"
    passable = [method for method, broken in second["broken"].items() if not broken]
    lines = [f"{told}: {where} ({reason}): passable at every second by {', '.join(passable) or 'no method'}"]
    for method, broken in second["broken"].items():
        lines += [f"  {method}: {Violation(**one)}" for one in broken]
    return lines
