"""What every junction costs in each cycle of a grid, its greens in given proportions, compiled."""

from __future__ import annotations

from optimizers.kernels.arrays import Arrays, State
from optimizers.kernels.compiled import loop, part
from optimizers.kernels.hcm import junction_cost
from optimizers.kinds import Booleans, Floats, Integers

_HALVINGS = 60  # of the range of a factor: to the last digit


@part
def _fit(
    s: State,
    first: int,
    last: int,
    variable: Booleans,
    low_s: Floats,
    high_s: Floats,
    wanted_s: Floats,
    given_s: Floats,
    cycle_s: float,
) -> bool:
    """Step lengths of a junction in this cycle, variable ones in proportion to `wanted_s` within their bounds; False
    where the bounds do not admit it."""
    least, most, largest = 0.0, 0.0, 0.0
    for k in range(first, last):
        if variable[k]:
            least += low_s[k]
            most += high_s[k]
            largest = max(largest, max(cycle_s, low_s[k]) / wanted_s[k])
        else:
            s.step_s[k] = given_s[k]
            least += given_s[k]
            most += given_s[k]
    if least > cycle_s + 1e-9 or most < cycle_s - 1e-9:
        return False
    below, above = 0.0, largest
    for _ in range(_HALVINGS):
        factor = 0.5 * (below + above)
        total = 0.0
        for k in range(first, last):
            if variable[k]:
                s.step_s[k] = min(max(factor * wanted_s[k], low_s[k]), high_s[k])
            total += s.step_s[k]
        if total < cycle_s:
            below = factor
        else:
            above = factor
    return True


@loop
def costs_in_cycles(
    a: Arrays,
    s: State,
    junctions: Integers,
    grid_s: Floats,
    time_step_s: float,
    variable: Booleans,
    low_s: Floats,
    high_s: Floats,
    wanted_s: Floats,
    given_s: Floats,
    costs: Floats,
) -> None:
    """`costs` [J, cycles] of the grid: `junction_cost` [veh h per h] of each of `junctions`, inf where its bounds [K]
    do not admit the cycle. `wanted_s` [K] proportions of greens, above 0. Only rows of these junctions in `s` change,
    so several of these may run on parts of one state that share no scratch."""
    for j in junctions:
        for c in range(len(grid_s)):
            s.cycle_s[j] = grid_s[c]
            s.bins[j] = max(1, int(grid_s[c] / time_step_s + 0.5))
            first, last = a.first_step[j], a.first_step[j + 1]
            costs[j, c] = 1e300
            if _fit(s, first, last, variable, low_s, high_s, wanted_s, given_s, grid_s[c]):
                costs[j, c] = junction_cost(a, s, j)
