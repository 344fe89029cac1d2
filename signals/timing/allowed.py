"""Is a timing worth proposing? The safety check is asked about it beforehand, and asked again afterwards."""

from __future__ import annotations

from signals.control import NotModelled
from signals.plan import IntersectionPlan
from signals.safety.judging import IntersectionJudge


def allowed(timing: IntersectionPlan, judge: IntersectionJudge) -> bool:
    """Whether a timing is whole and breaks no rule; not where nobody models how its control goes on."""
    try:
        IntersectionPlan.model_validate(timing.model_dump())
        return not judge.violations(timing)
    except (ValueError, NotModelled):
        return False
