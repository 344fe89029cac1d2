"""Where WALK ends: the letters of a plan show walk and clearance alike, and whoever reads them needs both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from networks.junction import GroupKind, Intersection
from signals.intervals import flashes, greens
from signals.plan import IntersectionPlan, RingsBody
from signals.rules import IntersectionRules, cleared_in_red


@dataclass(frozen=True, slots=True)
class OnFoot:
    """The greens of a group on foot, and the clearance of each, [start, end) in ds after local zero: the last part of
    the green, or the red after it. Ends lie beyond the cycle where they run over local zero."""

    greens_ds: tuple[tuple[int, int], ...]
    clearances_ds: tuple[tuple[int, int], ...]
    in_red: bool

    def said(self, cycle_ds: int) -> str:
        """When WALK ends and when the clearance does, in seconds after local zero."""
        where = " in red" if self.in_red else ""
        return ", ".join(
            f"walk to {_at(start_ds, cycle_ds)}, clearance{where} to {_at(end_ds, cycle_ds)}"
            for start_ds, end_ds in self.clearances_ds
        )


def on_foot(timing: IntersectionPlan, intersection: Intersection, rules: IntersectionRules) -> Mapping[str, OnFoot]:
    """By group on foot, of those with a green and a clearance."""
    needed_ds = dict(_clearances_ds(timing, intersection, rules))
    windows, in_green, in_red = greens(timing), flashes(timing, needed_ds), cleared_in_red(intersection, rules)
    found = {}
    for group_id, clearance_ds in needed_ds.items():
        own = windows.get(group_id, ())
        red = group_id in in_red and not isinstance(timing.body, RingsBody)
        after = tuple((end_ds, end_ds + clearance_ds) for _, end_ds in own)
        if own:
            found[group_id] = OnFoot(own, after if red else in_green[group_id], red)
    return found


def _clearances_ds(
    timing: IntersectionPlan, intersection: Intersection, rules: IntersectionRules
) -> Iterator[tuple[str, int]]:
    """The clearance on foot of each group that has one [ds]: that of the ring phases that drive it, else the rules'."""
    body = timing.body
    driven: dict[str, int] = {}
    if isinstance(body, RingsBody):
        for phase in body.ring_phases:
            for name in phase.pedestrian_group_ids:
                driven[name] = max(driven.get(name, 0), phase.pedestrian_clearance_ds)
    on_foot = {group.id for group in intersection.groups if group.kind is GroupKind.PEDESTRIAN}
    for group in rules.groups:
        clearance_ds = driven.get(group.group_id, group.pedestrian_clearance_ds or 0)
        if group.group_id in on_foot and clearance_ds:
            yield group.group_id, clearance_ds


def _at(moment_ds: int, cycle_ds: int) -> str:
    """A moment in the cycle [s]; its end is not its beginning."""
    return f"{(moment_ds if moment_ds <= cycle_ds else moment_ds - cycle_ds) / 10:g}"
