"""At which seconds of the clock a switch is tried: all where the cycles come round soon, else those asked for."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from signals.plan import IntersectionPlan

SECOND_DS = 10
LONGEST_SWEEP_S = 600


@dataclass(frozen=True, slots=True)
class Sweep:
    """Seconds of the clock [ds]; `whole`: every way in which the cycles can stand to each other is among them."""

    switches_ds: tuple[int, ...]
    whole: bool


def sweep(old: IntersectionPlan, *later: IntersectionPlan, moments_ds: Iterable[int] = (0,)) -> Sweep:
    """Every second of the least common multiple of all cycles, up to `LONGEST_SWEEP_S`; where that is longer, every
    second of one old cycle from each of these moments of the clock [ds] on. Of fixed plans."""
    old_ds = old.body.length_ds
    period_ds = math.lcm(SECOND_DS, old_ds, *(timing.body.length_ds for timing in later))
    if period_ds <= SECOND_DS * LONGEST_SWEEP_S:
        return Sweep(tuple(range(0, period_ds, SECOND_DS)), whole=True)
    wanted = {(begin_ds + at_ds) % period_ds for begin_ds in moments_ds for at_ds in range(0, old_ds, SECOND_DS)}
    return Sweep(tuple(sorted(wanted)), whole=False)
