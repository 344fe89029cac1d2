"""Bounds of repeated looks against published values and against simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from signals.validation.bounds import LARGEST_Z, normal_bounds, normal_score, spent_error, t_bound
from signals.validation.difference import LOOKS


def test_five_equal_looks_as_published() -> None:
    """Reboussin, DeMets, Kim and Lan, Controlled Clinical Trials 21 (2000), p. 190: O'Brien-Fleming type spending,
    two-sided 5 %, five equal looks: 4.8769, 3.3569, 2.6803, 2.2898, 2.0310."""
    assert normal_bounds((1, 2, 3, 4, 5), 0.025) == pytest.approx([4.8769, 3.3569, 2.6803, 2.2898, 2.0310], abs=2e-4)


def test_one_look_is_the_plain_test() -> None:
    assert normal_bounds((6,), 0.025)[0] == pytest.approx(stats.norm.isf(0.025), abs=1e-9)
    assert spent_error(1.0, 0.025) == pytest.approx(0.025, rel=1e-12)


def test_bounds_fall_and_spend_the_whole_error() -> None:
    """Brownian paths at our looks leave through the bounds as often as they should."""
    bounds = np.array(normal_bounds(LOOKS, 0.025))
    assert (np.diff(bounds) < 0).all()
    rng = np.random.default_rng(5)
    steps = np.diff([0, *LOOKS]) / LOOKS[-1]
    paths = np.cumsum(rng.normal(size=(400_000, len(LOOKS))) * np.sqrt(steps), axis=1)
    crossed = (paths / np.sqrt(np.cumsum(steps)) >= bounds).any(axis=1).mean()
    assert crossed == pytest.approx(0.025, abs=0.001)  # four standard errors


@pytest.mark.parametrize("degrees_of_freedom", [5, 9, 39])
@pytest.mark.parametrize("t_statistic", [-3.0, 0.0, 0.7, 12.0])
def test_normal_score_and_t_bound_are_inverse(t_statistic: float, degrees_of_freedom: int) -> None:
    score = normal_score(t_statistic, degrees_of_freedom)
    assert t_bound(score, degrees_of_freedom) == pytest.approx(t_statistic, rel=1e-6, abs=1e-9)
    assert abs(score) <= abs(t_statistic)  # few pairs never look stronger than they are


def test_a_tail_too_small_for_numbers_stays_finite() -> None:
    assert normal_score(1e9, 39) == LARGEST_Z
    assert normal_score(-1e9, 39) == -LARGEST_Z
