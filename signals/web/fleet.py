"""The page of the fleet: what each controller runs, since when, when it was heard last, and what is amiss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from signals.delivery.fields import is_digest
from signals.service.delivery.coordinating import Coordinator
from signals.service.delivery.fleet import FleetRow, fleet
from signals.service.delivery.groups import Group, groups_of
from signals.store import delivery, library
from signals.store.database import Database, Reading
from signals.web.html import page

MOST_ROWS, MOST_EVENTS = 100, 6  # of one group


@dataclass(frozen=True, slots=True)
class ControllerShown:
    """A row of the page."""

    controller_id: str
    intersection_id: str
    runs: str
    since: str | None
    heard_at: str | None
    alarms: Sequence[str]


@dataclass(frozen=True, slots=True)
class EventShown:
    """What happened to a roll-out."""

    at: str
    what: str
    release: str
    why: str


@dataclass(frozen=True, slots=True)
class GroupShown:
    """A group with its first rows, those with alarms before all others; `more` are not shown. `alarms`: controllers
    that have some."""

    group_id: str
    network_digest: str
    network: str
    controllers: int
    alarms: int
    should_run: str
    should_run_digest: str
    under_way: str
    confirmed_until: str | None
    stamps: Sequence[str]
    rows: Sequence[ControllerShown]
    more: int
    events: Sequence[EventShown]


def fleet_page(database: Database, coordinator: Coordinator | None, last_heard_ds: Mapping[str, int]) -> str:
    """The page."""
    groups = groups_shown(database, coordinator, last_heard_ds)
    return page(
        "fleet.html",
        now=database.now(),
        groups=groups,
        controllers=sum(group.controllers for group in groups),
        alarms=sum(group.alarms for group in groups),
        silence_known=coordinator is not None,
    )


def groups_shown(
    database: Database, coordinator: Coordinator | None, last_heard_ds: Mapping[str, int]
) -> list[GroupShown]:
    """All groups, in the order of their names."""
    rows = fleet(database, coordinator, last_heard_ds)
    with database.reading() as reading:
        networks, plans = library.list_networks(reading), _versions(reading, rows)
        groups = groups_of(reading)
        of_group: dict[str, list[FleetRow]] = {name: [] for name in groups}
        for row in rows:
            of_group[row.group_id].append(row)
        return [_shown(reading, group, networks, plans, of_group[name]) for name, group in groups.items()]


def _shown(
    reading: Reading, group: Group, networks: Mapping[str, str], plans: Mapping[str, str], rows: Sequence[FleetRow]
) -> GroupShown:
    first = rows[0] if rows else None
    ordered = sorted(rows, key=lambda row: (not row.alarms, row.controller_id))
    events = delivery.list_events(reading, group.group_id, limit=MOST_EVENTS)
    return GroupShown(
        group_id=group.group_id,
        network_digest=group.network_digest,
        network=networks.get(group.network_digest, group.network_digest[:12]),
        controllers=len(rows),
        alarms=sum(bool(row.alarms) for row in rows),
        should_run="" if first is None else _told(first.should_run, plans),
        should_run_digest="" if first is None else first.should_run,
        under_way="" if first is None else _told(first.under_way, plans),
        confirmed_until=None if first is None else first.confirmed_until,
        stamps=() if first is None else first.stamps,
        rows=[
            ControllerShown(
                row.controller_id,
                row.intersection_id,
                _told(row.runs, plans),
                row.runs_since,
                row.heard_at,
                row.alarms,
            )
            for row in ordered[:MOST_ROWS]
        ],
        more=max(0, len(rows) - MOST_ROWS),
        events=[
            EventShown(event.at, event.what, f"release {(event.release_digest or '')[:12]}", event.why)
            if event.release_digest
            else EventShown(event.at, event.what, "the local schedules", event.why)
            for event in reversed(events)
        ],
    )


def _versions(reading: Reading, rows: Sequence[FleetRow]) -> dict[str, str]:
    """Plans that are named, with their versions: (digest: "v3 (0955301eab6a)")."""
    named = {digest for row in rows for digest in (row.runs, row.should_run, row.under_way) if is_digest(digest)}
    found = {digest: library.find_plan(reading, digest) for digest in named}
    return {digest: f"v{plan.version} ({digest[:12]})" for digest, plan in found.items() if plan is not None}


def _told(runs: str, plans: Mapping[str, str]) -> str:
    return plans.get(runs, f"plan {runs[:12]}" if is_digest(runs) else runs)
