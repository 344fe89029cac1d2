"""What `greenband fleet` does."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from networks.faults import Fault, InputError, refuse_if_any
from signals.cli.desk import Session
from signals.cli.desk_here import named
from signals.cli.errors import printable
from signals.delivery.fields import is_digest
from signals.delivery.settings import LEAD_POLLS, Settings
from signals.service.delivery import requests
from signals.service.delivery.fleet import FleetRow, fleet
from signals.service.delivery.groups import Group, define_group, group_named
from signals.service.delivery.requests import Asked
from signals.service.library.finding import network_named
from signals.service.request import DONE
from signals.store import delivery
from signals.store.delivery import EventRow

_USUAL = Settings()
_SERVER_VARIABLE = "GREENBAND_SERVER"
_MINUTE_DS, _HOUR_DS = 600, 36_000


def at_database(
    state_dir: Path | None, url: str | None, stated: str | None = None, why: str = "", *, as_json: bool = False
) -> Session:
    """A session on a database of this machine. Raises `InputError` where a service is named, and no database."""
    server = os.environ.get(_SERVER_VARIABLE)
    if server and state_dir is None and url is None:
        needed = "--database or --state-dir with it: `greenband fleet` works on a database, and asks no service"
        raise InputError([Fault(_SERVER_VARIABLE, "environment", printable(server), needed)])
    return Session(state_dir, url, stated, why, as_json)


def define(
    session: Session,
    group_id: str,
    network: str,
    controllers: Sequence[str],
    poll_s: float,
    confirm_min: float,
    hold_h: float,
) -> int:
    """Define a group; the exit code."""
    members = dict(_member(text) for text in controllers)
    if len(members) < len(controllers):
        raise InputError([Fault("--controller", "command line", "a controller twice", "each once")])
    settings = _settings(round(poll_s * 10), round(confirm_min * _MINUTE_DS), round(hold_h * _HOUR_DS))
    with session.acting() as (database, by):
        with database.reading() as reading:
            digest = network_named(reading, network)
        define_group(database, by, Group(group_id, digest, members, settings), why=session.why)
    count = len(members)
    print(printable(f"group {group_id}: {count} controller{'s' if count > 1 else ''}"))
    return DONE


def deliver(session: Session, group_id: str, word: str, valid_days: int) -> int:
    """Ask for a release for a group; the exit code."""
    with session.acting() as (database, by):
        with database.reading() as reading:
            plan = named(reading, word, group_named(reading, group_id).network_digest)
        asked = requests.deliver(database, by, group_id, plan.plan_digest, valid_days=valid_days, why=session.why)
    return _tell(asked)


def roll_back(session: Session, group_id: str, word: str, valid_days: int) -> int:
    """Ask for an earlier release; the exit code."""
    with session.acting() as (database, by):
        with database.reading() as reading:
            plan = named(reading, word, group_named(reading, group_id).network_digest)
        asked = requests.roll_back(database, by, group_id, plan.plan_digest, valid_days=valid_days, why=session.why)
    return _tell(asked)


def stop(session: Session, group_id: str | None, everything: bool) -> int:
    """Ask for the local schedules; the exit code."""
    refuse_if_any(
        [Fault("group", "command line", "none, without --all", "GROUP or --all")]
        if group_id is None and not everything
        else [Fault("group", "command line", "GROUP and --all", "one of both")]
        if group_id is not None and everything
        else []
    )
    with session.acting() as (database, by):
        return _tell(*requests.stop(database, by, group_id, why=session.why))


def show(session: Session, group_id: str | None) -> int:
    """Print the fleet, or a group with its events; the exit code."""
    events: list[EventRow] = []
    with session.open() as database:
        rows = fleet(database, None)
        if group_id is not None:
            with database.reading() as reading:
                group_named(reading, group_id)
                events = delivery.list_events(reading, group_id)
            rows = [row for row in rows if row.group_id == group_id]
    if session.as_json:
        shown = {"controllers": [asdict(row) for row in rows], "events": [asdict(event) for event in events]}
        print(json.dumps(shown, indent=2))
        return DONE
    for row in rows:
        print(printable(_line(row)))
    for event in events:
        release = "" if event.release_digest is None else f" release {event.release_digest[:12]}"
        print(printable(f"{event.at}  {event.what} {event.sequence}{release}  {event.why}".rstrip()))
    if not rows:
        print("no controllers")
    return DONE


def _member(text: str) -> tuple[str, str]:
    controller_id, _, intersection_id = text.partition("=")
    return controller_id, intersection_id or controller_id


def _settings(poll_ds: int, confirm_within_ds: int, hold_ds: int) -> Settings:
    """The usual times, shorter where the trial is. Raises `InputError`."""
    shorter = confirm_within_ds // 2
    grace_ds = max(min(_USUAL.grace_ds, shorter), 2 * LEAD_POLLS * poll_ds + 2 * _USUAL.skew_ds)
    return Settings(
        poll_ds=poll_ds,
        confirm_within_ds=confirm_within_ds,
        grace_ds=grace_ds,
        step_ds=min(_USUAL.step_ds, shorter),
        hold_ds=hold_ds,
    )


def _line(row: FleetRow) -> str:
    runs, should = _plan(row.runs), _plan(row.should_run)
    told = f"{row.group_id}  {row.controller_id}  runs {runs}"
    if should != runs:
        told += f", should run {should}"
    if row.under_way:
        told += f", under way {_plan(row.under_way)}"
    stamps = f"  [{', '.join(row.stamps)}]" if row.stamps else ""
    alarms = f"  ALARM {'; '.join(row.alarms)}" if row.alarms else ""
    heard = "heard" if row.silence_known else "silence not known here, told something new last"
    return f"{told}{stamps}  {heard} {row.heard_at or 'never'}{alarms}"


def _plan(text: str) -> str:
    return f"plan {text[:12]}" if is_digest(text) else text


def _tell(*asked: Asked) -> int:
    for one in asked:
        what = "the local schedules" if one.release is None else f"release {one.release[:12]}"
        print(printable(f"request {one.number}: {one.verb}, group {one.group_id}, {what}"))
    if not asked:
        print("no groups")
    else:
        print("the coordinator does it within a second: greenband fleet show GROUP")
    return DONE
