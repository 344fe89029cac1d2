from __future__ import annotations

import numpy as np

from optimizers.method import never, silent
from optimizers.methods import descent
from optimizers.solution import TimingSolution, given_solution, score
from tests.optimizers.problems import grid


def run(problem: descent.TimingProblem, effort: int = 3000) -> list[TimingSolution]:
    return descent.propose(problem, start=None, effort=effort, seed=4, stop=never, report=silent)


def test_the_best_is_better_than_the_given_plan() -> None:
    problem = grid(3, 2, protected=False)
    assert score(problem, run(problem)[0]) < 0.9 * score(problem, given_solution(problem))


def test_candidates_are_unlike_and_simple_ones_are_among_them() -> None:
    problem = grid(3, 2)
    found = run(problem, 8000)
    origins = [c.origin for c in found]
    assert "given timing, new offsets only" in origins
    assert "own cycles and offsets, greens half-way to equal saturation" in origins
    assert len({tuple(c.cycle_s) for c in found}) >= 3
    assert 6 <= len(found) <= 12
    only_offsets = found[origins.index("given timing, new offsets only")]
    assert np.array_equal(only_offsets.step_s, problem.step_given_s)


def test_a_junction_that_cannot_take_the_cycle_gets_half_or_double() -> None:
    problem = grid(3, 1, protected=False)
    low, high = np.array([80.0, 30.0, 80.0]), np.array([120.0, 60.0, 120.0])
    bounded = problem.replace(cycle_min_s=low, cycle_max_s=high)
    ratios = {round(float(c.cycle_s[0] / c.cycle_s[1]), 3) for c in run(bounded, 8000) if c.origin.startswith("common")}
    assert ratios == {2.0}


def test_moved_offsets_are_whole_seconds_even_when_the_given_ones_are_not() -> None:
    problem = grid(2, 1)
    found = run(problem.replace(offset_given_s=problem.offset_given_s + 0.4))
    moved = next(c for c in found if c.origin == "given timing, new offsets only")
    assert np.array_equal(moved.offset_s, np.round(moved.offset_s))


def test_areas_may_have_cycles_of_their_own() -> None:
    problem = grid(4, 1, protected=False)
    flow = np.where(problem.use_junction < 2, 0.4, 1.5) * problem.use_flow_veh_per_h
    cut = problem.use_junction[problem.feed_from_use] // 2 != problem.use_junction[problem.feed_to_use] // 2
    share = np.where(cut, 0.0, problem.feed_share)
    apart = problem.replace(use_flow_veh_per_h=flow, feed_share=share, area=np.array([0, 0, 1, 1]))
    assert any("each area" in c.origin for c in run(apart, 20_000))
