"""Least squares over the arcs of a graph that nearly balance at its nodes and cannot be negative.

The objective couples arcs of one node only, the balance couples the nodes. So every system is solved by small dense
blocks and one sparse matrix with a row per node (a Schur complement), whose pattern and order of elimination are found
once per graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import SuperLU, splu

Vector = NDArray[np.float64]
Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]

_MOST_STEPS = 300
_MOST_HALVINGS = 40
_PATIENCE = 3
_MOST_REFINEMENTS = 4
_ACCURACY = 1e-10  # of the largest pull: where refinement ends
_SLACK = 1e-9  # of the largest pull (slopes), of the largest flow (flows)
_CERTIFIED = 1e-7  # of the largest pull


@dataclass(frozen=True, slots=True)
class _Blocks:
    """All blocks of one size: where their nodes, arcs and entries lie."""

    size: int
    nodes: Indices
    arcs: slice
    entries: slice


@dataclass(frozen=True, slots=True)
class Arcs:
    """n arcs of a graph with N nodes, in `block_order`, and the E entries of its blocks.

    An arc with sign -1 leaves its node for another one (its head) or for the world outside (head -1); an arc with sign
    1 comes in from outside. Entry e couples the arcs `row[e]` and `column[e]` of one node.
    """

    nodes: int
    node: Indices  # (n,)
    head: Indices  # (n,)
    sign: Vector  # (n,)
    row: Indices  # (E,)
    column: Indices  # (E,)
    inner: Indices  # arcs with a head
    inner_pairs: Indices  # entries of two of them
    blocks: tuple[_Blocks, ...]
    rank: Indices  # (N,) place of each node in the elimination
    places: Indices  # where the terms of the Schur complement go
    pointers: Indices
    indices: Indices

    def times(self, entries: Vector, x: Vector) -> Vector:
        """Block matrix (E,) times vector (n,)."""
        out = np.empty(len(self.node))
        for block in self.blocks:
            parts = entries[block.entries].reshape(-1, block.size, block.size)
            out[block.arcs] = np.einsum("nij,nj->ni", parts, x[block.arcs].reshape(-1, block.size)).ravel()
        return out

    def balance(self, x: Vector) -> Vector:
        """What comes into each node less what leaves it, (N,)."""
        arriving = summed(self.head[self.inner], x[self.inner], self.nodes)
        return arriving + summed(self.node, self.sign * x, self.nodes)

    def pulled_back(self, price: Vector) -> Vector:
        """The transpose of `balance`, (n,)."""
        return np.where(self.head >= 0, price[self.head], 0.0) + self.sign * price[self.node]


def summed(labels: Indices, values: Vector, number: int) -> Vector:
    """The values of each label 0 .. number - 1 in all."""
    return np.asarray(np.bincount(labels, values, number), dtype=np.float64)


def block_order(node: Indices, nodes: int) -> Indices:
    """Arcs by the size of their block, and then by node."""
    size = np.bincount(node, minlength=nodes)
    return np.lexsort((node, size[node]))


def arcs_of(node: Indices, head: Indices, sign: Vector, nodes: int) -> Arcs:
    """Lay out the blocks of a graph. ValueError unless the arcs are in `block_order`."""
    if not np.array_equal(block_order(node, nodes), np.arange(len(node))):
        raise ValueError("arcs: not in block order")
    sizes = np.bincount(node, minlength=nodes)[node]
    rows, columns, blocks = [np.empty(0, dtype=np.intp)], [np.empty(0, dtype=np.intp)], []
    entries = 0
    for size in np.unique(sizes).tolist():
        first, last = np.searchsorted(sizes, [size, size + 1]).tolist()
        own = np.arange(first, last).reshape(-1, size)
        rows.append(np.repeat(own, size, axis=1).ravel())
        columns.append(np.tile(own, (1, size)).ravel())
        blocks.append(_Blocks(size, node[own[:, 0]], slice(first, last), slice(entries, entries + len(rows[-1]))))
        entries += len(rows[-1])
    row, column = np.concatenate(rows), np.concatenate(columns)
    inner, pairs = np.flatnonzero(head >= 0), np.flatnonzero((head[row] >= 0) & (head[column] >= 0))
    every = np.arange(nodes)  # the terms of the Schur complement, as `_Solved` has them
    i = np.concatenate([head[row[pairs]], head[inner], node[inner], every])
    j = np.concatenate([head[column[pairs]], node[inner], head[inner], every])
    rank = np.asarray(_factor(_laplacian(i, j, nodes), "MMD_AT_PLUS_A").perm_c, dtype=np.intp)
    keys, places = np.unique(rank[j] * nodes + rank[i], return_inverse=True)
    pointers = np.searchsorted(keys, np.arange(nodes + 1) * nodes)
    return Arcs(nodes, node, head, sign, row, column, inner, pairs, tuple(blocks), rank, places, pointers, keys % nodes)


def _laplacian(i: Indices, j: Indices, nodes: int) -> sparse.csc_array[np.float64]:
    """Any positive definite matrix with this pattern: only its order of elimination is asked for."""
    apart = sparse.csc_array((np.where(i == j, 0.0, -1.0), (i, j)), shape=(nodes, nodes))
    return sparse.csc_array(apart - sparse.diags_array(apart.sum(axis=0) - 1.0))


class System(Protocol):
    """The objective x'Hx - 2 pull'x with one block of H per node, and lower bounds on sums of arcs.

    A bound that is missed counts (weight x squared miss); one that is more than kept is *loose*.
    """

    @property
    def balance_sigma(self) -> float:
        """How closely the nodes balance."""

    @property
    def bound_weight(self) -> Vector:
        """Weight of each bound where it is missed, (b,)."""

    def assemble(self, loose: Mask) -> tuple[Vector, Vector]:
        """Entries of H (E,) and pull (n,), with these bounds loose (b,)."""

    def excess(self, x: Vector) -> Vector:
        """By how much each bound is more than kept (below 0: missed), (b,)."""


@dataclass(frozen=True, slots=True)
class Active:
    """Which arcs are above zero, and which bounds are loose."""

    arcs: Mask
    loose: Mask


@dataclass(frozen=True, slots=True)
class Answer:
    """The minimum, with its certificate: the largest violation of the optimality conditions, of the largest pull."""

    x: Vector
    active: Active
    kkt_residual: float
    factorisations: int


def non_negative(arcs: Arcs, system: System, start: Active | None = None) -> Answer:
    """Minimise `system` plus the squared balances of the nodes / sigma^2 over x >= 0.

    Block principal pivoting: Portugal, Judice, Vicente (1994), "A comparison of block pivoting and interior-point
    algorithms for linear least squares problems with nonnegative variables". Where that goes round in circles,
    projected Newton steps: Bertsekas (1982), "Projected Newton methods for optimization problems with simple
    constraints". H must be positive definite: then the minimum is unique, and `start` decides only how soon it is
    found. Raises ArithmeticError if it is not found.
    """
    active = start or Active(np.ones(len(arcs.node), dtype=bool), np.ones(len(system.bound_weight), dtype=bool))
    fewest, patience, solved, loose = len(active.arcs) + len(active.loose) + 1, _PATIENCE, None, None
    point: Vector | None = None
    for step in range(_MOST_STEPS):
        if loose is None or not np.array_equal(active.loose, loose):
            loose = active.loose
            entries, pull = system.assemble(loose)
        solved = _Solved(arcs, entries, system.balance_sigma, active.arcs, solved)
        x, slope = solved.solve(pull)
        excess, scale = system.excess(x), max(1.0, float(np.abs(pull).max(initial=0.0)))
        low = _SLACK * max(1.0, float(x.max(initial=0.0)))
        wrong = np.where(active.arcs, x < -low, slope < -_SLACK * scale)
        wrong_bounds = np.where(loose, excess < -low, system.bound_weight * excess > _SLACK * scale)
        number = int(wrong.sum() + wrong_bounds.sum())
        if number == 0:
            residual = float(np.where(active.arcs, np.abs(slope), -slope).max(initial=0.0)) / scale
            if residual > _CERTIFIED:
                raise ArithmeticError(f"least squares over arcs: optimal to {residual:.1e} only, needed {_CERTIFIED}")
            return Answer(np.maximum(x, 0.0), active, residual, step + 1)
        patience = _PATIENCE if number < fewest else patience - 1
        fewest = min(fewest, number)
        if point is None and patience >= 0:
            active = Active(active.arcs ^ wrong, loose ^ wrong_bounds)
        else:
            point, active = _nearer(arcs, system, np.maximum(x, 0.0) if point is None else point, x)
    raise ArithmeticError(f"least squares over arcs: {fewest} of {len(arcs.node)} unsettled after {_MOST_STEPS} steps")


def _nearer(arcs: Arcs, system: System, x: Vector, target: Vector) -> tuple[Vector, Active]:
    """The first of the points half, a quarter ... of the way to `target`, cut off at zero, that is lower than x.

    The objective is convex: it is lower there when its slope still falls on the way from x.
    """
    for halving in range(_MOST_HALVINGS):
        y = np.maximum(x + 0.5**halving * (target - x), 0.0)
        loose = system.excess(y) >= 0.0
        entries, pull = system.assemble(loose)
        slope = arcs.times(entries, y) + arcs.pulled_back(arcs.balance(y) * system.balance_sigma**-2.0) - pull
        scale = max(1.0, float(np.abs(pull).max(initial=0.0)))
        if slope @ (y - x) <= _ACCURACY * scale:
            break
    return y, Active((y > 0.0) | (slope < -_SLACK * scale), loose)


class _Solved:
    """One factorisation, with some arcs held at zero; blocks as in the one `before` are taken from it."""

    def __init__(self, arcs: Arcs, entries: Vector, sigma: float, free: Mask, before: _Solved | None = None) -> None:
        self._arcs, self._entries, self._weight, self._free = arcs, entries, sigma**-2.0, free
        both = free[arcs.row] & free[arcs.column]
        if before is None:
            changed = np.ones(arcs.nodes, dtype=bool)
            self._inverse = np.empty(len(entries))
        else:
            changed = np.zeros(arcs.nodes, dtype=bool)
            changed[arcs.node[free != before._free]] = True
            changed[arcs.node[arcs.row[entries != before._entries]]] = True
            self._inverse = before._inverse.copy()
        held = np.where(both, entries, arcs.row == arcs.column)
        for block in arcs.blocks:
            which = np.flatnonzero(changed[block.nodes])
            parts = held[block.entries].reshape(-1, block.size, block.size)
            inverse = self._inverse[block.entries].reshape(-1, block.size, block.size)
            inverse[which] = np.linalg.inv(parts[which])
        self._inverse *= both
        self._factor = _factor(self._schur(), "NATURAL")

    def _schur(self) -> sparse.csc_array[np.float64]:
        """1 / weight + balance H^-1 balance', nodes in the order of elimination."""
        arcs, inverse = self._arcs, self._inverse
        sums = arcs.times(inverse, arcs.sign)
        own = summed(arcs.node, arcs.sign * sums, arcs.nodes) + 1.0 / self._weight
        terms = np.concatenate([inverse[arcs.inner_pairs], sums[arcs.inner], sums[arcs.inner], own])
        data = summed(arcs.places, terms, len(arcs.indices))
        return sparse.csc_array((data, arcs.indices, arcs.pointers), shape=(arcs.nodes, arcs.nodes))

    def solve(self, pull: Vector) -> tuple[Vector, Vector]:
        """The arcs (n,) where half the derivative of the objective is zero for all that are free, and it for all."""
        x = self._step(pull)
        slope = self._slope(x, pull)
        least = _ACCURACY * max(1.0, float(np.abs(pull).max(initial=0.0)))
        for _ in range(_MOST_REFINEMENTS):
            if np.abs(slope * self._free).max(initial=0.0) <= least:
                break
            x = x + self._step(-slope)
            slope = self._slope(x, pull)
        return x, slope

    def _step(self, pull: Vector) -> Vector:
        arcs = self._arcs
        right = np.empty(arcs.nodes)
        right[arcs.rank] = arcs.balance(arcs.times(self._inverse, pull))
        price = self._factor.solve(right)[arcs.rank]
        return arcs.times(self._inverse, pull - arcs.pulled_back(price))

    def _slope(self, x: Vector, pull: Vector) -> Vector:
        price = self._weight * self._arcs.balance(x)
        return self._arcs.times(self._entries, x) + self._arcs.pulled_back(price) - pull


def _factor(matrix: sparse.csc_array[np.float64], order: Literal["NATURAL", "MMD_AT_PLUS_A"]) -> SuperLU[np.float64]:
    symmetric = {"SymmetricMode": True}
    return splu(matrix, permc_spec=order, diag_pivot_thresh=0.0, relax=1, panel_size=1, options=symmetric)


def noise_answers(arcs: Arcs, system: System, samples: int, seed: int) -> Iterator[Vector]:
    """Arcs that fit pure noise, of deviation 1 in every row, with nothing held at zero and all bounds loose."""
    entries, _ = system.assemble(np.ones(len(system.bound_weight), dtype=bool))
    solved = _Solved(arcs, entries, system.balance_sigma, np.ones(len(arcs.node), dtype=bool))
    parts = [entries[block.entries].reshape(-1, block.size, block.size) for block in arcs.blocks]
    roots = np.concatenate([np.linalg.cholesky(part).ravel() for part in parts])
    random = np.random.default_rng(seed)
    for _ in range(samples):
        pushed = random.standard_normal(arcs.nodes) / system.balance_sigma
        noise = arcs.times(roots, random.standard_normal(len(arcs.node)))
        yield solved.solve(noise + arcs.pulled_back(pushed))[0]
