"""Groups on foot under rings: their own walk and clearance, as the rules ask."""

from __future__ import annotations

from collections.abc import Iterator

from signals.plan import RingsBody
from signals.rules import Rules
from signals.safety.violation import Violation, seconds


def walking_violations(body: RingsBody, intersection_id: str, rules: Rules) -> Iterator[Violation]:
    """Ring phases whose walk or pedestrian clearance is shorter than the safety inputs of the groups they drive."""
    for phase in body.ring_phases:
        for name in phase.pedestrian_group_ids if not phase.omitted else ():
            rule = rules.group(intersection_id, name)
            place = f"ring phase {phase.number}"
            where = f"intersection {intersection_id!r}, signal group {name!r}"
            for what, found_ds, needed in (
                ("walk", phase.walk_ds, rule.walk),
                ("pedestrian-clearance", phase.pedestrian_clearance_ds, rule.pedestrian_clearance),
            ):
                if needed is not None and found_ds < needed.value_ds:
                    wanted = f"at least {seconds(needed.value_ds)} ({needed.source})"
                    yield Violation(what, where, seconds(found_ds), wanted, place)
