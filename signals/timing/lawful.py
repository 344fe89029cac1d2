"""The running stages with interstages that keep the rules: what candidates are made of where the rules ask for more."""

from __future__ import annotations

from collections.abc import Sequence

from networks.junction import Intersection
from signals.plan import ControlMode, IntersectionPlan, StagesBody
from signals.rules import Rules
from signals.timing.bounds import stage_minimums_ds
from signals.timing.interstage import UnknownIntergreen, interstage

_SECOND_DS = 10


def lawful(timing: IntersectionPlan, intersection: Intersection, rules: Rules) -> IntersectionPlan:
    """`timing` with yellow, red-amber and intergreens of its interstages as the rules have them; itself if they are.

    Interstages grow and never shrink. Longer ones take their time from the stages, in proportion to what these have
    above their minimums, so that the cycle stays as it runs; it grows where the stages cannot give that much. Fixed
    control where anything changes. What is left untouched or runs free stays as it is, and so does what needs an
    intergreen that nobody knows: the safety check refuses it by name.
    """
    body = timing.body
    if timing.untouched or not isinstance(body, StagesBody) or timing.cycle_ds is None:
        return timing
    following = (*body.sequence[1:], body.sequence[0])
    try:
        ways = [
            interstage(intersection, rules, stage.displays, onward.displays, stage.interstage)
            for stage, onward in zip(body.sequence, following, strict=True)
        ]
    except UnknownIntergreen:
        return timing
    if all(way == stage.interstage for way, stage in zip(ways, body.sequence, strict=True)):
        return timing
    longer = StagesBody(
        sequence=tuple(
            stage.model_copy(update={"interstage": way, "actuation": None})
            for stage, way in zip(body.sequence, ways, strict=True)
        )
    )
    kept = _with_length(longer, body.length_ds, stage_minimums_ds(_fixed(timing, longer), intersection, rules))
    return _fixed(timing, kept)


def _fixed(timing: IntersectionPlan, body: StagesBody) -> IntersectionPlan:
    return timing.model_copy(
        update={
            "control_mode": ControlMode.FIXED,
            "body": body,
            "cycle_ds": body.length_ds,
            "offset_ds": timing.offset_ds % body.length_ds,
            "parameters": (),
        }
    )


def _with_length(body: StagesBody, length_ds: int, lows_ds: Sequence[int]) -> StagesBody:
    """The body cut to a length, or as near to it as the stages' minimums allow."""
    rooms_ds = [max(0, stage.duration_ds - low_ds) for stage, low_ds in zip(body.sequence, lows_ds, strict=True)]
    taken_ds = min(body.length_ds - length_ds, sum(rooms_ds))
    if taken_ds <= 0:
        return body
    parts_ds = [taken_ds * room_ds // sum(rooms_ds) // _SECOND_DS * _SECOND_DS for room_ds in rooms_ds]
    while (missing_ds := taken_ds - sum(parts_ds)) > 0:  # second by second from whoever has most left
        at = max(range(len(rooms_ds)), key=lambda stage: rooms_ds[stage] - parts_ds[stage])
        parts_ds[at] += min(missing_ds, _SECOND_DS, rooms_ds[at] - parts_ds[at])
    return StagesBody(
        sequence=tuple(
            stage.model_copy(update={"duration_ds": stage.duration_ds - part_ds})
            for stage, part_ds in zip(body.sequence, parts_ds, strict=True)
        )
    )
