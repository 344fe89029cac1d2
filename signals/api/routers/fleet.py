"""Groups of controllers: defined, given releases, led back, and seen as they are."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from signals.api.declared import NAMED, OF_GET, OF_POST
from signals.api.documents import NamedPage, page_by_name
from signals.api.identity import asking
from signals.api.service import DatabaseOf, ServiceOf, heard_by
from signals.api.texts import LARGEST_NUMBER, AfterName, Asked, Digest, Limit, Line, Reason, Why
from signals.delivery.settings import Settings
from signals.release import Actor, Verb
from signals.service.delivery import groups, requests
from signals.service.delivery.fleet import fleet
from signals.service.delivery.groups import Group
from signals.service.delivery.requests import VALID_DAYS
from signals.store import delivery

router = APIRouter(tags=["fleet"])
GroupId = Annotated[str, Path(min_length=1, max_length=200)]
Name = Annotated[Line, Field(min_length=1)]
_USUAL = Settings()
Deciseconds = Annotated[int, Field(ge=0, le=10**9)]


class Times(Asked):
    """Times of a roll-out in deciseconds, as the README of delivery explains them."""

    poll_ds: Deciseconds = _USUAL.poll_ds
    confirm_within_ds: Deciseconds = _USUAL.confirm_within_ds
    grace_ds: Deciseconds = _USUAL.grace_ds
    step_ds: Deciseconds = _USUAL.step_ds
    hold_ds: Deciseconds = _USUAL.hold_ds
    load_within_ds: Deciseconds = _USUAL.load_within_ds
    skew_ds: Deciseconds = _USUAL.skew_ds


class NewGroup(Asked):
    """A group: for each controller its intersection."""

    network: Digest
    controllers: Annotated[dict[Name, Name], Field(min_length=1, max_length=1000)]
    times: Times = Field(default_factory=Times)
    why: Why


class GroupSeen(BaseModel):
    """A group as it is defined now."""

    group_id: str
    network: str
    controllers: dict[str, str]
    times: Times


class Delivering(Asked):
    """Which released plan, for how long, and why."""

    plan: Digest
    valid_days: Annotated[int, Field(ge=1, le=3660)] = VALID_DAYS
    why: Why


class Request(BaseModel):
    """What was asked for; the coordinator does it within a second, or tells in an event why not."""

    number: int
    group_id: str
    verb: str
    release: str | None


class EventSeen(BaseModel):
    """What happened to a roll-out."""

    number: int
    group_id: str
    request_number: int | None
    at: str
    what: str
    sequence: int
    release_digest: str | None
    why: str


class ControllerSeen(BaseModel):
    """What a controller runs, by its own word, and what it should. `alarms`: none where all is well.

    `runs_since`: when it turned to that by its order, or was seen to run what no order says; null: nobody knows.
    `silence_known`: whether `heard_at` is its last poll, and silence an alarm; false at a process that does not
    coordinate, where `heard_at` is what was written down of it, half a minute before at the most.
    `schedule`: how its group stands beside the schedule in force; empty: none says anything of it.
    """

    controller_id: str
    group_id: str
    intersection_id: str
    runs: str
    runs_since: str | None
    should_run: str
    under_way: str
    confirmed_until: str | None
    heard_at: str | None
    silence_known: bool
    stamps: list[str]
    alarms: list[str]
    schedule: str


@router.get("/fleet", responses=OF_GET)
def show_fleet(
    by: Annotated[Actor, Depends(asking(Verb.FLEET_READ))],
    service: ServiceOf,
    after: AfterName = "",
    limit: Limit = 100,
) -> NamedPage[ControllerSeen]:
    """What each controller runs, by its last report; in the order of the controllers' names."""
    rows = fleet(service.database, *heard_by(service))
    found, onward = page_by_name(rows, lambda row: row.controller_id, after, limit)
    return NamedPage(items=[ControllerSeen.model_validate(asdict(row)) for row in found], next=onward)


@router.get("/groups", responses=OF_GET)
def list_groups(
    by: Annotated[Actor, Depends(asking(Verb.FLEET_READ))],
    database: DatabaseOf,
    after: AfterName = "",
    limit: Limit = 100,
) -> NamedPage[GroupSeen]:
    """The groups, in the order of their names."""
    with database.reading() as reading:
        known = groups.groups_of(reading).values()
    found, onward = page_by_name(known, lambda group: group.group_id, after, limit)
    return NamedPage(items=[_seen(group) for group in found], next=onward)


@router.put("/groups/{group_id}", responses=OF_POST | NAMED)
def define_group(
    by: Annotated[Actor, Depends(asking(Verb.GROUP_DEFINE))], database: DatabaseOf, group_id: GroupId, asked: NewGroup
) -> GroupSeen:
    """Define a group, or define it anew while nothing is in force in it."""
    group = Group(group_id, asked.network, asked.controllers, Settings(**asked.times.model_dump()))
    groups.define_group(database, by, group, why=asked.why)
    return _seen(group)


@router.get("/groups/{group_id}", responses=OF_GET | NAMED)
def show_group(
    by: Annotated[Actor, Depends(asking(Verb.FLEET_READ))], database: DatabaseOf, group_id: GroupId
) -> GroupSeen:
    """A group as it is defined now."""
    with database.reading() as reading:
        return _seen(groups.group_named(reading, group_id))


@router.get("/groups/{group_id}/events", responses=OF_GET | NAMED)
def list_events(
    by: Annotated[Actor, Depends(asking(Verb.FLEET_READ))],
    database: DatabaseOf,
    group_id: GroupId,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_NUMBER, description="Number of the first one known.")] = None,
    limit: Limit = 100,
) -> list[EventSeen]:
    """The latest events of a group's roll-outs, in their order; before one that is known, those that led to it."""
    with database.reading() as reading:
        groups.group_named(reading, group_id)
        found = delivery.list_events(reading, group_id, before=before, limit=limit)
        return [EventSeen(**asdict(row)) for row in found]


@router.post("/groups/{group_id}/deliver", status_code=202, responses=OF_POST | NAMED)
def deliver(
    by: Annotated[Actor, Depends(asking(Verb.PLAN_ACTIVATE))],
    database: DatabaseOf,
    group_id: GroupId,
    asked: Delivering,
) -> Request:
    """Deliver a released plan: loaded by all, compared, activated for all at one instant."""
    found = requests.deliver(database, by, group_id, asked.plan, valid_days=asked.valid_days, why=asked.why)
    return Request(**asdict(found))


@router.post("/groups/{group_id}/roll-back", status_code=202, responses=OF_POST | NAMED)
def roll_back(
    by: Annotated[Actor, Depends(asking(Verb.PLAN_ROLL_BACK))],
    database: DatabaseOf,
    group_id: GroupId,
    asked: Delivering,
) -> Request:
    """Back to any earlier release, at once, whatever is under way."""
    found = requests.roll_back(database, by, group_id, asked.plan, valid_days=asked.valid_days, why=asked.why)
    return Request(**asdict(found))


@router.post("/groups/{group_id}/stop", status_code=202, responses=OF_POST | NAMED)
def stop(
    by: Annotated[Actor, Depends(asking(Verb.DELIVERY_STOP))], database: DatabaseOf, group_id: GroupId, asked: Reason
) -> Request:
    """Lead a group back to the local schedules of its controllers."""
    return Request(**asdict(requests.stop(database, by, group_id, why=asked.why)[0]))


@router.post("/fleet/stop", status_code=202, responses=OF_POST)
def stop_all(
    by: Annotated[Actor, Depends(asking(Verb.DELIVERY_STOP))], database: DatabaseOf, asked: Reason
) -> list[Request]:
    """Lead every group back to the local schedules of its controllers."""
    return [Request(**asdict(one)) for one in requests.stop(database, by, None, why=asked.why)]


def _seen(group: Group) -> GroupSeen:
    times = Times.model_validate(asdict(group.settings))
    return GroupSeen(
        group_id=group.group_id, network=group.network_digest, controllers=dict(group.controllers), times=times
    )
