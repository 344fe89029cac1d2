"""First harmonics of delay along links, and phases that make the most of them, compiled.

What a junction's platoons cost downstream is a function of the offset between the two. Its first harmonic makes the
choice of all offsets a quadratic form in unit numbers, max z* W z, |z| = 1 (Coogan, Kim, Gomes, Arcak, Varaiya, Transp.
Res. B 2017), whose relaxation to unit vectors is solved one vector at a time (the mixing method; Wang, Chang, Kolter,
arXiv 1706.00476).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from optimizers.kernels.arrays import Arrays, State
from optimizers.kernels.compiled import loop
from optimizers.kernels.profile import solve_lane
from optimizers.kinds import Booleans, Integers

Complex = npt.NDArray[np.complex128]


@loop
def harmonics(a: Arrays, s: State, junctions: Integers, samples: int, swing: Complex) -> None:
    """Of each lane downstream of each of `junctions` (as in `Arrays.down_lanes`) the first harmonic of its cost
    [veh h per h] over the phase by which the junction's offset is moved: cost = mean + Re(swing e^(i phase)).

    `s` must be solved; what flows out of the junctions stays as it is. `s` is as before at the end.
    """
    for j in junctions:
        begin, end = a.down_start[j], a.down_start[j + 1]
        offset_s = s.offset_s[j]
        for at in range(begin, end):
            swing[at] = 0.0
        for sample in range(samples):
            phase = 2.0 * math.pi * sample / samples
            s.offset_s[j] = (offset_s + sample * s.cycle_s[j] / samples) % s.cycle_s[j]
            turned = complex(math.cos(phase), -math.sin(phase)) * (2.0 / samples)
            for at in range(begin, end):
                lane = a.down_lanes[at]
                solve_lane(a, s, lane)
                swing[at] += turned * s.lane_cost[lane]
        s.offset_s[j] = offset_s
        for at in range(begin, end):
            solve_lane(a, s, a.down_lanes[at])


@loop
def mix(
    start: Integers, column: Integers, weight: Complex, v: Complex, pull: Complex, sweeps: int, tolerance: float
) -> int:
    """Turn each of the unit vectors `v` [n, k] into the direction in which it helps most, in turn, until a sweep gains
    less than that share; returns the sweeps made. `start`, `column`, `weight`: rows of a Hermitian matrix; `pull` [k]
    is room to work in."""
    n, k = v.shape
    before = -1.0
    for sweep in range(sweeps):
        total = 0.0
        for i in range(n):
            for d in range(k):
                pull[d] = 0.0
            for at in range(start[i], start[i + 1]):
                w, other = weight[at], column[at]
                for d in range(k):
                    pull[d] += w * v[other, d]
            size = 0.0
            for d in range(k):
                size += pull[d].real * pull[d].real + pull[d].imag * pull[d].imag
            size = math.sqrt(size)
            total += size
            if size > 0.0:
                for d in range(k):
                    v[i, d] = pull[d] / size
        if before >= 0.0 and total - before <= tolerance * abs(total):
            return sweep + 1
        before = total
    return sweeps


@loop
def ascend(start: Integers, column: Integers, weight: Complex, free: Booleans, z: Complex, sweeps: int) -> float:
    """Turn each free unit number of `z` [n] to where it helps most, in turn, until nothing more is gained; returns
    z* W z."""
    before = -1e300
    for _ in range(sweeps + 1):
        total = 0.0
        for i in range(len(z)):
            pull = 0.0 + 0.0j
            for at in range(start[i], start[i + 1]):
                pull += weight[at] * z[column[at]]
            if free[i] and abs(pull) > 0.0:
                z[i] = pull / abs(pull)
            total += (z[i].conjugate() * pull).real
        if total - before <= 1e-9 * abs(total):
            break
        before = total
    value: float = form(start, column, weight, z)
    return value


@loop
def form(start: Integers, column: Integers, weight: Complex, z: Complex) -> float:
    """z* W z."""
    total = 0.0
    for i in range(len(z)):
        pull = 0.0 + 0.0j
        for at in range(start[i], start[i + 1]):
            pull += weight[at] * z[column[at]]
        total += (z[i].conjugate() * pull).real
    return total
