"""The same cycle told from another stage on: nothing changes on the street."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from signals.plan.types import IntersectionPlan, StageTiming


def beginning_with(timing: IntersectionPlan, stage_id: str) -> IntersectionPlan:
    """A timing in stages with this stage first; positions in the cycle count from it. KeyError if there is none."""
    body = timing.body
    assert body.kind == "stages"
    first = body.sequence.index(body.stage(stage_id))
    if not first:
        return timing
    shift_ds = sum(stage.duration_ds + sum(s.duration_ds for s in stage.interstage) for stage in body.sequence[:first])
    moved = tuple(_moved(stage, shift_ds, timing.cycle_ds) for stage in body.sequence)
    turned = type(body)(
        sequence=moved[first:] + moved[:first], transitions=body.transitions, coordinated=body.coordinated
    )
    return timing.model_copy(update={"body": turned})


def with_coordinated_last(timing: IntersectionPlan) -> IntersectionPlan:
    """A timing whose coordinated stage is the last of its sequence; as it is where none is named.

    Then nobody's end can pass the end of the sequence: controllers that count the cycle's seconds from there need no
    notion of an end in the next cycle.
    """
    body = timing.body
    if body.kind != "stages" or body.coordinated is None:
        return timing
    at = body.sequence.index(body.stage(body.coordinated))
    return beginning_with(timing, body.sequence[(at + 1) % len(body.sequence)].id)


def _moved(stage: StageTiming, shift_ds: int, cycle_ds: int | None) -> StageTiming:
    rule = stage.actuation
    if rule is None or cycle_ds is None:
        return stage
    ends: dict[str, Any] = {
        name: None if end_ds is None else (end_ds - shift_ds) % cycle_ds
        for name, end_ds in (("earliest_end_ds", rule.earliest_end_ds), ("latest_end_ds", rule.latest_end_ds))
    }
    return stage.model_copy(update={"actuation": rule.model_copy(update=ends)})
