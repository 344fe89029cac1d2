"""Coupling is what moving an offset does to the delay downstream."""

from __future__ import annotations

import numpy as np
import pytest

from optimizers.city.coupling import coupled, phases
from optimizers.city.offsets import saved_by
from optimizers.kernels.arrays import Arrays, State, arrays_of, state_of
from optimizers.kernels.profile import evaluate_profile
from optimizers.problem import TimingProblem
from optimizers.solution import given_solution
from tests.optimizers.problems import grid


def solved(problem: TimingProblem) -> tuple[Arrays, State]:
    arrays = arrays_of(problem)
    state = state_of(arrays, given_solution(problem))
    evaluate_profile(arrays, state, 8, 1e-4)
    return arrays, state


def test_the_state_is_left_as_it_was() -> None:
    arrays, state = solved(grid(3, 2))
    before = [np.array(array) for array in state]
    coupled(arrays, state)
    for name, array, old in zip(state._fields, state, before, strict=True):
        assert np.array_equal(array, old), name


def test_it_is_hermitian_between_neighbours_only() -> None:
    found = coupled(*solved(grid(3, 2))).matrix.toarray()
    assert np.allclose(found, found.conj().T)
    neighbours = {(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)}
    assert {(int(i), int(j)) for i, j in np.argwhere(np.abs(found) > 0.0) if i < j} == neighbours


def test_it_is_the_first_harmonic_of_what_an_offset_does_to_one_street() -> None:
    problem = grid(2, 1)
    arrays, state = solved(problem)
    found = coupled(arrays, state)
    cycle_s = float(state.cycle_s[0])
    moves_s = np.arange(0.0, cycle_s, 1.0)
    costs, saved = [], []
    for move_s in moves_s:
        state.offset_s[0] = (given_solution(problem).offset_s[0] + move_s) % cycle_s
        costs.append(evaluate_profile(arrays, state, 8, 1e-9))
        saved.append(saved_by(found, phases(state.offset_s, state.cycle_s)))
    turn = np.exp(-2j * np.pi * moves_s / cycle_s)
    swing, modelled = (2.0 * np.mean(np.array(values) * turn) for values in (costs, saved))
    assert abs(swing + modelled) <= 0.1 * abs(swing)  # what is saved is not spent
    assert found.pairs()[2] == pytest.approx([abs(modelled)])


def test_unlike_cycles_have_none() -> None:
    problem = grid(2, 1)
    steps = np.array(problem.step_given_s)
    steps[0] += 10.0
    cycles = problem.cycle_given_s + np.array([10.0, 0.0])
    assert coupled(*solved(problem.replace(step_given_s=steps, cycle_given_s=cycles))).matrix.nnz == 0
