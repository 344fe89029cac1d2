"""The documents that operations answer with, where the values of the service are not documents themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel

from networks.faults import Fault
from signals.plan import Jump
from signals.release import Event, State
from signals.safety import Violation
from signals.service.ways import Setting, Way
from signals.store.library import Note

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """Some of many, in order; `next` is what `after` is for the page behind it, null at the end."""

    items: list[Item]
    next: int | None


class NamedPage(BaseModel, Generic[Item]):
    """Some of many, in the order of their names; `next` is what `after` is for the page behind it, null at the end."""

    items: list[Item]
    next: str | None


def page_by_name(
    rows: Iterable[Item], name_of: Callable[[Item], str], after: str, limit: int
) -> tuple[list[Item], str | None]:
    """The first rows whose names come behind one, and the last of these where more follow."""
    behind = sorted((row for row in rows if name_of(row) > after), key=name_of)
    return behind[:limit], name_of(behind[limit - 1]) if len(behind) > limit else None


class PlanState(BaseModel):
    """Where a plan stands; `stamps` tell what was out of the ordinary with its approval."""

    plan: str
    state: State
    stamps: list[str]
    review_due: bool
    report: str | None
    release: str | None


class PlanRow(BaseModel):
    """A plan in a list."""

    number: int
    plan_digest: str
    network_digest: str
    network_name: str
    version: int
    name: str
    made_for: str
    at: str
    who: str
    state: State
    stamps: list[str]
    labels: list[str]


class WholePlan(PlanRow):
    """All that is known of a plan; `files` by name to digest, to be had under /files."""

    review_due: bool
    report: str | None
    release: str | None
    events: list[Event]
    notes: list[Note]
    files: dict[str, str]


class PutPlan(BaseModel):
    """How far a plan came that was put in, and what is open before it goes further."""

    plan: str
    version: int
    state: State
    open: list[str]


class ChangeInWords(BaseModel):
    """What changes at one intersection; empty fields: the same. Pairs are before and after."""

    intersection_id: str
    cycle_s: tuple[float | None, float | None] | None
    offset_s: tuple[float | None, float | None] | None
    mode: tuple[str, str] | None
    order: tuple[str, str] | None
    greens_s: dict[str, tuple[float | None, float | None]] | None
    splits_s: dict[int, tuple[float | None, float | None]] | None
    more: list[str]
    only_in: str | None
    words: str


class Comparison(BaseModel):
    """Two plans beside each other; no changes where they are the same."""

    before: str
    after: str
    whole: list[str]
    intersections: list[ChangeInWords]


class ChangeOfPlans(BaseModel):
    """At an instant one plan takes the place of another."""

    at: datetime
    before: str
    after: str


class SecondSwitchTold(BaseModel):
    """Three plans that follow each other: what breaks where the third comes while the first change is under way."""

    before: str
    middle: str
    after: str
    happens: bool
    broken: dict[str, list[Violation]]
    broken_at: list[str]
    passable: bool


class Neighbour(BaseModel):
    """A schedule in force that meets the judged one at the begin of `day`: the plans before and after, every transition
    by every method, and why it may not be made."""

    schedule: str
    day: str
    before: str
    after: str
    fit: bool
    transitions: list[Way]
    reasons: list[str]


class JudgedSchedule(BaseModel):
    """Whether a schedule is fit: its plans, the changes of its first week, every transition by every method, and how it
    meets the schedules in force before and after it."""

    fit: bool
    schedule: str
    plans: dict[str, list[Violation]]
    week: list[ChangeOfPlans]
    jumps: list[Jump]
    transitions: list[Way]
    settings: list[Setting]
    second_switches: list[SecondSwitchTold]
    not_passable: list[tuple[str, str]]
    controllers: list[Violation]
    reasons: list[str]
    across_sync: list[Fault]
    flags: list[Fault]
    neighbours: list[Neighbour]


class InForce(JudgedSchedule):
    """A schedule that came into force."""

    network: str


class ScheduledPlan(BaseModel):
    """A plan that a schedule names, and how it stands in the library."""

    plan: str
    version: int
    state: State


class NextPlan(ScheduledPlan):
    """And from when on (UTC) it is said to run."""

    at: str


class ScheduleRow(BaseModel):
    """A schedule in force: days of its validity, and its plans by name."""

    schedule: str
    name: str
    valid_from: str
    valid_to: str
    zone: str
    plans: dict[str, ScheduledPlan]


class Calendar(BaseModel):
    """The schedules in force for a network, the plan of this moment, and the next change (null: none within 8 days)."""

    network: str
    digest: str
    now: ScheduledPlan | None
    next: NextPlan | None
    schedules: list[ScheduleRow]


class Verified(BaseModel):
    """Whether the audit log is as it was written, and where it ends."""

    unaltered: bool
    head: str
    faults: list[Fault]
