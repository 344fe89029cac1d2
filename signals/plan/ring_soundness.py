"""What makes a rings body contradict itself; used when it is built, all faults at once.

I2 to I10 of signal timing practice as far as they concern the plan alone: sums of rings and concurrency groups, splits
that hold what they must, pedestrians, maximums, coordinated ring phases, sequence.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from networks.faults import Fault
from signals.plan.model import seconds
from signals.plan.rings import RingPhase, RingsBody
from signals.plan.soundness import twice

if TYPE_CHECKING:
    from signals.plan.types import IntersectionPlan


def of_rings(timing: IntersectionPlan, body: RingsBody) -> Iterator[Fault]:
    """All faults of a rings body; sums are only judged where the sequence is whole."""
    where = f"intersection {timing.intersection_id!r}"
    shape = list(_sequence(body, where))
    yield from shape
    yield from _driven(timing, body, where)
    for phase in body.ring_phases:
        if not phase.omitted:
            yield from _ring_phase(timing, phase, f"{where}, ring phase {phase.number}")
    if shape:
        return
    yield from _coordination(timing, body, where)
    if timing.cycle_ds is not None:
        yield from _sums(timing.cycle_ds, body, where)
    elif timing.offset_ds:
        yield Fault("offset", where, seconds(timing.offset_ds), "0 without a cycle")


def _sequence(body: RingsBody, where: str) -> Iterator[Fault]:
    numbers = [phase.number for phase in body.ring_phases]
    for name in twice(map(str, numbers)):
        yield Fault("ring phase", where, f"{name} more than once", "unique numbers")
    placed = [number for ring in body.rings for part in ring for number in part]
    if sorted(placed) != sorted(set(numbers)):
        yield Fault("sequence", where, f"{sorted(placed)}", f"each ring phase once: {sorted(set(numbers))}")
    lengths = {len(ring) for ring in body.rings}
    if len(lengths) != 1 or 0 in lengths:
        yield Fault("barriers", where, "rings with different numbers of parts", "the same number, in all rings")
    elif not any(fault for fault in (set(placed) ^ set(numbers))):
        for b in range(body.barrier_count):
            if not any(body.served(r, b) for r in range(len(body.rings))):
                place = f"{where}, concurrency group {b + 1}"
                yield Fault("sequence", place, "no ring phase that is served", "at least one")
            for ring in range(len(body.rings)):
                entries = [phase.number for phase in body.served(ring, b) if phase.dual_entry]
                if len(entries) > 1:
                    place = f"{where}, ring {ring + 1}, concurrency group {b + 1}"
                    yield Fault("dual entry", place, f"{entries}", "at most one ring phase")


def _driven(timing: IntersectionPlan, body: RingsBody, where: str) -> Iterator[Fault]:
    """The table of what ring phases and overlaps drive."""
    known, numbers = {*timing.group_ids}, {phase.number for phase in body.ring_phases}
    vehicles = {g for phase in body.ring_phases for g in phase.vehicle_group_ids}
    vehicles |= {overlap.group_id for overlap in body.overlaps}
    on_foot = {g for phase in body.ring_phases for g in phase.pedestrian_group_ids}
    for name in sorted((vehicles | on_foot) - known):
        yield Fault("signal group", where, f"{name!r} unknown", "a group of the intersection")
    for name in sorted(vehicles & on_foot):
        yield Fault("signal group", where, f"{name!r} driven as vehicles and on foot", "one of them")
    for phase in body.ring_phases:
        for name in twice((*phase.vehicle_group_ids, *phase.pedestrian_group_ids)):
            yield Fault("signal group", f"{where}, ring phase {phase.number}", f"{name!r} more than once", "once")
    for name in twice(overlap.group_id for overlap in body.overlaps):
        yield Fault("overlap", where, f"signal group {name!r} more than once", "one overlap per group")
    for overlap in body.overlaps:
        place = f"{where}, overlap {overlap.group_id!r}"
        named = (*overlap.parents, *overlap.modifiers)
        if not {*named} <= numbers or len({*named}) != len(named):
            yield Fault("overlap", place, f"parents and modifiers {[*named]}", f"each once, of {sorted(numbers)}")
        direct = [p for p in body.ring_phases if overlap.group_id in p.vehicle_group_ids]
        if overlap.kind != "flashing yellow arrow":
            if direct:
                yield Fault("overlap", place, f"also driven by ring phase {direct[0].number}", "its parents alone")
        elif any(overlap.group_id in p.yielding_group_ids or p.number in overlap.parents for p in direct):
            found = f"also driven by ring phase {direct[0].number}"
            yield Fault("overlap", place, found, "driven by protected ring phases that are not its parents")
        if not overlap.trailing_green_ds and (overlap.trailing_yellow_ds or overlap.trailing_red_ds):
            yield Fault("overlap", place, "trailing yellow or red without trailing green", "the parent's own")
        if overlap.trailing_green_ds and not overlap.trailing_yellow_ds:
            yield Fault("overlap", place, "trailing green without trailing yellow", "a yellow after it")
        for phase in body.ring_phases:
            if phase.number in overlap.parents and overlap.trailing_ds > phase.clearance_ds:
                found = f"{seconds(overlap.trailing_ds)} of trailing displays"
                needed = (
                    f"no more than yellow and red clearance of parent {phase.number}, {seconds(phase.clearance_ds)}"
                )
                yield Fault("overlap", place, found, needed)
    for use in timing.detectors:
        if use.target not in {str(number) for number in numbers}:
            yield Fault("detector", f"{where}, detector {use.detector_id!r}", f"target {use.target!r}", "a ring phase")


def _ring_phase(timing: IntersectionPlan, phase: RingPhase, place: str) -> Iterator[Fault]:
    green_ds = phase.green_ds
    in_cycle = timing.cycle_ds is not None
    if in_cycle and green_ds < phase.min_green_ds:
        needed = phase.min_green_ds + phase.split_ds - green_ds
        yield Fault(
            "split", place, seconds(phase.split_ds), f"minimum green, yellow and red clearance: {seconds(needed)}"
        )
    assert isinstance(timing.body, RingsBody)
    for name, longest_ds in (("max1", phase.max_green_ds), ("max2", phase.max_green_2_ds)):
        if longest_ds is not None and longest_ds < phase.min_green_ds:
            yield Fault(
                "maximum green", place, f"{name} {seconds(longest_ds)}", f"at least {seconds(phase.min_green_ds)}"
            )
        if timing.body.maximum_mode == name:
            needed_ds = green_ds if in_cycle else phase.min_green_ds
            if longest_ds is None or longest_ds < needed_ds:
                yield Fault("maximum green", place, f"{name} {seconds(longest_ds)}", f"at least {seconds(needed_ds)}")
    if timing.control_mode == "actuated" and phase.max_green_ds is None:
        yield Fault("maximum green", place, "max1 None", "one, in free control")
    walking = phase.pedestrian_mode != "none"
    if walking != bool(phase.pedestrian_group_ids):
        found = f"mode {phase.pedestrian_mode!r} and groups {[*phase.pedestrian_group_ids]}"
        yield Fault("pedestrians", place, found, "groups on foot and a mode that serves them, or neither")
    if walking and not phase.walk_ds:
        yield Fault("pedestrians", place, "no walk", "a walk above 0 s")
    if walking and phase.pedestrian_mode == "actuated":
        if timing.control_mode == "fixed":
            yield Fault("pedestrians", place, "actuated", "recall or rest in walk, in fixed control")
    elif walking and in_cycle and phase.pedestrian_need_ds > green_ds:
        yield Fault(
            "pedestrians",
            place,
            f"green of {seconds(green_ds)}",
            f"what they need: {seconds(phase.pedestrian_need_ds)}",
        )


def _coordination(timing: IntersectionPlan, body: RingsBody, where: str) -> Iterator[Fault]:
    """One to two coordinated ring phases, at most one per ring, all in one concurrency group, none omitted."""
    known = body.by_number
    found = f"{[*body.coordinated]}"
    if not {*body.coordinated} <= {*known} or len({*body.coordinated}) != len(body.coordinated):
        yield Fault("coordinated ring phases", where, found, f"each once, of {sorted(known)}")
        return
    if timing.cycle_ds is not None and not body.coordinated:
        yield Fault("coordinated ring phases", where, "none", "at least one")
    places = [body.place_of(number) for number in body.coordinated]
    if len({ring for ring, _ in places}) != len(places):
        yield Fault("coordinated ring phases", where, found, "at most one per ring")
    if len({group for _, group in places}) > 1:
        yield Fault("coordinated ring phases", where, found, "all in one concurrency group")
    omitted = [number for number in body.coordinated if known[number].omitted]
    if omitted:
        yield Fault("coordinated ring phases", where, f"{omitted} omitted", "none omitted")


def _sums(cycle_ds: int, body: RingsBody, where: str) -> Iterator[Fault]:
    for phase in body.ring_phases:
        if phase.omitted and phase.split_ds:
            place = f"{where}, ring phase {phase.number}"
            yield Fault("split", place, f"omitted with {seconds(phase.split_ds)}", "0 s where omitted")
    rings = range(len(body.rings))
    for group in range(body.barrier_count):
        parts = {ring: body.part_ds(ring, group) for ring in rings if body.served(ring, group)}
        if len(set(parts.values())) > 1:
            found = ", ".join(f"ring {ring + 1}: {seconds(part_ds)}" for ring, part_ds in parts.items())
            yield Fault("concurrency group", f"{where}, concurrency group {group + 1}", found, "the same in all rings")
    for ring in rings:
        total_ds = sum(
            body.part_ds(ring, group) if body.served(ring, group) else body.group_ds(group)
            for group in range(body.barrier_count)
        )
        if total_ds != cycle_ds:
            yield Fault("ring sum", f"{where}, ring {ring + 1}", seconds(total_ds), f"the cycle of {seconds(cycle_ds)}")
