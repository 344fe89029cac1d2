"""The race: who runs how often, who wins, and that nobody sees what belongs to the judge."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.faults import InputError
from signals.race import RaceRound, RaceRun, race

REALISATIONS = range(8)


def street(delays_s_per_veh: Sequence[float], noise_s_per_veh: float = 0.0, asked: list[RaceRun] | None = None):  # type: ignore[no-untyped-def]
    """Mean delays; all candidates share the noise of a realisation."""

    def measure(runs: Sequence[RaceRun]) -> list[float]:
        if asked is not None:
            asked.extend(runs)
        common = [np.random.default_rng(run.realisation).normal(0.0, noise_s_per_veh) for run in runs]
        return [max(delays_s_per_veh[run.candidate] + noise, 0.0) for run, noise in zip(runs, common, strict=True)]

    return measure


def names(count: int) -> list[str]:
    return ["incumbent", *(f"candidate {i}" for i in range(1, count))]


def test_the_best_wins_and_the_work_goes_to_the_good() -> None:
    asked: list[RaceRun] = []
    delays = [90.0, 95.0, 60.0, 85.0, 120.0, 70.0, 99.0, 100.0]
    result = race(names(8), street(delays, 20.0, asked), realisations=REALISATIONS)
    assert result.winner == 2
    assert result.complete
    assert Counter(run.candidate for run in asked) == {2: 4, 5: 4, 0: 4, 3: 2, 1: 1, 4: 1, 6: 1, 7: 1}
    assert result.runs == len(asked) == 18
    assert [place.candidate for place in result.ranking] == [2, 5, 0, 3, 1, 6, 7, 4]
    assert result.ranking[0].difference_s_per_veh == pytest.approx(-30.0)
    assert result.ranking[0].low_s_per_veh == pytest.approx(-30.0)  # common noise leaves none in the difference


def test_all_candidates_see_the_same_realisations_and_seeds() -> None:
    asked: list[RaceRun] = []
    race(names(3), street([3.0, 2.0, 1.0], asked=asked), realisations=[7, 3], rounds=(1, 2), keep_share=1.0, seed=100)
    seen = {c: [(run.realisation, run.seed) for run in asked if run.candidate == c] for c in range(3)}
    assert seen == {candidate: [(7, 107), (3, 103)] for candidate in range(3)}


def test_the_best_of_each_group_runs_to_the_end_as_well() -> None:
    """Candidate 5 is the best of its kind, and seven of the other kind look better."""
    delays = [90.0, 51.0, 52.0, 53.0, 54.0, 70.0, 80.0, 55.0, 56.0, 57.0]
    groups = ["", "fewer", "fewer", "fewer", "fewer", "running", "running", "fewer", "fewer", "fewer"]
    for kinds, most in ((groups, 4), (None, 2)):
        result = race(names(10), street(delays), realisations=REALISATIONS, groups=kinds, keep_share=0.2)
        assert next(place for place in result.ranking if place.candidate == 5).realisations == (4 if kinds else 1)
        assert sum(place.realisations == 4 for place in result.ranking) <= most
        assert result.winner == 1


def test_the_incumbent_runs_to_the_end_however_bad() -> None:
    result = race(names(9), street([500.0, *range(50, 58)]), realisations=REALISATIONS)
    assert result.ranking[-1].candidate != 0
    assert next(place for place in result.ranking if place.candidate == 0).realisations == 4


def test_ties_go_to_the_incumbent_then_to_the_simplest() -> None:
    assert race(names(3), street([60.0, 60.0, 60.0]), realisations=REALISATIONS).winner == 0
    assert race(names(3), street([60.2, 60.0, 60.0]), realisations=REALISATIONS).winner == 0
    assert race(names(4), street([90.0, 70.0, 60.2, 60.0]), realisations=REALISATIONS).winner == 2
    assert race(names(3), street([60.2, 60.1, 60.0]), realisations=REALISATIONS, tie_share=0.0).winner == 2


def test_a_failed_run_puts_a_candidate_last() -> None:
    result = race(names(3), street([90.0, math.inf, 60.0]), realisations=REALISATIONS)
    assert result.winner == 2
    assert result.ranking[-1].candidate == 1
    assert result.ranking[-1].low_s_per_veh is None
    assert race(names(2), street([math.inf, math.inf]), realisations=REALISATIONS).winner == 0


@pytest.mark.parametrize(("max_runs", "rounds_run", "winner"), [(0, 0, 0), (3, 0, 0), (4, 1, 3), (100, 3, 3)])
def test_a_round_beyond_the_budget_is_not_begun(max_runs: int, rounds_run: int, winner: int) -> None:
    result = race(names(4), street([4.0, 3.0, 2.0, 1.0]), realisations=REALISATIONS, max_runs=max_runs)
    assert (len(result.rounds), result.winner) == (rounds_run, winner)
    assert result.runs <= max_runs
    assert result.complete == (rounds_run == 3)
    assert sorted(place.candidate for place in result.ranking) == [0, 1, 2, 3]


def test_rounds_are_reported_and_a_stop_is_heard_between_them() -> None:
    seen: list[RaceRound] = []
    result = race(
        names(4), street([4.0, 3.0, 2.0, 1.0]), realisations=REALISATIONS, report=seen.append, stop=lambda: bool(seen)
    )
    assert seen == list(result.rounds) == [RaceRound(1, 4, (3, 2, 1, 0), 3)]
    assert not result.complete


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=12), st.sampled_from([0.25, 0.5, 1.0]))
def test_without_noise_the_winner_is_tied_with_the_best(delays: list[int], keep_share: float) -> None:
    run: Callable[[Sequence[RaceRun]], list[float]] = street([float(delay) for delay in delays])
    first = race(names(len(delays)), run, realisations=REALISATIONS, keep_share=keep_share)
    assert delays[first.winner] <= min(delays) * 1.005
    assert first == race(names(len(delays)), run, realisations=REALISATIONS, keep_share=keep_share)


def test_realisations_of_the_judge_are_refused() -> None:
    with pytest.raises(InputError, match="the others are for the judge"):
        race(names(2), street([1.0, 2.0]), realisations=[998, 999, 1000, 1001])


def test_all_faults_of_a_call_come_together() -> None:
    with pytest.raises(InputError) as refusal:
        race([], street([]), realisations=[1, 1], rounds=(2, 2), keep_share=0.0)
    assert [fault.what for fault in refusal.value.faults] == ["candidates", "rounds", "realisations", "keep_share"]


@pytest.mark.parametrize("value", [math.nan, -1.0])
def test_values_that_are_no_delays_are_refused(value: float) -> None:
    with pytest.raises(InputError, match="candidate 0, realisation 0"):
        race(names(1), lambda runs: [value] * len(runs), realisations=REALISATIONS)
    with pytest.raises(InputError, match="one per run"):
        race(names(1), lambda runs: [], realisations=REALISATIONS)
