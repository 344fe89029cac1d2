"""What `greenband library schedule` does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from networks.faults import Fault, InputError
from signals.cli.desk import Session
from signals.cli.desk_here import READERS
from signals.cli.errors import printable
from signals.cli.schedules import lines_of_schedule
from signals.control.transitions import METHODS, Method
from signals.plan import read_schedule
from signals.service.library import calendar, finding
from signals.service.request import DONE
from signals.store import library
from signals.store.database import Reading


def put_schedule(session: Session, path: Path, replaces: tuple[str, ...], method: Method | None) -> int:
    """Judge a schedule, tell its transitions, put it in force."""
    schedule = read_schedule(path)
    with session.acting() as (database, by):
        methods = METHODS if method is None else (method,)
        judged = calendar.judge_schedule(database, READERS, schedule, methods=methods)
        print(printable("\n".join(lines_of_schedule(schedule, judged.report))))
        with database.reading() as reading:
            known = calendar.schedules_in_force(reading, judged.network_digest)
        replaced = [_meant(word, known) for word in replaces]
        digest = calendar.put_in_force(database, by, judged, replaces=replaced, why=session.why or "a new schedule")
    print(f"in force: schedule {digest}")
    return DONE


def show_calendar(session: Session, network: str | None) -> int:
    """Print the schedules in force and the plan of this moment."""
    answers: list[dict[str, Any]] = []
    with session.open() as database, database.reading() as reading:
        for digest, name in _networks(reading, network).items():
            schedules = calendar.schedules_in_force(reading, digest)
            now = calendar.plan_now(schedules, database)
            rows: list[dict[str, Any]] = [
                {
                    "schedule": one,
                    "name": schedule.name,
                    "valid_from": str(schedule.valid_from),
                    "valid_to": str(schedule.valid_to),
                    "zone": schedule.zone,
                    "plans": {use.name: _plan(reading, use.digest) for use in schedule.plans},
                }
                for one, schedule in schedules.items()
            ]
            running = None if now is None else _plan(reading, now.digest)
            answers.append({"network": name, "digest": digest, "now": running, "schedules": rows})
    if session.as_json:
        print(json.dumps(answers, indent=2))
        return DONE
    for answer in answers:
        print(printable(f"{answer['network']}: now {answer['now'] or 'no schedule in force'}"))
        for row in answer["schedules"]:
            print(
                printable(
                    f"  {row['valid_from']} to {row['valid_to']} {row['zone']}  {row['schedule'][:12]} {row['name']}"
                )
            )
            for name, plan in row["plans"].items():
                print(printable(f"    {name}: {plan}"))
    return DONE


def withdraw_schedule(session: Session, word: str, network: str | None) -> int:
    """Take a schedule out of force."""
    with session.acting() as (database, by):
        with database.reading() as reading:
            places = {
                one: digest
                for digest in _networks(reading, network)
                for one in calendar.schedules_in_force(reading, digest)
            }
        digest = _meant(word, places)
        calendar.withdraw(database, by, places[digest], digest, why=session.why or "no reason given")
    print(f"withdrawn: schedule {digest}")
    return DONE


def _networks(reading: Reading, network: str | None) -> dict[str, str]:
    known = library.list_networks(reading)
    if network is None:
        return known
    digest = finding.network_named(reading, network)
    return {digest: known[digest]}


def _plan(reading: Reading, digest: str) -> str:
    plan = library.find_plan(reading, digest)
    return digest[:12] if plan is None else f"v{plan.version} {digest[:12]} ({plan.state})"


def _meant(word: str, known: Mapping[str, object]) -> str:
    found = [digest for digest in known if digest.startswith(word)] if len(word) >= 4 else []
    if len(found) != 1:
        there = ", ".join(digest[:12] for digest in known) or "none"
        raise InputError([Fault("schedule", word[:80], f"{len(found)} in force", f"one of those in force: {there}")])
    return found[0]
