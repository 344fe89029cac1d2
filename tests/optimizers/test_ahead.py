"""Compiling ahead needs the loops that a search needs, of the same kinds of arrays."""

from __future__ import annotations

from optimizers.ahead import compile_loops
from optimizers.kernels.climb import climb_offsets, exchange
from optimizers.kernels.profile import evaluate_profile
from optimizers.kernels.signals import build_junction
from optimizers.methods import descent
from tests.optimizers.problems import grid


def test_a_search_needs_no_other_loops_than_those_compiled_ahead() -> None:
    loops = (build_junction, evaluate_profile, climb_offsets, exchange)
    compile_loops()
    ahead = [set(loop.signatures) for loop in loops]
    assert all(ahead)
    descent.propose(grid(2, 1), start=None, effort=500, seed=1, stop=lambda: False, report=lambda _: None)
    assert [set(loop.signatures) for loop in loops] == ahead
