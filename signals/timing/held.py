"""Greens that are held from stage to stage: who is green before and after a change shows no yellow in between."""

from __future__ import annotations

from collections.abc import Iterator

from networks.junction import GREENS, GroupKind, Intersection
from signals.control import successions
from signals.plan import IntersectionPlan, StagesBody, StageTiming, Step
from signals.rules import Rules
from signals.safety.today import today_of
from signals.safety.traps import TrapJudge
from signals.timing.interstage import UnknownIntergreen, interstage

_GREEN_LETTERS = frozenset(display.value for display in GREENS)


def held(
    timing: IntersectionPlan, intersection: Intersection, rules: Rules, *, left_hand: bool = False
) -> IntersectionPlan:
    """`timing` with every group green all along where its green is the same in two stages that follow each other.

    All other groups change when they did, or later where the rules ask for it then. Greens with a maximum end where
    they do, and a change in which a left would be trapped stays as it is. Itself where nothing is to be held.
    """
    body = timing.body
    if not isinstance(body, StagesBody) or timing.untouched:
        return timing
    free = [
        group.kind is GroupKind.UNUSED or rules.group(intersection.id, group.id).max_green_ds is not None
        for group in intersection.groups
    ]
    traps = TrapJudge(intersection, today_of(intersection), left_hand=left_hand)
    found, count = timing, len(body.sequence)
    for at, stage in enumerate(body.sequence):
        try:
            lasting = _leading(stage, body.sequence[(at + 1) % count].displays, free, intersection, rules)
        except UnknownIntergreen:
            continue
        if lasting == stage:
            continue
        changed = _with_stage(found, at, lasting)
        if changed.body.length_ds == body.length_ds and not any(traps.violations(successions(changed))):
            found = changed
    return found


def _with_stage(timing: IntersectionPlan, at: int, stage: StageTiming) -> IntersectionPlan:
    assert isinstance(timing.body, StagesBody)
    sequence = (*timing.body.sequence[:at], stage, *timing.body.sequence[at + 1 :])
    return timing.model_copy(update={"body": timing.body.model_copy(update={"sequence": sequence})})


def _leading(stage: StageTiming, after: str, free: list[bool], intersection: Intersection, rules: Rules) -> StageTiming:
    lasting = [
        letter if letter == then and letter in _GREEN_LETTERS and not left else None
        for letter, then, left in zip(stage.displays, after, free, strict=True)
    ]
    lit = (step.model_copy(update={"displays": _over(step.displays, lasting)}) for step in stage.interstage)
    rows = tuple(_merged(lit))
    if rows == stage.interstage:
        return stage
    return stage.model_copy(update={"interstage": interstage(intersection, rules, stage.displays, after, rows)})


def _over(displays: str, lasting: list[str | None]) -> str:
    return "".join(letter if kept is None else kept for letter, kept in zip(displays, lasting, strict=True))


def _merged(steps: Iterator[Step]) -> Iterator[Step]:
    waiting: Step | None = None
    for step in steps:
        if waiting is not None and waiting.displays == step.displays:
            waiting = waiting.model_copy(update={"duration_ds": waiting.duration_ds + step.duration_ds})
            continue
        if waiting is not None:
            yield waiting
        waiting = step
    if waiting is not None:
        yield waiting
