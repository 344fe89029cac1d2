"""The values of the rules as they stand in a plan: each under its key in the engineer's file, alike ones together."""

from __future__ import annotations

from collections.abc import Iterator

from signals.plan import Input, InputsAt
from signals.rules.types import IntersectionRules, Rules, Sourced

_UNKNOWN = "nobody knows it: a plan that needs it is refused"

Said = tuple[str, float | None, str]  # key, value, source


def inputs_of(rules: Rules) -> tuple[InputsAt, ...]:
    """The values at every intersection, in the order of the rules."""
    return tuple(
        InputsAt(intersection_id=one.intersection_id, inputs=tuple(_inputs(one))) for one in rules.intersections
    )


def _inputs(rules: IntersectionRules) -> Iterator[Input]:
    yield _input(_time("cycle_min_s", rules.cycle_min))
    yield _input(_time("cycle_max_s", rules.cycle_max))
    yield _input(("max_stages", float(rules.max_stages), rules.max_stages_source))
    if rules.resolution is not None:
        yield _input(_time("resolution_s", rules.resolution))
    if rules.walking_speed is not None:
        yield _input(("walking_speed_m_per_s", rules.walking_speed.value_m_per_s, rules.walking_speed.source))
    groups: dict[Said, list[str]] = {}
    for group in rules.groups:
        for said in (_time(key, value) for key, value in group.said()):
            groups.setdefault(said, []).append(group.group_id)
        if (calls := group.pedestrian_calls) is not None:
            said = ("pedestrian_calls_per_h", calls.per_h, calls.source)
            groups.setdefault(said, []).append(group.group_id)
    for crossing in (one for one in rules.crossings if not one.not_served):
        for key, value in (("walk_s", crossing.walk), ("pedestrian_clearance_s", crossing.clearance)):
            name, time_s, source = _time(key, value)
            groups.setdefault((name, time_s, f"{source}, {crossing.source}"), []).extend(crossing.group_ids)
    for lanes in rules.lane_groups:
        said = ("saturation_flow_veh_per_h_per_lane", lanes.target_veh_per_h_per_lane, lanes.source)
        groups.setdefault(said, []).append(lanes.group_id)
    pairs: dict[Said, list[tuple[str, str]]] = {}
    for entry in rules.intergreens:
        pair = (entry.ending, entry.starting)
        said = ("time_s", None, _UNKNOWN) if entry.time is None else _time("time_s", entry.time)
        pairs.setdefault(said, []).append(pair)
        if entry.handover is not None:
            pairs.setdefault(_time("giving_way_s", entry.handover), []).append(pair)
    yield from (_input(said).model_copy(update={"groups": tuple(names)}) for said, names in sorted(groups.items()))
    for said, found in pairs.items():
        yield _input(said).model_copy(update={"pairs": tuple(found)})


def _time(key: str, value: Sourced) -> Said:
    return key, value.value_ds / 10, value.source


def _input(said: Said) -> Input:
    name, value, source = said
    return Input(name=name, value=value, source=source)
