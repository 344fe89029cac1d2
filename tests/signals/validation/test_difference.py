"""The difference of two plans and what may be said of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from signals.validation.difference import LOOKS, Verdict, difference_at, paired_interval, planned_looks, verdict_at

SIX = (6,)
DELAYS = st.lists(st.floats(1.0, 300.0), min_size=6, max_size=6)


def test_one_look_is_the_paired_t_test() -> None:
    rng = np.random.default_rng(1)
    incumbent = rng.normal(80.0, 10.0, 40)
    candidate = incumbent + rng.normal(-1.0, 4.0, 40)
    difference = difference_at(candidate, incumbent, (40,))
    expected = stats.ttest_rel(candidate, incumbent).confidence_interval(0.95)
    assert (difference.low_s_per_veh, difference.high_s_per_veh) == pytest.approx(tuple(expected), abs=1e-6)
    assert paired_interval(candidate, incumbent) == pytest.approx(tuple(expected), abs=1e-9)
    one_sided = stats.ttest_rel(candidate, incumbent, alternative="less").confidence_interval(0.95)
    assert difference.upper_s_per_veh == pytest.approx(one_sided.high, abs=1e-9)


@given(DELAYS, DELAYS)
def test_arms_exchanged_give_the_mirror_image(first: list[float], second: list[float]) -> None:
    there, back = difference_at(first, second, SIX), difference_at(second, first, SIX)
    assert there.mean_s_per_veh == pytest.approx(-back.mean_s_per_veh, abs=1e-9)
    assert there.low_s_per_veh == pytest.approx(-back.high_s_per_veh, abs=1e-6)
    mirrored = {Verdict.BETTER: Verdict.WORSE, Verdict.WORSE: Verdict.BETTER}
    if there.significant:
        assert mirrored[verdict_at(there, SIX, 0.01)] is verdict_at(back, SIX, 0.01)


@given(DELAYS, DELAYS)
def test_better_means_an_interval_below_zero_and_a_score_beyond_the_bound(
    candidate: list[float], incumbent: list[float]
) -> None:
    difference = difference_at(candidate, incumbent, SIX)
    better = verdict_at(difference, SIX, 0.01) is Verdict.BETTER
    assert better == (difference.high_s_per_veh < 0)
    if abs(abs(difference.score) - difference.bound) > 1e-6:
        assert better == (difference.score < -difference.bound)


def test_a_difference_whose_interval_contains_zero_is_called_none() -> None:
    difference = difference_at([80, 79, 81, 78, 82, 80], [80, 81, 79, 80, 80, 81], SIX)
    assert str(difference).startswith("no significant difference: ")
    assert str(difference_at([60, 59, 61, 58, 62, 60], [80, 81, 79, 80, 80, 81], SIX)).startswith("-20.2 s/veh (95 %")


def test_equal_runs_are_no_difference_at_the_last_look() -> None:
    same = [70.0, 75.0, 80.0, 71.0, 72.0, 73.0]
    assert verdict_at(difference_at(same, same, SIX), SIX, 0.01) is Verdict.NOT_WORSE
    assert verdict_at(difference_at(same, same, LOOKS), LOOKS, 0.01) is Verdict.UNDECIDED


def test_not_worse_holds_up_to_one_per_cent() -> None:
    incumbent = np.full(40, 100.0)
    noise = np.resize([-0.5, 0.5], 40)
    below, above = (difference_at(incumbent + worse + noise, incumbent, LOOKS) for worse in (0.0, 0.95))
    assert verdict_at(below, LOOKS, 0.01) is Verdict.NOT_WORSE
    assert above.upper_s_per_veh > 1.0


def test_shown_to_be_worse_is_worse_also_below_the_margin() -> None:
    incumbent = np.full(40, 100.0)
    slightly = difference_at(incumbent + 0.5 + np.resize([-0.1, 0.1], 40), incumbent, LOOKS)
    assert slightly.upper_s_per_veh < 1.0
    assert verdict_at(slightly, LOOKS, 0.01) is Verdict.WORSE


@pytest.mark.parametrize("max_pairs", [0, 5, 7, 41, 80])
def test_a_trial_ends_at_a_look(max_pairs: int) -> None:
    with pytest.raises(ValueError, match=r"needed one of \(6, 10, 16, 24, 40\)"):
        planned_looks(max_pairs)


def test_shorter_trials_have_their_own_looks() -> None:
    assert planned_looks(16) == (6, 10, 16)
