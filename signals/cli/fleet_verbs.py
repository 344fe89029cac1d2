"""What `greenband fleet` does."""

from __future__ import annotations

import json
from collections.abc import Sequence

from networks.faults import Fault, InputError, refuse_if_any
from signals.cli.desk import Document, Session
from signals.cli.errors import printable
from signals.cli.fleet_desk import fleet_desk
from signals.delivery.fields import is_digest
from signals.delivery.settings import LEAD_POLLS, Settings
from signals.service.request import DONE

_USUAL = Settings()
_MINUTE_DS, _HOUR_DS = 600, 36_000


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
    with fleet_desk(session) as desk:
        desk.define(group_id, network, members, settings, why=session.why)
    count = len(members)
    print(printable(f"group {group_id}: {count} controller{'s' if count > 1 else ''}"))
    return DONE


def deliver(session: Session, group_id: str, word: str, valid_days: int) -> int:
    """Ask for a release for a group; the exit code."""
    with fleet_desk(session) as desk:
        return _tell(desk.deliver(group_id, word, valid_days, why=session.why))


def roll_back(session: Session, group_id: str, word: str, valid_days: int) -> int:
    """Ask for an earlier release; the exit code."""
    with fleet_desk(session) as desk:
        return _tell(desk.roll_back(group_id, word, valid_days, why=session.why))


def stop(session: Session, group_id: str | None, everything: bool) -> int:
    """Ask for the local schedules; the exit code."""
    refuse_if_any(
        [Fault("group", "command line", "none, without --all", "GROUP or --all")]
        if group_id is None and not everything
        else [Fault("group", "command line", "GROUP and --all", "one of both")]
        if group_id is not None and everything
        else []
    )
    with fleet_desk(session) as desk:
        return _tell(*desk.stop(group_id, why=session.why))


def show(session: Session, group_id: str | None) -> int:
    """Print the fleet, or a group with its events; the exit code."""
    with fleet_desk(session) as desk:
        events = [] if group_id is None else desk.events(group_id)
        rows = [row for row in desk.controllers() if group_id in (None, row["group_id"])]
    if session.as_json:
        print(json.dumps({"controllers": rows, "events": [*events]}, indent=2))
        return DONE
    for row in rows:
        print(printable(_line(row)))
    for event in events:
        release = "" if event["release_digest"] is None else f" release {event['release_digest'][:12]}"
        told = f"{event['at']}  {event['what']} {event['sequence']}{release}  {event['why']}"
        print(printable(told.rstrip()))
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


def _line(row: Document) -> str:
    runs, should = _plan(row["runs"]), _plan(row["should_run"])
    since = "" if runs == "unknown" else f" since {row['runs_since'] or 'not known'}"
    told = f"{row['group_id']}  {row['controller_id']}  runs {runs}{since}"
    if should != runs:
        told += f", should run {should}"
    if row["under_way"]:
        told += f", under way {_plan(row['under_way'])}"
    stamps = f"  [{', '.join(row['stamps'])}]" if row["stamps"] else ""
    alarms = f"  ALARM {'; '.join(row['alarms'])}" if row["alarms"] else ""
    heard = f"heard {row['heard_at'] or 'never'}"
    if not row["silence_known"]:
        heard += f"{' or later' if row['heard_at'] else ''}, silence not known here (ask the service that coordinates)"
    beside = f"  schedule {row['schedule']}" if row["schedule"] and "schedule: " not in alarms else ""
    return f"{told}{stamps}  {heard}{beside}{alarms}"


def _plan(text: str) -> str:
    return f"plan {text[:12]}" if is_digest(text) else text


def _tell(*asked: Document) -> int:
    for one in asked:
        what = "the local schedules" if one["release"] is None else f"release {one['release'][:12]}"
        print(printable(f"request {one['number']}: {one['verb']}, group {one['group_id']}, {what}"))
    if not asked:
        print("no groups")
    else:
        print("the coordinator does it within a second: greenband fleet show GROUP")
    return DONE
