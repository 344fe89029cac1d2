"""The rules as an engineer's file, filled in: every value with where it came from, to be changed and given back."""

from __future__ import annotations

import json
from collections.abc import Iterator

from networks.junction import GroupKind, Intersection, SignalGroup
from networks.network import Network
from signals.rules.limits import COORDINATED, INTERGREEN_S, INTERSECTION_LIMITS, group_limits
from signals.rules.profile import profile_of
from signals.rules.types import GroupRules, Intergreen, IntersectionRules, Rules, Sourced

_ON_FOOT = ("walk_s", "pedestrian_clearance_s")


def filled_in(rules: Rules, network: Network) -> str:
    """TOML text. Read again as the engineer's file, under the same profile, it gives the same values; those that such a
    file may not have (inherited ones below its limits) stand in it as comments."""
    return "\n".join(_lines(rules, network)) + "\n"


def _lines(rules: Rules, network: Network) -> Iterator[str]:
    yield f"# Rules of {network.source} under profile {rules.profile} ({rules.about})."
    yield f"# Crossings on foot: {rules.crossings_on_foot}. Network {network.digest}."
    yield "# Change what you know better and give the file with --rules: it goes before everything else."
    yield "# Greens that walkers need are never shorter: assumed crossings change by --pedestrians FILE or none."
    values = profile_of(rules.profile).clearance
    if values.method == "ite":
        yield f"# Red clearances by formula are (W + L) / v less {values.start_up_delay_s:g} s (NCHRP Report 731); with"
        yield "# start_up_delay_s = 0 in [all] they are (W + L) / v. Times that stand below go before formulas."
    for title, lines in (
        ("taken over as it runs today", rules.notes),
        ("raised: less runs today, or stands in a timing sheet", rules.raised),
    ):
        if lines:
            yield f"#\n# {title}:"
            yield from (f"#   {line}" for line in lines)
    for names in rules.systems:
        yield f"\n[[system]]  # coordinated with each other\nintersections = [{', '.join(map(_key, names))}]"
    yield f"\n[simulation]\nstep_s = {rules.step_s:g}  # longest step; {rules.source_of('step_s')}"
    yield "\n[margins]"
    for name, value in rules.margins.model_dump().items():
        yield f"{name} = {value!r}  # {rules.source_of(name)}"
    for one in rules.intersections:
        yield from _intersection(one, network.intersection(one.intersection_id), rules.profile)


def _intersection(rules: IntersectionRules, intersection: Intersection, profile: str) -> Iterator[str]:
    table = f"intersection.{_key(intersection.id)}"
    yield f"\n[{table}]"
    yield _within("cycle_min_s", rules.cycle_min, INTERSECTION_LIMITS["cycle_min_s"])
    yield _within("cycle_max_s", rules.cycle_max, INTERSECTION_LIMITS["cycle_max_s"])
    yield f"max_stages = {rules.max_stages}  # {rules.max_stages_source}"
    if rules.resolution is not None:
        yield f"{_value('resolution_s', rules.resolution)}; of times that a plan chooses"
    if rules.crossings or any(group.walkers for group in intersection.groups):
        yield _walking_speed(rules, profile)
    if rules.untouched:
        yield f"untouched = true  # {rules.untouched}"
    elif any(group.kind is GroupKind.RAIL for group in intersection.groups):
        yield "untouched = false  # timed anew although trains run here"
    if rules.coordinated is not None:
        yield f"{COORDINATED} = [{', '.join(map(_key, rules.coordinated.group_ids))}]  # {rules.coordinated.source}"
    for crossing in rules.crossings:
        told = f"{crossing.need_ds / 10:g} s of green beside signal groups {', '.join(crossing.group_ids)}"
        yield f"# {crossing.source}: {f'not served: {crossing.not_served}' if crossing.not_served else told}"
    lane_groups = {lane_group.group_id: lane_group for lane_group in rules.lane_groups}
    turns = {movement.id: f"{movement.from_link_id} {movement.turn}" for movement in intersection.movements}
    for group in rules.groups:
        served = [turns[name] for name in intersection.group(group.group_id).movement_ids if name in turns]
        yield f"\n[{table}.group.{_key(group.group_id)}]  # {'; '.join(served) or 'no movement'}"
        yield from _group(group, intersection.group(group.group_id))
        if group.group_id in lane_groups:
            found = lane_groups[group.group_id]
            yield f"saturation_flow_veh_per_h_per_lane = {found.target_veh_per_h_per_lane:g}  # {found.source}"
    for entry in rules.intergreens:
        yield from _intergreen(table, entry)


def _walking_speed(rules: IntersectionRules, profile: str) -> str:
    speed = rules.walking_speed
    if speed is not None:
        return f"walking_speed_m_per_s = {speed.value_m_per_s:g}  # {speed.source}"
    found = profile_of(profile)
    # A comment: a value given here would go before clearances of the running program and of a timing sheet.
    return f"# walking_speed_m_per_s = {found.pedestrian.walking_speed_m_per_s:g}  # {found.source}"


def _group(group: GroupRules, street: SignalGroup) -> Iterator[str]:
    for name, value in group.said():
        if street.walkers or name not in _ON_FOOT:
            yield _within(name, value, group_limits(street)[name])
    if group.walking_speed is not None:
        yield f"walking_speed_m_per_s = {group.walking_speed.value_m_per_s:g}  # {group.walking_speed.source}"
    if group.pedestrian_calls is not None:
        yield f"pedestrian_calls_per_h = {group.pedestrian_calls.per_h:g}  # {group.pedestrian_calls.source}"
    if group.red_amber is None and street.red_amber is not None:
        yield "red_amber_s = 0  # none, as the engineer has it"


def _intergreen(table: str, entry: Intergreen) -> Iterator[str]:
    if entry.time is None:
        yield f"# intergreen from {entry.ending} to {entry.starting}: nobody knows it; a plan that needs it is refused"
        return
    if not INTERGREEN_S[0] <= entry.time.value_ds / 10 <= INTERGREEN_S[1]:
        line = _within("time_s", entry.time, INTERGREEN_S).removeprefix("# ")
        yield f"# intergreen from {entry.ending} to {entry.starting}, {line}"
        return
    yield f"[[{table}.intergreen]]"
    yield f"from = {_key(entry.ending)}\nto = {_key(entry.starting)}"
    yield _value("time_s", entry.time)
    if entry.handover is not None:
        yield _value("giving_way_s", entry.handover)


def _within(name: str, value: Sourced, limits: tuple[float, float]) -> str:
    """A value that the file may have; any other stands there as a comment."""
    low, high = limits
    line = _value(name, value)
    return line if low <= value.value_ds / 10 <= high else f"# as it runs, outside {low:g} to {high:g} s: {line}"


def _value(name: str, value: Sourced) -> str:
    return f"{name} = {value.value_ds / 10:g}  # {value.source}"


def _key(name: str) -> str:
    """A quoted TOML string; JSON's escapes are TOML's."""
    return json.dumps(name, ensure_ascii=False)
