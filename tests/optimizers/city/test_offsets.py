"""Phases of a coupling: trees have all they could have, nothing is above the bound, the bound is near."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from optimizers.city.coupling import Coupling
from optimizers.city.offsets import best_phases, proven_bound, saved_by
from optimizers.kernels.waves import Complex


def coupling(junctions: int, links: dict[tuple[int, int], complex]) -> Coupling:
    table = np.zeros((junctions, junctions), dtype=np.complex128)
    for (i, j), weight in links.items():
        table[i, j] += weight
        table[j, i] += np.conj(weight)
    return Coupling(csr_array(table))


def random_coupling(junctions: int, links: int, seed: int) -> Coupling:
    rng = np.random.default_rng(seed)
    pairs = [rng.choice(junctions, 2, replace=False) for _ in range(links)]
    return coupling(junctions, {(int(min(pair)), int(max(pair))): complex(*rng.normal(size=2)) for pair in pairs})


def ones(junctions: int) -> Complex:
    return np.ones(junctions, dtype=np.complex128)


def test_one_link_gets_the_offset_that_it_asks_for() -> None:
    asked = np.exp(2j)
    found = best_phases(coupling(2, {(0, 1): 3.0 * asked}), np.ones(2, bool), ones(2), np.random.default_rng(1))
    assert found.z[0] * np.conj(found.z[1]) == pytest.approx(asked, abs=1e-9)
    assert found.saved_veh_h_per_h == pytest.approx(6.0)
    assert found.bound_veh_h_per_h == pytest.approx(6.0, rel=1e-5)


@given(st.integers(2, 30), st.integers(0, 10**6))
def test_a_tree_gets_all_that_its_links_could_save(junctions: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    tree = {(int(rng.integers(i)), i): complex(*rng.normal(size=2)) for i in range(1, junctions)}
    found = best_phases(coupling(junctions, tree), np.ones(junctions, bool), ones(junctions), rng)
    assert found.saved_veh_h_per_h == pytest.approx(2.0 * sum(map(abs, tree.values())), rel=1e-4)


@given(st.integers(3, 4), st.integers(2, 10), st.integers(0, 10**6))
def test_no_phases_are_above_the_bound_and_those_of_a_grid_are_not_better(n: int, links: int, seed: int) -> None:
    one = random_coupling(n, links, seed)
    found = best_phases(one, np.ones(n, bool), ones(n), np.random.default_rng(seed))
    turns = np.exp(2j * np.pi * np.arange(16) / 16)
    z = np.array([(1.0, *rest) for rest in itertools.product(turns, repeat=n - 1)])
    grid = float(np.einsum("ai,ij,aj->a", z.conj(), one.matrix.toarray(), z).real.max())
    assert grid <= found.bound_veh_h_per_h * (1.0 + 1e-9)
    assert found.saved_veh_h_per_h >= grid - 1e-9
    assert 0.0 <= found.gap_share <= 0.2


@given(st.integers(0, 10**6))
def test_the_bound_holds_whatever_vectors_it_is_made_of(seed: int) -> None:
    one = random_coupling(12, 20, seed)
    rng = np.random.default_rng(seed)
    drawn = rng.standard_normal((12, 4)) + 1j * rng.standard_normal((12, 4))
    bound = proven_bound(one, drawn / np.linalg.norm(drawn, axis=1, keepdims=True))
    assert best_phases(one, np.ones(12, bool), ones(12), rng).saved_veh_h_per_h <= bound + 1e-9


def test_what_may_not_move_stays_and_the_rest_turns_to_it() -> None:
    one = random_coupling(20, 40, 3)
    start = np.exp(1j * np.arange(20.0))
    free = np.arange(20) % 3 > 0
    found = best_phases(one, free, start, np.random.default_rng(1))
    assert np.array_equal(found.z[~free], start[~free])
    assert found.saved_veh_h_per_h >= saved_by(one, start)
    assert found.saved_veh_h_per_h == pytest.approx(saved_by(one, found.z))


def test_who_has_nothing_to_do_with_others_saves_nothing() -> None:
    found = best_phases(coupling(3, {}), np.ones(3, bool), ones(3), np.random.default_rng(1))
    assert (found.saved_veh_h_per_h, found.bound_veh_h_per_h, found.gap_share) == (0.0, 0.0, 0.0)
