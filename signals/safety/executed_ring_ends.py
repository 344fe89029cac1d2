"""Whether coordinated rings kept to the common clock (`ring_clock`) in every cycle that was executed.

Where traffic calls nobody before the force-off, later ends of a coordinated green say nothing of the clock. But where
most of them fall on one and the same second, that is the controller's own, and has to be one of those at which waiting
calls are served.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from signals.intervals import local_ds
from signals.plan import IntersectionPlan, RingPhase, RingsBody, seconds
from signals.safety.executed_arcs import CYCLES_TO_BEGIN, Arc
from signals.safety.ring_clock import RingClock
from signals.safety.violation import Violation

_ENDS = 6  # of a coordinated green, from which on one second can be said to be its usual one


class _Green(NamedTuple):
    """From `start_ds` to `end_ds` on the common clock."""

    start_ds: int
    end_ds: int


def rings_off_the_clock(
    shown: Sequence[tuple[int, str]], timing: IntersectionPlan, body: RingsBody, where: str, step_ds: int
) -> Iterator[Violation]:
    """Per ring phase the first end of its green outside of where it may be; usual ends that are not of this clock.

    `shown` are (time ds, picture), a row per step. The first three cycles are left out: who begins amid a cycle has to
    get in step. A ring phase is known by a group that it alone drives. A green that is begun when its minimum no longer
    fits before its force-off ends after it, and so do those that wait for it at the barrier (SUMO begins one so where
    the other ring crosses).
    """
    clock = RingClock(timing, body, step_ds)
    begun_ds = shown[0][0] + CYCLES_TO_BEGIN * body.length_ds
    greens = {phase.number: _greens(shown, timing, body, phase, begun_ds) for phase in clock.held}
    late = {
        green.end_ds
        for phase in clock.held
        for green in greens[phase.number]
        if clock.too_late(phase, local_ds(timing, green.start_ds))
    }
    for phase in clock.held:
        place, arc = f"{where}, ring phase {phase.number}", clock.end(phase)
        coordinated = phase.number in body.coordinated
        ends_ds = [green.end_ds for green in greens[phase.number] if coordinated or green.end_ds not in late]
        wrong_ds = next((end_ds for end_ds in ends_ds if not arc.has(local_ds(timing, end_ds))), None)
        back = _wrongly_back(clock, greens, phase) if coordinated else None
        if wrong_ds is not None:
            yield Violation("executed", place, _ended(timing, wrong_ds), f"an end at {arc}")
        elif back is not None:
            following, back_ds, arc = back
            found = f"{_ended(timing, back_ds)}, to go back to {following.number}"
            yield Violation("executed", place, found, f"for that an end at {arc}")
        elif coordinated and len(ends_ds) >= _ENDS:
            (usual_ds, count) = Counter(local_ds(timing, end_ds) for end_ds in ends_ds).most_common(1)[0]
            served = clock.served_at(phase)
            if 2 * count > len(ends_ds) and not any(one.has(usual_ds) for one in served):
                found = f"{count} of {len(ends_ds)} ends at {seconds(usual_ds)} into the cycle"
                yield Violation("executed", place, found, f"an end at {' or '.join(dict.fromkeys(map(str, served)))}")


def _ended(timing: IntersectionPlan, end_ds: int) -> str:
    return f"ended at second {end_ds / 10:g}, {seconds(local_ds(timing, end_ds))} into the cycle"


def _wrongly_back(
    clock: RingClock, greens: Mapping[int, Sequence[_Green]], phase: RingPhase
) -> tuple[RingPhase, int, Arc] | None:
    """The first end of a coordinated green that led back on its side of the barrier when it may not: to whom, when, and
    when it may."""
    ring = clock.body.place_of(phase.number)
    earlier = [one for one in clock.held if clock.body.place_of(one.number) == ring and one is not phase]
    begun = [(green.start_ds, one) for one in earlier for green in greens[one.number]]
    for end_ds in (green.end_ds for green in greens[phase.number]):
        for start_ds, following in begun:
            arc = clock.goes_back_at(following)
            at_once = 0 <= start_ds - end_ds - phase.clearance_ds - following.red_amber_ds < clock.step_ds
            if at_once and arc is not None and not arc.has(local_ds(clock.timing, end_ds)):
                return following, end_ds, arc
    return None


def _greens(
    shown: Sequence[tuple[int, str]], timing: IntersectionPlan, body: RingsBody, phase: RingPhase, begun_ds: int
) -> list[_Green]:
    """The greens of a ring phase that end after `begun_ds`; none where it drives no group alone."""
    driven = Counter(name for one in body.ring_phases for name in body.driven_by(one))
    own = [timing.group_ids.index(name) for name in phase.vehicle_group_ids if driven[name] == 1]
    start_ds, greens = shown[0][0], list[_Green]()
    for (_, before), (at_ds, after) in pairwise(shown) if own else ():
        if before[own[0]] not in "gG" and after[own[0]] in "gG":
            start_ds = at_ds
        elif before[own[0]] in "gG" and after[own[0]] not in "gG" and at_ds > begun_ds:
            greens.append(_Green(start_ds, at_ds))
    return greens
