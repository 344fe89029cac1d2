"""Stage sets to choose from: the running one, and the running one without stages that nobody needs."""

from __future__ import annotations

from itertools import combinations

from networks.junction import GREENS, Intersection
from signals.plan import IntersectionPlan, StagesBody, StageTiming
from signals.timing.interstage import UnknownIntergreen, interstage

_GREEN_LETTERS = frozenset(display.value for display in GREENS)
_MOST_DROPPED = 4


def reduced(timing: IntersectionPlan, intersection: Intersection, kept: tuple[int, ...]) -> IntersectionPlan | None:
    """`timing` with only the `kept` stages of its sequence and interstages made anew where stages now meet.

    None where a group would lose a green it has today, where a group other than a left turn would lose its protected
    green, or where a group would have to go from protected to yielding green without the change that it makes today.
    """
    body = timing.body
    if not isinstance(body, StagesBody) or len(kept) < 2:
        return None
    sequence = [body.sequence[i] for i in kept]
    if not _serves_the_same(body.sequence, sequence, _left_groups(intersection, timing.group_ids)):
        return None
    try:
        stages = tuple(
            _leading_to(stage, sequence[(at + 1) % len(sequence)], body, intersection)
            for at, stage in enumerate(sequence)
        )
    except UnknownIntergreen:
        return None
    cycle_ds = sum(stage.duration_ds + sum(step.duration_ds for step in stage.interstage) for stage in stages)
    return timing.model_copy(
        update={
            "body": StagesBody(sequence=stages),
            "cycle_ds": cycle_ds,
            "offset_ds": timing.offset_ds % cycle_ds,
            "reference": (stages[0].id,),
        }
    )


def stage_sets(timing: IntersectionPlan, intersection: Intersection) -> list[IntersectionPlan]:
    """The running stage set first, then every set that serves the same with fewer stages, fewest stages last."""
    found = [timing]
    if not isinstance(timing.body, StagesBody) or timing.untouched:
        return found
    count = len(timing.body.sequence)
    for dropped in range(1, min(_MOST_DROPPED, count - 2) + 1):
        for gone in combinations(range(count), dropped):
            kept = tuple(i for i in range(count) if i not in gone)
            smaller = reduced(timing, intersection, kept)
            if smaller is not None:
                found.append(smaller)
    return found


def _left_groups(intersection: Intersection, group_ids: tuple[str, ...]) -> frozenset[int]:
    lefts = {
        group_id
        for movement in intersection.movements
        if movement.turn in ("left", "u-turn")
        for group_id in movement.group_ids
    } - {
        group_id
        for movement in intersection.movements
        if movement.turn not in ("left", "u-turn")
        for group_id in movement.group_ids
    }
    return frozenset(at for at, group_id in enumerate(group_ids) if group_id in lefts)


def _serves_the_same(today: tuple[StageTiming, ...], then: list[StageTiming], lefts: frozenset[int]) -> bool:
    for at in range(len(today[0].displays)):
        shown = {stage.displays[at] for stage in today}
        kept = {stage.displays[at] for stage in then}
        if shown & _GREEN_LETTERS and not kept & _GREEN_LETTERS:
            return False
        if "G" in shown and "G" not in kept and not (at in lefts and "g" in shown):
            return False
    return True


def _leading_to(
    stage: StageTiming, following: StageTiming, body: StagesBody, intersection: Intersection
) -> StageTiming:
    at = body.sequence.index(stage)
    if body.sequence[(at + 1) % len(body.sequence)].id == following.id:
        return stage
    if any(a == "G" and b == "g" for a, b in zip(stage.displays, following.displays, strict=True)):
        raise UnknownIntergreen("a green that must begin to give way needs a change of its own")
    return stage.model_copy(update={"interstage": interstage(intersection, stage.displays, following.displays)})
