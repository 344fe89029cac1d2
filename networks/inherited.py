"""Safety faults that the running program already has, named by place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from networks.groups import YELLOW_FLOOR_DS
from networks.junction import GroupKind, InheritedFault, Program, SignalGroup
from networks.pairs import Decisions
from networks.timeline import column, durations_ds, greens, never_ends

_WITH_VEHICLES = frozenset({GroupKind.VEHICLE, GroupKind.BICYCLE, GroupKind.TRANSIT, GroupKind.RAIL})
RING_KINDS = frozenset({"NEMA"})
# Stop-then-turn and the off letters let traffic through without green.
_SERVED = frozenset("GgsoO")


def inherited_faults(
    intersection_id: str, groups: Sequence[SignalGroup], decisions: Decisions, running: Program
) -> tuple[InheritedFault, ...]:
    """Conflicting greens, missing or short yellow, short intergreens, never green: of groups with vehicles.

    The steps of a ring program are ring phases and no pictures: what it shows cannot be judged by them alone.
    """
    if running.kind in RING_KINDS and running.in_rings is None:
        return ()
    names = {group.id: _name(group) for group in groups}
    found = [
        InheritedFault(
            "conflicting-greens",
            intersection_id,
            f"program {running.program_id!r}, step {_listed(both.steps)}: {names[both.first]}"
            + (f" and {names[both.second]}" if both.first != both.second else " with itself"),
            f"both priority green on {both.paths}",
            "crossing or merging paths not both priority green",
        )
        for both in decisions.conflicting_greens
    ]
    found += [
        InheritedFault(
            "short-intergreen",
            intersection_id,
            f"program {running.program_id!r}: {names[short.ending]} to {names[short.starting]}",
            f"{short.found_ds / 10:g} s",
            f"at least the yellow of {short.needed_ds / 10:g} s",
        )
        for short in decisions.short_intergreens
    ]
    for group in groups:
        if group.kind in _WITH_VEHICLES:
            found += _of_group(intersection_id, group, running)
    return tuple(found)


def _of_group(intersection_id: str, group: SignalGroup, running: Program) -> Iterator[InheritedFault]:
    letters = column(running, group.channels[0])
    place = f"program {running.program_id!r}"
    if not _SERVED & set(letters):
        yield InheritedFault("never-green", intersection_id, f"{place}: {_name(group)}", "no green", "green each cycle")
    if never_ends(letters):
        return
    for green in greens(letters, durations_ds(running)):
        if green.yellow_ds < YELLOW_FLOOR_DS:
            yield InheritedFault(
                "short-yellow" if green.yellow_ds else "missing-yellow",
                intersection_id,
                f"{place}, after step {green.steps[-1]}: {_name(group)}",
                f"{green.yellow_ds / 10:g} s of yellow",
                f"at least {YELLOW_FLOOR_DS / 10:g} s",
            )


def _name(group: SignalGroup) -> str:
    return f"group {group.id} ({', '.join(group.movement_ids) or 'no movement'})"


def _listed(steps: Sequence[int]) -> str:
    return ", ".join(map(str, steps))
