"""Do rings serve the stages that run today, in their order? Lefts may lead or lag the throughs of their own approach.

Whether a left is trapped by leading or lagging is the rule `yellow-trap` (see `traps`), over every display there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from networks.junction import Intersection
from networks.turns import across_groups
from signals.plan import IntersectionPlan, RingPhase, RingsBody, StagesBody
from signals.safety.violation import Violation

RULE = "stages-as-today"


@dataclass(frozen=True, slots=True)
class Turning:
    """`lefts` serve nothing but turns across oncoming traffic; `approaches` are the links that each group serves."""

    where: str
    lefts: frozenset[str]
    approaches: Mapping[str, frozenset[str]]


def turning_of(intersection: Intersection, *, left_hand: bool) -> Turning:
    """The lefts of an intersection, and the approaches of its groups."""
    links = {movement.id: movement.from_link_id for movement in intersection.movements}
    approaches = {group.id: frozenset(links[name] for name in group.movement_ids) for group in intersection.groups}
    where = f"intersection {intersection.id!r}"
    return Turning(where, across_groups(intersection, left_hand=left_hand), approaches)


def sequence_violations(
    timing: IntersectionPlan, body: RingsBody, running: StagesBody, intersection: Intersection, *, left_hand: bool
) -> Iterator[Violation]:
    """Violations of rings against the running stages, whose groups are those of `timing`.

    Each stage of today has its greens between the same two barriers, with no others, its throughs together; concurrency
    groups follow each other as the stages do.
    """
    street = turning_of(intersection, left_hand=left_hand)
    where = street.where
    stages = [{*zip(timing.group_ids, stage.displays, strict=True)} for stage in running.sequence]
    greens = [frozenset(name for name, letter in stage if letter in "gG") for stage in stages]
    own = [frozenset(name for name, letter in stage if letter == "G" and name in street.lefts) for stage in stages]
    served, protected = _served(body)
    groups = range(body.barrier_count)
    parts = [
        [b for b in groups if green <= served[b] and lefts <= protected[b]]
        for green, lefts in zip(greens, own, strict=True)
    ]
    for stage, fits in zip(running.sequence, parts, strict=True):
        if not fits:
            found = f"stage {stage.id!r} of today in no concurrency group"
            yield Violation(RULE, where, found, "its greens between the same two barriers")
    for b, names in enumerate(served):
        today = frozenset().union(*(green for green, fits in zip(greens, parts, strict=True) if b in fits))
        if more := sorted(names - today):
            found = f"groups {', '.join(more)} in concurrency group {b + 1}"
            yield Violation(RULE, where, found, "greens of today's stages there, and no others")
    if all(parts):
        yield from _order(body, greens, parts, street)


def _served(body: RingsBody) -> tuple[list[frozenset[str]], list[frozenset[str]]]:
    """The groups that are green between each two barriers, and those of them that give way to nobody."""
    found: list[set[str]] = [set() for _ in range(body.barrier_count)]
    protected: list[set[str]] = [set() for _ in range(body.barrier_count)]
    for phase in body.ring_phases:
        if not phase.omitted:
            _, b = body.place_of(phase.number)
            overlaps = [overlap for overlap in body.overlaps if phase.number in overlap.parents]
            found[b] |= {*body.driven_by(phase), *phase.pedestrian_group_ids}
            protected[b] |= {*phase.group_ids, *(one.group_id for one in overlaps if one.kind == "protected")}
    return [frozenset(names) for names in found], [frozenset(names) for names in protected]


def _order(
    body: RingsBody, greens: Sequence[frozenset[str]], parts: Sequence[list[int]], street: Turning
) -> Iterator[Violation]:
    """Concurrency groups in the order of the stages; in each ring as today what cannot lead or lag."""
    first = next((k for k in range(len(parts)) if parts[k] != parts[k - 1]), 0)
    turned = [*range(first, len(greens)), *range(first)]
    sure = [parts[k][0] for k in turned if len(parts[k]) == 1]
    order = [b for at, b in enumerate(sure) if at == 0 or b != sure[at - 1]]
    if order != sorted(order, key=lambda b: (b - order[0]) % body.barrier_count) or len({*order}) != len(order):
        found = f"today's stages in concurrency groups {', '.join(str(b + 1) for b in order)}"
        yield Violation(RULE, street.where, found, "one group after the other, each once a cycle")
    for r, ring in enumerate(body.rings):
        for b in range(len(ring)):
            bound = [phase for phase in body.served(r, b) if not may_lead_or_lag(phase, body, b, street)]
            seen = [
                [at for at, k in enumerate(turned) if b in parts[k] and greens[k].intersection(p.vehicle_group_ids)]
                for p in bound
            ]
            first_seen = [ats[0] if ats else 0 for ats in seen]
            if first_seen != sorted(set(first_seen)):
                found = f"ring {r + 1}: {', '.join(str(phase.number) for phase in bound)}"
                yield Violation(RULE, street.where, found, "today's order: only lefts may lead or lag their throughs")


def may_lead_or_lag(phase: RingPhase, body: RingsBody, group: int, street: Turning) -> bool:
    """Whether a ring phase serves lefts alone, beside throughs of the same approaches."""
    if not street.lefts.issuperset(phase.vehicle_group_ids):
        return False
    throughs = {
        link
        for ring in range(len(body.rings))
        for other in body.served(ring, group)
        for name in {*other.vehicle_group_ids} - street.lefts
        for link in street.approaches.get(name, ())
    }
    return all(street.approaches.get(name, frozenset()) <= throughs for name in phase.vehicle_group_ids)
