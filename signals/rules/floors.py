"""Floors under what somebody says of a street: green of vehicles, walk with its clearance, time between crossing paths.

Who walks needs the length of the crossing over the walking speed to clear it, whatever clearance is said: within the
green after the walk, or in red, where all that conflicts waits so long.

The engineer's file is an order for what shall run, so a value below a floor is refused. A timing sheet records what the
controller has, as the running program does: what is below a floor there is told and raised. Without floors are profiles
that leave as it is what runs below them.
"""

from __future__ import annotations

from collections.abc import Callable

from networks.junction import GroupKind, Intersection, Pair, PairKind, SignalGroup
from signals.rules.findings import Finding
from signals.rules.sources import Sources, ds
from signals.rules.types import Sourced

ON_WHEELS = frozenset({GroupKind.VEHICLE, GroupKind.BICYCLE, GroupKind.TRANSIT})
_DRIVING = ON_WHEELS | {GroupKind.RAIL}


def said_green(
    sources: Sources,
    intersection: Intersection,
    group: SignalGroup,
    said: Sourced,
    on_foot: Sourced | None,
    others: Callable[[], Sourced],
) -> Sourced:
    """A minimum green that is said; what `others` say where a sheet has less than the floor. `on_foot` is the green
    that those need who walk with the group."""
    if sources.profile.green.shorter_as_today:
        return said
    floor = Sourced(value_ds=ds(sources.profile.green.floor_s), source="floor of vehicle greens")
    floors = [*([floor] if group.kind in ON_WHEELS else []), *([] if on_foot is None else [on_foot])]
    needed = max(floors, key=lambda one: one.value_ds, default=said)
    if said.value_ds >= needed.value_ds:
        return said
    place = f"intersection {intersection.id!r}, signal group {group.id!r}"
    at_least = f"at least {needed.value_ds / 10:g} s ({needed.source})"
    if by_the_engineer(sources, said):
        sources.refuse("min_green_s", place, f"{said.value_ds / 10:g} s", at_least)
        return needed
    found = others()
    less = f"green of {said.value_ds / 10:g} s by {said.source}, needed {at_least}"
    words = f"{less}; raised to {found.value_ds / 10:g} s by {found.source}"
    sources.raised.append(Finding(intersection.id, words, group.id))
    return found


def clearance_on_foot(sources: Sources, intersection: Intersection, group: SignalGroup, clearance: Sourced) -> Sourced:
    """A clearance on foot, not shorter than it takes to walk the crossing; as it is where no length of it is known."""
    length_m = intersection.crossed_m(group)
    if sources.profile.green.shorter_as_today or length_m <= 0:
        return clearance
    needed = sources.clearance_on_foot(length_m, sources.walking_speed(intersection, group))
    if clearance.value_ds >= needed.value_ds:
        return clearance
    name = "pedestrian_clearance_s", "clearance on foot"
    return _refused_or_raised(sources, name, (intersection, group), clearance, needed)


def longest_green(
    sources: Sources, intersection: Intersection, group: SignalGroup, said: Sourced, min_green: Sourced, flash_ds: int
) -> Sourced:
    """A maximum green that is said, not shorter than the minimum with the green flash after it."""
    needed = Sourced(value_ds=min_green.value_ds + flash_ds, source=f"minimum green: {min_green.source}")
    if said.value_ds >= needed.value_ds:
        return said
    return _refused_or_raised(sources, ("max_green_s", "maximum green"), (intersection, group), said, needed)


def _refused_or_raised(
    sources: Sources, name: tuple[str, str], of: tuple[Intersection, SignalGroup], said: Sourced, needed: Sourced
) -> Sourced:
    """What is needed in place of less, by key and in words: refused of the engineer's file, else told."""
    (key, words), (intersection, group) = name, of
    found, at_least = f"{said.value_ds / 10:g} s", f"at least {needed.value_ds / 10:g} s ({needed.source})"
    if by_the_engineer(sources, said):
        sources.refuse(key, f"intersection {intersection.id!r}, signal group {group.id!r}", found, at_least)
    else:
        less = f"{words} of {found} by {said.source}, needed {at_least}; raised"
        sources.raised.append(Finding(intersection.id, less, group.id))
    return needed


def least_between_ds(sources: Sources, pair: Pair, ending: SignalGroup, yellow: Sourced) -> int:
    """The least that may be said between the end of one green and a start that clashes with it [ds]: more than the
    yellow where paths cross, the yellow where somebody gives way. After people on foot none: unless all that conflicts
    waits for their clearance, the floor of their green has room for it."""
    if not sources.profile.clearance.raised or ending.kind not in _DRIVING:
        return 0
    return yellow.value_ds + int(pair.kind is PairKind.CONFLICTING)


def refuse_between(sources: Sources, key: str, place: str, said: Sourced, yellow: Sourced, least_ds: int) -> None:
    """Note that the engineer's file leaves too little time between two greens."""
    more = "more than" if least_ds > yellow.value_ds else "at least"
    needed = f"{more} the yellow of {yellow.value_ds / 10:g} s ({yellow.source})"
    sources.refuse(key, place, f"{said.value_ds / 10:g} s", needed)


def by_the_engineer(sources: Sources, said: Sourced) -> bool:
    """Whether a value is the engineer's own, and not a timing sheet's."""
    return said.source == sources.said.source
