"""Stages that a controller may pass over, and how long it goes round at most before somebody's turn comes.

Where a plan has transitions beside its sequence, the controller goes on to a stage that is called, whichever; so a
stage may be left out as long as others are called. A limit of calls ends that: whoever has called for so long comes
before all who have not.
"""

from __future__ import annotations

from collections.abc import Collection

from signals.plan import IntersectionPlan, StagesBody


def goes_round_without(body: StagesBody, stage_ids: Collection[str]) -> bool:
    """Whether the controller can go from stage to stage for ever and show none of these."""
    onward = {one: [to for to in ways if to not in stage_ids] for one, ways in _ways(body).items()}
    left = [name for name in onward if name not in stage_ids]
    while True:
        going_on = [name for name in left if any(to in left for to in onward[name])]
        if len(going_on) == len(left):
            return bool(left)
        left = going_on


def longest_round_ds(timing: IntersectionPlan) -> int:
    """Every stage once, each as long as it can be and left by its longest interstage [ds]."""
    body = timing.body
    assert isinstance(body, StagesBody)
    total_ds = 0
    for stage in body.sequence:
        ways = [stage.interstage, *(one.interstage for one in body.transitions if one.from_stage == stage.id)]
        total_ds += max(sum(step.duration_ds for step in way) for way in ways)
        total_ds += stage.duration_ds if stage.actuation is None else stage.actuation.max_ds
    return total_ds


def longest_wait_ds(timing: IntersectionPlan) -> int:
    """How long a call waits for its green at most [ds]: until its limit, where there is one, and then a round.

    In that round every other stage comes at most once: none of them can have called for so long again before it is
    over, for the limit is no shorter than a round.
    """
    return (timing.call_limit_ds or 0) + longest_round_ds(timing)


def _ways(body: StagesBody) -> dict[str, list[str]]:
    order = [stage.id for stage in body.sequence]
    ways = {one: [to] for one, to in zip(order, order[1:] + order[:1], strict=True)}
    for transition in body.transitions:
        ways[transition.from_stage].append(transition.to_stage)
    return ways
