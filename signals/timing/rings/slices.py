"""A body in rings as slices of the cycle, which models can time, and lengths of slices as splits again.

A slice is a stretch of the cycle in which every ring does one thing. Where all rings that serve something are green it
may be longer or shorter, and so are the splits of the ring phases served there, one of every ring: so whatever the
lengths, all rings sum up to the cycle and meet at every barrier. Elsewhere a ring clears, and the slice is fixed.
Which of two rings changes first between two barriers is part of the slices; another order is another sequence.
Groups on foot are left out of the pictures: what they need is a matter of the least splits (`splits`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signals.control import in_step
from signals.control.ring_displays import Slot, displays, drives_of
from signals.control.rings import ring_slots
from signals.plan import IntersectionPlan, RingsBody, position_ds

_SECOND_DS = 10


@dataclass(frozen=True, slots=True)
class Slice:
    """Displays (one letter per group), length, whether that is free, and the ring phases whose splits it is part of."""

    displays: str
    duration_ds: int
    variable: bool
    ring_phases: frozenset[int]


def slices_of(timing: IntersectionPlan) -> tuple[Slice, ...]:
    """The slices of a body in rings, from the first barrier on."""
    body = timing.body
    assert isinstance(body, RingsBody)
    body = in_step(body)
    rows: list[list[tuple[int, Slot]]] = []
    for ring in range(len(body.rings)):
        at, row = 0, []
        for duration_ds, slot in ring_slots(body, ring, on_foot=False):
            row.append((at, slot))
            at += duration_ds
        rows.append(row)
    starts = sorted({at for row in rows for at, _ in row})
    drives, count = drives_of(timing, body), len(timing.group_ids)
    found = []
    for start, end in zip(starts, [*starts[1:], body.length_ds], strict=True):
        slots = [[slot for at, slot in row if at <= start][-1] for row in rows]
        served = [slot for slot in slots if slot.number is not None]
        found.append(
            Slice(
                displays(drives, count, slots),
                end - start,
                all(slot.part == "green" for slot in served),
                frozenset(slot.number for slot in served if slot.number is not None),
            )
        )
    return tuple(found)


def with_lengths(
    timing: IntersectionPlan, slices: Sequence[Slice], lengths_ds: Sequence[int], start_ds: int
) -> IntersectionPlan:
    """`timing` with slices of these lengths, its sequence starting `start_ds` after the zero of the common clock.

    Where the cycle is whole seconds, so are all splits, each change at the nearest one: what was at least so many
    seconds still is. The offset is said by the reference that it has, anew for the new splits, in whole seconds, too.
    """
    body = timing.body
    assert isinstance(body, RingsBody)
    ends_ds = [sum(lengths_ds[: at + 1]) for at in range(len(lengths_ds))]
    whole = ends_ds[-1] % _SECOND_DS == 0
    ends_ds = [_nearest(end_ds) for end_ds in ends_ds] if whole else ends_ds
    spans_ds = [end_ds - before_ds for end_ds, before_ds in zip(ends_ds, [0, *ends_ds], strict=False)]
    splits_ds = {
        phase.number: sum(ds for one, ds in zip(slices, spans_ds, strict=True) if phase.number in one.ring_phases)
        for phase in body.ring_phases
    }
    timed = with_splits(timing, splits_ds, start_ds)
    assert timed.cycle_ds is not None
    return timed.model_copy(update={"offset_ds": _nearest(timed.offset_ds) % timed.cycle_ds}) if whole else timed


def _nearest(time_ds: int) -> int:
    """The nearest whole second [ds]."""
    return (time_ds + _SECOND_DS // 2) // _SECOND_DS * _SECOND_DS


def with_splits(timing: IntersectionPlan, splits_ds: dict[int, int], start_ds: int) -> IntersectionPlan:
    """`timing` on a clock with these splits by ring phase, its sequence starting `start_ds` after the clock's zero."""
    body = timing.body
    assert isinstance(body, RingsBody)
    phases = tuple(phase.model_copy(update={"split_ds": splits_ds[phase.number]}) for phase in body.ring_phases)
    timed = body.model_copy(update={"ring_phases": phases})
    unmoved = timing.model_copy(update={"body": timed, "cycle_ds": timed.length_ds, "offset_ds": 0})
    return unmoved.model_copy(update={"offset_ds": (start_ds + position_ds(unmoved)) % timed.length_ds})
