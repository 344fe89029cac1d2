"""Why a family of controllers cannot run a timing in rings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from networks.faults import Fault
from signals.controllers.family import Rings
from signals.plan import ControlMode, IntersectionPlan, Overlap, RingPhase, RingsBody


def ring_reasons(timing: IntersectionPlan, body: RingsBody, able: Rings, where: str) -> Iterator[Fault]:
    """All reasons; what an omitted ring phase would do does not count."""
    fixed = timing.control_mode is ControlMode.FIXED
    if fixed and able.expands_fixed:
        return
    served = [phase for phase in body.ring_phases if not phase.omitted]
    yield from _shape(body, able, where)
    for phase in served:
        place = f"{where}, ring phase {phase.number}"
        yield from _times(timing, phase, able, place)
        yield from _on_foot(phase, able, place)
        if not fixed:
            yield from _actuated(phase, able, place)
    yield from _many("ring phases with pedestrians", where, _walking(served), able.most_on_foot)
    driven = [g for p in served for g in (*p.vehicle_group_ids, *p.pedestrian_group_ids)]
    for name in sorted({name for name in driven if driven.count(name) > 1}):
        yield Fault("signal group", where, f"{name!r} driven by several ring phases", "one ring phase, or an overlap")
    yield from _many("overlaps", where, len(body.overlaps), able.most_overlaps)
    for overlap in body.overlaps:
        yield from _overlap(overlap, able, f"{where}, overlap {overlap.group_id!r}")
    if timing.cycle_ds is not None:
        yield from _one_of("correction", where, body.correction, able.corrections)
    if timing.control_mode is ControlMode.COORDINATED:
        yield from _coordination(body, able, where)


def _shape(body: RingsBody, able: Rings, where: str) -> Iterator[Fault]:
    yield from _many("rings", where, len(body.rings), able.most_rings)
    numbers = [phase.number for phase in body.ring_phases if not phase.omitted]
    yield from _many("number of a ring phase", where, max(numbers, default=0), able.most_ring_phases)
    if not able.least_groups <= body.barrier_count <= able.most_groups:
        needed = f"{able.least_groups} to {able.most_groups}"
        yield Fault("concurrency groups", where, f"{body.barrier_count}", needed)


def _times(timing: IntersectionPlan, phase: RingPhase, able: Rings, place: str) -> Iterator[Fault]:
    if timing.cycle_ds is not None:
        yield from able.split.faults("split", place, phase.split_ds)
    yield from able.red_amber.faults("red-amber", place, phase.red_amber_ds)
    yield from able.yellow.faults("yellow", place, phase.yellow_ds)
    yield from able.red_clearance.faults("red clearance", place, phase.red_clearance_ds)
    yield from able.min_green.faults("minimum green", place, phase.min_green_ds)


def _on_foot(phase: RingPhase, able: Rings, place: str) -> Iterator[Fault]:
    if phase.pedestrian_mode == "none":
        return
    yield from _one_of("pedestrian mode", place, phase.pedestrian_mode, able.pedestrian_modes)
    yield from able.walk.faults("walk", place, phase.walk_ds)
    yield from able.pedestrian_clearance.faults("pedestrian clearance", place, phase.pedestrian_clearance_ds)
    if phase.pedestrian_mode == "rest in walk" and phase.buffer_ds:
        found = f"rest in walk until {phase.buffer_ds / 10:g} s more than the clearance before yellow"
        yield Fault("pedestrian buffer", place, found, "one that yellow and red clearance cover")


def _actuated(phase: RingPhase, able: Rings, place: str) -> Iterator[Fault]:
    yield from able.max_green.faults("maximum green", place, phase.max_green_ds)
    yield from able.max_green.faults("second maximum green", place, phase.max_green_2_ds)
    yield from able.passage.faults("passage", place, phase.passage_ds)
    yield from _one_of("recall", place, phase.recall, able.recalls)
    if phase.dual_entry and not able.dual_entry:
        yield Fault("dual entry", place, "asked for", "none")
    if able.needs_passage and phase.passage_ds is None and phase.recall != "maximum":
        yield Fault("passage", place, "none", "a passage time, or maximum recall")


def _overlap(overlap: Overlap, able: Rings, place: str) -> Iterator[Fault]:
    yield from _one_of("kind", place, overlap.kind, able.overlap_kinds)
    if overlap.modifiers and not able.modifiers:
        yield Fault("modifiers", place, f"{[*overlap.modifiers]}", "none")
    if overlap.trailing_ds and not able.trailing:
        yield Fault("trailing displays", place, f"{overlap.trailing_ds / 10:g} s", "none")


def _coordination(body: RingsBody, able: Rings, where: str) -> Iterator[Fault]:
    yield from _one_of("force-off", where, body.force_off, able.force_off)
    yield from _one_of("maximum mode", where, body.maximum_mode, able.maximum_modes)
    yield from _one_of("permissive periods", where, body.permissive, able.permissive)
    _, group = body.place_of(body.coordinated[0])
    lasts = {part[-1].number for ring in range(len(body.rings)) if (part := body.served(ring, group))}
    if able.coordinates == "last" and lasts != {*body.coordinated}:
        found, needed = (f"{sorted(numbers)}" for numbers in (body.coordinated, lasts))
        yield Fault("coordinated ring phases", where, found, f"those that end at the barrier, {needed}")


def _walking(phases: Iterable[RingPhase]) -> int:
    return sum(phase.pedestrian_mode != "none" for phase in phases)


def _many(what: str, where: str, found: int, most: int) -> Iterator[Fault]:
    if found > most:
        yield Fault(what, where, f"{found}", f"at most {most}" if most else "none")


def _one_of(what: str, where: str, found: str, able: tuple[str, ...]) -> Iterator[Fault]:
    if found not in able:
        yield Fault(what, where, found, " or ".join(able) or "none")
