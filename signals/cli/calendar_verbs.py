"""What `greenband library schedule` does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from networks.faults import Fault, InputError
from signals.cli.desk import Desk, Document, Session
from signals.cli.errors import printable
from signals.cli.schedules import lines_of_schedule
from signals.control.transitions import Method
from signals.plan import read_schedule
from signals.service.request import DONE


def put_schedule(session: Session, path: Path, replaces: Sequence[str], method: Method | None) -> int:
    """Judge a schedule, tell its transitions, put it in force."""
    schedule = read_schedule(path)

    def tell(found: Document) -> None:
        print(printable("\n".join(lines_of_schedule(schedule, found))))

    with session.desk() as desk:
        replaced = [_meant(word, desk, None) for word in replaces]
        desk.put_schedule(schedule, method, tell, replaces=replaced, why=session.why or "a new schedule")
    print(f"in force: schedule {schedule.digest()}")
    return DONE


def show_calendar(session: Session, network: str | None) -> int:
    """Print the schedules in force and the plan of this moment."""
    with session.desk() as desk:
        found = desk.calendars(network)
    if session.as_json:
        print(json.dumps(found, indent=2))
        return DONE
    for one in found:
        coming = one["next"]
        then = f", from {coming['at'][:19]}Z on {_plan(coming)}" if coming else ""
        print(printable(f"{one['network']}: now {_plan(one['now']) if one['now'] else 'no schedule in force'}{then}"))
        for row in one["schedules"]:
            days = f"{row['valid_from']} to {row['valid_to']} {row['zone']}"
            print(printable(f"  {days}  {row['schedule'][:12]} {row['name']}"))
            for name, plan in row["plans"].items():
                print(printable(f"    {name}: {_plan(plan)}"))
    return DONE


def withdraw_schedule(session: Session, word: str, network: str | None) -> int:
    """Take a schedule out of force."""
    with session.desk() as desk:
        digest = _meant(word, desk, network)
        desk.withdraw_schedule(digest, why=session.why or "no reason given")
    print(f"withdrawn: schedule {digest}")
    return DONE


def _plan(plan: Document) -> str:
    return f"v{plan['version']} {plan['plan'][:12]} ({plan['state']})"


def _meant(word: str, desk: Desk, network: str | None) -> str:
    """The digest of the schedule in force that a word means."""
    known = [row["schedule"] for one in desk.calendars(network) for row in one["schedules"]]
    found = [digest for digest in known if digest.startswith(word)] if len(word) >= 4 else []
    if len(found) != 1:
        there = ", ".join(digest[:12] for digest in known) or "none"
        raise InputError([Fault("schedule", word[:80], f"{len(found)} in force", f"one of those in force: {there}")])
    return str(found[0])
