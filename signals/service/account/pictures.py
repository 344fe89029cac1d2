"""Stage diagrams and timelines of one junction, out of a plan and the street."""

from __future__ import annotations

from collections.abc import Iterator

from networks.junction import GroupKind, Intersection, Movement
from networks.network import Network
from signals.drawings import GroupTimeline, StageArrow, StagePicture, Window
from signals.intervals import intervals
from signals.plan import IntersectionPlan, StagesBody
from signals.rules import IntersectionRules
from signals.service.account.geometry import bearings_of, compass, crossing_bearing, legs_of, nearest_leg
from signals.service.account.walking import OnFoot, on_foot

_SHOWN = {"G": "green", "g": "yielding", "y": "yellow", "u": "red-amber"}


def stage_pictures(network: Network, intersection: Intersection, timing: IntersectionPlan) -> tuple[StagePicture, ...]:
    """One picture per stage of the sequence, with its planned green."""
    if not isinstance(timing.body, StagesBody):
        return ()
    legs = legs_of(network, intersection)
    return tuple(
        StagePicture(stage.id, stage.duration_ds / 10, _arrows(network, intersection, timing, stage.displays, legs))
        for stage in timing.body.sequence
    )


def timelines(
    network: Network,
    intersection: Intersection,
    before: IntersectionPlan,
    after: IntersectionPlan | None,
    rules: IntersectionRules,
) -> tuple[GroupTimeline, ...]:
    """What each group shows over one cycle from local zero, in either plan; on foot with the clearance by the rules."""
    shown_before = _windows(before, intersection, rules)
    shown_after = {} if after is None else _windows(after, intersection, rules)
    return tuple(
        GroupTimeline(
            group_label(network, intersection, group.id), shown_before.get(group.id), shown_after.get(group.id)
        )
        for group in intersection.groups
        if group.kind is not GroupKind.UNUSED
    )


def group_label(network: Network, intersection: Intersection, group_id: str) -> str:
    """A group for people: its id, where its traffic comes from, where it turns."""
    legs = legs_of(network, intersection)
    own = [movement for movement in intersection.movements if group_id in movement.group_ids]
    if not own:
        return group_id
    if all(movement.turn == "crossing" for movement in own):
        bearings_deg = {crossing_bearing(network, movement) for movement in own} - {None}
        over = sorted({compass(nearest_leg(bearing_deg, legs)) for bearing_deg in bearings_deg})
        return f"{group_id}: on foot over {'/'.join(over)}" if over else f"{group_id}: on foot"
    origins = sorted({compass(nearest_leg(bearings_of(network, m)[0], legs)) for m in own})
    turns = list(dict.fromkeys(movement.turn for movement in own))
    return f"{group_id}: from {'/'.join(origins)}, {' + '.join(turns)}"


def _arrows(
    network: Network, intersection: Intersection, timing: IntersectionPlan, displays: str, legs: tuple[float, ...]
) -> tuple[StageArrow, ...]:
    shown = dict(zip(timing.group_ids, displays, strict=True))
    arrows = []
    for movement in intersection.movements:
        letters = {shown[group_id] for group_id in movement.group_ids if group_id in shown} & {"G", "g"}
        if letters:
            arrows.append(_arrow(network, movement, legs, yielding="G" not in letters))
    return tuple(arrows)


def _arrow(network: Network, movement: Movement, legs: tuple[float, ...], *, yielding: bool) -> StageArrow:
    if movement.turn == "crossing":
        leg = nearest_leg(crossing_bearing(network, movement), legs)
        return StageArrow(f"crossing, group {', '.join(movement.group_ids)}", leg, None, yielding, "crossing")
    start, end = (nearest_leg(bearing, legs) for bearing in bearings_of(network, movement))
    label = f"{movement.from_link_id} to {movement.to_link_id} ({movement.turn}, group {', '.join(movement.group_ids)})"
    return StageArrow(label, start, end, yielding)


def _windows(
    timing: IntersectionPlan, intersection: Intersection, rules: IntersectionRules
) -> dict[str, tuple[Window, ...]]:
    shown = {
        group_id: tuple(
            Window(one.start_ds / 10, one.end_ds / 10, _SHOWN[one.display]) for one in own if one.display in _SHOWN
        )
        for group_id, own in intervals(timing).items()
    }
    return shown | {name: tuple(_walks(own)) for name, own in on_foot(timing, intersection, rules).items()}


def _walks(own: OnFoot) -> Iterator[Window]:
    """Walk, then clearance."""
    for (start_ds, end_ds), (clears_ds, cleared_ds) in zip(own.greens_ds, own.clearances_ds, strict=True):
        length_ds = end_ds - start_ds - (0 if own.in_red else cleared_ds - clears_ds)
        yield Window(start_ds / 10, (start_ds + length_ds) / 10, "green")
        yield Window(clears_ds / 10, cleared_ds / 10, "clearance in red" if own.in_red else "clearance")
