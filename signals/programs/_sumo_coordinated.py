"""The coordinated stage of a program that was written with it last: in the plan the stages have another order."""

from __future__ import annotations

from networks.faults import Fault, InputError
from signals.plan import IntersectionPlan, StagesBody, beginning_with


def with_coordinated(timing: IntersectionPlan, name: str | None, first: str | None) -> IntersectionPlan:
    """The timing of a program with its coordinated stage, the stages from `first` on (None: as they were written)."""
    if name is None:
        return timing
    assert isinstance(timing.body, StagesBody)
    if first not in (None, *(stage.id for stage in timing.body.sequence)):
        where = f"intersection {timing.intersection_id!r}, note of the coordinated stage"
        raise InputError([Fault("first stage", where, repr(first), "a stage of the program")])
    body = StagesBody.model_validate(dict(timing.body) | {"coordinated": name})
    found = IntersectionPlan.model_validate(dict(timing) | {"body": body})
    return found if first is None else beginning_with(found, first)
