"""Between two plans in rings, one of them actuated: everything that the controller can show until it is in step.

What it shows depends on traffic, so there is no single course. But whatever it does to get in step, by any method and
from any moment on, it holds greens longer, ends them sooner or skips what nobody calls; minimum green, walk, the
clearances and the order in the rings stay (signal timing practice, correction modes). All of that lies in what the
*loosened* timing can show: the same rings, free, no green with a maximum, nothing that one of the plans may skip served
for certain. It is more than any controller shows, so that it can refuse too much, never accept too much. Another switch
before the first one is over shows nothing else, where all plans loosened are the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from signals.control.transition_steps import NotTransferable
from signals.plan import ControlMode, IntersectionPlan, RingPhase, RingsBody

_NO_MAXIMUM_DS = 864_000  # a day
_OF_THE_CLOCK = {"split_ds": 0, "max_green_ds": _NO_MAXIMUM_DS, "max_green_2_ds": None, "passage_ds": None}


def loosened(old: IntersectionPlan, new: IntersectionPlan) -> IntersectionPlan:
    """The timing that can show everything between two timings in rings. Raises `NotTransferable` for rings that differ
    in more than lengths of greens and in what may be skipped."""
    before, after = old.body, new.body
    assert isinstance(before, RingsBody)
    assert isinstance(after, RingsBody)
    if faults := [*_differences(before, after)]:
        raise NotTransferable(f"intersection {old.intersection_id!r}: {'; '.join(faults)}")
    phases = tuple(_free(phase, after.phase(phase.number)) for phase in before.ring_phases)
    body = RingsBody(rings=before.rings, ring_phases=phases, overlaps=before.overlaps)
    fields = {name: getattr(old, name) for name in IntersectionPlan.model_fields}
    fields |= {"control_mode": ControlMode.ACTUATED, "cycle_ds": None, "offset_ds": 0, "body": body, "detectors": ()}
    return IntersectionPlan.model_validate(fields)


def in_rings(timing: IntersectionPlan) -> bool:
    """Whether a plan is in actuated rings, which change independently."""
    return isinstance(timing.body, RingsBody) and timing.control_mode is not ControlMode.FIXED


def alike(*timings: IntersectionPlan) -> bool:
    """Whether these are timings in rings that differ in nothing but lengths of greens and what may be skipped."""
    bodies = [timing.body for timing in timings if isinstance(timing.body, RingsBody)]
    return len(bodies) == len(timings) and not any(any(_differences(bodies[0], body)) for body in bodies[1:])


def _differences(before: RingsBody, after: RingsBody) -> Iterator[str]:
    if before.rings != after.rings:
        yield "another sequence of ring phases"
    elif {phase.number for phase in before.ring_phases} != {phase.number for phase in after.ring_phases}:
        yield "other ring phases"
    else:
        for phase in before.ring_phases:
            one, other = (_free(mine, its) for mine, its in _both_ways(phase, after.phase(phase.number)))
            names = [name for name in RingPhase.model_fields if getattr(one, name) != getattr(other, name)]
            if names:
                yield f"ring phase {phase.number} with another {', '.join(names)}"
    if {overlap.group_id: overlap for overlap in before.overlaps} != {o.group_id: o for o in after.overlaps}:
        yield "other overlaps"


def _both_ways(one: RingPhase, other: RingPhase) -> tuple[tuple[RingPhase, RingPhase], ...]:
    return ((one, other), (other, one))


def _free(phase: RingPhase, other: RingPhase) -> RingPhase:
    """A ring phase as free as two plans together allow."""
    return phase.model_copy(
        update={
            **_OF_THE_CLOCK,
            "min_green_ds": min(phase.min_green_ds, other.min_green_ds),
            "recall": phase.recall if phase.recall == other.recall and phase.recall != "soft" else "none",
            "dual_entry": phase.dual_entry and other.dual_entry,
            "omitted": phase.omitted and other.omitted,
        }
    )
