"""Surges of arrivals: seen in counts, and made as strong as they were seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.simulation.arrivals import SHARE_WITHIN, surge_share, surges


def test_poisson_counts_show_no_surges() -> None:
    counts = np.random.default_rng(1).poisson(20.0, (200, 12)).astype(float)
    assert surge_share(counts) < 0.01


@pytest.mark.parametrize("share", [0.1, 0.3, 0.6])
def test_what_counts_vary_beyond_poisson_is_seen(share: float) -> None:
    random = np.random.default_rng(2)
    counts = random.poisson(30.0 * random.gamma(1.0 / share, share, (2000, 12))).astype(float)
    within = share / (1.0 + share / 3.0)  # of the square of the mean of three, which varies too
    assert surge_share(counts) == pytest.approx(SHARE_WITHIN * within, rel=0.1)


def test_steady_counts_no_counts_and_few_intervals_show_none() -> None:
    assert surge_share(np.full((3, 12), 7.0)) == 0.0
    assert surge_share(np.zeros((3, 12))) == 0.0
    assert surge_share(np.array([[1.0, 50.0]])) == 0.0
    assert surge_share(np.zeros((0, 12))) == 0.0


@given(st.floats(1.0, 4000.0), st.floats(0.0, 1.0), st.integers(0, 999))
def test_a_spread_runs_from_nothing_to_all(duration_s: float, share: float, seed: int) -> None:
    vehicles, time = surges(duration_s, share, np.random.default_rng(seed))
    assert (np.diff(vehicles) >= 0.0).all()
    assert (np.diff(time) > 0.0).all()
    assert vehicles[0] == time[0] == 0.0
    assert vehicles[-1] == pytest.approx(1.0)
    assert time[-1] == 1.0


@pytest.mark.parametrize(("duration_s", "share"), [(300.0, 0.1), (300.0, 0.8), (900.0, 0.25)])
def test_the_flow_varies_within_the_interval_as_much_as_asked(duration_s: float, share: float) -> None:
    random = np.random.default_rng(3)
    spreads = [surges(duration_s, share, random) for _ in range(4000)]
    flows = [np.diff(vehicles) / np.diff(time) for vehicles, time in spreads]
    assert np.mean([flow.var(ddof=1) for flow in flows]) == pytest.approx(share, rel=0.08)
