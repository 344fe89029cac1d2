"""How short and how long splits may be, and splits that fit: into a cycle, between barriers, in all rings alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from networks.junction import Intersection
from signals.plan import IntersectionPlan, RingPhase, RingsBody
from signals.rules import Rules
from signals.timing.rings.slices import Slice

_SECOND_DS = 10
_SHORTEST_SLICE_DS = 10


def least_splits_ds(timing: IntersectionPlan) -> dict[int, int]:
    """The least split of each ring phase [ds, whole seconds]: its minimum green, and pedestrians that it always serves,
    with red-amber, yellow and red clearance; 0 where it is omitted."""
    body = timing.body
    assert isinstance(body, RingsBody)
    return {p.number: 0 if p.omitted else -(-p.min_split_ds // _SECOND_DS) * _SECOND_DS for p in body.ring_phases}


def longest_splits_ds(timing: IntersectionPlan, intersection: Intersection, rules: Rules) -> dict[int, int]:
    """The longest split of each ring phase that has one [ds]: by maximum greens of the rules for what it drives, and by
    the controller's own where these hold in coordination."""
    body = timing.body
    assert isinstance(body, RingsBody)
    found = {}
    for phase in body.ring_phases:
        limits = [rules.group(intersection.id, name).max_green_ds for name in phase.vehicle_group_ids]
        limits += [{"max1": phase.max_green_ds, "max2": phase.max_green_2_ds}.get(body.maximum_mode)]
        known = [limit for limit in limits if limit is not None]
        if known and not phase.omitted:
            found[phase.number] = (min(known) + phase.split_ds - phase.green_ds) // _SECOND_DS * _SECOND_DS
    return found


def slice_bounds_ds(
    slices: Sequence[Slice], least_ds: Mapping[int, int], longest_ds: Mapping[int, int]
) -> tuple[list[int], list[int | None]]:
    """Shortest and longest length of each slice [ds] such that every split keeps its bounds; None: no limit.

    Where a split is several slices, its least is shared out in proportion to what they are, so that lengths which hold
    it are within the bounds; what its longest leaves, in proportion to what they have above their shortest.
    """
    lows = [min(_SHORTEST_SLICE_DS, one.duration_ds) if one.variable else one.duration_ds for one in slices]
    highs: list[int | None] = [None if one.variable else one.duration_ds for one in slices]
    parts = {number: [k for k, one in enumerate(slices) if number in one.ring_phases] for number in least_ds}
    free = {number: [k for k in part if slices[k].variable] for number, part in parts.items()}
    for number in sorted(parts, key=lambda one: len(free[one])):
        own = free[number]
        needed_ds = least_ds[number] - sum(lows[k] for k in parts[number] if not slices[k].variable)
        if not own or needed_ds <= sum(lows[k] for k in own):
            continue
        whole_ds = sum(slices[k].duration_ds for k in own)
        for k in own:
            lows[k] = max(lows[k], needed_ds * slices[k].duration_ds // whole_ds // _SECOND_DS * _SECOND_DS)
        missing_ds = needed_ds - sum(lows[k] for k in own)
        lows[max(own, key=lambda k: slices[k].duration_ds - lows[k])] += max(0, missing_ds)
    for number, limit_ds in longest_ds.items():
        room_ds = max(0, limit_ds - sum(lows[k] for k in parts[number]))
        above = [max(0, slices[k].duration_ds - lows[k]) for k in free[number]]
        for k, part in zip(free[number], above, strict=True):
            high_ds = lows[k] + int(room_ds * (part / sum(above) if sum(above) else 1 / len(above)))
            before = highs[k]
            highs[k] = high_ds if before is None else min(before, high_ds)
    return lows, highs


def fitted_ds(
    body: RingsBody, wanted_ds: Mapping[int, int], least_ds: Mapping[int, int], cycle_ds: int
) -> dict[int, int]:
    """Splits near the wanted ones, none below its least, that make the cycle: the same in all rings at every barrier.

    The cycle is longer where the least splits need more. What is above the least is shared in proportion, between the
    concurrency groups and within each ring, in whole seconds if all that is handed in is. Splits that make the cycle
    already stay as they are.
    """
    above = {number: max(0, wanted_ds[number] - low_ds) for number, low_ds in least_ds.items()}
    unit_ds = 1 if any(ds % _SECOND_DS for ds in (cycle_ds, *least_ds.values(), *above.values())) else _SECOND_DS
    groups, rings = range(body.barrier_count), range(len(body.rings))
    served = {(r, b): [phase.number for phase in body.served(r, b)] for r in rings for b in groups}
    lows = [max(sum(least_ds[n] for n in served[r, b]) for r in rings) for b in groups]
    wishes = [max(sum(least_ds[n] + above[n] for n in served[r, b]) for r in rings) for b in groups]
    more = _shared(cycle_ds - sum(lows), [wish - low for wish, low in zip(wishes, lows, strict=True)], unit_ds)
    found = {phase.number: 0 for phase in body.ring_phases}
    for (_, b), numbers in served.items():
        if numbers:
            room_ds = lows[b] + more[b] - sum(least_ds[n] for n in numbers)
            parts = _shared(room_ds, [above[n] for n in numbers], unit_ds)
            found |= {n: least_ds[n] + part_ds for n, part_ds in zip(numbers, parts, strict=True)}
    return found


def least_cycle_ds(body: RingsBody, least_ds: Mapping[int, int]) -> int:
    """The shortest cycle that holds the least splits [ds]."""
    parts = [[[p.number for p in body.served(r, b)] for r in range(len(body.rings))] for b in range(body.barrier_count)]
    return sum(max(sum(least_ds[number] for number in part) for part in group) for group in parts)


def _shared(total_ds: int, weights: Sequence[int], unit_ds: int) -> list[int]:
    """A time shared out in proportion, in units, by largest remainder; equally where all weights are 0."""
    if total_ds <= 0:
        return [0 for _ in weights]
    weights = weights if any(weights) else [1 for _ in weights]
    exact = [total_ds * weight / sum(weights) for weight in weights]
    parts = [int(part // unit_ds) * unit_ds for part in exact]
    order = sorted(range(len(parts)), key=lambda k: (parts[k] - exact[k], k))
    missing_ds = total_ds - sum(parts)
    for k in order:
        given_ds = min(unit_ds, missing_ds)
        parts[k] += given_ds
        missing_ds -= given_ds
    return parts


def clearing_ds(phase: RingPhase) -> int:
    """Red-amber, yellow and red clearance of a split [ds]."""
    return phase.red_amber_ds + phase.clearance_ds
