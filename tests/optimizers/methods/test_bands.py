"""Bands as a method: green waves in the answer, told with their gap."""

from __future__ import annotations

import re

import numpy as np
import pytest

from optimizers.bands.arteries import Feeds, longest_green_s
from optimizers.method import never, silent
from optimizers.methods import bands
from optimizers.problem import TimingProblem
from optimizers.solution import TimingSolution, given_solution, score
from tests.optimizers.problems import crossing, grid

TOLD = re.compile(
    r"^(MAXBAND|MULTIBAND), .* cycle \d+ s, .*, found with bands of \d+ s, at most \d+\.\d % from the best known bound$"
)


def proposed(problem: TimingProblem, effort: int = 20_000) -> list[TimingSolution]:
    return bands.propose(problem, start=None, effort=effort, seed=1, stop=never, report=silent)


def _through_s(problem: TimingProblem, solution: TimingSolution) -> float:
    """Seconds of a cycle, both directions together, at which a vehicle meets nothing but green all along the artery at
    any one speed from 85 to 100 % of the free one, looked at second by second."""
    feeds = Feeds(problem, np.ones(problem.junctions, dtype=np.bool_))
    ((onward, back),) = feeds.chains()
    assert back is not None
    total = 0.0
    for chain in (onward, back):
        best = 0
        for slowness in np.linspace(1.0, 1.0 / 0.85, 16):
            ahead_s = slowness * np.concatenate(([0.0], np.cumsum(chain.travel_s)))
            at_s = np.arange(solution.cycle_s[0])[:, None] + ahead_s[None, :]
            green = np.ones(len(at_s), dtype=np.bool_)
            for stop, group in enumerate(chain.groups):
                start_s, length_s = longest_green_s(problem, solution, feeds.use_of[group])
                local_s = (at_s[:, stop] - solution.offset_s[feeds.junction[group]] - start_s) % solution.cycle_s[0]
                green &= local_s <= length_s
            best = max(best, int(green.sum()))
        total += best
    return total


def test_every_answer_tells_its_bands_and_their_gap() -> None:
    found = proposed(grid(4, 1))
    assert len(found) >= 4
    for candidate in found:
        assert TOLD.match(candidate.origin), candidate.origin
        assert candidate.bound is not None
        assert candidate.bound < 0.0


def test_an_artery_with_random_offsets_gets_a_green_wave() -> None:
    problem = grid(5, 1)
    before_s = _through_s(problem, given_solution(problem))
    best_s = max(_through_s(problem, one) for one in proposed(problem) if one.origin.startswith("MAXBAND"))
    assert best_s > before_s + 10.0


def test_waves_cost_less_than_random_offsets() -> None:
    problem = grid(4, 2)
    found = proposed(problem, 2000)
    assert score(problem, found[0]) < score(problem, given_solution(problem))
    values = [score(problem, one) for one in found]
    assert values == sorted(values)


def test_junctions_outside_all_arteries_keep_their_offsets() -> None:
    for candidate in proposed(crossing()):
        assert candidate.offset_s.tolist() == [0.0]
    problem = grid(3, 1, fixed=(2,))
    for candidate in proposed(problem):
        assert candidate.offset_s[2] == given_solution(problem).offset_s[2]


def test_without_effort_for_a_search_the_given_timing_is_the_answer() -> None:
    (only,) = proposed(grid(3, 1), effort=1)
    assert np.array_equal(only.offset_s, given_solution(grid(3, 1)).offset_s)


@pytest.mark.parametrize("effort", [300, 1500])
def test_effort_counts_nodes(effort: int) -> None:
    told = []
    bands.propose(grid(4, 3), start=None, effort=effort, seed=1, stop=never, report=told.append)
    assert told[-1].evaluations <= effort + 15 * 12
