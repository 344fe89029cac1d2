"""Measured bands against the clock: every place of the centre tried."""

from __future__ import annotations

import numpy as np
import pytest

from optimizers.bands.widths import link_bands_s, worth_s
from tests.optimizers.bands.streets import random_artery

CYCLE_S = 60.0
PATTERN = np.zeros(5, dtype=np.int64)


def _tried(centres_s: np.ndarray, starts_s: np.ndarray, greens_s: np.ndarray, *, single: bool) -> float:
    """Best mean width of the links, for centres that are inside every green."""
    best = 0.0
    for centre_s in centres_s:
        inside_s = (centre_s - starts_s) % CYCLE_S
        if np.any(inside_s > greens_s):
            continue
        room_s = 2.0 * np.minimum(inside_s, greens_s - inside_s)
        links_s = np.minimum(room_s[1:], room_s[:-1])
        best = max(best, float(links_s.min() if single else links_s.mean()))
    return best


@pytest.mark.parametrize("single", [True, False])
@pytest.mark.parametrize("seed", range(12))
def test_no_place_of_the_centre_is_better(seed: int, single: bool) -> None:
    passage = random_artery(5, seed).outbound
    rng = np.random.default_rng(seed)
    travel_s = rng.uniform(10.0, 40.0, 4)
    greens_s = passage.green_share[:, 0] * CYCLE_S
    ahead_s = np.concatenate(([0.0], np.cumsum(travel_s)))
    # so that there is a band, of which the offsets take something away
    offset_s = np.mod(ahead_s - passage.green_start_share[:, 0] * CYCLE_S + rng.uniform(-9.0, 9.0, 5), CYCLE_S)
    found = link_bands_s(passage, cycle_s=CYCLE_S, offset_s=offset_s, pattern=PATTERN, travel_s=travel_s, single=single)
    starts_s = offset_s + passage.green_start_share[:, 0] * CYCLE_S - ahead_s
    tried = _tried(np.arange(0.0, CYCLE_S, 0.02), starts_s, greens_s, single=single)
    assert worth_s([passage], [found]) == pytest.approx(tried, abs=0.05)
    assert worth_s([passage], [found]) >= tried - 1e-9
    assert tried > 0.0


def test_greens_that_never_meet_leave_no_band() -> None:
    passage = random_artery(5, 1).outbound
    travel_s = np.full(4, 20.0)
    ahead_s = np.concatenate(([0.0], np.cumsum(travel_s)))
    offset_s = np.mod(ahead_s - passage.green_start_share[:, 0] * CYCLE_S + [0.0, 20.0, 40.0, 0.0, 0.0], CYCLE_S)
    for single in (True, False):
        found = link_bands_s(
            passage, cycle_s=CYCLE_S, offset_s=offset_s, pattern=PATTERN, travel_s=travel_s, single=single
        )
        assert found.tolist() == [0.0] * 4
