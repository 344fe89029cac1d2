"""What a plan says of actuated stages, as the parameters of SUMO's program that say the same."""

from __future__ import annotations

import json
from collections.abc import Iterable

from networks.own_names import OWN_PREFIX
from signals.plan import IntersectionPlan, StagesBody

GAP = "max-gap"
LOOPS_AHEAD, PRESENCE_LIMIT, CALL_LIMIT = "detector-gap", "jam-threshold", "inactive-threshold"
OWN_FIELDS = {LOOPS_AHEAD: "loops_ahead_ds", PRESENCE_LIMIT: "presence_limit_ds", CALL_LIMIT: "call_limit_ds"}
NO_LOOP = "NO_DETECTOR"  # of a lane; where nothing is said, SUMO lays a loop of its own
TRUE = frozenset({"1", "true", "True", "x", "yes", "on", "t"})  # what it takes for yes
NOTE = f"{OWN_PREFIX}intersection"  # our own parameter: what SUMO's words do not say


def spoken_ds(timing: IntersectionPlan) -> dict[str, int]:
    """The times of a timing that are parameters in SUMO [ds], by parameter; the gap is no field of the timing."""
    said = {key: getattr(timing, field) for key, field in OWN_FIELDS.items()}
    return {key: time_ds for key, time_ds in said.items() if time_ds is not None}


def with_noted_coordinated(body: StagesBody, parameters: Iterable[tuple[str, str]], names: Iterable[str]) -> StagesBody:
    """A running body with the coordinated stage that our note in its program names; SUMO has no word for it. `names`
    are those of the program for its stages: the street may have others.

    A note that the program does not bear out (the stage may end at another second than planned) names none.
    """
    noted, end_ds = _noted_coordinated(parameters), 0
    for stage, name in zip(body.sequence, names, strict=True):
        end_ds += stage.duration_ds
        rule, planned_ds = stage.actuation, end_ds % body.length_ds
        if name == noted and rule is not None and rule.earliest_end_ds == rule.latest_end_ds == planned_ds:
            return body.model_copy(update={"coordinated": stage.id})
        end_ds += sum(step.duration_ds for step in stage.interstage)
    return body


def _noted_coordinated(parameters: Iterable[tuple[str, str]]) -> str | None:
    """None where there is no such note."""
    try:
        note = json.loads(dict(parameters).get(NOTE, "null"))
    except (ValueError, RecursionError):
        return None
    name = note.get("coordinated") if isinstance(note, dict) else None
    return name if isinstance(name, str) else None
