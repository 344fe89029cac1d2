"""The rules as an engineer's file, filled in: every value with where it came from, to be changed and given back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from networks.junction import Intersection
from networks.network import Network
from signals.rules.engineer import GROUP_LIMITS
from signals.rules.types import GroupRules, Intergreen, IntersectionRules, Rules, Sourced


def filled_in(rules: Rules, network: Network) -> str:
    """TOML text. Read again as the engineer's file, under the same profile, it gives the same values; those that such a
    file may not have (inherited ones below its limits) stand in it as comments."""
    return "\n".join(_lines(rules, network)) + "\n"


def _lines(rules: Rules, network: Network) -> Iterator[str]:
    yield f"# Rules of {network.source} under profile {rules.profile} ({rules.about})."
    yield f"# Crossings on foot: {rules.pedestrians}. Network {network.digest}."
    yield "# Change what you know better and give the file with --rules: it goes before everything else."
    for title, lines in (("taken over as it runs today", rules.notes), ("raised: less runs today", rules.raised)):
        if lines:
            yield f"#\n# {title}:"
            yield from (f"#   {line}" for line in lines)
    yield "\n[margins]"
    for name, value in rules.margins.model_dump().items():
        yield f"{name} = {value:g}" if isinstance(value, int) else f"{name} = {value!r}"
    for one in rules.intersections:
        yield from _intersection(one, network.intersection(one.intersection_id))


def _intersection(rules: IntersectionRules, intersection: Intersection) -> Iterator[str]:
    table = f"intersection.{_key(intersection.id)}"
    yield f"\n[{table}]"
    yield _value("cycle_min_s", rules.cycle_min)
    yield _value("cycle_max_s", rules.cycle_max)
    yield f"max_stages = {rules.max_stages}  # {rules.max_stages_source}"
    if rules.untouched:
        yield f"untouched = true  # {rules.untouched}"
    for crossing in rules.crossings:
        beside = ", ".join(crossing.group_ids)
        yield f"# {crossing.source}: {crossing.need_ds / 10:g} s of green beside signal groups {beside}"
    turns = {movement.id: f"{movement.from_link_id} {movement.turn}" for movement in intersection.movements}
    for group in rules.groups:
        served = [turns[name] for name in intersection.group(group.group_id).movement_ids if name in turns]
        yield f"\n[{table}.group.{_key(group.group_id)}]  # {'; '.join(served) or 'no movement'}"
        yield from _group(group, walkers=intersection.group(group.group_id).walkers)
    for entry in rules.intergreens:
        yield from _intergreen(table, entry)


def _group(group: GroupRules, *, walkers: bool) -> Iterator[str]:
    values: Mapping[str, Sourced | None] = {
        "min_green_s": group.min_green,
        "max_green_s": group.max_green,
        "yellow_s": group.yellow,
        "red_amber_s": group.red_amber,
        "walk_s": group.walk if walkers else None,
        "pedestrian_clearance_s": group.pedestrian_clearance if walkers else None,
    }
    for name, value in values.items():
        if value is not None:
            low, high = GROUP_LIMITS[name]
            line = _value(name, value)
            yield line if low <= value.value_ds / 10 <= high else f"# as it runs, outside {low:g} to {high:g} s: {line}"


def _intergreen(table: str, entry: Intergreen) -> Iterator[str]:
    if entry.time is None:
        yield f"# intergreen from {entry.ending} to {entry.starting}: nobody knows it; a plan that needs it is refused"
        return
    yield f"[[{table}.intergreen]]"
    yield f"from = {_key(entry.ending)}\nto = {_key(entry.starting)}"
    yield _value("time_s", entry.time)
    if entry.handover is not None:
        yield _value("giving_way_s", entry.handover)


def _value(name: str, value: Sourced) -> str:
    return f"{name} = {value.value_ds / 10:g}  # {value.source}"


def _key(name: str) -> str:
    """A quoted TOML string; JSON's escapes are TOML's."""
    return json.dumps(name, ensure_ascii=True)
