"""Rules of one signal group: minimum and maximum green, yellow, red-amber, walk and clearance."""

from __future__ import annotations

from collections.abc import Sequence

from networks.junction import GroupKind, Intersection, PairKind, SignalGroup
from signals.rules.clearances import yellow_of
from signals.rules.engineer import Said
from signals.rules.findings import Finding
from signals.rules.floors import clearance_on_foot, longest_green, said_green
from signals.rules.running import Running
from signals.rules.sources import Sources, ds
from signals.rules.types import Calls, Crossing, GroupRules, Sourced

# No program says whether a green on foot that long is the walk alone; the whole need is kept until somebody does.
_ALSO_IN_RED = (
    "(more runs today; it may clear in red, so that min_green_s of the engineer's file may be the walk alone)"
)
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
        clearance = _by_walking_speed(sources, intersection, group, own)
        clearance = clearance or own.sourced("pedestrian_clearance_s", source) or found[1]
        clearance = clearance_on_foot(sources, intersection, group, clearance)
        changed = (walk.value_ds, clearance.value_ds) != (found[0].value_ds, found[1].value_ds)
    flash = own.sourced("green_flash_s", source)
    flash_ds = 0 if flash is None else flash.value_ds

    def by_others() -> Sourced:
        return _min_green(sources, intersection, group, running, walk, clearance, flash_ds)

    said = own.sourced("min_green_s", source)
    on_foot = _for_both(sources, intersection, group, walk, clearance) if walk and clearance else None
    min_green = said_green(sources, intersection, group, said, on_foot, by_others) if said else by_others()
    if on_foot is not None and changed:
        # Who changes walk or clearance means the green too, whatever else is said of it.
        min_green = max(min_green, on_foot, key=lambda value: value.value_ds)
    before, min_green = min_green, _beside_crossings(min_green, group, crossings)
    if before is not min_green and "min_green_s" in own.plain:
        words = (
            f"minimum green of {before.value_ds / 10:g} s by {before.source}, {min_green.value_ds / 10:g} s taken for "
            f"the {min_green.source} (--pedestrians FILE or none changes that)"
        )
        sources.notes.append(Finding(intersection.id, words, group.id))
    max_green = own.sourced("max_green_s", source)
    if max_green is not None:
        max_green = longest_green(sources, intersection, group, max_green, min_green, flash_ds)
    else:
        longest_ds = running.max_green_ds(group)
        if longest_ds is not None and longest_ds >= min_green.value_ds + flash_ds:
            max_green = Sourced(value_ds=longest_ds, source=_MAX_DUR)
    return GroupRules(
        group_id=group.id,
        min_green=min_green,
        max_green=max_green,
        yellow=yellow_of(sources, intersection, group),
        red_amber=_red_amber(sources, intersection, group),
        green_flash=flash if flash_ds else None,
        walk=walk,
        pedestrian_clearance=clearance,
        pedestrian_calls=_calls(own, source),
        walking_speed=sources.walking_speed_of(intersection, group) if group.walkers else None,
    )


def _calls(own: Said, source: str) -> Calls | None:
    key = "pedestrian_calls_per_h"
    return Calls(per_h=own.plain[key], source=own.source_of(key, source)) if key in own.plain else None


def _min_green(
    sources: Sources,
    intersection: Intersection,
    group: SignalGroup,
    running: Running,
    walk: Sourced | None,
    clearance: Sourced | None,
    flash_ds: int,
) -> Sourced:
    """The profile's floor (on foot: walk and clearance), or a longer minDur. Where less runs today, the profile says
    whether that may stay so. The end of each green that flashes is not counted."""
    if group.kind is GroupKind.UNUSED:
        return Sourced(value_ds=0, source="no movement")
    greens, profile = sources.profile.green, sources.profile.source
    floor_s = greens.left_min_s if sources.only_lefts(intersection, group) else greens.through_min_s
    need = Sourced(value_ds=ds(floor_s), source=profile)
    in_red = False
    if walk is not None and clearance is not None:
        in_red = _cleared_in_red(sources, intersection, group, clearance)
        need = Sourced(value_ds=walk.value_ds + clearance.value_ds, source=f"{profile}: walk and clearance")
    program_ds = running.min_green_ds(group)
    if program_ds is not None and program_ds - flash_ds > need.value_ds:
        need = Sourced(value_ds=program_ds - flash_ds, source=_MIN_DUR)
    today_ds = running.shortest_green_ds(group)
    today_ds = None if today_ds is None else max(0, today_ds - flash_ds)
    if today_ds is None or today_ds >= need.value_ds:
        kept = today_ds is not None and in_red and need.source != _MIN_DUR
        return Sourced(value_ds=need.value_ds, source=f"{need.source} {_ALSO_IN_RED}") if kept else need
    if walk is not None and today_ds >= walk.value_ds and in_red:
        return Sourced(value_ds=today_ds, source="running program: the walk; the clearance runs in red")
    less = f"green of {today_ds / 10:g} s runs today, {need.value_ds / 10:g} s needed by {need.source}"
    if not greens.shorter_as_today:
        sources.raised.append(Finding(intersection.id, f"{less}; raised", group.id))
        return need
    if need.source != _MIN_DUR:
        sources.notes.append(Finding(intersection.id, f"{less}; inherited", group.id))
    return Sourced(value_ds=today_ds, source=f"running program (inherited; {need.source} asks for more)")


def _for_both(
    sources: Sources, intersection: Intersection, group: SignalGroup, walk: Sourced, clearance: Sourced
) -> Sourced:
    """Green for walk and clearance; for the walk alone where the clearance runs in red."""
    if _cleared_in_red(sources, intersection, group, clearance):
        return walk
    who = walk.source if walk.source == clearance.source else f"{walk.source}; {clearance.source}"
    return Sourced(value_ds=walk.value_ds + clearance.value_ds, source=who)


def _cleared_in_red(sources: Sources, intersection: Intersection, group: SignalGroup, clearance: Sourced) -> bool:
    """Whether walkers see red for their clearance: every green that clashes with theirs waits so long after it, as it
    runs or as somebody said. These intergreens are safety inputs, so that it stays so.

    A green that gives way need not wait: its drivers yield to whoever is on the crossing, and who entered it on the
    walk may go on (Vienna Convention on Road Signs and Signals, article 24; Uniform Vehicle Code, 11-202). An arrow of
    the same group has to. Where nobody knows how long, no plan may show it.
    """
    if group.kind is not GroupKind.PEDESTRIAN:
        return False
    crossed, after_ds = False, list[int | None]()
    for pair in intersection.pairs:
        if group.id not in (pair.first, pair.second) or not pair.clashes(group.id):
            continue
        other = pair.second if pair.first == group.id else pair.first
        said = sources.said.intergreen(intersection.id, group.id, other)
        waits_ds = pair.clearance_ds(group.id, other) if said is None else said.value_ds
        conflicting = pair.kind is PairKind.CONFLICTING
        crossed = crossed or conflicting
        if conflicting or waits_ds is not None:
            after_ds.append(waits_ds)
    return crossed and all(ds is not None and ds >= clearance.value_ds for ds in after_ds)


def _beside_crossings(min_green: Sourced, group: SignalGroup, crossings: Sequence[Crossing]) -> Sourced:
    """A minimum green with room for those who walk beside the group."""
    beside = [crossing for crossing in crossings if group.id in crossing.group_ids]
    longest = max(beside, key=lambda crossing: crossing.need_ds, default=None)
    if longest is None or longest.need_ds <= min_green.value_ds:
        return min_green
    walk, clearance = longest.walk, longest.clearance
    times = (
        f"walk {walk.value_ds / 10:g} s ({walk.source}), clearance {clearance.value_ds / 10:g} s ({clearance.source})"
    )
    return Sourced(value_ds=longest.need_ds, source=f"{longest.source}, {times}")


def _on_foot(sources: Sources, intersection: Intersection, group: SignalGroup) -> tuple[Sourced, Sourced]:
    values = sources.profile.pedestrian
    walk = Sourced(value_ds=ds(values.walk_s), source=sources.profile.source)
    if group.walk is not None:
        walk = Sourced(value_ds=group.walk.value_ds, source=group.walk.source)
    clearance = sources.clearance_on_foot(intersection.crossed_m(group), None)
    if group.pedestrian_clearance is not None:
        found = group.pedestrian_clearance
        clearance = Sourced(value_ds=found.value_ds, source=found.source)
    return walk, clearance


def _by_walking_speed(sources: Sources, intersection: Intersection, group: SignalGroup, own: Said) -> Sourced | None:
    """Clearance by the engineer's walking speed, unless the engineer's file gives the clearance itself; a sheet's
    comes after it."""
    speed, key = sources.walking_speed(intersection, group), "pedestrian_clearance_s"
    if speed is None or (key in own.plain and key not in own.sources):
        return None
    length_m = intersection.crossed_m(group)
    if length_m > 0:
        return sources.clearance_on_foot(length_m, speed)
    words = f"walking speed of {speed.source} without effect: no length of its crossings is known"
    sources.notes.append(Finding(intersection.id, words, group.id))
    return None


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
        sources.notes.append(Finding(intersection.id, said, group.id))
    return None if found is None or found.value_ds == 0 else found
