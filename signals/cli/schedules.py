"""What `greenband schedule` does: reads schedule and plans, prints the account, gives the exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import reduce
from pathlib import Path
from zoneinfo import ZoneInfo

from networks.faults import Fault, refuse_if_any
from signals.cli.checking import findings
from signals.cli.desk import Document
from signals.cli.kept import Given, PlanReader, PlanToJudge
from signals.control.transitions import Method
from signals.plan import Schedule, read_schedule, switches
from signals.programs.sumo import write_switching
from signals.rules import stricter
from signals.safety import Violation
from signals.service.library import told
from signals.service.request import DONE, NOT_PROVED
from signals.service.scheduling import check_schedule, plans_of, week_of
from signals.service.ways import WHATEVER

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class SumoDay:
    """A day of a schedule that is to be written for SUMO: where to (None: it is not), and which (None: the first)."""

    path: Path | None = None
    day: date | None = None

    def method(self, asked: Method | None, schedule: Schedule) -> Method | None:
        """The method of transitions: SUMO has one. Raises `InputError` for another one, and for another day."""
        faults = []
        if self.path is not None and asked not in (None, "gsp"):
            faults.append(Fault("--method", "command line", str(asked), "gsp, the one that SUMO has, with --sumo"))
        if self.path is None and self.day is not None:
            faults.append(Fault("--day", "command line", str(self.day), "--sumo, the file that the day is written to"))
        if self.day is not None and not schedule.valid_from <= self.day <= schedule.valid_to:
            needed = f"a day of the validity, {schedule.valid_from} to {schedule.valid_to}"
            faults.append(Fault("--day", "command line", str(self.day), needed))
        refuse_if_any(faults)
        return asked if self.path is None else "gsp"

    def write(self, schedule: Schedule, judged: Mapping[str, PlanToJudge]) -> str:
        """Write it, in the words of the command. Raises `NotExpressible` where SUMO cannot switch so."""
        if self.path is None:
            return ""
        day = self.day or schedule.valid_from
        start, later = switches(schedule, day)
        rules = reduce(stricter, (one.by.rules for one in judged.values()))
        network = next(iter(judged.values())).by.network
        plans = {name: one.plan for name, one in judged.items()}
        write_switching(plans, start, later, network, self.path, rules=rules)
        times = "1 switch" if len(later) == 1 else f"{len(later)} switches"
        return f"for SUMO  {self.path}: {day}, from midnight in plan {start}, {times}"


def check_schedule_file(
    schedule_path: Path,
    plan_paths: tuple[Path, ...],
    given: Given,
    method: Method | None,
    sumo: SumoDay,
    as_json: bool,
) -> int:
    """Faults, jumps, changes of a week, transitions between consecutive plans, violations; each plan by what is given
    for all, else by what was kept beside it. A schedule that is fit is written for SUMO, where that is wanted."""
    schedule = read_schedule(schedule_path)
    method = sumo.method(method, schedule)
    reader = PlanReader(given)
    read = {str(path): reader.read(path) for path in plan_paths}
    plans = plans_of(schedule, {path: one.plan for path, one in read.items()})
    by_digest = {one.plan.digest(): one for one in read.values()}
    used = {name: by_digest[plan.digest()] for name, plan in plans.items()}
    refuse_if_any(
        [replace(fault, where=f"plan {name!r}, {fault.where}") for name, one in used.items() for fault in one.faults]
    )
    report = check_schedule(schedule, plans, {name: one.by for name, one in used.items()}, method)
    document = told.schedule(schedule, report)
    rules = {name: one.by.rules for name, one in used.items()}
    document["profiles"] = {name: one.profile for name, one in rules.items()}
    document["inputs"] = {name: [str(path) for path in one.taken] for name, one in used.items()}
    document["caveats"] = {name: one.on_foot_caveat for name, one in rules.items() if one.on_foot_caveat}
    document["raised"] = {name: one.raised for name, one in rules.items()}
    document["noted"] = {name: one.notes for name, one in rules.items()}
    if as_json:
        print(json.dumps(document, indent=2))
    else:
        found = dict.fromkeys(line for one in rules.values() for line in findings(one))
        caveats = [f"plan {name}: {caveat}" for name, caveat in document["caveats"].items()]
        print("\n".join([*found, *lines_of_schedule(schedule, document), *caveats]))
    written = sumo.write(schedule, used) if report.fit else ""
    if written:
        print(written, file=sys.stderr if as_json else sys.stdout)
    return DONE if report.fit else NOT_PROVED


def lines_of_jumps(jumps: Sequence[Document], there: ZoneInfo) -> Iterator[str]:
    """Where a clock jumps, the signals of which it is alike in a line."""
    alike: dict[tuple[str, int, int], list[str]] = {}
    for jump in jumps:
        alike.setdefault((jump["at"], jump["by_ds"], jump["cycle_ds"]), []).append(repr(jump["intersection_id"]))
    for (instant, by_ds, cycle_ds), names in alike.items():
        at = datetime.fromisoformat(instant).astimezone(there)
        where = f"intersection{'' if len(names) == 1 else 's'} {', '.join(names)}"
        by = f"{by_ds / 10:g} s forward of a cycle of {cycle_ds / 10:g} s, which does not divide the day"
        yield f"jump: {where} by {by}, first on {at:%Y-%m-%d %H:%M:%S}"


def lines_of_schedule(schedule: Schedule, found: Document) -> list[str]:
    """What was found (see `told.schedule`), for a terminal."""
    there = ZoneInfo(schedule.zone)
    first, last = week_of(schedule)
    lines = [_judged_by(name, found) for name in found.get("profiles", ())]
    lines += [f"plan {name}: {Violation(**one)}" for name, broken in found["plans"].items() for one in broken]
    lines.append(f"changes from {first} to {last} ({schedule.zone}):")
    for change in found["week"]:
        at = datetime.fromisoformat(change["at"]).astimezone(there)
        lines.append(f"  {at:%a %Y-%m-%d %H:%M:%S}  {change['before']} to {change['after']}")
    lines += lines_of_jumps(found["jumps"], there)
    for way in found["transitions"]:
        lines += _of_way(way)
    for one in found.get("neighbours", ()):
        lines += _of_neighbour(one)
    for second in found["second_switches"]:
        lines += _of_second(second)
    lines += [_of_setting(**setting) for setting in found["settings"]]
    lines += [f"not fit: {reason}" for reason in found["reasons"]]
    lines += [f"not fit: {Fault(**one)}" for one in found["across_sync"]]
    lines += [f"worth a look: {Fault(**one)}" for one in found["flags"]]
    count_of = f"{len(schedule.plans)} plans, {schedule.valid_from} to {schedule.valid_to}"
    return [*lines, f"{'fit' if found['fit'] else 'NOT FIT'} ({count_of})", f"schedule {found['schedule']}"]


def _of_way(way: Document) -> list[str]:
    took = f"transition {way['before']} to {way['after']}, {way['method']}: {_took(way)}"
    broken = [f"  {Violation(**one)}" for one in way["violations"]]
    return [took, f"  method: {_why(way)}", f"  judged: {way['judged']}", *broken]


def _of_neighbour(found: Document) -> list[str]:
    plans = f"plan {found['before'][:12]} to plan {found['after'][:12]}"
    lines = [f"meets schedule {found['schedule'][:12]} at the begin of {found['day']}: {plans}"]
    lines += [f"  {line}" for way in found["transitions"] for line in _of_way(way)]
    return lines + [f"  not fit: {reason}" for reason in found["reasons"]]


def _judged_by(name: str, found: Document) -> str:
    files = found["inputs"][name]
    kept = f", with what was kept beside it: {', '.join(files)}" if files else ""
    return f"plan {name}: profile {found['profiles'][name]}{kept}"


def _why(way: Document) -> str:
    """Who names the method, and where, if others hold elsewhere."""
    one = "every one has to lead" if way["every"] else ""
    return ", ".join(filter(None, [way["said_by"], one, f"at {_shown(way['intersection_ids'])}"]))


def _of_setting(intersection_ids: list[str], methods: list[str], said_by: str) -> str:
    """What the controllers have to be set to, where several methods come into question."""
    led = f"one of {', '.join(methods)} has to be set" if methods else "no method leads over every change"
    return f"method at {_shown(intersection_ids)}: {led} ({said_by})"


def _shown(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f", ... ({len(names)})" if len(names) > _SHOWN else "")


def _took(way: Document) -> str:
    if way["violations"]:
        return "not passable"
    if way["longest_s"] is None:
        took = "as long as traffic has it"
    else:
        in_step = "then it runs free" if way["cycles"] is None else f"{way['cycles']} cycles"
        took = f"{'at most ' if WHATEVER in way['judged'] else ''}{way['longest_s']:g} s, {in_step}"
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
