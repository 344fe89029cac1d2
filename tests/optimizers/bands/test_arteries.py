"""Arteries found in the feeds of a problem, and the greens along them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from optimizers.bands.arteries import Feeds, band_problem, longest_green_s
from optimizers.solution import given_solution
from tests.optimizers.problems import crossing, grid


def everywhere(junctions: int) -> np.ndarray:
    return np.ones(junctions, dtype=np.bool_)


def test_a_row_of_signals_is_one_artery_there_and_back() -> None:
    feeds = Feeds(grid(4, 1), everywhere(4))
    ((onward, back),) = feeds.chains()
    assert back is not None
    there = [feeds.junction[group] for group in onward.groups]
    assert there in ([0, 1, 2, 3], [3, 2, 1, 0])
    assert [feeds.junction[group] for group in back.groups] == there[::-1]
    assert len(onward.travel_s) == 3


def test_no_pair_of_signals_is_in_two_arteries() -> None:
    feeds = Feeds(grid(4, 3), everywhere(12))
    pairs = [
        frozenset((feeds.junction[a], feeds.junction[b]))
        for onward, _ in feeds.chains()
        for a, b in pairwise(onward.groups)
    ]
    assert len(pairs) == len(set(pairs)) > 0


def test_an_artery_ends_at_a_signal_that_cannot_be_timed() -> None:
    usable = np.array([True, True, False, True, True])
    feeds = Feeds(grid(5, 1), usable)
    found = sorted(sorted(feeds.junction[group] for group in onward.groups) for onward, _ in feeds.chains())
    assert found == [[0, 1], [3, 4]]


def test_without_feeds_there_are_no_arteries() -> None:
    problem = crossing()
    feeds = Feeds(problem, everywhere(1))
    assert feeds.chains() == []
    assert band_problem(feeds, given_solution(problem), [], 60.0, 60.0, balanced=False) is None


def test_greens_of_a_band_are_those_of_the_timing() -> None:
    problem = grid(3, 1)
    feeds, timing = Feeds(problem, everywhere(3)), given_solution(problem)
    bands = band_problem(feeds, timing, feeds.chains(), 82.0, 82.0, balanced=True)
    assert bands is not None
    assert bands.arteries[0].ratio is not None
    for passage in bands.passages:
        # east and west: the third of four stages, after 25 + 4 + 8 + 4 s
        assert passage.green_start_share[:, 0] * 82.0 == pytest.approx([41.0] * 3)
        assert passage.green_share[:, 0] * 82.0 == pytest.approx([25.0] * 3)
        assert passage.weight == pytest.approx(passage.weight.clip(min=1e-9))
        assert np.all(passage.travel_low_s < passage.travel_high_s)


@pytest.mark.parametrize(
    ("shown", "green_s"),
    [
        ((3, 1, 0, 0, 0, 0), (0.0, 20.0)),
        ((3, 1, 0, 2, 0, 0), (24.0, 30.0)),
        ((3, 1, 0, 0, 2, 3), (54.0, 24.0)),  # yielding counts, and a green goes on over the end of the cycle
        ((0, 1, 0, 0, 0, 0), (0.0, 0.0)),
        ((3, 3, 3, 3, 3, 3), (0.0, 58.0)),
    ],
)
def test_the_longest_green_counts(shown: tuple[int, ...], green_s: tuple[float, float]) -> None:
    problem = crossing().replace(
        use_display=np.array([shown, (0,) * 6], dtype=np.int8), step_given_s=[20.0, 3.0, 1.0, 30.0, 3.0, 1.0]
    )
    assert longest_green_s(problem, given_solution(problem), 0) == pytest.approx(green_s)
