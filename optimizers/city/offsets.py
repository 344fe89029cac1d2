"""Offsets of a whole city: the relaxation to unit vectors, what it proves, and phases rounded from it.

max z* W z over |z| = 1 is at most max sum Re(W_ij <v_j, v_i>) over unit vectors, and for every y with diag(y) - W
positive semidefinite at most sum y (Coogan et al. 2017; weak duality). The vectors give a good y; what it lacks to be
semidefinite is found out by factorizing, so that the bound does not rest on how well the vectors have converged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array, diags_array
from scipy.sparse.linalg import splu

from optimizers.city.coupling import Coupling
from optimizers.kernels.waves import Complex, ascend, form, mix
from optimizers.kinds import Booleans, Floats

RANK = 16
ROUNDINGS = 8
_SWEEPS = 2000
_TOLERANCE = 1e-7  # of a sweep's gain
_LEAST_LIFT, _MOST_LIFT = 1e-7, 1.0  # of the mean of y


@dataclass(frozen=True, slots=True, eq=False)
class Phases:
    """`z` [J] unit numbers; they save `saved_veh_h_per_h` against chance, and nothing saves more than
    `bound_veh_h_per_h` (both of first harmonics). `evaluations`: visits of all junctions."""

    z: Complex
    saved_veh_h_per_h: float
    bound_veh_h_per_h: float
    evaluations: int

    @property
    def gap_share(self) -> float:
        """How far from the bound, as a share of it."""
        bound = self.bound_veh_h_per_h
        return (bound - self.saved_veh_h_per_h) / bound if bound > 0.0 else 0.0


def best_phases(coupling: Coupling, free: Booleans, start: Complex, rng: np.random.Generator) -> Phases:
    """Phases that make the most of a coupling; those that are not `free` [J] stay as in `start` [J]."""
    rows = coupling.rows
    n = len(start)
    v = _units(rng, (n, min(RANK, n)))
    used = mix(*rows, v, np.zeros(v.shape[1], dtype=np.complex128), _SWEEPS, _TOLERANCE)
    bound = proven_bound(coupling, v)
    best, saved = start.copy(), -np.inf
    for rounding in range(ROUNDINGS + 1):
        z = start.copy()
        if rounding:
            drawn = v @ _units(rng, (v.shape[1],))
            z = np.where(free & (np.abs(drawn) > 0.0), drawn / np.maximum(np.abs(drawn), 1e-300), start)
        value = ascend(*rows, free, z, _SWEEPS)
        used += 1
        if value > saved:
            best, saved = z, value
    return Phases(best, saved, max(bound, saved), used)


def saved_by(coupling: Coupling, z: Complex) -> float:
    """What phases save against chance [veh h per h]."""
    return float(form(*coupling.rows, z))


def proven_bound(coupling: Coupling, v: Complex) -> float:
    """A bound on what any phases save [veh h per h], from unit vectors [n, k]."""
    y: Floats = np.linalg.norm(np.asarray(coupling.matrix @ v), axis=1)
    mean = float(y.mean())
    if mean <= 0.0:
        return 0.0
    lift = _LEAST_LIFT
    while lift < _MOST_LIFT and not _semidefinite(coupling, y + lift * mean):
        lift *= 2.0
    trivial = float(np.abs(coupling.matrix.data).sum())
    return trivial if lift >= _MOST_LIFT else min(trivial, float(y.sum()) + len(y) * lift * mean)


def _semidefinite(coupling: Coupling, y: Floats) -> bool:
    """Whether diag(y) - W is positive definite: all pivots of its symmetric factorization are above 0."""
    table = csc_array(diags_array(y.astype(np.complex128)) - coupling.matrix)
    try:
        factors = splu(table, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
    except RuntimeError:  # exactly singular
        return False
    pivots = factors.U.diagonal()
    return bool(np.array_equal(factors.perm_r, factors.perm_c) and np.all(pivots.real > 0.0))


def _units(rng: np.random.Generator, shape: tuple[int, ...]) -> Complex:
    """Random complex vectors of length 1 along the last axis."""
    drawn = rng.standard_normal(shape) + 1j * rng.standard_normal(shape)
    return np.asarray(drawn / np.linalg.norm(drawn, axis=-1, keepdims=True), dtype=np.complex128)
