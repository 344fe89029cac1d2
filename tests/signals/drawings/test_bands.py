"""Green bands, by hand and against a sweep."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.drawings import through_bands


def test_two_signals_with_matching_offsets_give_the_shorter_green() -> None:
    assert through_bands([[(0, 40)], [(20, 50)]], [0, 20], 80) == ((0.0, 30.0),)


def test_a_band_over_the_end_of_the_cycle_is_one_band() -> None:
    assert through_bands([[(70, 110)], [(70, 110)]], [0, 0], 80) == ((70, 110),)


def test_no_common_green_no_band() -> None:
    assert through_bands([[(0, 30)], [(0, 30)]], [0, 40], 80) == ()


def test_always_green_is_one_whole_cycle() -> None:
    assert through_bands([[(0, 80)], [(0, 80)]], [0, 33], 80) == ((0.0, 80),)


def test_as_many_travel_times_as_signals() -> None:
    with pytest.raises(ValueError, match="2 signals and 1 travel times"):
        through_bands([[(0, 1)], [(0, 1)]], [0], 80)


@given(
    st.lists(st.tuples(st.integers(0, 59), st.integers(5, 50), st.integers(0, 200)), min_size=2, max_size=5),
)
def test_bands_are_the_seconds_in_which_all_are_green(signals: list[tuple[int, int, int]]) -> None:
    cycle = 60
    greens = [[(start, start + length)] for start, length, _ in signals]
    travel = [0, *(travel for _, _, travel in signals[1:])]
    bands = through_bands(greens, travel, cycle, shortest_s=0.5)
    for second in range(cycle):
        middle = second + 0.5
        swept = all((middle + t - g[0][0]) % cycle < g[0][1] - g[0][0] for g, t in zip(greens, travel, strict=True))
        assert swept == any(a <= m < b for a, b in bands for m in (middle, middle + cycle))
