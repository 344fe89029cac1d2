"""Sparse least squares with unknowns that cannot be negative, its spread, and what its rows leave open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu

Vector = NDArray[np.float64]
_MOST_EXCHANGES = 300
_PATIENCE = 3
_SAMPLES = 48
_PROBES = 12
_PROBE_RIDGE = 1e-9


@dataclass(slots=True)
class Rows:
    """Rows of a sparse system being collected: value * unknown ..., target, sigma."""

    row: list[int] = field(default_factory=list)
    column: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    target: list[float] = field(default_factory=list)
    sigma: list[float] = field(default_factory=list)

    def add(self, terms: Iterable[tuple[int, float]], target: float, sigma: float) -> int:
        at = len(self.target)
        for column, value in terms:
            self.row.append(at)
            self.column.append(column)
            self.value.append(value)
        self.target.append(target)
        self.sigma.append(sigma)
        return at

    def matrix(self, unknowns: int, *, weighted: bool = True) -> sparse.csr_array:
        plain = sparse.csr_array((self.value, (self.row, self.column)), shape=(len(self.target), unknowns))
        return sparse.csr_array(sparse.diags_array(1.0 / np.array(self.sigma)) @ plain) if weighted else plain


def non_negative(rows: sparse.csr_array, target: Vector, ridge: Vector) -> Vector:
    """Minimise ||rows x - target||^2 + sum(ridge x^2) with x >= 0; `ridge` > 0 makes the minimum unique.

    Block principal pivoting: Portugal, Judice, Vicente (1994), "A comparison of block pivoting and interior-point
    algorithms for linear least squares problems with nonnegative variables", with sparse factors. `rows` is (m, n),
    `target` (m,), `ridge` and the answer (n,). Raises ArithmeticError if it does not end.
    """
    normal = (rows.T @ rows + sparse.diags_array(ridge)).tocsc()
    pull = rows.T @ target
    count = normal.shape[0]
    free = np.ones(count, dtype=bool)
    scale = max(1.0, float(np.abs(target).max(initial=0.0)))
    slack_x, slack_y = 1e-9 * scale, 1e-9 * max(1.0, float(np.abs(pull).max(initial=0.0)))
    fewest, patience = count + 1, _PATIENCE
    for _ in range(_MOST_EXCHANGES):
        x = np.zeros(count)
        inside = np.flatnonzero(free)
        if inside.size:
            x[inside] = _solve(normal[inside][:, inside], pull[inside])
        slope = normal @ x - pull
        wrong = np.flatnonzero((free & (x < -slack_x)) | (~free & (slope < -slack_y)))
        if wrong.size == 0:
            return np.maximum(x, 0.0)
        if wrong.size < fewest:
            fewest, patience = wrong.size, _PATIENCE
        elif patience > 0:
            patience -= 1
        else:
            wrong = wrong[-1:]  # Murty's rule: always ends
        free[wrong] = ~free[wrong]
    raise ArithmeticError(f"non-negative least squares: {fewest} of {count} unknowns unsettled")


def spread(rows: sparse.csr_array, ridge: Vector, combine: sparse.csr_array, seed: int = 1) -> Vector:
    """Standard deviation of `combine @ x` when each row's target has deviation 1 (48 samples, so within about 10 %)."""
    factor = _factor((rows.T @ rows + sparse.diags_array(ridge)).tocsc())
    generator = np.random.default_rng(seed)
    noise = rows.T @ generator.standard_normal((rows.shape[0], _SAMPLES))
    noise += np.sqrt(ridge)[:, None] * generator.standard_normal((rows.shape[1], _SAMPLES))
    samples = combine @ factor.solve(noise)
    deviation: Vector = np.sqrt((samples**2).mean(axis=1))
    return deviation


def left_open(rows: sparse.csr_array, combine: sparse.csr_array, seed: int = 1) -> Vector:
    """How far `rows @ x` leaves each of `combine @ x` undetermined: 0 not at all.

    Random vectors are projected onto the null space of `rows` (entries about 1); the answer is the largest part that
    twelve of them leave in each combination. A rank test without a dense matrix.
    """
    normal = (rows.T @ rows + _PROBE_RIDGE * sparse.eye_array(rows.shape[1])).tocsc()
    probes = np.random.default_rng(seed).standard_normal((rows.shape[1], _PROBES))
    remains = combine @ (_PROBE_RIDGE * _factor(normal).solve(probes))
    largest: Vector = np.abs(remains).max(axis=1, initial=0.0)
    return largest


def _factor(matrix: sparse.csc_array):  # type: ignore[no-untyped-def]  # SuperLU has no public type
    return splu(matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})


def _solve(matrix: sparse.csc_array, pull: Vector) -> Vector:
    factor = _factor(matrix)
    x = factor.solve(pull)
    answer: Vector = x + factor.solve(pull - matrix @ x)  # one refinement: balance rows weigh 10^8 times the ridge
    return answer
