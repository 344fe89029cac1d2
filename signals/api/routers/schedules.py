"""Schedules: judged with every transition, put in force, withdrawn; which plan runs when."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from networks.faults import InputError
from signals.api.declared import NAMED, OF_GET, OF_POST
from signals.api.documents import Calendar, InForce, JudgedSchedule, NamedPage, page_by_name
from signals.api.identity import asking
from signals.api.naming import NetworkOf
from signals.api.service import DatabaseOf, ServiceOf
from signals.api.texts import AfterName, Asked, Digest, DigestOf, Limit, Reason, Why
from signals.control.transitions import Method
from signals.plan import Schedule
from signals.plan.file import faults_of_validation
from signals.release import Actor, Verb
from signals.service.library import calendar, told
from signals.service.library.turns import calendar_now
from signals.store import library

router = APIRouter(tags=["schedules"])
Reader = Annotated[Actor, Depends(asking(Verb.SCHEDULE_READ))]


def _as_in_a_file(value: object) -> object:
    """A schedule is as strict as its file: numbers are numbers; only dates and times are texts."""
    try:
        return Schedule.model_validate_json(json.dumps(value)) if isinstance(value, dict) else value
    except ValidationError as error:
        raise InputError(faults_of_validation(error, "schedule")) from error


class Judging(Asked):
    """A schedule of released plans, the schedules in force that it replaces, and by which method all controllers get in
    step (null: as they or plans say)."""

    schedule: Annotated[Schedule, BeforeValidator(_as_in_a_file)]
    method: Method | None = None
    replaces: Annotated[tuple[Digest, ...], Field(max_length=100)] = ()


class PutInForce(Judging):
    """And why."""

    why: Why = ""


class Withdrawn(BaseModel):
    """A schedule that is out of force."""

    schedule: str
    network: str


@router.get("/schedules", responses=OF_GET | NAMED)
def list_schedules(
    by: Reader, database: DatabaseOf, network: NetworkOf, after: AfterName = "", limit: Limit = 100
) -> NamedPage[Calendar]:
    """The schedules in force of networks, in the order of their digests: their plans, what runs by them now, and what
    comes next."""
    with database.reading() as reading:
        known = library.list_networks(reading)
        found, onward = page_by_name([one for one in known if network in (None, one)], str, after, limit)
        calendars = {digest: calendar_now(reading, digest, database.now()) for digest in found}
    rows = [Calendar(**told.calendar(digest, known[digest], one)) for digest, one in calendars.items()]
    return NamedPage(items=rows, next=onward)


@router.post("/schedules/judge", responses=OF_POST | NAMED)
def judge(by: Reader, service: ServiceOf, asked: Judging) -> JudgedSchedule:
    """Every transition between consecutive plans, every jump of the clock; nothing is put in force."""
    return JudgedSchedule(**_judged(service, asked).verdict.document)


@router.post("/schedules", status_code=201, responses=OF_POST | NAMED)
def put_in_force(
    by: Annotated[Actor, Depends(asking(Verb.SCHEDULE_PUT))], service: ServiceOf, asked: PutInForce
) -> InForce:
    """Put a schedule in force, and others out of it in the same step. Conflicts are refused."""
    judged = _judged(service, asked)
    calendar.put_in_force(service.database, by, judged, replaces=asked.replaces, why=asked.why or "a new schedule")
    return InForce(network=judged.network_digest, **judged.verdict.document)


@router.post("/schedules/{digest}/withdraw", responses=OF_POST | NAMED)
def withdraw(
    by: Annotated[Actor, Depends(asking(Verb.SCHEDULE_WITHDRAW))],
    database: DatabaseOf,
    digest: DigestOf,
    asked: Reason,
) -> Withdrawn:
    """Take a schedule out of force."""
    with database.reading() as reading:
        network = calendar.network_of(reading, digest)
    calendar.withdraw(database, by, network, digest, why=asked.why or "no reason given")
    return Withdrawn(schedule=digest, network=network)


def _judged(service: ServiceOf, asked: Judging) -> calendar.Judged:
    return calendar.judge_schedule(
        service.database, service.judges, asked.schedule, replaces=asked.replaces, method=asked.method
    )
