"""Where the offset's reference lies in the timing, and offsets said by another reference, exactly.

Positions are integer deciseconds from the start of the sequence: of its first stage, or of the first concurrency group
(the first barrier crossing). `offset_B = (offset_A + z_B - z_A) mod cycle` (signal timing practice; UTDF and GMNS name
the same references). Positions depend on splits and sequence, so an offset is always kept with its reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from networks.faults import Fault
from signals.plan.rings import RingPhase, RingsBody

if TYPE_CHECKING:
    from signals.plan.types import IntersectionPlan, OffsetReference, StagesBody

_ONE = frozenset({"stage start", "green end"})
_OF_RINGS_ONLY = frozenset({"begin flashing don't walk", "barrier"})


def position_ds(timing: IntersectionPlan) -> int:
    """Where local zero lies, counted from the start of the sequence [ds], in [0, cycle)."""
    body = timing.body
    found = positions_ds(body, timing.offset_reference, timing.reference)
    if not found:
        raise ValueError(f"intersection {timing.intersection_id!r}: nothing shows {timing.offset_reference}")
    return (max(found) if timing.offset_reference == "last green" else min(found)) % body.length_ds


def referred(
    timing: IntersectionPlan, reference: OffsetReference, names: Sequence[str] | None = None
) -> IntersectionPlan:
    """The same displays on the common clock, the offset said by another reference.

    `names` are the stages or ring phases that it speaks of; those of the timing if not given. Raises ValueError where
    the timing has no such reference.
    """
    values: dict[str, Any] = {key: getattr(timing, key) for key in type(timing).model_fields}
    values |= {"offset_reference": reference, "reference": timing.reference if names is None else tuple(names)}
    unmoved = type(timing).model_validate(values)
    cycle_ds = timing.cycle_ds or timing.body.length_ds
    values["offset_ds"] = (timing.offset_ds + position_ds(unmoved) - position_ds(timing)) % cycle_ds
    return type(timing).model_validate(values)


def positions_ds(body: StagesBody | RingsBody, reference: str, names: Sequence[str]) -> list[int]:
    """The position of every named stage's or ring phase's own moment [ds]; empty where it has none. Names are known."""
    if isinstance(body, RingsBody):
        return [at for name in names for at in _of_ring_phase(body, body.phase(int(name)), reference)]
    return [at for name in names for at in _of_stage(body, name, reference)]


def reference_faults(timing: IntersectionPlan) -> Iterator[Fault]:
    """Why the reference of an offset means nothing here."""
    where = f"intersection {timing.intersection_id!r}"
    body, code, names = timing.body, timing.offset_reference, timing.reference
    if not names:
        yield Fault("offset reference", where, "nothing", "what the reference code speaks of")
        return
    rings = isinstance(body, RingsBody)
    if isinstance(body, RingsBody):
        known = [str(phase.number) for phase in body.ring_phases if not phase.omitted]
        if timing.cycle_ds is not None and code not in _ONE and body.coordinated:
            known = [name for name in known if int(name) in body.coordinated]
    else:
        known = [stage.id for stage in body.sequence]
        if code in _OF_RINGS_ONLY:
            yield Fault("offset reference", where, str(code), "one that stages have")
            return
    one = code in _ONE
    if not {*names} <= {*known} or len({*names}) != len(names) or (one and len(names) > 1):
        what = ("ring phase" if rings else "stage") if one else ("coordinated ring phases" if rings else "stages")
        yield Fault("offset reference", where, ", ".join(names), f"{'one ' if one else ''}{what}: {', '.join(known)}")
    elif not positions_ds(body, code, names):
        yield Fault("offset reference", where, f"{', '.join(names)} without {code}", "a reference that is shown")


def _of_ring_phase(body: RingsBody, phase: RingPhase, reference: str) -> list[int]:
    """The moment of one ring phase that the reference asks for; its barrier is the crossing before it."""
    ring, group = body.place_of(phase.number)
    barrier = sum(body.group_ds(b) for b in range(group))
    part = body.served(ring, group)
    split = barrier + sum(other.split_ds for other in part[: part.index(phase)])
    green = split + phase.red_amber_ds
    yellow = green + phase.green_ds
    walking = phase.pedestrian_mode != "none"
    resting = phase.pedestrian_mode == "rest in walk"
    flashing = yellow - phase.buffer_ds - phase.pedestrian_clearance_ds if resting else green + phase.walk_ds
    found = {
        "stage start": green,
        "first green": green,
        "last green": green,
        "green end": yellow,
        "first yellow": yellow,
        "first red": yellow + phase.yellow_ds,
        "begin flashing don't walk": flashing,
        "barrier": barrier,
    }
    return [] if reference == "begin flashing don't walk" and not walking else [found[reference]]


def _of_stage(body: StagesBody, name: str, reference: str) -> list[int]:
    """Start or end of a stage, or the first yellow or red that one of its green groups shows after it."""
    at = 0
    for stage in body.sequence:
        if stage.id == name:
            break
        at += stage.duration_ds + sum(step.duration_ds for step in stage.interstage)
    if reference in ("stage start", "first green", "last green"):
        return [at]
    end = at + stage.duration_ds
    if reference == "green end":
        return [end]
    letter = "y" if reference == "first yellow" else "r"
    green = [position for position, shown in enumerate(stage.displays) if shown in "gG"]
    order = [*body.sequence, *body.sequence]
    first = next(k for k, other in enumerate(order) if other.id == name)
    shown = [
        (step.displays, step.duration_ds)
        for k in range(first, first + len(body.sequence))
        for step in (*((order[k],) if k > first else ()), *order[k].interstage)
    ]
    for displays, duration_ds in shown:
        if any(displays[position] == letter for position in green):
            return [end]
        end += duration_ds
    return []
