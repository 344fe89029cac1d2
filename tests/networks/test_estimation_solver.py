"""The solver over arcs: it finds the minimum that a dense solver finds, and proves it by the optimality conditions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import nnls

from networks import estimation_solver
from networks.estimation_solver import Arcs, arcs_of, block_order, noise_answers, non_negative

BALANCE_SIGMA = 0.3


@dataclass
class Dense:
    """A system given by explicit rows: those of the arcs of single nodes, and lower bounds on sums of arcs."""

    arcs: Arcs
    rows: np.ndarray  # (m, n)
    target: np.ndarray  # (m,)
    bounds: np.ndarray  # (b, n) of ones and zeros
    least: np.ndarray  # (b,)
    bound_weight: np.ndarray  # (b,)
    ridge: float = 1e-3
    balance_sigma: float = BALANCE_SIGMA

    def assemble(self, loose: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        weight = np.where(loose, self.bound_weight * self.ridge / (self.bound_weight + self.ridge), self.bound_weight)
        normal = self.rows.T @ self.rows + self.bounds.T @ (weight[:, None] * self.bounds)
        normal += self.ridge * np.eye(len(normal))
        pull = self.rows.T @ self.target + self.bounds.T @ (weight * self.least)
        return normal[self.arcs.row, self.arcs.column], pull

    def excess(self, x: np.ndarray) -> np.ndarray:
        return self.bounds @ x - self.least

    def stacked(self) -> tuple[np.ndarray, np.ndarray]:
        """All rows of the same problem with a surplus of its own for each bound."""
        n, b = len(self.arcs.node), len(self.least)
        balance = np.zeros((self.arcs.nodes, n))
        for arc in range(n):
            balance[self.arcs.node[arc], arc] += self.arcs.sign[arc]
            if self.arcs.head[arc] >= 0:
                balance[self.arcs.head[arc], arc] += 1.0
        root = np.sqrt(self.bound_weight)
        rows = np.block(
            [
                [self.rows, np.zeros((len(self.rows), b))],
                [balance / self.balance_sigma, np.zeros((self.arcs.nodes, b))],
                [root[:, None] * self.bounds, -np.diag(root)],
                [np.sqrt(self.ridge) * np.eye(n + b)],
            ]
        )
        none = np.zeros(self.arcs.nodes)
        return rows, np.concatenate([self.target, none, root * self.least, np.zeros(n + b)])


def drawn(seed: int, nodes: int, arcs: int, bounds: int = 0) -> Dense:
    """A random graph (parallel arcs and loops among them) with random rows."""
    random = np.random.default_rng(seed)
    node = random.integers(0, nodes, arcs)
    kind = random.integers(0, 4, arcs)  # 0 comes in, 1 leaves the graph, 2 and 3 lead to another node
    order = block_order(node, nodes)
    node, kind = node[order], kind[order]
    head = np.where(kind >= 2, random.integers(0, nodes, arcs), -1)
    layout = arcs_of(node, head, np.where(kind == 0, 1.0, -1.0), nodes)
    each = 3
    rows = random.normal(size=(each * nodes, arcs)) * (random.random((each * nodes, arcs)) < 0.6)
    rows *= np.arange(each * nodes)[:, None] // each == node[None, :]
    chosen = random.integers(0, nodes, bounds)
    sums = (chosen[:, None] == node[None, :]) * (random.random((bounds, arcs)) < 0.7)
    return Dense(
        layout,
        rows,
        random.normal(size=each * nodes) * 10.0,
        sums.astype(float),
        random.uniform(0.0, 8.0, bounds),
        random.uniform(0.1, 5.0, bounds),
    )


@given(st.integers(0, 100_000), st.integers(1, 8), st.integers(1, 25), st.integers(0, 4))
def test_it_agrees_with_a_dense_solver(seed: int, nodes: int, arcs: int, bounds: int) -> None:
    system = drawn(seed, nodes, arcs, bounds)
    rows, target = system.stacked()
    answer = non_negative(system.arcs, system)
    assert answer.x == pytest.approx(nnls(rows, target, maxiter=10_000)[0][:arcs], abs=1e-6)


@given(st.integers(0, 100_000), st.integers(1, 60), st.integers(1, 300))
def test_the_optimality_conditions_hold(seed: int, nodes: int, arcs: int) -> None:
    """Slope zero where an arc is used, never negative where it is not; computed from the rows, not by the solver."""
    system = drawn(seed, nodes, arcs)
    rows, target = system.stacked()
    answer = non_negative(system.arcs, system)
    slope = rows.T @ (rows @ answer.x - target)
    scale = max(1.0, np.abs(rows.T @ target).max())
    assert answer.x.min() >= 0.0
    assert slope.min() >= -1e-8 * scale
    assert np.abs(slope * (answer.x > 1e-7)).max() <= 1e-8 * scale
    assert answer.kkt_residual <= 1e-8


@given(st.integers(0, 1000))
def test_the_start_decides_nothing(seed: int) -> None:
    system, other = drawn(seed, 6, 30, 3), drawn(seed + 1, 6, 30, 3)
    other.arcs = system.arcs
    there = non_negative(system.arcs, system)
    again = non_negative(system.arcs, system, there.active)
    assert again.factorisations == 1
    start = there.active.__class__(~there.active.arcs, ~there.active.loose)
    assert non_negative(system.arcs, system, start).x == pytest.approx(there.x, abs=1e-7)
    assert again.x == pytest.approx(there.x, abs=1e-9)


@pytest.mark.parametrize("seed", range(40))
def test_projected_newton_steps_alone_find_it(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes over where pivoting goes round in circles, from the first step on."""
    monkeypatch.setattr(estimation_solver, "_PATIENCE", -1)
    system = drawn(seed, 7, 40, 4)
    rows, target = system.stacked()
    answer = non_negative(system.arcs, system)
    assert answer.x == pytest.approx(nnls(rows, target, maxiter=10_000)[0][:40], abs=1e-6)
    assert answer.kkt_residual <= 1e-8


def test_a_graph_that_falls_apart_is_solved_part_by_part() -> None:
    """Two copies side by side: each gets the answer it has alone."""
    alone = drawn(5, 4, 12)
    node, head = alone.arcs.node, alone.arcs.head
    both = np.concatenate([node, node + 4])
    order = block_order(both, 8)
    heads = np.concatenate([head, np.where(head >= 0, head + 4, -1)])
    layout = arcs_of(both[order], heads[order], np.tile(alone.arcs.sign, 2)[order], 8)
    rows = np.kron(np.eye(2), alone.rows)[:, order]
    pair = Dense(layout, rows, np.tile(alone.target, 2), np.zeros((0, 24)), np.zeros(0), np.zeros(0))
    found = np.empty(24)
    found[order] = non_negative(layout, pair).x
    expected = non_negative(alone.arcs, alone).x
    assert found[:12] == pytest.approx(expected, abs=1e-8)
    assert found[12:] == pytest.approx(expected, abs=1e-8)


def test_arcs_in_another_order_are_refused() -> None:
    with pytest.raises(ValueError, match="block order"):
        arcs_of(np.array([1, 0]), np.array([-1, -1]), np.array([-1.0, 1.0]), 2)


def test_noise_comes_back_with_the_deviation_of_the_inverse() -> None:
    system = drawn(11, 3, 9)
    rows, _ = system.stacked()
    expected = np.sqrt(np.diag(np.linalg.inv(rows.T @ rows)))
    samples = np.array(list(noise_answers(system.arcs, system, 4000, seed=1)))
    assert samples.std(axis=0) == pytest.approx(expected, rel=0.06)
