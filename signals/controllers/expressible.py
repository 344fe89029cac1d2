"""Can controllers of a family run a timing? All reasons why not, from the timing and the family alone."""

from __future__ import annotations

from collections.abc import Iterator

from networks.faults import Fault
from signals.controllers.family import Family, families, family
from signals.controllers.ring_reasons import ring_reasons
from signals.controllers.stage_reasons import stage_reasons
from signals.plan import ControlMode, IntersectionPlan, OffsetReference, RingsBody, referred

_SPEAK_OF_ONE = frozenset({OffsetReference.STAGE_START, OffsetReference.GREEN_END})


def not_expressible(timing: IntersectionPlan, able: Family) -> tuple[Fault, ...]:
    """All reasons why controllers of a family cannot run a timing; none: they can.

    What is left untouched runs word for word where it runs today, and nowhere else: the timing need not say it all.
    """
    where = f"intersection {timing.intersection_id!r}"
    if timing.untouched:
        found = Fault("timing", where, "left as it runs today", "stages or rings timed anew")
        return () if able.as_found else (found,)
    return (*_of_all(timing, able, where), *_of_body(timing, able, where))


def families_that_run(timing: IntersectionPlan) -> tuple[str, ...]:
    """Names of the families whose controllers can run a timing, in alphabetical order."""
    return tuple(name for name in families() if not not_expressible(timing, family(name)))


def in_terms_of(timing: IntersectionPlan, able: Family) -> IntersectionPlan | None:
    """The same displays on the common clock, the offset said by a reference that the family has: the timing's own, or
    else the first one. None where the timing has none of them; free timings are given back as they are."""
    if timing.cycle_ds is None:
        return timing
    known = able.offset_references
    if able.offset_reference_resting is not None and _rests_in_walk(timing):
        known = (able.offset_reference_resting,)
    for reference in sorted(known, key=lambda one: one != timing.offset_reference):
        try:
            return referred(timing, reference, _spoken_of(timing, reference))
        except ValueError:  # nothing shows it here
            continue
    return None


def told_to(timing: IntersectionPlan, name: str | None) -> IntersectionPlan | None:
    """The timing as controllers of the family of this name are told it (`in_terms_of`); None where no family is named,
    or where it runs no such body at all."""
    if name is None:
        return None
    able = family(name)
    body = able.rings if isinstance(timing.body, RingsBody) else able.stages
    return None if body is None else in_terms_of(timing, able)


def _of_all(timing: IntersectionPlan, able: Family, where: str) -> Iterator[Fault]:
    if timing.control_mode not in able.modes:
        yield Fault("control mode", where, timing.control_mode, " or ".join(able.modes))
    if timing.parameters and timing.control_mode is not ControlMode.FIXED and not able.as_found:
        names = ", ".join(key for key, _ in timing.parameters)
        yield Fault("parameters", where, names, "none: they are words of the simulator's own actuated control")
    if timing.cycle_ds is None:
        return
    yield from able.cycle.faults("cycle", where, timing.cycle_ds)
    said = in_terms_of(timing, able)
    if said is None:
        yield Fault("offset reference", where, timing.offset_reference, " or ".join(able.offset_references))
    else:
        place = f"{where}, {said.offset_reference} of {', '.join(said.reference)}"
        yield from able.offset.faults("offset", place, said.offset_ds)


def _of_body(timing: IntersectionPlan, able: Family, where: str) -> Iterator[Fault]:
    body = timing.body
    if isinstance(body, RingsBody):
        if able.rings is None:
            yield Fault("body", where, "rings", "stages")
        else:
            yield from ring_reasons(timing, body, able.rings, where)
    elif able.stages is None:
        yield Fault("body", where, "stages", "rings")  # stages are not translated: they may have intergreens by pair
    else:
        yield from stage_reasons(timing, body, able.stages, where)


def _rests_in_walk(timing: IntersectionPlan) -> bool:
    body = timing.body
    if not isinstance(body, RingsBody):
        return False
    return all(body.phase(number).pedestrian_mode == "rest in walk" for number in body.coordinated)


def _spoken_of(timing: IntersectionPlan, reference: OffsetReference) -> tuple[str, ...]:
    """What a reference speaks of: as the timing has it, else its coordinated ring phases or its first stage."""
    one = reference in _SPEAK_OF_ONE
    if one and reference == timing.offset_reference:
        return timing.reference
    if not isinstance(timing.body, RingsBody):
        return timing.reference[:1] if one else timing.reference
    coordinated = tuple(map(str, timing.body.coordinated))
    return coordinated[:1] if one else coordinated
