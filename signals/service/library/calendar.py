"""The calendar of a network: schedules in force one after the other, without gap and without two for one day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from networks.faults import Fault, InputError, refuse_if_any
from signals.control.transitions import Method
from signals.plan import Schedule
from signals.release import Actor, NotReleasable, Verb, permit
from signals.release.moves import IN_USE
from signals.service.library.finding import plans_by_digest
from signals.service.library.judges import Judges, ScheduleVerdict
from signals.service.library.judging import Kept, Readers, judged_by, kept_for_all, plan_from, sources_from
from signals.service.library.neighbours import meetings_of, with_meetings
from signals.service.scheduling import ScheduleReport, check_schedule, plans_of
from signals.store import audit, calendar, documents, library
from signals.store.database import Database, Reading
from signals.store.failures import NotThere
from signals.store.kinds import Kind

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Judged:
    """A schedule, whose plans are of one network and fit to be switched between, or not; also at midnight, where it
    meets other schedules in force."""

    schedule: Schedule
    network_digest: str
    verdict: ScheduleVerdict
    meetings: Mapping[str, Schedule]


def judge_schedule(
    database: Database,
    judges: Judges,
    schedule: Schedule,
    *,
    replaces: Sequence[str] = (),
    method: Method | None = None,
) -> Judged:
    """Plans, transitions between consecutive ones, jumps of the clock, from the library's documents alone: each plan by
    street, rules and controllers of its own job; also the ways from and to schedules in force that it does not replace.
    `method`: that of all controllers, where somebody says so.

    Raises `InputError` where a plan is not in the library, or they are of several networks or clocks; `CheckFailed`.
    """
    with database.reading() as reading:
        plans_of(schedule, plans_by_digest(reading, [use.digest for use in schedule.plans]))
        network_digest = _network_of(reading, schedule)
        kept = kept_for_all(reading, [use.digest for use in schedule.plans])
        known = schedules_in_force(reading, network_digest)
        meetings = meetings_of(schedule, {name: one for name, one in known.items() if name not in replaces})
        there = {name: kept_for_all(reading, [use.digest for use in one.plans]) for name, one in meetings.items()}
    verdict = judges.schedule(schedule, kept, method)
    met = {name: judges.schedule(one, there[name], method) for name, one in meetings.items()}
    return Judged(schedule, network_digest, with_meetings(verdict, meetings, met), meetings)


def report_on(schedule: Schedule, kept: Sequence[Kept], readers: Readers, method: Method | None) -> ScheduleReport:
    """What was found of a schedule, from the documents of its plans, in their order."""
    named = plans_of(schedule, {one.digests[0]: plan_from(one.plan) for one in kept})
    by = {use.name: judged_by(sources_from(own), readers) for use, own in zip(schedule.plans, kept, strict=True)}
    return check_schedule(schedule, named, by, method)


def reasons_of(report: ScheduleReport) -> tuple[str, ...]:
    """Why a schedule is not fit; none where it is."""
    found = [f"plan {name}: {violation}" for name, rows in report.plans.items() for violation in rows]
    return (*found, *report.reasons, *map(str, report.crossing))


def put_in_force(database: Database, by: Actor, judged: Judged, *, replaces: Sequence[str] = (), why: str) -> str:
    """Put a schedule in force, `replaces` (digests) withdrawn in the same step; its digest.

    Raises `NotReleasable` where it is not fit, `InputError` where a plan is not released, where another schedule is in
    force on one of its days, and where days between schedules would be without one.
    """
    schedule = judged.schedule
    permit(by, Verb.SCHEDULE_PUT, "schedule")
    if judged.verdict.reasons:
        raise NotReleasable(judged.verdict.reasons)
    with database.writing() as writing:
        digest, network = schedule.digest(), judged.network_digest
        before = calendar.in_force(writing, network)
        known = schedules_of(writing, before)
        faults = [
            Fault("schedule", replaced[:12], "not in force", "one that is")
            for replaced in replaces
            if replaced not in known
        ]
        if digest in known:
            faults.append(Fault("schedule", digest[:12], "in force already", "a new one"))
        staying = {name: other for name, other in known.items() if name not in replaces}
        if meetings_of(schedule, staying) != judged.meetings:
            faults.append(
                Fault("schedules in force", "library", "others than when it was judged", "the same; try again")
            )
        today = writing.at.astimezone(ZoneInfo(schedule.zone)).date()
        refuse_if_any([*faults, *_not_released(writing, schedule), *unfit_days([*staying.values(), schedule], today)])
        kept = documents.put(
            writing, Kind.SCHEDULE, schedule.canonical_bytes(), inputs={use.name: use.digest for use in schedule.plans}
        )
        for replaced in replaces:
            calendar.append_schedule_event(writing, network, replaced, begins=False, who=str(by), why=why)
        calendar.append_schedule_event(writing, network, kept, begins=True, who=str(by), why=why)
        was = replaces[0] if replaces else None
        audit.append(writing, who=str(by), what=Verb.SCHEDULE_PUT, why=why, before=was, after=kept)
    return kept


def withdraw(database: Database, by: Actor, network_digest: str, schedule_digest: str, *, why: str) -> None:
    """Take a schedule out of force. Raises `InputError` where it is not in force, or days would be left without one."""
    permit(by, Verb.SCHEDULE_WITHDRAW, f"schedule {schedule_digest[:12]}")
    with database.writing() as writing:
        known = schedules_of(writing, calendar.in_force(writing, network_digest))
        if schedule_digest not in known:
            raise NotThere([Fault("schedule", schedule_digest[:12], "not in force", "one that is")])
        zone = ZoneInfo(known[schedule_digest].zone)
        staying = [other for name, other in known.items() if name != schedule_digest]
        refuse_if_any(unfit_days(staying, writing.at.astimezone(zone).date()))
        calendar.append_schedule_event(writing, network_digest, schedule_digest, begins=False, who=str(by), why=why)
        audit.append(writing, who=str(by), what=Verb.SCHEDULE_WITHDRAW, why=why, before=schedule_digest)


def network_of(reading: Reading, schedule_digest: str) -> str:
    """The network for which a schedule is in force. Raises `NotThere`."""
    for network in library.list_networks(reading):
        if schedule_digest in calendar.in_force(reading, network):
            return network
    raise NotThere([Fault("schedule", schedule_digest[:12], "not in force", "one that is")])


def schedules_in_force(reading: Reading, network_digest: str) -> dict[str, Schedule]:
    """The schedules in force by digest, in the order of their days."""
    known = schedules_of(reading, calendar.in_force(reading, network_digest))
    return dict(sorted(known.items(), key=lambda item: item[1].valid_from))


def schedules_of(reading: Reading, digests: Sequence[str]) -> dict[str, Schedule]:
    """Schedules that are kept, by digest."""
    return {digest: Schedule.model_validate_json(documents.get(reading, digest)) for digest in digests}


def in_a_schedule(reading: Reading, plan_digest: str) -> bool:
    """Whether a schedule in force names a plan."""
    plan = library.find_plan(reading, plan_digest)
    known = () if plan is None else schedules_in_force(reading, plan.network_digest).values()
    return any(use.digest == plan_digest for one in known for use in one.plans)


def unfit_days(schedules: Sequence[Schedule], today: date) -> Iterator[Fault]:
    """Days with two schedules, and days between schedules, from today on, with none."""
    ordered = sorted(schedules, key=lambda one: (one.valid_from, one.valid_to))
    first = ordered[0] if ordered else None
    for second in ordered[1:]:
        assert first is not None
        between, lasts_to = f"{_told(first)} and {_told(second)}", first.valid_to
        if second.valid_from <= lasts_to:
            end = min(lasts_to, second.valid_to)
            yield Fault("days", between, f"both from {second.valid_from} to {end}", "one schedule for each day")
        elif second.valid_from - _DAY >= max(today, lasts_to + _DAY):
            gap = f"none from {lasts_to + _DAY} to {second.valid_from - _DAY}"
            yield Fault("days", between, gap, "one schedule for each day")
        first = max(first, second, key=lambda one: one.valid_to)
    for one in {schedule.zone: schedule for schedule in ordered[1:] if schedule.zone != ordered[0].zone}.values():
        yield Fault("zone", _told(one), one.zone, ordered[0].zone)


def _told(schedule: Schedule) -> str:
    return f"schedule {schedule.name or schedule.digest()[:12]} ({schedule.valid_from} to {schedule.valid_to})"


def _network_of(reading: Reading, schedule: Schedule) -> str:
    found = {use.name: library.find_plan(reading, use.digest) for use in schedule.plans}
    networks = {plan.network_digest for plan in found.values() if plan is not None}
    if len(networks) != 1:
        told = ", ".join(f"{name} of {plan.network_name}" for name, plan in found.items() if plan is not None)
        raise InputError([Fault("network", "schedule", told, "plans of one network")])
    return networks.pop()


def _not_released(reading: Reading, schedule: Schedule) -> Iterator[Fault]:
    for use in schedule.plans:
        plan = library.find_plan(reading, use.digest)
        if plan is None or plan.state not in IN_USE:
            found = plan.state if plan else "not in the library"
            yield Fault("state", f"schedule, plan {use.name!r}", found, "released or active")
