"""Rings spelled out: the pictures of one cycle that the planned splits give, from the first barrier crossing on."""

from __future__ import annotations

from collections.abc import Iterator

from signals.control.ring_displays import RED, Slot, change_slots, displays, drives_of
from signals.plan import IntersectionPlan, RingPhase, RingsBody


def expanded(timing: IntersectionPlan, body: RingsBody) -> tuple[tuple[str, int], ...]:
    """Pictures with their durations [ds], equal neighbours taken together. Splits must be sound.

    Each ring serves its ring phases one after the other, each for its split. Groups on foot are green from the start
    of green for walk and clearance; resting in walk, until clearance and buffer just fit before the end of green.
    """
    drives, count = drives_of(timing, body), len(timing.group_ids)
    rows: list[list[tuple[int, Slot]]] = []
    for ring in range(len(body.rings)):
        at, row = 0, []
        for duration_ds, slot in ring_slots(body, ring):
            row.append((at, slot))
            at += duration_ds
        rows.append(row)
    starts = sorted({at for row in rows for at, _ in row})
    pictures: list[tuple[str, int]] = []
    for start, end in zip(starts, [*starts[1:], body.length_ds], strict=True):
        shown = displays(drives, count, [max((e for e in row if e[0] <= start), key=lambda e: e[0])[1] for row in rows])
        if pictures and pictures[-1][0] == shown:
            pictures[-1] = (shown, pictures[-1][1] + end - start)
        else:
            pictures.append((shown, end - start))
    return tuple(pictures)


def in_step(body: RingsBody) -> RingsBody:
    """The rings with the last ring phase of each part as long as it waits for the other rings at the barrier.

    Splits of free control need not be alike in all rings; those of a cycle are, and stay as they are.
    """
    longer_ds: dict[int, int] = {}
    for group in range(body.barrier_count):
        for ring in range(len(body.rings)):
            if part := body.served(ring, group):
                longer_ds[part[-1].number] = body.group_ds(group) - body.part_ds(ring, group)
    phases = tuple(
        phase.model_copy(update={"split_ds": phase.split_ds + longer_ds.get(phase.number, 0)})
        for phase in body.ring_phases
    )
    return body.model_copy(update={"ring_phases": phases})


def ring_slots(body: RingsBody, ring: int, *, on_foot: bool = True) -> Iterator[tuple[int, Slot]]:
    """What one ring does in a cycle, each part with its length [ds]; without `on_foot` as if nobody walked."""
    for group in range(body.barrier_count):
        part = body.served(ring, group)
        if not part:
            yield body.group_ds(group), RED
        for at, phase in enumerate(part):
            before = {part[at - 1].number} if at else _at_barrier(body, group - 1, -1)
            last = at == len(part) - 1
            following = _at_barrier(body, group + 1, 0) if last else {part[at + 1].number}
            steps = [(phase.red_amber_ds, Slot(phase.number, "red-amber", before=frozenset(before)))]
            steps += [
                (length_ds, Slot(phase.number, "green", walking)) for length_ds, walking in _green(phase, on_foot)
            ]
            steps += change_slots(phase, body, frozenset(following))
            yield from ((length_ds, slot) for length_ds, slot in steps if length_ds)


def _at_barrier(body: RingsBody, group: int, which: int) -> set[int]:
    """The first (0) or last (-1) ring phases of a concurrency group, in all rings."""
    parts = [body.served(ring, group % body.barrier_count) for ring in range(len(body.rings))]
    return {part[which].number for part in parts if part}


def _green(phase: RingPhase, on_foot: bool) -> list[tuple[int, bool]]:
    """The green in steps [ds], with whether groups on foot are green."""
    if phase.pedestrian_mode == "none" or not on_foot:
        return [(phase.green_ds, False)]
    resting = phase.pedestrian_mode == "rest in walk"
    walking_ds = phase.green_ds - phase.buffer_ds if resting else min(phase.foot_ds, phase.green_ds)
    return [(walking_ds, True), (phase.green_ds - walking_ds, False)]
