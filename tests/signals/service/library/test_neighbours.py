"""One schedule follows another: the plans that meet at midnight are judged as any two consecutive ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from networks.faults import InputError
from signals.cli.desk_here import JUDGES
from signals.plan import Entry, PlanUse, Schedule, changes
from signals.plan.schedule import WEEKDAYS
from signals.release import NotReleasable
from signals.service.library import calendar
from signals.service.library.judges import ScheduleVerdict
from signals.service.library.judging import Kept
from signals.service.library.neighbours import AFTER, BEFORE, meetings_of
from signals.store.database import Database
from tests.signals.service.delivery.releasing import OPERATOR, released_on
from tests.signals.service.library.job_results import STREET

FIRST = date(2096, 3, 2)


def _schedule(begin: int, end: int, *plans: str) -> Schedule:
    """Days `begin` to `end`; plans in turn at 06:00, 16:00."""
    uses = tuple(PlanUse(name=f"p{at}", digest=digest) for at, digest in enumerate(plans))
    entries = tuple(Entry(start=time(6 + 10 * at), plan=use.name, weekdays=WEEKDAYS) for at, use in enumerate(uses))
    first, last = (FIRST + timedelta(days=number) for number in (begin, end))
    return Schedule(zone="Europe/Berlin", valid_from=first, valid_to=last, plans=uses, entries=entries)


def test_they_meet_where_the_plan_of_the_evening_is_not_that_of_the_morning() -> None:
    day, night, other = "a" * 64, "b" * 64, "c" * 64
    spring = _schedule(0, 6, day, night)
    assert meetings_of(spring, {"same": _schedule(7, 9, day, night), "later": _schedule(8, 9, other)}) == {}
    summer = _schedule(7, 9, other)
    for found in (meetings_of(spring, {"x": summer}), meetings_of(summer, {"x": spring})):
        meeting = found["x"]
        assert changes(meeting, meeting.valid_from) == ()
        (change,) = changes(meeting, meeting.valid_to)
        assert (change.at, change.before.digest, change.after.digest) == (spring.end, night, other)


class _Told:
    """Finds every schedule fit, but the ways at midnight as it is told."""

    def __init__(self, *at_midnight: str) -> None:
        self._at_midnight = at_midnight

    def schedule(self, schedule: Schedule, plans: Sequence[Kept], method: Any) -> ScheduleVerdict:
        reasons = self._at_midnight if schedule.plans[0].name == BEFORE else ()
        return ScheduleVerdict({"fit": not reasons, "transitions": []}, reasons)


@pytest.mark.parametrize("new_place", ["sqlite"], indirect=True)
def test_the_way_from_schedule_to_schedule_is_told_and_refused_where_none_leads(
    database: Database, tmp_path: Path
) -> None:
    day, night = (released_on(STREET, database, tmp_path / name, more_s) for name, more_s in (("a", 1), ("b", 4)))

    def judged(schedule: Schedule, judges: Any, replaces: tuple[str, ...] = ()) -> calendar.Judged:
        return calendar.judge_schedule(database, judges, schedule, replaces=replaces, method="short way")

    spring, summer = _schedule(0, 6, day), _schedule(7, 9, night)
    alone = judged(summer, _Told())
    assert alone.verdict.document["neighbours"] == []
    first = calendar.put_in_force(database, OPERATOR, judged(spring, _Told()), why="spring")
    with pytest.raises(InputError, match="others than when it was judged"):
        calendar.put_in_force(database, OPERATOR, alone, why="summer")
    with pytest.raises(NotReleasable, match=f"at midnight, with schedule {first[:12]}: no way leads there"):
        calendar.put_in_force(database, OPERATOR, judged(summer, _Told("no way leads there")), why="summer")
    found = judged(summer, JUDGES)
    (meeting,) = found.verdict.document["neighbours"]
    there = (first, str(summer.valid_from), day, night, True)
    assert tuple(meeting[name] for name in ("schedule", "day", "before", "after", "fit")) == there
    ways = [(way["before"], way["after"], way["method"]) for way in meeting["transitions"]]
    assert ways == [(BEFORE, AFTER, "short way")]
    calendar.put_in_force(database, OPERATOR, found, why="summer")
    assert judged(_schedule(0, 6, night), _Told(), (first,)).verdict.document["neighbours"] == []
