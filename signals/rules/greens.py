"""Rules of one signal group: minimum and maximum green, yellow, red-amber, walk and clearance."""

from __future__ import annotations

from collections.abc import Sequence

from networks.junction import GroupKind, Intersection, PairKind, SignalGroup
from signals.rules.clearances import yellow_of
from signals.rules.formulas import walk_clearance_s
from signals.rules.running import Running
from signals.rules.sources import Sources, ds, up_ds
from signals.rules.types import Crossing, GroupRules, Sourced

_MIN_DUR, _MAX_DUR = "running program: minDur", "running program: maxDur"


def group_rules(
    sources: Sources, intersection: Intersection, group: SignalGroup, running: Running, crossings: Sequence[Crossing]
) -> GroupRules:
    """All values of one group, each from the first source that has it."""
    own, source = sources.said.group(intersection.id, group.id), sources.said.source
    walk = clearance = None
    changed = False
    if group.walkers:
        found = _on_foot(sources, intersection, group)
        walk = own.sourced("walk_s", source) or found[0]
        clearance = own.sourced("pedestrian_clearance_s", source) or found[1]
        changed = (walk.value_ds, clearance.value_ds) != (found[0].value_ds, found[1].value_ds)
    min_green = own.sourced("min_green_s", source) or _min_green(sources, intersection, group, running, walk, clearance)
    if walk and clearance and changed:
        # Who changes walk or clearance means the green too, whatever else is said of it.
        min_green = max(min_green, _for_both(intersection, group, walk, clearance), key=lambda value: value.value_ds)
    before, min_green = min_green, _beside_crossings(min_green, group, crossings)
    if before is not min_green and "min_green_s" in own.plain:
        sources.notes.append(
            f"intersection {intersection.id!r}, signal group {group.id!r}: minimum green of {before.value_ds / 10:g} s "
            f"by {before.source}, {min_green.value_ds / 10:g} s taken for the {min_green.source} "
            "(--pedestrians FILE or none changes that)"
        )
    max_green = own.sourced("max_green_s", source)
    if max_green is None:
        longest_ds = running.max_green_ds(group)
        if longest_ds is not None and longest_ds >= min_green.value_ds:
            max_green = Sourced(value_ds=longest_ds, source=_MAX_DUR)
    return GroupRules(
        group_id=group.id,
        min_green=min_green,
        max_green=max_green,
        yellow=yellow_of(sources, intersection, group),
        red_amber=_red_amber(sources, intersection, group),
        walk=walk,
        pedestrian_clearance=clearance,
    )


def _min_green(
    sources: Sources,
    intersection: Intersection,
    group: SignalGroup,
    running: Running,
    walk: Sourced | None,
    clearance: Sourced | None,
) -> Sourced:
    """The profile's floor (on foot: walk and clearance), or a longer minDur. Where less runs today, the profile says
    whether that may stay so."""
    if group.kind is GroupKind.UNUSED:
        return Sourced(value_ds=0, source="no movement")
    greens, profile = sources.profile.green, sources.profile.source
    floor_s = greens.left_min_s if sources.only_lefts(intersection, group) else greens.through_min_s
    need = Sourced(value_ds=ds(floor_s), source=profile)
    if walk is not None and clearance is not None:
        need = Sourced(value_ds=walk.value_ds + clearance.value_ds, source=f"{profile}: walk and clearance")
    program_ds = running.min_green_ds(group)
    if program_ds is not None and program_ds > need.value_ds:
        need = Sourced(value_ds=program_ds, source=_MIN_DUR)
    today_ds = running.shortest_green_ds(group)
    if today_ds is None or today_ds >= need.value_ds:
        return need
    if walk and clearance and today_ds >= walk.value_ds and _cleared_in_red(intersection, group, clearance):
        return Sourced(value_ds=today_ds, source="running program: the walk; the clearance runs in red")
    less = (
        f"intersection {intersection.id!r}, signal group {group.id!r}: green of {today_ds / 10:g} s runs today, "
        f"{need.value_ds / 10:g} s needed by {need.source}"
    )
    if not greens.shorter_as_today:
        sources.raised.append(f"{less}; raised")
        return need
    if need.source != _MIN_DUR:
        sources.notes.append(f"{less}; inherited")
    return Sourced(value_ds=today_ds, source=f"running program (inherited; {need.source} asks for more)")


def _for_both(intersection: Intersection, group: SignalGroup, walk: Sourced, clearance: Sourced) -> Sourced:
    """Green for walk and clearance; for the walk alone where the clearance runs in red."""
    if _cleared_in_red(intersection, group, clearance):
        return walk
    who = walk.source if walk.source == clearance.source else f"{walk.source}; {clearance.source}"
    return Sourced(value_ds=walk.value_ds + clearance.value_ds, source=who)


def _cleared_in_red(intersection: Intersection, group: SignalGroup, clearance: Sourced) -> bool:
    """Whether walkers see red for their clearance: today every conflicting green waits so long after theirs. These
    intergreens are safety inputs, so that it stays so."""
    if group.kind is not GroupKind.PEDESTRIAN:
        return False
    after_ds = [
        pair.clearance_ds(group.id, pair.second if pair.first == group.id else pair.first)
        for pair in intersection.pairs
        if group.id in (pair.first, pair.second) and pair.kind is PairKind.CONFLICTING
    ]
    return bool(after_ds) and all(ds is not None and ds >= clearance.value_ds for ds in after_ds)


def _beside_crossings(min_green: Sourced, group: SignalGroup, crossings: Sequence[Crossing]) -> Sourced:
    """A minimum green with room for those who walk beside the group."""
    beside = [crossing for crossing in crossings if group.id in crossing.group_ids]
    longest = max(beside, key=lambda crossing: crossing.need_ds, default=None)
    if longest is None or longest.need_ds <= min_green.value_ds:
        return min_green
    said = f"{longest.source}: walk {longest.walk.value_ds / 10:g} s, clearance {longest.clearance.value_ds / 10:g} s"
    return Sourced(value_ds=longest.need_ds, source=said)


def _on_foot(sources: Sources, intersection: Intersection, group: SignalGroup) -> tuple[Sourced, Sourced]:
    values = sources.profile.pedestrian
    walk = Sourced(value_ds=ds(values.walk_s), source=sources.profile.source)
    if group.walk is not None:
        walk = Sourced(value_ds=group.walk.value_ds, source=group.walk.source)
    movements = [movement for movement in intersection.movements if movement.id in group.movement_ids]
    length_m = max((m.crossing_length_m for m in movements if m.crossing_length_m is not None), default=0.0)
    clearance = Sourced(
        value_ds=up_ds(walk_clearance_s(length_m, values.walking_speed_m_per_s)),
        source=f"formula: {length_m:.1f} m / {values.walking_speed_m_per_s:g} m/s",
    )
    if group.pedestrian_clearance is not None:
        found = group.pedestrian_clearance
        clearance = Sourced(value_ds=found.value_ds, source=found.source)
    return walk, clearance


def _red_amber(sources: Sources, intersection: Intersection, group: SignalGroup) -> Sourced | None:
    """The engineer's, else what runs: displays are a safety input, and a profile's custom is only noted."""
    found = sources.said.group(intersection.id, group.id).sourced("red_amber_s", sources.said.source)
    if found is None and group.red_amber is not None:
        found = Sourced(value_ds=group.red_amber.value_ds, source=group.red_amber.source)
    custom_s = sources.profile.clearance.red_amber_s
    if found is None and custom_s and group.kind is GroupKind.VEHICLE:
        said = (
            f"red-amber of {custom_s:g} s is the custom of {sources.profile.source}, none runs today; kept as it runs"
        )
        sources.notes.append(f"intersection {intersection.id!r}, signal group {group.id!r}: {said}")
    return None if found is None or found.value_ds == 0 else found
