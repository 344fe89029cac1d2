"""Plans of the library as plain documents: for programs, on the command line and over HTTP, and to make lines of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from signals.plan import Change, Schedule
from signals.release import Life
from signals.service.library.finding import Compared, Shown
from signals.service.library.lives import stamps_of
from signals.service.library.putting import Put
from signals.service.library.turns import CalendarNow
from signals.service.scheduling import ScheduleReport
from signals.store.instants import instant_text
from signals.store.library import LibraryPlan


def row(plan: LibraryPlan, labels: Sequence[str]) -> dict[str, Any]:
    """A plan in a list."""
    return asdict(plan) | {"labels": list(labels), "stamps": list(stamps_of(plan.stamps))}


def state(life: Life) -> dict[str, Any]:
    """Where a plan stands, with what is out of the ordinary."""
    return {
        "plan": life.plan_digest,
        "state": life.state,
        "stamps": list(life.stamps),
        "review_due": life.review_due,
        "report": life.report_digest,
        "release": life.release_digest,
    }


def whole(found: Shown) -> dict[str, Any]:
    """All that is known of a plan."""
    about = state(found.life)
    del about["plan"]
    return {
        **asdict(found.plan),
        **about,
        "labels": list(found.labels),
        "events": [asdict(event) for event in found.life.events],
        "notes": [asdict(note) for note in found.notes],
        "files": found.files,
    }


def put(found: Put) -> dict[str, Any]:
    """How far a plan came that was put in."""
    life = found.life
    return {"plan": life.plan_digest, "version": found.version, "state": life.state, "open": list(found.open)}


def compared(found: Compared) -> dict[str, Any]:
    """What changes from plan to plan, each intersection also in words."""
    rows = [asdict(change) | {"words": change.words()} for change in found.intersections]
    return asdict(found) | {"intersections": rows}


def schedule(schedule: Schedule, report: ScheduleReport) -> dict[str, Any]:
    """Whether a schedule is fit, and its transitions."""
    return {
        "fit": report.fit,
        "schedule": schedule.digest(),
        "plans": {name: [asdict(violation) for violation in found] for name, found in report.plans.items()},
        "week": [_change(one) for one in report.week],
        "jumps": [{**asdict(jump), "at": jump.at.isoformat()} for jump in report.jumps],
        "transitions": [asdict(way) for way in report.ways],
        "settings": [asdict(setting) for setting in report.settings],
        "second_switches": [{**asdict(second), "passable": second.passable} for second in report.second],
        "not_passable": [list(pair) for pair in report.unpassable],
        "controllers": [asdict(violation) for violation in report.controllers],
        "reasons": list(report.reasons),
        "across_sync": [asdict(fault) for fault in report.crossing],
        "flags": [asdict(flag) for flag in report.flags],
    }


def calendar(network_digest: str, name: str, found: CalendarNow) -> dict[str, Any]:
    """The schedules in force for a network, the plan of this moment, and the next change."""
    coming = found.coming
    return {
        "network": name,
        "digest": network_digest,
        "now": None if found.now is None else _scheduled(found.now),
        "next": coming and {"at": instant_text(coming.at), **_scheduled(found.plans[coming.plan.digest])},
        "schedules": [
            {
                "schedule": digest,
                "name": one.name,
                "valid_from": str(one.valid_from),
                "valid_to": str(one.valid_to),
                "zone": one.zone,
                "plans": {use.name: _scheduled(found.plans[use.digest]) for use in one.plans},
            }
            for digest, one in found.schedules.items()
        ],
    }


def _scheduled(plan: LibraryPlan) -> dict[str, Any]:
    return {"plan": plan.plan_digest, "version": plan.version, "state": plan.state}


def _change(one: Change) -> dict[str, str]:
    return {"at": one.at.isoformat(), "before": one.before.name, "after": one.after.name}
