"""What the models say of one number of a timing: the cycle that a junction asks for, and what its offset is worth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optimizers.kernels.arrays import arrays_of, state_of
from optimizers.kernels.profile import evaluate_profile
from optimizers.models import profile
from optimizers.splits import solved_tables, stage_flow_ratios, webster_cycle_s
from signals.service.sides import Side

_MOVES = 10  # an offset is compared with itself moved by tenths of the cycle


@dataclass(frozen=True, slots=True)
class CycleNeed:
    """Webster's cycle of a junction by itself: Y, lost time L [s], C0 [s] (infinite from Y = 1)."""

    flow_ratio_sum: float
    lost_s: float
    cycle_s: float

    def __str__(self) -> str:
        numbers = f"Y = {self.flow_ratio_sum:.2f}, L = {self.lost_s:g} s"
        if not math.isfinite(self.cycle_s):
            return f"more traffic than any cycle of these stages can serve ({numbers})"
        return f"Webster's cycle for this junction alone is {self.cycle_s:.0f} s ({numbers})"


@dataclass(frozen=True, slots=True)
class OffsetWorth:
    """Delay of the network in the platoon model [veh h per h] with an offset, and with the same offset moved."""

    own: float
    least: float
    most: float

    def __str__(self) -> str:
        if self.most - self.least < 0.005 * self.own:
            return f"no effect in the platoon model ({self.own:.1f} veh·h/h at any offset)"
        moved = f"{self.least:.1f} to {self.most:.1f} with it moved by tenths of the cycle"
        return f"delay of the network in the platoon model {self.own:.1f} veh·h/h with this offset, {moved}"


class WhatIf:
    """Questions to the models about one plan; what they need is made ready once."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self._arrays = arrays_of(side.named.problem)
        self._tables = solved_tables(self._arrays, side.solution)

    def cycle_need(self, intersection_id: str) -> CycleNeed:
        """Webster's cycle of a junction, from the critical flow ratios of its stages."""
        problem, j = self._side.named.problem, self._side.junction_at[intersection_id]
        ratios = stage_flow_ratios(self._arrays, self._tables, problem, j)
        steps = slice(int(problem.first_step[j]), int(problem.first_step[j + 1]))
        rest_s = float(problem.step_given_s[steps][~problem.step_variable[steps]].sum())
        gain_s = problem.constants.yellow_usable_s - problem.constants.start_loss_s
        lost_s = max(0.0, rest_s - gain_s * len(ratios))
        total = float(ratios.sum())
        return CycleNeed(total, lost_s, webster_cycle_s(total, lost_s))

    def offset_worth(self, intersection_id: str) -> OffsetWorth:
        """The delay with the offset as it is and with it moved round the cycle, everything else held."""
        at = self._side.junction_at[intersection_id]
        cycle_s = float(self._side.solution.cycle_s[at])
        moved = [self._delay_veh_h_per_h(at, cycle_s * turn / _MOVES) for turn in range(1, _MOVES)]
        return OffsetWorth(self._delay_veh_h_per_h(at, 0.0), min(moved), max(moved))

    def _delay_veh_h_per_h(self, at: int, moved_s: float) -> float:
        offset_s = np.array(self._side.solution.offset_s)
        offset_s[at] += moved_s
        state = state_of(self._arrays, self._side.solution.replace(offset_s=offset_s), profile.TIME_STEP_S)
        evaluate_profile(self._arrays, state, profile.MOST_SWEEPS, profile.TOLERANCE)
        return float(profile.evaluation_of(self._side.named.problem, self._arrays, state).delay_veh_h_per_h)
