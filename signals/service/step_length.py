"""How long the steps of the simulations are: the longest in which lane groups discharge what they should."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from signals.service.estimate import Street
from signals.trials import Laboratory, step_for
from signals.watch import Watch

_SHORTEST_S = 0.5  # by itself: in steps of 0.1 s a simulation takes ten times as long as in those of 1 s


def with_step(street: Street, laboratories: Sequence[Laboratory], watch: Watch) -> Street:
    """The street with the longest step in which the fewest lane groups miss their saturation flow.

    A time gap may not be shorter than the step, and on slow lanes a gap of 1 s is too long for the flows of manuals.
    Where the engineer's file names the step, it is that one; where nothing is aimed at, the profile's.
    """
    longest_s = step_for((street.incumbent,), street.rules.step_s)
    if street.rules.says("step_s"):
        return street
    best = (_missed(laboratories, longest_s, watch), longest_s)
    if best[0] and longest_s > _SHORTEST_S:
        shorter = (_missed(laboratories, _SHORTEST_S, watch), _SHORTEST_S)
        if shorter[0] < best[0]:
            why = f"in steps of {longest_s:g} s {best[0]} lane groups would not discharge what they should"
            return replace(street, step_s=shorter[1], why_step=why)
    return street


def _missed(laboratories: Sequence[Laboratory], step_s: float, watch: Watch) -> int:
    found = [laboratory.discharge(step_s, watch) for laboratory in laboratories]
    return max((len(one.not_met) for one in found if one is not None), default=0)
