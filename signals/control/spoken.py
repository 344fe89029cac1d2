"""What a plan says of actuated stages, as the parameters of SUMO's program that say the same."""

from __future__ import annotations

from signals.plan import IntersectionPlan

GAP = "max-gap"
LOOPS_AHEAD, PRESENCE_LIMIT, CALL_LIMIT = "detector-gap", "jam-threshold", "inactive-threshold"
OWN_FIELDS = {LOOPS_AHEAD: "loops_ahead_ds", PRESENCE_LIMIT: "presence_limit_ds", CALL_LIMIT: "call_limit_ds"}


def spoken_ds(timing: IntersectionPlan) -> dict[str, int]:
    """The times of a timing that are parameters in SUMO [ds], by parameter; the gap is no field of the timing."""
    said = {key: getattr(timing, field) for key, field in OWN_FIELDS.items()}
    return {key: time_ds for key, time_ds in said.items() if time_ds is not None}
