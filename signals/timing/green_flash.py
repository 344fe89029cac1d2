"""Green flash in actuated stages: the controller has to know the end of a green so long before."""

from __future__ import annotations

from networks.junction import Intersection
from signals.plan import IntersectionPlan, OffsetReference, StagesBody, StageTiming, Step, referred
from signals.rules import Rules

_GREEN = frozenset("gG")


def told_ahead(timing: IntersectionPlan, intersection: Intersection, rules: Rules) -> IntersectionPlan:
    """`timing` with the flash of the greens that end after a stage in its interstage: the same displays at the same
    seconds, but traffic may end the stage only before it."""
    body = timing.body
    assert isinstance(body, StagesBody)
    own = [rules.group(intersection.id, name).green_flash_ds for name in timing.group_ids]
    following = (*body.sequence[1:], body.sequence[0])
    stages = tuple(_flashing(stage, then, own) for stage, then in zip(body.sequence, following, strict=True))
    if stages == body.sequence:
        return timing
    from_start = referred(timing, OffsetReference.STAGE_START, [body.sequence[0].id])
    return from_start.model_copy(update={"body": body.model_copy(update={"sequence": stages})})


def _flashing(stage: StageTiming, following: StageTiming, flash_ds: list[int]) -> StageTiming:
    missing_ds = 0
    for position, own_ds in enumerate(flash_ds):
        if own_ds and stage.displays[position] in _GREEN:
            lit_ds, ends = _green_after_ds(stage, following, position)
            missing_ds = max(missing_ds, own_ds - lit_ds if ends else 0)
    if not 0 < missing_ds < stage.duration_ds:
        return stage
    step = Step(displays=stage.displays, duration_ds=missing_ds)
    left_ds = stage.duration_ds - missing_ds
    return stage.model_copy(update={"duration_ds": left_ds, "interstage": (step, *stage.interstage)})


def _green_after_ds(stage: StageTiming, following: StageTiming, position: int) -> tuple[int, bool]:
    """How long a group is green on after a stage [ds], and whether its green ends before the next one."""
    lit_ds = 0
    for step in stage.interstage:
        if step.displays[position] not in _GREEN:
            return lit_ds, True
        lit_ds += step.duration_ds
    return lit_ds, following.displays[position] not in _GREEN
