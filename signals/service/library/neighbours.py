"""Where one schedule ends and the next begins: the two plans that meet at midnight are consecutive ones too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any

from signals.plan import Entry, PlanUse, Schedule, plan_at
from signals.plan.schedule import WEEKDAYS
from signals.service.library.judges import ScheduleVerdict

BEFORE, AFTER = "before", "after"
_DAY = timedelta(days=1)


def meetings_of(schedule: Schedule, others: Mapping[str, Schedule]) -> dict[str, Schedule]:
    """For each of the others (by digest) that ends or begins where the schedule begins or ends, with another plan:
    the last day before and the first day after as a schedule of their own."""
    found = {digest: _meeting(*sorted((schedule, other), key=lambda s: s.begin)) for digest, other in others.items()}
    return {digest: meeting for digest, meeting in found.items() if meeting is not None}


def _meeting(first: Schedule, second: Schedule) -> Schedule | None:
    if second.valid_from - first.valid_to != _DAY or first.zone != second.zone:
        return None
    before, after = plan_at(first, first.end - timedelta(microseconds=1)), plan_at(second, second.begin)
    if before.digest == after.digest:
        return None
    return Schedule(
        zone=first.zone,
        valid_from=first.valid_to,
        valid_to=second.valid_from,
        plans=(PlanUse(name=BEFORE, digest=before.digest), PlanUse(name=AFTER, digest=after.digest)),
        entries=(
            Entry(start=time(), plan=BEFORE, weekdays=WEEKDAYS),
            Entry(start=time(), plan=AFTER, holidays=(second.valid_from,)),
        ),
    )


def with_meetings(
    verdict: ScheduleVerdict, meetings: Mapping[str, Schedule], met: Mapping[str, ScheduleVerdict]
) -> ScheduleVerdict:
    """A verdict that says of each meeting what it is like, and is as good as the worst of them."""
    reasons = [
        f"at midnight, with schedule {name[:12]}: {reason}" for name, one in met.items() for reason in one.reasons
    ]
    document = verdict.document | {
        "fit": verdict.document["fit"] and not reasons,
        "neighbours": [_told(name, meetings[name], one) for name, one in met.items()],
    }
    return ScheduleVerdict(document, (*verdict.reasons, *reasons))


def _told(name: str, meeting: Schedule, verdict: ScheduleVerdict) -> dict[str, Any]:
    return {
        "schedule": name,
        "day": str(meeting.valid_to),
        **{side: meeting.plan(side).digest for side in (BEFORE, AFTER)},
        "fit": not verdict.reasons,
        "transitions": verdict.document["transitions"],
        "reasons": list(verdict.reasons),
    }
