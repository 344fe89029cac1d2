"""Finalists: unlike each other, and first those of whom most can be hoped for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.plan import TimingPlan
from signals.programs.sumo import running_plan
from signals.race import Place
from signals.service.finalists import MOST, Raced, Seen, chance_of_no_jam, jammed_alone, unlike
from signals.service.propose import Candidate
from tests.fakes import crossroads
from tests.fakes_measures import measures

PLAN: TimingPlan = running_plan(crossroads())


def raced(name: str, stage_set: str, family: str, difference_s: float, damped: bool = False) -> Raced:
    entered = Candidate(name, PLAN, 0.0, family, damped, stage_set)
    return entered, Place(0, name, 4, 40.0 + difference_s, difference_s, None, None)


def test_finalists_are_the_best_other_stages_and_one_half_way_to_today() -> None:
    best, alike = raced("best", "running", "a", -9.0), raced("alike", "running", "a", -8.0)
    other, careful = raced("other", "fewer", "b", -7.0), raced("careful", "running", "c", -1.0, damped=True)
    worse = raced("worse", "running", "d", 2.0, damped=True)
    assert unlike([best, alike, other], [worse, careful]) == [best, other, careful]
    assert unlike([best, alike, other], [worse]) == [best, other]


def test_further_finalists_come_from_families_that_are_not_among_them() -> None:
    best = raced("best", "fewer", "descent, fewer", -9.0, damped=True)
    other, again = raced("other", "running", "annealing", -7.0), raced("again", "running", "annealing", -5.0)
    third = raced("third", "running", "descent", -3.0)
    assert unlike([best, other], [again, third]) == [best, other, third]
    assert unlike([best], [third, again]) == [best, third, again]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("vwxyz"), st.booleans()), min_size=1, max_size=20))
def test_never_more_than_the_most_and_nobody_twice(rows: list[tuple[str, str, bool]]) -> None:
    field = [
        raced(f"{n}", stages, stages + family, -20.0 + n, damped) for n, (stages, family, damped) in enumerate(rows)
    ]
    names = [candidate.name for candidate, _ in unlike(field[:3], field)]
    assert names[0] == "0"
    assert len(names) == len(set(names)) <= MOST


@pytest.mark.parametrize(("jams", "days", "ahead"), [(0, 16, 16), (1, 16, 16), (0, 1, 16), (3, 8, 6)])
def test_the_chance_is_the_mean_over_what_the_days_say_of_the_share(jams: int, days: int, ahead: int) -> None:
    shares = np.random.default_rng(1).beta(jams + 0.5, days - jams + 0.5, 400_000)
    assert chance_of_no_jam(jams, days, ahead) == pytest.approx(float(np.mean((1.0 - shares) ** ahead)), abs=3e-3)


@given(st.integers(0, 10), st.integers(10, 40))
def test_a_jam_less_and_a_day_more_raise_the_chance(jams: int, days: int) -> None:
    chance = chance_of_no_jam(jams, days, 16)
    assert 0.0 < chance <= chance_of_no_jam(jams, days + 1, 16) <= 1.0
    assert jams == 0 or chance < chance_of_no_jam(jams - 1, days, 16)


def test_a_little_less_gain_without_a_jam_is_worth_more() -> None:
    assert Seen(16, 0, 0.40, 0).worth > Seen(16, 1, 0.50, 0).worth
    assert Seen(16, 1, 0.50, 0).worth > Seen(1, 0, 0.50, 0).worth  # one day says little


def test_jams_that_the_incumbent_has_too_do_not_count() -> None:
    calm, jam = measures(40.0), replace(measures(40.0), gridlocked=True, longest_standing_s=700.0)
    assert jammed_alone([(jam, calm), (jam, jam), (calm, jam), (calm, calm)]) == 1
