"""Stage sets to choose from: the running one, with its greens held, and without stages that nobody needs."""

from __future__ import annotations

from itertools import combinations, pairwise

from networks.junction import GREENS, Intersection
from networks.turns import across_groups
from signals.control import reach
from signals.intervals import reference_ds
from signals.plan import ControlMode, IntersectionPlan, OffsetReference, StagesBody, StageTiming
from signals.rules import Rules
from signals.safety.today import today_of
from signals.safety.traps import TrapJudge
from signals.timing.changes import ONLY_AS_TODAY
from signals.timing.held import held
from signals.timing.interstage import UnknownIntergreen, interstage

_GREEN_LETTERS = frozenset(display.value for display in GREENS)
_MOST_DROPPED = 4


def reduced(
    timing: IntersectionPlan,
    intersection: Intersection,
    rules: Rules,
    kept: tuple[int, ...],
    *,
    left_hand: bool = False,
) -> IntersectionPlan | None:
    """`timing` with only the `kept` stages of its sequence and interstages by the rules where stages now meet.

    Fixed control; the first kept stage starts when it does today. None where a group would lose a green it has today,
    where a group other than a left turn would lose its protected green, where a group would have to change between
    protected and yielding green, or from yellow back to green, as it never does today, or where a left would be
    trapped.
    """
    body = timing.body
    if not isinstance(body, StagesBody) or len(kept) < 2:
        return None
    sequence = [body.sequence[i].model_copy(update={"actuation": None}) for i in kept]
    lefts = across_groups(intersection, left_hand=left_hand)
    if not _serves_the_same(body.sequence, sequence, frozenset(map(timing.group_ids.index, lefts))):
        return None
    try:
        stages = tuple(
            _leading_to(stage, sequence[(at + 1) % len(sequence)], body, intersection, rules)
            for at, stage in enumerate(sequence)
        )
    except UnknownIntergreen:
        return None
    smaller = StagesBody(sequence=stages)
    before_ds = sum(s.duration_ds + sum(step.duration_ds for step in s.interstage) for s in body.sequence[: kept[0]])
    found = timing.model_copy(
        update={
            "control_mode": ControlMode.FIXED,
            "body": smaller,
            "cycle_ds": smaller.length_ds,
            "offset_ds": (timing.offset_ds - reference_ds(timing) + before_ds) % smaller.length_ds,
            "offset_reference": OffsetReference.STAGE_START,
            "reference": (stages[0].id,),
            "parameters": (),
        }
    )
    traps = TrapJudge(intersection, today_of(intersection), left_hand=left_hand)
    return None if any(traps.violations(reach(found).order)) else found


def stage_sets(
    timing: IntersectionPlan, intersection: Intersection, rules: Rules, *, left_hand: bool = False, hold: bool = True
) -> list[IntersectionPlan]:
    """The running stage set first, then every set that serves the same with fewer stages, fewest stages last. `hold`:
    with greens held from stage to stage in all but the first, the running set among them."""
    found, body = [timing], timing.body
    if not isinstance(body, StagesBody) or timing.untouched:
        return found
    lasting = held(timing, intersection, rules, left_hand=left_hand) if hold else timing
    if lasting is not timing:
        found.append(lasting)
        timing = lasting
    count = len(body.sequence)
    for dropped in range(1, min(_MOST_DROPPED, count - 2) + 1):
        for gone in combinations(range(count), dropped):
            kept = tuple(i for i in range(count) if i not in gone)
            smaller = reduced(timing, intersection, rules, kept, left_hand=left_hand)
            if smaller is not None:
                found.append(smaller)
    return found


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
    stage: StageTiming, following: StageTiming, body: StagesBody, intersection: Intersection, rules: Rules
) -> StageTiming:
    order = [one.id for one in body.sequence]
    if order[(order.index(stage.id) + 1) % len(order)] == following.id:
        return stage
    steps = interstage(intersection, rules, stage.displays, following.displays)
    if _special_changes([stage.displays, *(s.displays for s in steps), following.displays]) - _running_changes(body):
        raise UnknownIntergreen("a group would change its green as it never does today")
    return stage.model_copy(update={"interstage": steps})


def _running_changes(body: StagesBody) -> set[tuple[int, str]]:
    pictures = [picture for one in body.sequence for picture in (one.displays, *(s.displays for s in one.interstage))]
    return _special_changes([*pictures, pictures[0]])


def _special_changes(pictures: list[str]) -> set[tuple[int, str]]:
    """Changes that the safety rules allow only to groups that make them today: (column, letters before and after)."""
    return {
        (column, change)
        for before, after in pairwise(pictures)
        for column, change in enumerate(map("".join, zip(before, after, strict=True)))
        if change in ONLY_AS_TODAY
    }
