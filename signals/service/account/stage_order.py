"""Stages in another order than today, in words: who leads, who lags, and what lies between stages that meet anew."""

from __future__ import annotations

from itertools import pairwise

from networks.junction import Intersection
from signals.plan import IntersectionPlan, StagesBody
from signals.timing.stages import led_otherwise


def order_reason(
    new: IntersectionPlan, old: IntersectionPlan, intersection: Intersection, why: str, *, left_hand: bool
) -> str:
    """Why the stages follow each other otherwise, and the interstages between those that did not before."""
    assert isinstance(new.body, StagesBody)
    assert isinstance(old.body, StagesBody)
    led = led_otherwise(new.body, old.body, intersection, left_hand=left_hand)
    if not led:
        return "the candidate has its stages in another order"
    known = {ends for ends, _ in _meetings(old.body)}
    fresh = [f"{one} to {other} {ds / 10:g} s" for (one, other), ds in _meetings(new.body) if (one, other) not in known]
    return f"{why or led}; between stages that meet anew: {', '.join(fresh)}"


def order_facts(
    new: IntersectionPlan, old: IntersectionPlan | None, intersection: Intersection, *, left_hand: bool
) -> tuple[str, str] | None:
    """The order of the stages, with what is changed, and that of today; None where lefts lead and lag as today."""
    if old is None or not isinstance(new.body, StagesBody) or not isinstance(old.body, StagesBody):
        return None
    led = led_otherwise(new.body, old.body, intersection, left_hand=left_hand)
    now, then = (", ".join(stage.id for stage in body.sequence) for body in (new.body, old.body))
    return (f"{now}: {led}", then) if led else None


def _meetings(body: StagesBody) -> list[tuple[tuple[str, str], int]]:
    """Each two stages that follow each other, and the length of the interstage between them [ds]."""
    return [
        ((one.id, other.id), sum(step.duration_ds for step in one.interstage))
        for one, other in pairwise((*body.sequence, body.sequence[0]))
    ]
