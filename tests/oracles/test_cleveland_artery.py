"""The artery of ten signals in Cleveland of Morgan and Little (Operations Research 12, 1964) and Little (1966).

Distances and reds are published (the latter paper, and the model library of LINDO, in metres). Expected bands were
worked out twice: by integer programming, and by trying all 2^9 ways in which equal bands can be best: with the centres
of red aligned or half a cycle apart (Morgan and Little 1964).
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from optimizers.bands.search import Bands, measured, solve
from tests.optimizers.bands.streets import alone, artery

PLACES_FT = (0, 550, 1250, 2350, 3050, 3850, 4500, 4900, 5600, 6050)
PLACES_M = tuple(np.cumsum((0, 168, 213, 335, 213, 244, 198, 122, 213, 137)).tolist())
REDS = (0.47, 0.40, 0.40, 0.47, 0.48, 0.42, 0.40, 0.40, 0.40, 0.42)
EQUAL = (1.0, 1.0)
SPEED_FT_PER_S = 50.0


def _widest(ratio: tuple[float, float], cycle_s: tuple[float, float], *, metres: bool = False) -> Bands:
    one = (
        artery(PLACES_M, REDS, speeds_m_per_s=(13.4, 17.9), ratio=ratio)
        if metres
        else artery(PLACES_FT, REDS, speeds_m_per_s=(SPEED_FT_PER_S, SPEED_FT_PER_S), ratio=ratio)
    )
    problem = alone(one, cycle_s, 0.0121 if metres else np.inf)
    bands = solve(problem, single=True)
    assert bands is not None
    assert bands.gap_share < 1e-6
    assert measured(problem, bands).worth_s == pytest.approx(bands.worth_s, abs=1e-4)
    return bands


def _shares(bands: Bands) -> tuple[float, float]:
    return bands.band_s[0][0] / bands.cycle_s, bands.band_s[1][0] / bands.cycle_s


def test_equal_bands_at_65_seconds() -> None:
    bands = _widest(EQUAL, (65.0, 65.0))
    assert _shares(bands) == pytest.approx((0.23423, 0.23423), abs=5e-6)
    assert bands.band_s[0][0] == pytest.approx(15.2, abs=0.05)


def test_all_half_cycle_patterns_give_the_same_band() -> None:
    red, travel = np.array(REDS), np.diff(PLACES_FT) / SPEED_FT_PER_S / 65.0
    best = 0.0, ()
    for halves in product((0.0, 0.5), repeat=9):
        zeros = np.array((0.0, *halves))
        starts = zeros + red / 2.0 - np.concatenate(([0.0], np.cumsum(travel)))
        width = max(min(1.0 - red - np.mod(front - starts, 1.0)) for front in starts)
        best = max(best, (width, halves))
    assert best[0] == pytest.approx(0.23423, abs=5e-6)
    assert best[1] == (0.5, 0.5, 0.0, 0.0, 0.5, 0.5, 0.5, 0.0, 0.0)


def test_equal_bands_over_a_range_of_cycles() -> None:
    bands = _widest(EQUAL, (55.0, 75.0))
    assert _shares(bands) == pytest.approx((0.23730, 0.23730), abs=5e-6)
    assert bands.cycle_s == pytest.approx(63.84, abs=0.005)


def test_equal_bands_over_ranges_of_cycle_and_speed() -> None:
    bands = _widest(EQUAL, (55.0, 75.0), metres=True)
    assert _shares(bands) == pytest.approx((0.28141, 0.28141), abs=5e-6)
    assert bands.cycle_s == pytest.approx(57.93, abs=0.005)


def test_unequal_bands_share_the_same_sum() -> None:
    """Within a ratio of 1.1 the sum is that of equal bands; the published pair is its end in favour of outbound."""
    bands = _widest((1.0 / 1.1, 1.0 / 0.9), (55.0, 75.0), metres=True)
    assert sum(_shares(bands)) == pytest.approx(0.2948 + 0.2680, abs=5e-5)
    one = artery(PLACES_M, REDS, speeds_m_per_s=(13.4, 17.9), ratio=(1.0 / 1.1, 1.0 / 0.9), weights=(1.001, 1.0))
    favoured = solve(alone(one, (55.0, 75.0), 0.0121), single=True)
    assert favoured is not None
    assert _shares(favoured) == pytest.approx((0.2948, 0.2680), abs=5e-5)
