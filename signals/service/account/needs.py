"""What the models say of one number of a timing: the cycle that a junction asks for, and what its offset is worth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from optimizers.kernels.arrays import arrays_of
from optimizers.models import profile
from optimizers.splits import solved_tables, stage_flow_ratios, webster_cycle_s
from signals.service.account.compared import Side

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


def cycle_needs(side: Side) -> dict[str, CycleNeed]:
    """Webster's cycle of every junction, from the critical flow ratios of its stages."""
    problem = side.named.problem
    arrays = arrays_of(problem)
    state = solved_tables(arrays, side.solution)
    gain_s = problem.constants.yellow_usable_s - problem.constants.start_loss_s
    needs = {}
    for name, j in side.junction_at.items():
        ratios = stage_flow_ratios(arrays, state, problem, j)
        steps = slice(int(problem.first_step[j]), int(problem.first_step[j + 1]))
        rest_s = float(problem.step_given_s[steps][~problem.step_variable[steps]].sum())
        lost_s = max(0.0, rest_s - gain_s * len(ratios))
        total = float(ratios.sum())
        needs[name] = CycleNeed(total, lost_s, webster_cycle_s(total, lost_s))
    return needs


def offset_worth(side: Side, intersection_id: str) -> OffsetWorth:
    """The delay with the offset as it is and with it moved round the cycle, everything else held."""
    at = side.junction_at[intersection_id]
    cycle_s = float(side.solution.cycle_s[at])

    def delay(moved_s: float) -> float:
        offset_s = np.array(side.solution.offset_s)
        offset_s[at] = (offset_s[at] + moved_s) % cycle_s
        return float(profile.evaluate(side.named.problem, side.solution.replace(offset_s=offset_s)).delay_veh_h_per_h)

    moved = [delay(cycle_s * turn / _MOVES) for turn in range(1, _MOVES)]
    return OffsetWorth(delay(0.0), min(moved), max(moved))
