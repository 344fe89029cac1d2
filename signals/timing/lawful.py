"""The running stages with interstages that keep the rules: what candidates are made of where the rules ask for more."""

from __future__ import annotations

from collections.abc import Sequence

from networks.junction import Intersection
from signals.intervals import reference_ds
from signals.plan import ControlMode, IntersectionPlan, RingsBody, StagesBody
from signals.rules import Rules
from signals.timing.bounds import stage_minimums_ds
from signals.timing.interstage import UnknownIntergreen, interstage
from signals.timing.rings.forms import fixed_rings

_SECOND_DS = 10


def lawful(timing: IntersectionPlan, intersection: Intersection, rules: Rules) -> IntersectionPlan:
    """`timing` with yellow, red-amber and intergreens of its interstages as the rules have them; itself if they are.

    Interstages grow and never shrink, also to the resolution of the rules, on which the first stage then starts. Longer
    ones take their time from the stages, in proportion to what these have above their minimums, so that the cycle stays
    as it runs; it grows where the stages cannot give that much. Fixed control where interstages change. What is left
    untouched or runs free stays as it is, and so does what needs an intergreen that nobody knows: the safety check
    refuses it by name. Of rings see `fixed_rings`.
    """
    body = timing.body
    if isinstance(body, RingsBody) and not timing.untouched:
        return fixed_rings(timing, intersection, rules)
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
        return _begun_on_a_step(timing, rules)
    longer = StagesBody(
        sequence=tuple(
            stage.model_copy(update={"interstage": way, "actuation": None})
            for stage, way in zip(body.sequence, ways, strict=True)
        )
    )
    kept = cut_to_length(longer, body.length_ds, stage_minimums_ds(_fixed(timing, longer), intersection, rules))
    return _begun_on_a_step(_fixed(timing, kept), rules)


def on_a_clock(timing: IntersectionPlan) -> IntersectionPlan:
    """A timing that runs free as a fixed one: its stages in their order, each as long as it is meant to be (in SUMO its
    duration), its interstages as they are. Itself where it has a cycle, is left untouched, or has no stages.
    """
    body = timing.body
    if timing.untouched or timing.cycle_ds is not None or not isinstance(body, StagesBody):
        return timing
    return _fixed(timing, StagesBody(sequence=tuple(s.model_copy(update={"actuation": None}) for s in body.sequence)))


def _begun_on_a_step(timing: IntersectionPlan, rules: Rules) -> IntersectionPlan:
    """`timing` with the start of its first stage at a multiple of the rules' resolution on the common clock."""
    over_ds = (timing.offset_ds - reference_ds(timing)) % rules.resolution_ds(timing.intersection_id)
    if not over_ds or timing.cycle_ds is None:
        return timing
    return timing.model_copy(update={"offset_ds": (timing.offset_ds - over_ds) % timing.cycle_ds})


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


def cut_to_length(body: StagesBody, length_ds: int, lows_ds: Sequence[int]) -> StagesBody:
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
