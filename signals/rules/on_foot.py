"""Where the clearance of people on foot runs: in the last part of their green, or in the red after it."""

from __future__ import annotations

from networks.junction import Intersection, PairKind
from signals.rules.types import IntersectionRules


def cleared_in_red(intersection: Intersection, rules: IntersectionRules) -> frozenset[str]:
    """Groups after whose green everything that clashes waits for their clearance, so that it needs no part of the
    green. As the rules have it: what yields and waits for a time that nobody knows is shown by no plan."""
    waits_ds: dict[str, list[int]] = {}
    for entry in rules.intergreens:
        crosses = intersection.pair(entry.ending, entry.starting).kind is PairKind.CONFLICTING
        if crosses or entry.time is not None:
            waits_ds.setdefault(entry.ending, []).append(-1 if entry.time is None else entry.time.value_ds)
    return frozenset(
        group.group_id
        for group in rules.groups
        if min(waits_ds.get(group.group_id, [-1])) >= (group.pedestrian_clearance_ds or 0)
    )
