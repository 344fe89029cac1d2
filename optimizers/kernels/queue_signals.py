"""One timing as tables by the second: what each use sees, and how long until green."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from optimizers.kernels.compiled import loop
from optimizers.kinds import Displays, Floats, Integers, Small, Waits

_LONGEST_WAIT, _LONGEST_YELLOW = 30_000, 100  # what two bytes and what one byte hold


class Signals(NamedTuple):
    """One timing as tables. Use u at second i of its junction's cycle: row u, column i."""

    cycle: Small  # [J] seconds
    offset: Small  # [J]
    use_junction: Small  # [U]
    shown: Displays  # [U, N] 3 green, 2 green that yields, -n: n-th second of yellow, 0 red
    wait: Waits  # [U, N] seconds to the next green (0: green); large where there is none


@loop
def build_signals(
    first_step: Integers, step_s: Floats, cycle_s: Floats, offset_s: Floats, use_display: Displays, g: Signals
) -> None:
    """Fill the tables of a timing; step edges are rounded to whole seconds."""
    for j in range(len(cycle_s)):
        g.cycle[j] = max(1, int(np.round(cycle_s[j])))
        g.offset[j] = int(np.round(offset_s[j])) % g.cycle[j]
    for u in range(len(g.use_junction)):
        j = g.use_junction[u]
        cycle = g.cycle[j]
        at_s, second, age = 0.0, 0, 0
        for k in range(first_step[j], first_step[j + 1]):
            at_s += step_s[k]
            end = min(cycle, int(at_s + 0.5))
            display = use_display[u, k - first_step[j]]
            if display == 1:
                while second < end:
                    age = min(age + 1, _LONGEST_YELLOW)
                    g.shown[u, second] = -age
                    second += 1
            elif second < end:
                age = 0
                while second < end:
                    g.shown[u, second] = display
                    second += 1
        i = 0  # yellow that began before the end of the cycle
        while age > 0 and i < cycle and g.shown[u, i] < 0:
            age = min(age + 1, _LONGEST_YELLOW)
            g.shown[u, i] = -age
            i += 1
        ahead = _LONGEST_WAIT
        for i in range(cycle):
            if g.shown[u, i] >= 2:
                ahead = i
                break
        for i in range(cycle - 1, -1, -1):
            ahead = 0 if g.shown[u, i] >= 2 else min(_LONGEST_WAIT, ahead + 1)
            g.wait[u, i] = ahead
