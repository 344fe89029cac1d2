"""Our own parameters of a SUMO program: what the plan says and SUMO has no word for, written and read again."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any

from pydantic import Field, ValidationError

from networks.faults import InputError
from networks.junction import Intersection, Program
from networks.network import Network
from signals.control import same_program
from signals.control.spoken import NOTE
from signals.control.steps import gap_of
from signals.plan import (
    Decisecond,
    DetectorUse,
    Duration,
    Id,
    IntersectionPlan,
    Model,
    OffsetReference,
    RingsBody,
    StagesBody,
    TimingPlan,
    faults_of_validation,
    with_coordinated_last,
)

OF_INTERSECTION = NOTE
OF_PLAN = "greenband.plan"
_OF_WHOLE = ("name", "rules_digest", "zone", "sync_reference_s", "period_begin_s", "period_end_s", "made_for")
_PLAIN_ID = re.compile(r"[^\s\"'|\\;,<>&*?]{1,200}")  # ids that pass through every tool of SUMO


class Notes(Model):
    """What our own parameter says about one intersection; only what SUMO's words do not say."""

    program_id: Id | None = None
    untouched: bool | None = None
    stages: tuple[Annotated[int, Field(ge=0, le=100_000)], ...] | None = None
    offset_reference: OffsetReference = OffsetReference.STAGE_START
    reference: tuple[Id, ...] | None = None
    detectors: tuple[DetectorUse, ...] = ()
    gap_ds: Decisecond | None = None  # said by the stages, not by the parameters
    loops_ahead_ds: Duration | None = None  # these three are the timing's own, no parameters of another's control
    presence_limit_ds: Duration | None = None
    call_limit_ds: Duration | None = None
    rings: RingsBody | None = None
    coordinated: Id | None = None  # the stage; in the program it is the last one, in the plan `first` may be another
    first: Id | None = None


def noted(program: Program, intersection: Intersection) -> Notes:
    """What a program says of its intersection. Raises `InputError` where we would not have written it."""
    said = dict(program.parameters).get(OF_INTERSECTION)
    try:
        return Notes() if said is None else Notes.model_validate_json(said)
    except ValidationError as error:
        where = f"intersection {intersection.id!r}, parameter {OF_INTERSECTION}"
        raise InputError(faults_of_validation(error, where)) from error


def as_json(notes: Notes) -> str:
    return json.dumps(notes.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False, sort_keys=True)


def notes_of(program: Program, timing: IntersectionPlan, intersection: Intersection) -> tuple[Notes, str]:
    """What has to be noted for one intersection, and the id its program gets in the file."""
    known = {p.program_id for p in (intersection.running, *intersection.other_programs)} | {"off", "online"}
    written_id = timing.program_id if _PLAIN_ID.fullmatch(timing.program_id) else "greenband"
    while written_id in known:
        written_id = f"greenband-{written_id}"
    renamed = timing.program_id if written_id != timing.program_id else None
    if timing.untouched:
        return Notes(), written_id
    if isinstance(timing.body, RingsBody):
        own = tuple(map(str, timing.body.coordinated))
        rings = Notes(
            program_id=renamed,
            untouched=False if same_program(program, intersection.running) else None,
            offset_reference=timing.offset_reference,
            reference=None if timing.reference == own else timing.reference,
            detectors=timing.detectors,
            rings=timing.body,
        )
        return rings, written_id
    first = timing.body.sequence[0].id
    timing = with_coordinated_last(timing)
    assert isinstance(timing.body, StagesBody)
    lengths = [1 + len(stage.interstage) for stage in timing.body.sequence]
    stages = tuple(sum(lengths[:k]) for k in range(len(lengths)))
    by_rule = tuple(i for i, s in enumerate(program.steps) if set("gG") & set(s.state) and not set("yu") & set(s.state))
    written_first = timing.body.sequence[0].id
    notes = Notes(
        program_id=renamed,
        untouched=False if same_program(program, intersection.running) else None,
        stages=None if stages == by_rule else stages,
        offset_reference=timing.offset_reference,
        reference=None if timing.reference == (written_first,) else timing.reference,
        detectors=timing.detectors,
        coordinated=timing.body.coordinated,
        first=None if first == written_first else first,
        gap_ds=gap_of(timing),
        loops_ahead_ds=timing.loops_ahead_ds,
        presence_limit_ds=timing.presence_limit_ds,
        call_limit_ds=timing.call_limit_ds,
    )
    return notes, written_id


def said_of_whole(plan: TimingPlan, network: Network) -> dict[str, Any]:
    """What the first program says of the whole plan: its fields, and the order of its intersections."""
    said = {
        key: getattr(plan, key) for key in _OF_WHOLE if getattr(plan, key) != TimingPlan.model_fields[key].get_default()
    }
    order = [timing.intersection_id for timing in plan.intersections]
    if order != [intersection.id for intersection in network.intersections]:
        said["order"] = order
    return said


def read_whole(said: str, order: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Fields of the plan and order of its intersections. Raises ValueError for what we would not have written."""
    values = json.loads(said)
    if not isinstance(values, dict) or not set(values) <= {*_OF_WHOLE, "order"}:
        raise ValueError("unknown keys")
    wanted = values.pop("order", order)
    if not isinstance(wanted, list) or not set(map(str, wanted)) <= set(order) or len(set(wanted)) != len(wanted):
        raise ValueError("unknown order")
    return values, wanted
