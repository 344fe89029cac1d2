"""The method for cities: nearly as good as the one that tries more, and it says how near to its bound."""

from __future__ import annotations

import re

import numpy as np

from benchmarks.cities import city as made_city
from optimizers.method import never, silent
from optimizers.methods import city, descent
from optimizers.solution import given_solution, score
from tests.optimizers.problems import grid


def test_it_comes_near_to_what_more_trials_find() -> None:
    problem = made_city(6, 6, seed=3)
    found = city.propose(problem, start=None, effort=10**9, seed=1, stop=never, report=silent)
    more = descent.propose(problem, start=None, effort=60_000, seed=1, stop=never, report=silent)
    assert score(problem, found[0]) < 0.85 * score(problem, given_solution(problem))
    assert score(problem, found[0]) < 1.03 * score(problem, more[0])


def test_every_answer_says_how_far_its_offsets_are_from_their_bound() -> None:
    found = city.propose(made_city(4, 4), start=None, effort=10**9, seed=1, stop=never, report=silent)
    told = [re.search(r"at most (\d+\.\d)% from the bound", one.origin) for one in found]
    assert any(told)
    assert all(0.0 <= float(match[1]) <= 5.0 for match in told if match)


def test_more_cores_give_the_same_answer(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    problem = made_city(24, 24)
    answers = []
    for cores in ({0}, {0, 1}):
        monkeypatch.setattr("os.sched_getaffinity", lambda _, cores=cores: cores)
        (best, *_) = city.propose(problem, start=None, effort=40_000, seed=1, stop=never, report=silent)
        answers.append((best.cycle_s.tobytes(), best.offset_s.tobytes(), best.step_s.tobytes()))
    assert answers[0] == answers[1]


def test_fixed_junctions_with_odd_cycles_are_left_alone() -> None:
    problem = grid(3, 2, fixed=(4,))
    steps = np.array(problem.step_given_s)
    steps[problem.first_step[4]] += 7.5
    cycles = np.array(problem.cycle_given_s)
    cycles[4] += 7.5
    odd = problem.replace(step_given_s=steps, cycle_given_s=cycles)
    for one in city.propose(odd, start=None, effort=10**6, seed=1, stop=never, report=silent):
        assert one.cycle_s[4] == cycles[4]
        assert one.offset_s[4] == given_solution(odd).offset_s[4]
